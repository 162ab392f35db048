"""``Filter(a, Filter(b, x)) -> Filter(b AND a, x)``."""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import and_
from rayspark.catalyst.logical import Filter, LogicalPlan
from rayspark.catalyst.rule import Rule


def combine_filters(plan: LogicalPlan) -> LogicalPlan:
    """Make one filter of two that follow each other; the inner one is tested first."""

    def apply(node: Any) -> Any:
        match node:
            case Filter(condition=outer, child=Filter(condition=inner, child=child)) if (
                outer.deterministic and inner.deterministic
            ):
                return Filter(and_(inner, outer), child)
        return node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


COMBINE_FILTERS = Rule("CombineFilters", combine_filters)
