"""WITH: each named query is analysed once and stands wherever its name is used."""

from __future__ import annotations

from rayspark.catalyst.analysis.analysis import Analysis
from rayspark.catalyst.analysis.errors import error, sql_id
from rayspark.catalyst.expressions import SubqueryExpression
from rayspark.catalyst.logical import (
    LogicalPlan,
    SubqueryAlias,
    UnresolvedRelation,
    WithCTE,
    WithWindows,
)
from rayspark.errors import PySparkNotImplementedError


def resolve_with(node: WithCTE, analysis: Analysis) -> LogicalPlan:
    """The query with the named queries in sight."""
    ctes = dict(analysis.ctes)
    own: set[str] = set()
    for query in node.queries:
        assert isinstance(query, SubqueryAlias)
        name = query.name[-1]
        if name.lower() in own:
            raise error("COLUMN_ALREADY_EXISTS",
                        columnName=sql_id((name,)))  # fmt: skip
        own.add(name.lower())
        if node.recursive and reads(query.child, name):
            raise PySparkNotImplementedError(
                errorClass="NOT_IMPLEMENTED",
                messageParameters={"feature": f"recursive common table expression {name}"},
            )
        ctes[name.lower()] = analysis.inner(ctes=ctes, windows={}).run(query)
        ctes = dict(ctes)
    return analysis.inner(ctes=ctes).run(node.child)


def reads(plan: LogicalPlan, name: str) -> bool:
    """Whether a query names a relation, in inner queries too."""
    stack = [plan]
    while stack:
        node = stack.pop()
        if isinstance(node, UnresolvedRelation) and node.parts[-1].lower() == name.lower():
            return len(node.parts) == 1
        stack.extend(node.children)
        for expression in node.expressions:
            stack += [e.plan for e in expression.walk() if isinstance(e, SubqueryExpression)]
    return False


def resolve_windows(node: WithWindows, analysis: Analysis) -> LogicalPlan:
    """The query with the named windows in sight."""
    named = {name.lower(): spec for name, spec in node.windows}
    return analysis.inner(windows={**analysis.windows, **named}).run(node.child)
