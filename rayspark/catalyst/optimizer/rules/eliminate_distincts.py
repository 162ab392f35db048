"""Rows that are different already are not made so again.

Distinct(Aggregate), Distinct(Distinct), Distinct(INTERSECT)   -> without the Distinct
SEMI/ANTI (l, Distinct(r))                                     -> SEMI/ANTI (l, r)
min(DISTINCT a), max(DISTINCT a)                               -> min(a), max(a)
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import AggregateCall, Alias
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Join,
    JoinKind,
    LogicalPlan,
    Project,
    SetOp,
)
from rayspark.catalyst.rule import Rule


def eliminate_distincts(plan: LogicalPlan) -> LogicalPlan:
    """Take out what changes nothing."""

    def apply(node: Any) -> Any:
        match node:
            case Distinct(child=child) if _is_distinct(child):
                return child
            case Join(kind=JoinKind.SEMI | JoinKind.ANTI, null_aware=False):
                right = _without(node.right)
                return node if right is node.right else node.copy(right=right)
            case Aggregate():
                return node.transform_expressions(_plain)
        return node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def _is_distinct(plan: LogicalPlan) -> bool:
    match plan:
        case Distinct() | SetOp(all=False):
            return True
        case Aggregate(grouping=grouping, columns=columns):
            shown = [c.child if isinstance(c, Alias) else c for c in columns]
            return all(e in shown for e in grouping)
    return plan.max_rows in (0, 1)


def _without(plan: LogicalPlan) -> LogicalPlan:
    match plan:
        case Distinct(child=child):
            return child
        case Project(child=Distinct(child=child)):
            return plan.copy(child=child)
    return plan


def _plain(e: Any) -> Any:
    if isinstance(e, AggregateCall) and e.distinct and e.name in ("min", "max"):
        return e.copy(distinct=False)
    return e


ELIMINATE_DISTINCTS = Rule("EliminateDistinct", eliminate_distincts)
