"""Running a plan exchange by exchange: each round knows more than the one before.

    Join                          Join                         BroadcastJoin
    :- Exchange(big scan)    ->   :- Exchange(big scan)   ->   :- big scan
    +- Exchange(dimension)        +- stage: 3 rows             +- Broadcast(stage: 3 rows)

Of a join's two sides the one that is expected to be much smaller runs first: when it turns out
small enough to be sent everywhere, the other side needs no exchange; else its keys may filter the
other side before it is exchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rayspark.execution.adaptive.gather import gather_small
from rayspark.execution.adaptive.joins import adapt_joins, larger_side
from rayspark.execution.adaptive.partitions import fit_partitions
from rayspark.execution.adaptive.settings import AdaptiveSettings
from rayspark.execution.adaptive.stage import Ran, ShuffleStageExec
from rayspark.execution.ensure_requirements import ensure_requirements
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import ExchangeExec
from rayspark.execution.operators.join import JoinExec
from rayspark.execution.planner import Layout
from rayspark.localproperties import all_properties

if TYPE_CHECKING:
    from rayspark.execution.stages import StageBuilder
    from rayspark.scheduler.driver import Driver


def run_adaptively(
    plan: PhysicalPlan,
    layout: Layout,
    settings: AdaptiveSettings,
    builder: StageBuilder,
    driver: Driver,
    call_site: str = "",
    changed: Callable[[PhysicalPlan], None] | None = None,
) -> PhysicalPlan:
    """Run all exchanges; what comes back is the last pipeline over their output.

    ``changed`` is called with the plan after each round.
    """
    while ready := _ready(plan):
        chosen = _without_waiting(plan, ready)
        waiters = []
        for exchange in chosen:
            child = fit_partitions(exchange.child, settings, layout.cores)
            dependency = builder.shuffle(exchange.copy(child=child))
            waiter = driver.submit_map_stage(
                dependency, call_site=call_site, properties=all_properties()
            )
            waiters.append((exchange, child, dependency, waiter))
        stages: dict[int, PhysicalPlan] = {}
        for exchange, child, dependency, waiter in waiters:
            ran = Ran(exchange.copy(child=child), dependency, waiter.results())
            stages[id(exchange)] = ShuffleStageExec(tuple(exchange.output), ran)
        plan = _replaced(plan, stages)
        plan = ensure_requirements(adapt_joins(plan, settings), layout)
        plan = ensure_requirements(gather_small(plan, settings), layout)
        if changed is not None:
            changed(plan)
    return fit_partitions(plan, settings, layout.cores)


def _replaced(plan: PhysicalPlan, stages: dict[int, PhysicalPlan]) -> PhysicalPlan:
    return plan.transform_up(lambda node: stages.get(id(node), node))  # type: ignore[no-any-return]


def _ready(plan: PhysicalPlan) -> list[ExchangeExec]:
    """Exchanges that nothing else must run before; one that several operators read once."""
    waiting: set[int] = set()
    found: list[ExchangeExec] = []
    for node in plan.walk_up():
        below = any(id(child) in waiting for child in node.children)
        if isinstance(node, ExchangeExec):
            if not below:
                found.append(node)
            below = True
        if below:
            waiting.add(id(node))
    return found


def _without_waiting(plan: PhysicalPlan, ready: Sequence[ExchangeExec]) -> Sequence[ExchangeExec]:
    """Those that need not wait for a much smaller side of their join."""
    waits: set[int] = set()
    for node in plan.walk():
        if isinstance(node, JoinExec) and node.strategy == "shuffled":
            large = larger_side(node)
            if large == "left" and node.right.has(ExchangeExec):
                waits.add(id(node.left))
            elif large == "right" and node.left.has(ExchangeExec):
                waits.add(id(node.right))
    return [exchange for exchange in ready if id(exchange) not in waits] or ready
