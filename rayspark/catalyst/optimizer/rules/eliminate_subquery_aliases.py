"""``SubqueryAlias(x) -> x``: names have done their work."""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.logical import LogicalPlan, SubqueryAlias
from rayspark.catalyst.rule import Rule


def eliminate_subquery_aliases(plan: LogicalPlan) -> LogicalPlan:
    """Take all aliases of relations out."""

    def apply(node: Any) -> Any:
        return node.child if isinstance(node, SubqueryAlias) else node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


ELIMINATE_SUBQUERY_ALIASES = Rule("EliminateSubqueryAliases", eliminate_subquery_aliases)
