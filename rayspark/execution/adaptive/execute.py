"""Running a plan exchange by exchange: each round knows more than the one before.

    Join                          Join                         BroadcastJoin
    :- Exchange(big scan)    ->   :- Exchange(big scan)   ->   :- big scan
    +- Exchange(dimension)        +- stage: 3 rows             +- Broadcast(stage: 3 rows)

Of a join's two sides the smaller one (by what is read for it) runs first: when it turns out small
enough to be sent everywhere, the other side needs no exchange.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rayspark.execution.adaptive.joins import adapt_joins
from rayspark.execution.adaptive.partitions import fit_partitions
from rayspark.execution.adaptive.settings import AdaptiveSettings
from rayspark.execution.adaptive.stage import Ran, ShuffleStageExec
from rayspark.execution.ensure_requirements import ensure_requirements
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import ExchangeExec
from rayspark.execution.operators.join import JoinExec
from rayspark.execution.operators.leaf import ScanExec
from rayspark.execution.planner import Layout

if TYPE_CHECKING:
    from rayspark.execution.stages import StageBuilder
    from rayspark.scheduler.driver import Driver

WAITS = 4
"""How many times more one side of a join must read than the other to wait for it."""


def run_adaptively(
    plan: PhysicalPlan,
    layout: Layout,
    settings: AdaptiveSettings,
    builder: StageBuilder,
    driver: Driver,
    call_site: str = "",
) -> PhysicalPlan:
    """Run all exchanges; what comes back is the last pipeline over their output."""
    while ready := _ready(plan):
        chosen = _without_waiting(plan, ready)
        waiters = []
        for exchange in chosen:
            child = fit_partitions(exchange.child, settings, layout.cores)
            dependency = builder.shuffle(exchange.copy(child=child))
            waiter = driver.submit_map_stage(dependency, call_site=call_site)
            waiters.append((exchange, child, dependency, waiter))
        stages: dict[int, PhysicalPlan] = {}
        for exchange, child, dependency, waiter in waiters:
            ran = Ran(exchange.copy(child=child), dependency, waiter.results())
            stages[id(exchange)] = ShuffleStageExec(tuple(exchange.output), ran)
        plan = _replaced(plan, stages)
        plan = adapt_joins(plan, settings.broadcast_size)
        plan = ensure_requirements(plan, layout)
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
    ids = {id(exchange) for exchange in ready}
    waits: set[int] = set()
    for node in plan.walk():
        match node:
            case JoinExec(strategy="shuffled", left=left, right=right) if {
                id(left),
                id(right),
            } <= ids:
                sizes = _read_bytes(left), _read_bytes(right)
                if sizes[0] > WAITS * sizes[1]:
                    waits.add(id(left))
                elif sizes[1] > WAITS * sizes[0]:
                    waits.add(id(right))
    return [exchange for exchange in ready if id(exchange) not in waits] or ready


def _read_bytes(plan: PhysicalPlan) -> int:
    """Bytes that a sub-plan reads of sources and stages."""
    total = 0
    for node in plan.walk():
        match node:
            case ScanExec(source=source):
                total += source.estimated_bytes() or 0
            case ShuffleStageExec(ran=ran):
                total += ran.bytes
    return total


def is_worthwhile(plan: PhysicalPlan) -> bool:
    """Whether there is anything to learn: an exchange on the way."""
    return plan.has(ExchangeExec)
