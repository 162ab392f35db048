"""Expressions of constants become constants: ``1 + 2 -> 3``.

What raises an error stays: the row that needs it may never come.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.expressions import Alias, Expression, Literal, SortOrder
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.rule import Rule


def fold_constants(context: AnalysisContext) -> Rule:
    """The rule for a session: values depend on its settings."""
    known: dict[Expression, Literal | None] = {}

    def apply(plan: LogicalPlan) -> LogicalPlan:
        new = [e for e in _constants(plan) if e not in known]
        if new:
            known.update(zip(new, context.evaluate(new), strict=True))
        if not any(known.values()):
            return plan
        found: LogicalPlan = plan.transform_up(lambda node: node.map_expressions(_replace))
        return found

    def _replace(e: Expression) -> Any:
        return e.transform_down(lambda x: known.get(x) or x if _folds(x) else x)

    return Rule("ConstantFolding", apply)


def _constants(plan: LogicalPlan) -> list[Expression]:
    """The largest constant expressions of a plan that are no literals yet."""
    found: dict[Expression, None] = {}
    for node in plan.walk():
        for e in node.expressions:
            stack: list[Any] = [e]
            while stack:
                part = stack.pop()
                if _folds(part):
                    found[part] = None
                else:
                    stack.extend(part.children)
    return list(found)


def _folds(e: Expression) -> bool:
    return e.foldable and not isinstance(e, (Literal, Alias, SortOrder))
