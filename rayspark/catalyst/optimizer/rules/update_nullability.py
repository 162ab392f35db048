"""What a plan knows of nulls below is told to the expressions above.

A column held by the user before an outer join says that it is never null; above the join it may be.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Attribute
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.rule import Rule


def update_nullability(plan: LogicalPlan) -> LogicalPlan:
    """Give every attribute the nullability that the operator below it says."""

    def apply(node: Any) -> Any:
        if not node.expressions or not node.children:
            return node
        known = {a.id: a.is_nullable for a in node.inputs}

        def update(e: Any) -> Any:
            if isinstance(e, Attribute) and known.get(e.id, e.is_nullable) is not e.is_nullable:
                return e.copy(is_nullable=known[e.id])
            return e

        return node.transform_expressions(update)

    return plan.transform_up(apply)  # type: ignore[no-any-return]


UPDATE_NULLABILITY = Rule("UpdateAttributeNullability", update_nullability)
