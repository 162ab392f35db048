"""Joins whose sides turned out other than expected.

a side small enough    -> it is sent everywhere; the other side's exchange, not run yet, goes
a side without rows    -> no rows, where the kind of join gives none then
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.logical import JoinKind
from rayspark.datatypes import StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.execution.adaptive.stage import ShuffleStageExec
from rayspark.execution.operators.aggregate import AggregateExec
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import ExchangeExec
from rayspark.execution.operators.join import JoinExec
from rayspark.execution.operators.leaf import LocalTableExec
from rayspark.execution.operators.rows import FilterExec, ProjectExec, SortExec
from rayspark.execution.planner import may_broadcast


def adapt_joins(plan: PhysicalPlan, broadcast_size: int) -> PhysicalPlan:
    """Plan joins anew by what is known of their sides."""

    def apply(node: Any) -> Any:
        if not isinstance(node, JoinExec):
            return node
        if _is_without_rows(node):
            return _nothing(node)
        return _broadcast(node, broadcast_size) if node.strategy == "shuffled" else node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def observed(side: PhysicalPlan) -> ShuffleStageExec | None:
    """The stage that a side reads, where the side has no more rows than that."""
    while isinstance(side, (ProjectExec, FilterExec, SortExec)) or (
        isinstance(side, AggregateExec) and side.grouping
    ):
        side = side.child
    return side if isinstance(side, ShuffleStageExec) else None


def _is_without_rows(node: JoinExec) -> bool:
    left, right = _has_no_row(node.left), _has_no_row(node.right)
    match node.kind:
        case JoinKind.INNER | JoinKind.CROSS | JoinKind.SEMI:
            return left or right
        case JoinKind.LEFT | JoinKind.ANTI:
            return left
        case JoinKind.RIGHT:
            return right
    return left and right


def _has_no_row(side: PhysicalPlan) -> bool:
    if isinstance(side, LocalTableExec):
        return bool(side.table.num_rows == 0)
    stage = observed(side)
    return stage is not None and stage.ran.rows == 0


def _nothing(node: JoinExec) -> PhysicalPlan:
    schema = to_arrow_schema(StructType([a.field() for a in node.output]))
    return LocalTableExec(tuple(node.output), table=schema.empty_table())


def _broadcast(node: JoinExec, limit: int) -> JoinExec:
    may_left, may_right = may_broadcast(node.kind)
    left = observed(node.left) if may_left else None
    right = observed(node.right) if may_right else None
    sizes = [None if side is None else side.ran.bytes for side in (left, right)]
    fits = [size is not None and size <= limit for size in sizes]
    if all(fits):
        fits = [sizes[0] < sizes[1], sizes[0] >= sizes[1]]  # type: ignore[operator]
    if fits[1]:
        return node.copy(strategy="broadcast right", left=_where_it_is(node.left))
    if fits[0]:
        return node.copy(strategy="broadcast left", right=_where_it_is(node.right))
    return node


def _where_it_is(side: PhysicalPlan) -> PhysicalPlan:
    """The side without the exchange that only the join wanted, if that has not run."""
    if isinstance(side, ExchangeExec) and not side.user_asked:
        return side.child
    return side
