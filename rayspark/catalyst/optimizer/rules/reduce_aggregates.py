"""Groups that a join will drop are not made: the small side's keys filter the rows first.

    INNER (Aggregate([k], .., x), s) ON k = j
        -> INNER (Aggregate([k], .., SEMI (x, Project([j], s)) ON k = j), s) ON k = j

``s`` must be small by the statistics, and keep only a part of its own source, so that the filter is
worth its run. It is read twice. This is Spark's semi-join reduction, one of its run-time filters.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import SubqueryExpression, equal
from rayspark.catalyst.logical import Aggregate, Filter, Join, JoinKind, LogicalPlan, Project
from rayspark.catalyst.optimizer.rules.infer_filters import equal_columns
from rayspark.catalyst.rule import Rule
from rayspark.catalyst.stats import Estimator

MOST_ROWS = 500_000
"""Of the side whose keys become a filter."""
WORTH = 10
"""How many times more rows the filtered side must have."""


def reduce_aggregates(plan: LogicalPlan) -> LogicalPlan:
    """Filter the input of every aggregation that a small side is joined with."""
    estimator = Estimator()

    def apply(node: Any) -> Any:
        match node:
            case Join(kind=JoinKind.INNER, condition=condition) if condition is not None:
                left = _reduced(node, node.left, node.right, estimator)
                if left is not None:
                    return node.copy(left=left)
                right = _reduced(node, node.right, node.left, estimator)
                if right is not None:
                    return node.copy(right=right)
        return node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def _reduced(
    node: Join, side: LogicalPlan, small: LogicalPlan, estimator: Estimator
) -> LogicalPlan | None:
    """The side with filtered input, if it is an aggregation by a key of the join."""
    match side:
        case Filter(child=child) | Project(child=child):
            below = _reduced(node, child, small, estimator)
            return None if below is None else side.with_children([below])
        case Aggregate(grouping=grouping) if grouping and _pays(side, small, estimator):
            for a, b in equal_columns(node):
                key, other = (a, b) if b.id in small.output_ids else (b, a)
                if key in grouping:
                    keys = Project((other,), small)
                    filtered = Join(side.child, keys, JoinKind.SEMI, equal(key, other))
                    return side.copy(child=filtered)
    return None


def _pays(side: Aggregate, small: LogicalPlan, estimator: Estimator) -> bool:
    if isinstance(side.child, Join) and side.child.kind is JoinKind.SEMI:
        return False
    rows, others = estimator.rows(small), estimator.rows(side.child)
    if rows is None or others is None or rows > MOST_ROWS or others < WORTH * rows:
        return False
    return small.has(Filter) and not any(
        e.has(SubqueryExpression) or not e.deterministic
        for below in small.walk()
        for e in below.expressions
    )


REDUCE_AGGREGATES = Rule("InjectRuntimeFilter", reduce_aggregates)
