"""The optimizer: rules, one a file, in named batches.

batches     the list, in order, with reasons
rules/      the rules
"""

from __future__ import annotations

import logging
from typing import Any

from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.expressions import SubqueryExpression
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.optimizer.batches import batches, stage_batches
from rayspark.catalyst.optimizer.integrity import check_integrity
from rayspark.catalyst.rule import TRACE, Batch, RuleExecutor, Trace
from rayspark.config.entries import sql
from rayspark.errors import IllegalArgumentException


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
    executor = _executor(batches(context), context)

    def inner(e: Any) -> Any:
        return (
            e.copy(plan=optimize(e.plan, context, trace))
            if isinstance(e, SubqueryExpression)
            else e
        )

    if any(e.has(SubqueryExpression) for node in plan.walk() for e in node.expressions):
        plan = plan.transform_all_expressions(inner)
    return executor.execute(plan, trace)


def optimize_for_stages(
    plan: LogicalPlan, context: AnalysisContext, trace: Trace | None = None
) -> LogicalPlan:
    """What an optimized plan needs besides when it runs as several stages."""
    return _executor(stage_batches(context), context).execute(plan, trace)


def _executor(found: list[Batch], context: AnalysisContext) -> RuleExecutor:
    """Runs batches as the settings about changes of plans say."""
    settings = context.settings
    validates = settings.get(sql.PLAN_CHANGE_VALIDATION.key, "false").lower() == "true"
    name = settings.get(sql.PLAN_CHANGE_LOG.key, "trace").upper()
    level = {"TRACE": TRACE, "WARN": logging.WARNING}.get(name) or logging.getLevelName(name)
    if not isinstance(level, int):
        raise IllegalArgumentException(
            f"Invalid value {name!r} for {sql.PLAN_CHANGE_LOG.key}: one of trace, debug, info, "
            "warn, error is expected."
        )
    return RuleExecutor(found, check_integrity if validates else None, level)
