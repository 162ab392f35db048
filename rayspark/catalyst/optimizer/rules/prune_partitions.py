"""Directories that a join will drop are not read: dynamic partition pruning.

    INNER (Relation (f, partitioned by p), d) ON p = k
        -> INNER (Filter (p IN (SELECT k FROM d), Relation), d) ON p = k

``d`` must be small by the statistics and filtered. The query runs before the rest is planned, and
its answer chooses among the files.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Attribute, InSubquery, SubqueryExpression
from rayspark.catalyst.logical import (
    Distinct,
    Filter,
    Join,
    JoinKind,
    LogicalPlan,
    Project,
    Relation,
)
from rayspark.catalyst.optimizer.rules.infer_filters import equal_columns
from rayspark.catalyst.rule import Rule
from rayspark.catalyst.stats import Estimator

MOST_ROWS = 10_000
"""Of the side whose keys choose among files."""
PRUNES_LEFT = (JoinKind.INNER, JoinKind.SEMI, JoinKind.RIGHT)
PRUNES_RIGHT = (JoinKind.INNER, JoinKind.SEMI, JoinKind.LEFT)


def prune_partitions(plan: LogicalPlan) -> LogicalPlan:
    """Filter partitioned relations by the keys of small sides."""
    estimator = Estimator()

    def apply(node: Any) -> Any:
        if not isinstance(node, Join) or node.condition is None:
            return node
        for left, right in equal_columns(node):
            if node.kind in PRUNES_LEFT and _is_small(node.right, estimator):
                side = _pruned(node.left, left, node.right, right)
                if side is not node.left:
                    return node.copy(left=side)
            if node.kind in PRUNES_RIGHT and _is_small(node.left, estimator):
                side = _pruned(node.right, right, node.left, left)
                if side is not node.right:
                    return node.copy(right=side)
        return node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def _is_small(plan: LogicalPlan, estimator: Estimator) -> bool:
    rows = estimator.rows(plan)
    return (
        rows is not None
        and rows <= MOST_ROWS
        and plan.has(Filter)
        and not any(
            e.has(SubqueryExpression) or not e.deterministic
            for node in plan.walk()
            for e in node.expressions
        )
    )


def _pruned(side: LogicalPlan, key: Attribute, small: LogicalPlan, other: Attribute) -> LogicalPlan:
    match side:
        case Relation() if _is_partition_column(side, key):
            keys = Distinct(Project((other,), small))
            return Filter(InSubquery(keys, (), (key,)), side)
        case Filter(condition=condition) if condition.has(InSubquery):
            return side
        case Project(child=child) | Filter(child=child):
            below = _pruned(child, key, small, other)
            return side if below is child else side.with_children([below])
    return side


def _is_partition_column(relation: Relation, key: Attribute) -> bool:
    partition = getattr(relation.source, "partition_schema", None)
    if partition is None:
        return False
    names = [f.name for f in relation.source.schema.fields]
    own = {a.id: name for a, name in zip(relation.attributes, names, strict=True)}
    return own.get(key.id) in partition.names


PRUNE_PARTITIONS = Rule("PartitionPruning", prune_partitions)
