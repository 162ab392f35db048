"""The optimizer's rules, in order, with reasons."""

from __future__ import annotations

from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.optimizer.rules.eliminate_subquery_aliases import ELIMINATE_SUBQUERY_ALIASES
from rayspark.catalyst.rule import Batch


def batches(context: AnalysisContext) -> list[Batch]:
    """All batches for a session's settings."""
    return [Batch("Finish Analysis", [ELIMINATE_SUBQUERY_ALIASES], once=True)]
