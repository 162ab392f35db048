"""Rules and the order in which they are tried.

A *rule* is a name and a function from plan to plan that returns the same object when it does not
apply. A *batch* is a named list of rules tried once, or until nothing changes. A
:class:`RuleExecutor` runs batches in order and, when asked, keeps a :class:`Trace` of which rule
changed what, which ``explain`` and the rule log print.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import field

from rayspark.catalyst.logical.base import LogicalPlan
from rayspark.records import dataclass

logger = logging.getLogger(__name__)

TRACE = 5
"""Level of ``logging`` below DEBUG."""

MAX_ITERATIONS = 100
"""Rounds after which a batch that still changes the plan is stopped (Spark's number)."""


@dataclass(frozen=True)
class Rule:
    """A named step. Two rules with one name in one optimizer are an error."""

    name: str
    apply: Callable[[LogicalPlan], LogicalPlan]


@dataclass(frozen=True)
class Batch:
    """Rules that belong together. ``once``: one round, which must be enough (tests check it)."""

    name: str
    rules: Sequence[Rule]
    once: bool = False


@dataclass(frozen=True)
class Change:
    """One rule changed the plan."""

    batch: str
    rule: str
    before: LogicalPlan
    after: LogicalPlan

    def __str__(self) -> str:
        return (
            f"=== {self.rule} ({self.batch}) ===\n"
            f"{self.before.tree_string()}--- becomes\n{self.after.tree_string()}"
        )


@dataclass
class Trace:
    """What happened while a plan was worked on."""

    changes: list[Change] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    """Time spent in each rule."""


class RuleExecutor:
    """Runs batches.

    Parameters
    ----------
    batches
        In order.
    check
        Called with the plan after every change, with the rule's name; raises if the plan is no
        longer whole. Tests and ``spark.sql.planChangeValidation`` turn it on.
    log_level
        Of ``logging``: changes are written at it (``spark.sql.planChangeLog.level``).
    """

    def __init__(
        self,
        batches: Sequence[Batch],
        check: Callable[[LogicalPlan, str], None] | None = None,
        log_level: int = TRACE,
    ) -> None:
        self._batches = batches
        self._check = check
        self._log_level = log_level

    def execute(self, plan: LogicalPlan, trace: Trace | None = None) -> LogicalPlan:
        """Run all batches over a plan."""
        for batch in self._batches:
            plan = self._run(batch, plan, trace)
        return plan

    def _run(self, batch: Batch, plan: LogicalPlan, trace: Trace | None) -> LogicalPlan:
        for _ in range(1 if batch.once else MAX_ITERATIONS):
            before = plan
            for rule in batch.rules:
                plan = self._step(batch, rule, plan, trace)
            if plan is before:
                return plan
        if not batch.once:
            logger.warning(
                "Batch %s still changes the plan after %d rounds", batch.name, MAX_ITERATIONS
            )
        return plan

    def _step(
        self, batch: Batch, rule: Rule, plan: LogicalPlan, trace: Trace | None
    ) -> LogicalPlan:
        began = time.perf_counter()
        changed = rule.apply(plan)
        if trace is not None:
            spent = time.perf_counter() - began
            trace.seconds[rule.name] = trace.seconds.get(rule.name, 0.0) + spent
        if changed is plan:
            return plan
        change = Change(batch.name, rule.name, plan, changed)
        if trace is not None:
            trace.changes.append(change)
        if logger.isEnabledFor(self._log_level):
            logger.log(self._log_level, "%s", change)
        if self._check is not None:
            self._check(changed, rule.name)
        return changed
