"""What each side of a join must fulfil for any alternative of a condition to hold.

    INNER (l, r) ON (a = 1 AND b = 2) OR (a = 3 AND b = 4)
        -> the same with Filter(a = 1 OR a = 3, l) and Filter(b = 2 OR b = 4, r)

The condition stays. Only comparisons of one column with constants are taken out of it, as cheap
as they are: an alternative that has none for a side says nothing of that side.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import (
    Expression,
    ExprId,
    and_,
    conjuncts,
    disjuncts,
    or_,
)
from rayspark.catalyst.logical import Filter, Join, LogicalPlan
from rayspark.catalyst.optimizer.rules.infer_filters import TO_LEFT, TO_RIGHT, travels
from rayspark.catalyst.optimizer.rules.push_down_filter import LEFT_ROWS_PASS, RIGHT_ROWS_PASS
from rayspark.catalyst.rule import Rule

MOST_ALTERNATIVES = 20
"""Of a longer condition nothing is repeated."""


def infer_from_or(plan: LogicalPlan) -> LogicalPlan:
    """Add the filters that conditions with alternatives imply, from the top downwards."""
    return plan.transform_down(_apply)  # type: ignore[no-any-return]


def _apply(node: Any) -> Any:
    match node:
        case Join(condition=Expression() as condition, null_aware=False, kind=kind):
            return _with_filters(node, condition, kind in TO_LEFT, kind in TO_RIGHT)
        case Filter(condition=condition, child=Join() as below):
            kind = below.kind
            left, right = kind in LEFT_ROWS_PASS, kind in RIGHT_ROWS_PASS
            made = _with_filters(below, condition, left, right)
            return node if made is below else node.copy(child=made)
    return node


def _with_filters(node: Join, condition: Expression, to_left: bool, to_right: bool) -> Join:
    changes: dict[str, Any] = {}
    if to_left and (found := _implied(condition, node.left)):
        changes["left"] = Filter(and_(*found), node.left)
    if to_right and (found := _implied(condition, node.right)):
        changes["right"] = Filter(and_(*found), node.right)
    return node.copy(**changes) if changes else node


def _implied(condition: Expression, side: LogicalPlan) -> list[Expression]:
    """What is said of a side, and not tested there already."""
    known = conjuncts(side.condition) if isinstance(side, Filter) else []
    found = (_of_alternatives(part, side.output_ids) for part in conjuncts(condition))
    return [e for e in found if e is not None and e not in known]


def _of_alternatives(part: Expression, ids: frozenset[ExprId]) -> Expression | None:
    """What the alternatives of a condition say of these columns; ``None`` if one says nothing."""
    if part.references <= ids or not part.references & ids:
        return None
    alternatives = disjuncts(part)
    if not 1 < len(alternatives) <= MOST_ALTERNATIVES:
        return None
    said: dict[Expression, None] = {}
    for alternative in alternatives:
        mine = [e for e in conjuncts(alternative) if e.references <= ids and travels(e)]
        if not mine:
            return None
        said[and_(*mine)] = None
    return or_(*said)


INFER_FROM_OR = Rule("InferFiltersFromAlternatives", infer_from_or)
