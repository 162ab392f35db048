"""Dynamic allocation: as many executors as there is work (``spark.dynamicAllocation.*``).

Per profile of executors, as in Spark's ExecutorAllocationManager: when tasks have been waiting for
``backlog_timeout``, one executor more is wanted, then, while the backlog lasts, 2, 4, 8 ... more
each ``sustained_backlog_timeout``, never more than the tasks need. An executor without tasks for
``idle_timeout`` (``cached_idle_timeout`` if it holds cached blocks) is released, down to the
target. Map output needs no executor: it lies in the host's store.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from rayspark.lineage.node import PYTHON
from rayspark.scheduler.actions import ReleaseExecutor, SetExecutorTarget
from rayspark.scheduler.tables import Executor, Tables


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
        if not config.enabled:
            return
        for profile, demand in self._demands.items():
            if not self._work(profile)[0]:
                demand.add_at, demand.step = None, 1
            elif demand.add_at is None:
                demand.add_at = now + config.backlog_timeout

    def adjust(self) -> None:
        """Time has passed: grow or shrink."""
        if self._config.enabled:
            for profile, demand in self._demands.items():
                self._retarget(profile, demand)
                self._release_idle(profile, demand)

    def next_wake(self) -> float | None:
        """When ``adjust`` has something to do next."""
        if not self._config.enabled:
            return None
        times = [d.add_at for d in self._demands.values() if d.add_at is not None]
        for profile, demand in self._demands.items():
            executors = self._tables.usable.get(profile, {})
            if len(executors) > max(self._config.min_executors, demand.target):
                times += [t for e in executors.values() if (t := self._expiry(e)) is not None]
            if self._needed(profile) < demand.target > self._config.min_executors:
                times.append(self._tables.now)
        return min(times, default=None)

    def _open(self, profile: str) -> None:
        config = self._config
        target = config.initial_executors
        if config.enabled:
            target = min(max(target, config.min_executors), config.max_executors)
        self._demands[profile] = _Demand(target)
        if not config.enabled and profile != PYTHON:  # those are there from the start
            self._tables.actions.append(SetExecutorTarget(profile, None))
        elif target:
            self._tables.actions.append(SetExecutorTarget(profile, target))

    def _work(self, profile: str) -> tuple[int, int]:
        """Tasks that wait, tasks in flight."""
        waiting = running = 0
        for task_set in self._tables.task_sets.values():
            if task_set.profile == profile:
                waiting += task_set.pending.count + len(task_set.slow)
                running += len(task_set.tries)
        return waiting, running

    def _needed(self, profile: str) -> int:
        """Executors that would run everything at once, times the ratio."""
        tables = self._tables
        executors = tables.usable.get(profile, {}).values()
        expected = max(1, tables.config.executor_cores // tables.config.task_cpus)
        slots = max((e.slots for e in executors), default=expected)
        return ceil(sum(self._work(profile)) * self._config.ratio / slots)

    def _retarget(self, profile: str, demand: _Demand) -> None:
        config, now = self._config, self._tables.now
        needed, before = self._needed(profile), demand.target
        if needed < demand.target:
            demand.target = max(needed, config.min_executors)
            demand.step = 1
        elif demand.add_at is not None and now >= demand.add_at:
            start = max(demand.target, len(self._tables.usable.get(profile, ())))
            wanted = min(start + demand.step, needed, config.max_executors)
            demand.target = max(wanted, config.min_executors)
            demand.step = demand.step * 2 if demand.target - start == demand.step else 1
            demand.add_at = now + config.sustained_backlog_timeout
        if demand.target != before:
            self._tables.actions.append(SetExecutorTarget(profile, demand.target))

    def _release_idle(self, profile: str, demand: _Demand) -> None:
        tables = self._tables
        least = max(self._config.min_executors, demand.target)
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
