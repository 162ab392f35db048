"""An outer join whose made-up nulls a filter drops is a narrower join.

Filter(rejects nulls of r, LEFT (l, r))   -> Filter(.., INNER (l, r))      RIGHT likewise
Filter(rejects nulls of l, FULL (l, r))   -> Filter(.., LEFT (l, r))
Filter(rejects both, FULL (l, r))         -> Filter(.., INNER (l, r))
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import conjuncts
from rayspark.catalyst.logical import Filter, Join, JoinKind, LogicalPlan
from rayspark.catalyst.optimizer.rules.expressions import rejects_nulls
from rayspark.catalyst.rule import Rule

NARROWED = {
    (JoinKind.LEFT, False, True): JoinKind.INNER,
    (JoinKind.LEFT, True, True): JoinKind.INNER,
    (JoinKind.RIGHT, True, False): JoinKind.INNER,
    (JoinKind.RIGHT, True, True): JoinKind.INNER,
    (JoinKind.FULL, True, False): JoinKind.LEFT,
    (JoinKind.FULL, False, True): JoinKind.RIGHT,
    (JoinKind.FULL, True, True): JoinKind.INNER,
}
"""By the join's kind, and whether nulls of its left, of its right side are dropped."""


def eliminate_outer_joins(plan: LogicalPlan) -> LogicalPlan:
    """Narrow every outer join under a filter that allows it."""

    def apply(node: Any) -> Any:
        match node:
            case Filter(condition=condition, child=Join() as join) if join.condition is not None:
                parts = [part for part in conjuncts(condition) if part.deterministic]
                left = any(rejects_nulls(part, join.left.output_ids) for part in parts)
                right = any(rejects_nulls(part, join.right.output_ids) for part in parts)
                kind = NARROWED.get((join.kind, left, right))
                return node if kind is None else node.copy(child=join.copy(kind=kind))
        return node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


ELIMINATE_OUTER_JOINS = Rule("EliminateOuterJoin", eliminate_outer_joins)
