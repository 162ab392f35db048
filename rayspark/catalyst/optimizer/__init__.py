"""The optimizer: rules, one a file, in named batches.

batches     the list, in order, with reasons
rules/      the rules
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.expressions import SubqueryExpression
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.optimizer.batches import batches, stage_batches
from rayspark.catalyst.rule import RuleExecutor, Trace


def optimize(
    plan: LogicalPlan, context: AnalysisContext, trace: Trace | None = None
) -> LogicalPlan:
    """An equivalent plan that costs less.

    Parameters
    ----------
    plan
        Analyzed.
    context
        Of the session: its settings choose rules.
    trace
        Told which rule changed what.
    """
    executor = RuleExecutor(batches(context))

    def inner(e: Any) -> Any:
        return (
            e.copy(plan=optimize(e.plan, context, trace))
            if (isinstance(e, SubqueryExpression))
            else e
        )

    if any(e.has(SubqueryExpression) for node in plan.walk() for e in node.expressions):
        plan = plan.transform_all_expressions(inner)
    return executor.execute(plan, trace)


def optimize_for_stages(
    plan: LogicalPlan, context: AnalysisContext, trace: Trace | None = None
) -> LogicalPlan:
    """What an optimized plan needs besides when it runs as several stages."""
    return RuleExecutor(stage_batches(context)).execute(plan, trace)
