"""An order that nobody sees is not made.

A global sort is seen through projections and filters only: below another sort, an aggregation that
does not care, an exchange or the side of a join it goes.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import (
    AggregateCall,
    Literal,
    PythonUDF,
    SortOrder,
    SubqueryExpression,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    LogicalPlan,
    Project,
    RepartitionBy,
    SetOp,
    Sort,
)
from rayspark.catalyst.rule import Rule
from rayspark.datatypes import DoubleType, FloatType

CAREFREE = {"min", "max", "count", "sum", "avg", "bool_and", "bool_or", "bit_and", "bit_or"}
"""Aggregate functions of which the order of rows is of no concern."""


def eliminate_sorts(plan: LogicalPlan) -> LogicalPlan:
    """Take out all sorts whose order is lost above them."""

    def apply(node: Any) -> Any:
        match node:
            case Sort(order=order) if any(map(_is_constant, order)):
                keys = tuple(o for o in order if not _is_constant(o))
                return node.copy(order=keys) if keys else node.child
            case Sort(is_global=True) | RepartitionBy() | Distinct() | Join() | SetOp():
                return node.map_children(_without_sort)
            case Aggregate() if _is_carefree(node):
                return node.map_children(_without_sort)
        return node

    return plan.transform_down(apply)  # type: ignore[no-any-return]


def _is_constant(key: SortOrder) -> bool:
    """Whether all rows have the same: also the current user, which is known when the query runs.
    What could have been folded and was not raises an error, which is to be told.
    """
    e = key.child
    if isinstance(e, Literal):
        return True
    if e.foldable or e.references or not e.deterministic:
        return False
    return not e.has(PythonUDF, SubqueryExpression)


def _is_carefree(node: Aggregate) -> bool:
    for column in node.columns:
        if column.has(PythonUDF):
            return False
        for call in column.collect(AggregateCall):
            inexact = any(isinstance(a.dtype, (DoubleType, FloatType)) for a in call.args)
            if call.name not in CAREFREE or (inexact and call.name in ("sum", "avg")):
                return False
    return True


def _without_sort(plan: LogicalPlan) -> LogicalPlan:
    """The plan without the sort that gives it its order."""
    match plan:
        case Sort(child=child):
            return _without_sort(child)
        case Project(columns=columns, child=child) if all(c.deterministic for c in columns):
            below = _without_sort(child)
            return plan if below is child else plan.copy(child=below)
        case Filter(condition=condition, child=child) if condition.deterministic:
            below = _without_sort(child)
            return plan if below is child else plan.copy(child=below)
    return plan


ELIMINATE_SORTS = Rule("EliminateSorts", eliminate_sorts)
