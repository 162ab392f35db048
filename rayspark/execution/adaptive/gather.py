"""Few rows in one place: what would be exchanged costs less where it is.

    Sort                              Sort
    +- Exchange(range)          ->    +- HashAggregate(final)
       +- HashAggregate(final)           +- stage, read by one task
          +- stage: 525 rows

A pipeline that reads so little that one task does it needs no exchange above. A sort of more than
that, and yet little, gets all rows at one task: ranges would want a sample first, and for that the
pipeline runs twice.
"""

from __future__ import annotations

from typing import Any

from rayspark.execution.adaptive.joins import observed
from rayspark.execution.adaptive.partitions import read_by_one_task
from rayspark.execution.adaptive.settings import AdaptiveSettings
from rayspark.execution.distribution import RangePartitioning, SinglePartition
from rayspark.execution.operators.base import PhysicalPlan, UnaryExec
from rayspark.execution.operators.exchange import BroadcastExec, ExchangeExec

SORTED_AT_ONCE = 16
"""How many times more than a task reads at least one task may sort."""


def gather_small(plan: PhysicalPlan, settings: AdaptiveSettings) -> PhysicalPlan:
    """The plan without exchanges of what one task does best."""

    def apply(node: Any) -> Any:
        if not isinstance(node, UnaryExec) or isinstance(node, (ExchangeExec, BroadcastExec)):
            return node
        exchange = node.child
        if not isinstance(exchange, ExchangeExec) or exchange.user_asked or exchange.rebalances:
            return node
        if isinstance(exchange.child.partitioning, SinglePartition):  # since a moment ago
            return node.copy(child=exchange.child)
        together = read_by_one_task(exchange.child, settings)
        if together is not None:
            return node.copy(child=together)
        if isinstance(exchange.target, RangePartitioning) and _is_small(exchange.child, settings):
            return node.copy(child=exchange.copy(target=SinglePartition()))
        return node

    return plan.transform_up(apply) if settings.coalesces else plan


def _is_small(plan: PhysicalPlan, settings: AdaptiveSettings) -> bool:
    stage = observed(plan)
    return stage is not None and stage.ran.bytes <= SORTED_AT_ONCE * settings.minimum_size
