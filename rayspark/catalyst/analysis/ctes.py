"""WITH: each named query is analysed once and stands wherever its name is used."""

from __future__ import annotations

from rayspark.catalyst.analysis.analysis import Analysis, mark_analyzed
from rayspark.catalyst.analysis.recursion import reads, resolve_recursive
from rayspark.catalyst.logical import (
    LogicalPlan,
    RecursionLimit,
    SubqueryAlias,
    WithCTE,
    WithWindows,
)


def resolve_with(node: WithCTE, analysis: Analysis) -> LogicalPlan:
    """The query with the named queries in sight."""
    ctes = dict(analysis.ctes)
    for query in node.queries:
        assert isinstance(query, SubqueryAlias)
        name = query.name[-1]
        inside = analysis.inner(ctes=ctes, windows={})
        if node.recursive and reads(query.child, name):
            plan = resolve_recursive(query, inside)
            mark_analyzed(plan)
        else:
            if isinstance(query.child, RecursionLimit):
                query = query.copy(child=query.child.child)
            plan = inside.run(query)
        ctes[name.lower()] = plan
        ctes = dict(ctes)
    return analysis.inner(ctes=ctes).run(node.child)


def resolve_windows(node: WithWindows, analysis: Analysis) -> LogicalPlan:
    """The query with the named windows in sight."""
    named = {name.lower(): spec for name, spec in node.windows}
    return analysis.inner(windows={**analysis.windows, **named}).run(node.child)
