"""Joins whose sides turned out other than expected.

A side that is small enough is sent everywhere; the other side's exchange, not run yet, goes. A side
without rows leaves no rows, where the kind of join gives none then. Of a side of few rows the keys
filter the other one, before that is exchanged. A side that is the result of another join where it
lies, and should be small, gets an exchange of its own, so that its size will be known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from typing import Literal as Choice

from rayspark.catalyst.expressions import Alias, and_, equal
from rayspark.catalyst.logical import JoinKind
from rayspark.datatypes import StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.execution.adaptive.settings import AdaptiveSettings
from rayspark.execution.adaptive.stage import ShuffleStageExec
from rayspark.execution.distribution import HashPartitioning
from rayspark.execution.operators.aggregate import AggregateExec
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import BroadcastExec, ExchangeExec
from rayspark.execution.operators.join import JoinExec
from rayspark.execution.operators.leaf import LocalTableExec
from rayspark.execution.operators.rows import FilterExec, ProjectExec, SortExec
from rayspark.execution.planner import may_broadcast

SMALLER = 1.5
"""How many times less of bytes a side is expected to have, for the other one to wait for it."""
FILTER_ROWS = 500_000
"""Rows of a side up to which its keys are sent everywhere as a filter."""
MOST_KEPT = 0.7
"""Part of the other side's keys that a filter may be expected to keep, to be worth its work."""

FILTERS_LEFT = (JoinKind.INNER, JoinKind.CROSS, JoinKind.RIGHT, JoinKind.SEMI)
"""Kinds of join that drop left rows without a match."""
FILTERS_RIGHT = (JoinKind.INNER, JoinKind.CROSS, JoinKind.LEFT, JoinKind.SEMI, JoinKind.ANTI)


def adapt_joins(plan: PhysicalPlan, settings: AdaptiveSettings) -> PhysicalPlan:
    """Plan joins anew by what is known of their sides."""

    def apply(node: Any) -> Any:
        if not isinstance(node, JoinExec):
            return node
        if _is_without_rows(node):
            return _nothing(node)
        if node.strategy != "shuffled":
            return node
        sent = _broadcast(node, settings.broadcast_size)
        if sent is not node:
            return sent
        watched = _watched(node)
        return _filtered(watched) if settings.filters else watched

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
    left = observed(node.left) if may_left and _is_to_run(node.right) else None
    right = observed(node.right) if may_right and _is_to_run(node.left) else None
    sizes = [None if side is None else side.ran.bytes for side in (left, right)]
    fits = [size is not None and size <= limit for size in sizes]
    if all(fits):
        fits = [sizes[0] < sizes[1], sizes[0] >= sizes[1]]  # type: ignore[operator]
    if fits[1]:
        return node.copy(strategy="broadcast right", left=_where_it_is(node.left))
    if fits[0]:
        return node.copy(strategy="broadcast left", right=_where_it_is(node.right))
    return node


def _is_to_run(side: PhysicalPlan) -> bool:
    """Whether a side is yet to be exchanged. One that lies by the keys already meets the other one
    for nothing.
    """
    return isinstance(side, ExchangeExec) and not side.user_asked


def _where_it_is(side: PhysicalPlan) -> PhysicalPlan:
    """The side without the exchange that only the join wanted, if that has not run."""
    if isinstance(side, ExchangeExec) and not side.user_asked:
        return side.child
    return side


def larger_side(node: JoinExec) -> Choice["left", "right"] | None:
    """The side, not exchanged yet, that is worth to wait until the other one is known."""
    left, right = node.sizes
    if left is None or right is None:
        return None
    if left >= SMALLER * right and isinstance(node.left, ExchangeExec):
        return "left" if may_broadcast(node.kind)[1] or node.kind in FILTERS_LEFT else None
    if right >= SMALLER * left and isinstance(node.right, ExchangeExec):
        return "right" if may_broadcast(node.kind)[0] or node.kind in FILTERS_RIGHT else None
    return None


def _watched(node: JoinExec) -> JoinExec:
    """A small side that would run in one task with the join gets an exchange, to learn its size."""
    match larger_side(node):
        case "left" if _is_unknown(node.right):
            target = _like(node.left, node.left_keys, node.right_keys)
            return node.copy(right=ExchangeExec(node.right, target))
        case "right" if _is_unknown(node.left):
            target = _like(node.right, node.right_keys, node.left_keys)
            return node.copy(left=ExchangeExec(node.left, target))
    return node


def _like(exchange: PhysicalPlan, keys: Any, others: Any) -> HashPartitioning:
    """An exchange's target, with the keys of the join's other side."""
    target = exchange.partitioning
    assert isinstance(target, HashPartitioning)
    return replace(target, keys=tuple(others[keys.index(key)] for key in target.keys))


def _is_unknown(side: PhysicalPlan) -> bool:
    """Whether all exchanges below have run, and yet nobody knows what comes out."""
    return not side.has(ExchangeExec) and side.has(JoinExec) and observed(side) is None


def _filtered(node: JoinExec) -> JoinExec:
    match larger_side(node):
        case "left" if node.kind in FILTERS_LEFT and _has_few_rows(node.right, node.distinct[0]):
            return node.copy(left=_by_keys(node.left, node.left_keys, node.right, node.right_keys))
        case "right" if node.kind in FILTERS_RIGHT and _has_few_rows(node.left, node.distinct[1]):
            return node.copy(right=_by_keys(node.right, node.right_keys, node.left, node.left_keys))
    return node


def _has_few_rows(side: PhysicalPlan, keys: float | None) -> bool:
    """Also fewer than there are different keys at the other side, as far as known."""
    stage = observed(side)
    if stage is None or stage.ran.rows is None:
        return False
    most = FILTER_ROWS if keys is None else min(FILTER_ROWS, MOST_KEPT * keys)
    return stage.ran.rows <= most


def _by_keys(large: PhysicalPlan, keys: Any, small: PhysicalPlan, others: Any) -> PhysicalPlan:
    """The exchange of those rows only whose keys the other side has."""
    assert isinstance(large, ExchangeExec)
    below = large.child
    if isinstance(below, JoinExec) and below.kind is JoinKind.SEMI:
        return large  # filtered already
    names = [Alias(other, "key") for other in others]
    made = [name.attribute for name in names]
    condition = and_(*(equal(key, name) for key, name in zip(keys, made, strict=True)))
    kept = JoinExec(
        below,
        BroadcastExec(ProjectExec(small, tuple(names))),
        JoinKind.SEMI,
        tuple(keys),
        tuple(made),
        condition,
        "broadcast right",
    )
    return large.copy(child=kept)
