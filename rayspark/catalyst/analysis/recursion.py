"""Queries that read themselves: an anchor, and a step over the rows of the level before."""

from __future__ import annotations

from collections.abc import Iterator

from rayspark.catalyst.analysis.analysis import Analysis
from rayspark.catalyst.analysis.errors import error, sql_type
from rayspark.catalyst.analysis.sets import fit_types
from rayspark.catalyst.analysis.subqueries import outer_attributes
from rayspark.catalyst.expressions import Attribute, SubqueryExpression, fresh_id
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    GroupPython,
    Join,
    JoinKind,
    LogicalPlan,
    RecursionLimit,
    Sort,
    SubqueryAlias,
    Union,
    UnionLoop,
    UnionLoopRef,
    UnresolvedRelation,
    Window,
    WithCTE,
)
from rayspark.errors import SparkException


def reads(plan: LogicalPlan, name: str) -> bool:
    """Whether a query names a relation, in inner queries too."""
    return any(
        isinstance(node, UnresolvedRelation)
        and len(node.parts) == 1
        and node.parts[0].lower() == name.lower()
        for node in _everywhere(plan)
    )


def resolve_recursive(query: SubqueryAlias, analysis: Analysis) -> LogicalPlan:
    """The named query as a loop.

    Raises
    ------
    AnalysisException
        ``INVALID_RECURSIVE_CTE``, ``UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE``,
        ``INVALID_RECURSIVE_REFERENCE.PLACE``.
    """
    name = query.name[-1]
    plan, levels = _without_limit(query.child)
    anchor, step = _parts(plan, name)
    first = analysis.inner(windows={}).run(SubqueryAlias(anchor, query.name, query.columns))
    number = fresh_id()
    below = tuple(Attribute(a.name, a.dtype, True) for a in first.output)
    ctes = dict(analysis.ctes)
    ctes[name.lower()] = SubqueryAlias(UnionLoopRef(number, below), query.name)
    next_ = analysis.inner(ctes=ctes, windows={}).run(step)
    _check_places(next_, number)
    for part in (first, next_):
        inside = {a.id for node in _everywhere(part) for a in node.output}
        if any(a.id not in inside for a in outer_attributes(part)):
            raise error(
                "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED",
                treeNode=part.tree_string(),
            )
    fitted = fit_types("UNION", (first, next_), analysis)
    for a, b in zip(first.output, fitted[0].output, strict=True):
        if a.dtype.simpleString() != b.dtype.simpleString():
            raise SparkException(
                errorClass="CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE",
                messageParameters={"left": sql_type(a.dtype), "right": sql_type(b.dtype)},
            )
    made = tuple(Attribute(a.name, a.dtype, True) for a in first.output)
    return SubqueryAlias(UnionLoop(number, first, fitted[1], made, levels), query.name)


def _without_limit(plan: LogicalPlan) -> tuple[LogicalPlan, int | None]:
    return (plan.child, plan.levels) if isinstance(plan, RecursionLimit) else (plan, None)


def _parts(plan: LogicalPlan, name: str) -> tuple[LogicalPlan, LogicalPlan]:
    """Anchor and step, each with the named queries before them in sight."""
    if isinstance(plan, WithCTE):
        if any(reads(inner, name) for inner in plan.queries):
            raise error("INVALID_RECURSIVE_CTE")
        anchor, step = _parts(plan.child, name)
        return plan.copy(child=anchor), plan.copy(child=step)
    if isinstance(plan, Distinct) and isinstance(plan.child, Union):
        raise error("UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE")
    if not isinstance(plan, Union):
        raise error("INVALID_RECURSIVE_CTE")
    *before, step = plan.inputs_
    if any(reads(part, name) for part in before):
        raise error("INVALID_RECURSIVE_CTE")
    return (before[0] if len(before) == 1 else Union(tuple(before))), step


def _everywhere(plan: LogicalPlan) -> Iterator[LogicalPlan]:
    """All nodes, those of inner queries too."""
    stack = [plan]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.children)
        for expression in node.expressions:
            stack += [e.plan for e in expression.walk() if isinstance(e, SubqueryExpression)]


def _check_places(step: LogicalPlan, number: int) -> None:
    """The level before must be read row by row: not aggregated, nor asked for what it lacks."""
    for node in _everywhere(step):
        hidden: tuple[LogicalPlan, ...] = ()
        match node:
            case Aggregate() | Window() | GroupPython() | Sort():
                hidden = node.children
            case Join(kind=JoinKind.LEFT | JoinKind.SEMI | JoinKind.ANTI):
                hidden = (node.right,)
            case Join(kind=JoinKind.RIGHT):
                hidden = (node.left,)
            case Join(kind=JoinKind.FULL):
                hidden = node.children
        if any(_refers(plan, number) for plan in hidden):
            raise error("INVALID_RECURSIVE_REFERENCE.PLACE")


def _refers(plan: LogicalPlan, number: int) -> bool:
    return any(isinstance(n, UnionLoopRef) and n.loop == number for n in _everywhere(plan))
