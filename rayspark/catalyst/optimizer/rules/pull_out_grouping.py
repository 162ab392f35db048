"""``Aggregate([f(a)], [f(a) AS x], r) -> Aggregate([g], [g AS x], Project([*, f(a) AS g], r))``.

Output columns then refer to groups by name, so that rules may rewrite expressions freely.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Alias, Attribute, Expression
from rayspark.catalyst.logical import Aggregate, LogicalPlan, Project
from rayspark.catalyst.rule import Rule


def pull_out_grouping(plan: LogicalPlan) -> LogicalPlan:
    """Make columns of all grouping expressions."""

    def apply(node: Any) -> Any:
        if not isinstance(node, Aggregate):
            return node
        made: dict[Expression, Alias] = {}
        for e in node.grouping:
            if not isinstance(e, Attribute) and e not in made:
                made[e] = Alias(e, "_groupingexpression")
        if not made:
            return node

        def named(e: Any) -> Any:
            return made[e].attribute if e in made else e

        return Aggregate(
            tuple(map(named, node.grouping)),
            tuple(_named(column, named) for column in node.columns),
            Project((*node.child.output, *made.values()), node.child),
        )

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def _named(column: Expression, named: Any) -> Any:
    return column.transform_down(named)


PULL_OUT_GROUPING = Rule("PullOutGroupingExpressions", pull_out_grouping)
