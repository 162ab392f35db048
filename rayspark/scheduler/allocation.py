"""Dynamic allocation: as many executors as there is work (``spark.dynamicAllocation.*``).

Per profile of executors, as in Spark's ExecutorAllocationManager: when tasks have been waiting for
``backlog_timeout``, one executor more is wanted, then, while the backlog lasts, 2, 4, 8 ... more
each ``sustained_backlog_timeout``, never more than the tasks need. An executor without tasks for
``idle_timeout`` (``cached_idle_timeout`` if it holds cached blocks) is released, down to the
target. Map output needs no executor: it lies in the host's store.

Executors that a stage asked for (``RDD.withResources``) come with its tasks, as many as those need
at once, and go when idle, with dynamic allocation or without.
"""

from __future__ import annotations

from math import ceil

from rayspark.lineage.node import PYTHON
from rayspark.records import dataclass
from rayspark.scheduler.actions import ReleaseExecutor, SetExecutorTarget
from rayspark.scheduler.tables import Executor, Tables
from rayspark.scheduler.task_set import Slots


@dataclass(slots=True)
class _Demand:
    """What is wanted of one profile."""

    target: int
    add_at: float | None = None
    """When to ask for more; None while nothing waits."""
    step: int = 1


class Allocation:
    """Asks for executors and releases them."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._config = tables.config.allocation
        self._demands: dict[str, _Demand] = {}

    def observe(self) -> None:
        """After every event: does work wait, and since when?"""
        config, now = self._config, self._tables.now
        for task_set in self._tables.live.values():
            if task_set.profile not in self._demands:
                self._open(task_set.profile)
        for profile, demand in self._demands.items():
            if profile in self._tables.wanted:
                self._ask_at_once(profile, demand)
            elif not config.enabled:
                continue
            elif not self._work(profile)[0]:
                demand.add_at, demand.step = None, 1
            elif demand.add_at is None:
                demand.add_at = now + config.backlog_timeout

    def adjust(self) -> None:
        """Time has passed: grow or shrink."""
        for profile, demand in self._demands.items():
            if self._adjusts(profile):
                self._retarget(profile, demand)
                self._release_idle(profile, demand)

    def refuse(self, profile: str) -> None:
        """The backend cannot have executors of the profile; the next stage asks again."""
        self._demands.pop(profile, None)

    def next_wake(self) -> float | None:
        """When ``adjust`` has something to do next."""
        times = [d.add_at for d in self._demands.values() if d.add_at is not None]
        for profile, demand in self._demands.items():
            if not self._adjusts(profile):
                continue
            executors = self._tables.usable.get(profile, {})
            if len(executors) > max(self._least(profile), demand.target):
                times += [t for e in executors.values() if (t := self._expiry(e)) is not None]
            if self._needed(profile) < demand.target > self._least(profile):
                times.append(self._tables.now)
        return min(times, default=None)

    def _adjusts(self, profile: str) -> bool:
        """Do executors of this profile come and go?"""
        return self._config.enabled or profile in self._tables.wanted

    def _least(self, profile: str) -> int:
        return 0 if profile in self._tables.wanted else self._config.min_executors

    def _ask_at_once(self, profile: str, demand: _Demand) -> None:
        tables = self._tables
        needed = min(self._needed(profile), self._config.max_executors)
        if needed > demand.target:
            demand.target = needed
            needs = tables.wanted[profile]
            tables.actions.append(SetExecutorTarget(profile, needed, needs))

    def _open(self, profile: str) -> None:
        config = self._config
        if profile in self._tables.wanted:
            self._demands[profile] = _Demand(0)
            return
        target = config.initial_executors
        if config.enabled:
            target = min(max(target, config.min_executors), config.max_executors)
        self._demands[profile] = _Demand(target)
        if not config.enabled and profile != PYTHON:  # those are there from the start
            self._tables.actions.append(SetExecutorTarget(profile, None))
        elif target:
            self._tables.actions.append(SetExecutorTarget(profile, target))

    def _work(self, profile: str) -> tuple[Slots, Slots]:
        """Slots of the tasks that wait, and of those in flight."""
        waiting: Slots = 0
        running: Slots = 0
        for task_set in self._tables.task_sets.values():
            if task_set.profile == profile:
                weight = task_set.weight
                waiting += (task_set.pending.count + len(task_set.slow)) * weight
                running += len(task_set.tries) * weight
        return waiting, running

    def _needed(self, profile: str) -> int:
        """Executors that would run everything at once, times the ratio."""
        tables = self._tables
        executors = tables.usable.get(profile, {}).values()
        needs = tables.wanted.get(profile)
        cores = tables.config.executor_cores
        if needs is not None:
            cores = needs.cores or cores
        expected = tables.slots_of(profile, cores)
        slots = max((e.slots for e in executors), default=expected)
        waiting, running = self._work(profile)
        return ceil(float(waiting + running) * self._config.ratio / float(slots))

    def _retarget(self, profile: str, demand: _Demand) -> None:
        config, now = self._config, self._tables.now
        needed, before = self._needed(profile), demand.target
        if needed < demand.target:
            demand.target = max(needed, self._least(profile))
            demand.step = 1
        elif demand.add_at is not None and now >= demand.add_at:
            start = max(demand.target, len(self._tables.usable.get(profile, ())))
            wanted = min(start + demand.step, needed, config.max_executors)
            demand.target = max(wanted, config.min_executors)
            demand.step = demand.step * 2 if demand.target - start == demand.step else 1
            demand.add_at = now + config.sustained_backlog_timeout
        if demand.target != before:
            needs = self._tables.wanted.get(profile)
            self._tables.actions.append(SetExecutorTarget(profile, demand.target, needs))

    def _release_idle(self, profile: str, demand: _Demand) -> None:
        tables = self._tables
        least = max(self._least(profile), demand.target)
        for executor in list(tables.usable.get(profile, {}).values()):
            expiry = self._expiry(executor)
            if len(tables.usable[profile]) <= least or expiry is None or expiry > tables.now:
                continue
            tables.drain_executor(executor)
            tables.actions.append(ReleaseExecutor(executor.id, "idle"))

    def _expiry(self, executor: Executor) -> float | None:
        """When an idle executor is to be released."""
        if executor.idle_since is None:
            return None
        is_used = self._tables.directory.is_used(executor.id)
        config = self._config
        expiry = executor.idle_since + (
            config.cached_idle_timeout if is_used else config.idle_timeout
        )
        return expiry if expiry != float("inf") else None
