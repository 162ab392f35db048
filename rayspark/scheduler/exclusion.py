"""Exclusion: no tasks for executors and machines that fail them (``spark.excludeOnFailure.*``).

Failures are counted at three levels, as in Spark: per task (this executor gets this task no more),
per stage attempt (no task of it), and per application (no task at all, for ``timeout`` seconds),
the last only from stage attempts that succeeded in the end: an attempt that fails everywhere says
nothing about machines. Enough excluded executors exclude their machine.
"""

from __future__ import annotations

from dataclasses import field

from rayspark.events import types as news
from rayspark.ids import ExecutorId, HostId
from rayspark.records import dataclass
from rayspark.scheduler.actions import ReleaseExecutor
from rayspark.scheduler.pending import Fits
from rayspark.scheduler.tables import Executor, Tables
from rayspark.scheduler.task_set import TaskSet


def never_fits(_index: int) -> bool:
    """Fits no task."""
    return False


@dataclass(slots=True)
class _Record:
    """Failures within one stage attempt."""

    tasks: dict[ExecutorId, dict[int, int]] = field(default_factory=dict)
    """Executor -> task -> how often it failed there."""
    executors: set[ExecutorId] = field(default_factory=set)
    hosts: set[HostId] = field(default_factory=set)
    hosts_of: dict[ExecutorId, HostId] = field(default_factory=dict)
    last: str = ""

    def bars(self, index: int, executor: Executor, limits: tuple[int, int]) -> bool:
        """Has this task failed too often on this executor, or on its machine?"""
        if self.tasks.get(executor.id, {}).get(index, 0) >= limits[0]:
            return True
        on_host = sum(
            index in tasks for e, tasks in self.tasks.items() if self.hosts_of[e] == executor.host
        )
        return on_host >= limits[1]


class Exclusion:
    """Who gets no tasks, and until when."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._config = tables.config.exclusion
        self._records: dict[tuple[int, int], _Record] = {}
        self._failures: dict[ExecutorId, list[float]] = {}
        """Times of failures that count for the application."""
        self.executors: dict[ExecutorId, tuple[HostId, float]] = {}
        """Excluded: their host, until when."""
        self.hosts: dict[HostId, float] = {}

    def note_failure(
        self, task_set: TaskSet, index: int, executor_id: ExecutorId, why: str
    ) -> None:
        """A task failed on an executor."""
        executor = self._tables.executors.get(executor_id)
        if not self._config.enabled or executor is None:
            return
        record = self._records.setdefault(task_set.key, _Record())
        record.last = why
        record.hosts_of[executor_id] = executor.host
        tasks = record.tasks.setdefault(executor_id, {})
        tasks[index] = tasks.get(index, 0) + 1
        if executor_id in record.executors or len(tasks) < self._config.stage_tasks_per_executor:
            return
        record.executors.add(executor_id)
        tables, key = self._tables, task_set.key
        tables.notify(news.ExecutorExcludedForStage(tables.wall(), executor_id, len(tasks), *key))
        count = sum(record.hosts_of[e] == executor.host for e in record.executors)
        if count >= self._config.stage_executors_per_node and executor.host not in record.hosts:
            record.hosts.add(executor.host)
            tables.notify(news.NodeExcludedForStage(tables.wall(), executor.host, count, *key))

    def close(self, task_set: TaskSet, *, succeeded: bool) -> None:
        """The attempt is over: its failures count for the application if it succeeded."""
        record = self._records.pop(task_set.key, None)
        if record is None or not succeeded:
            return
        expiry = self._tables.now + self._config.timeout
        for executor_id, tasks in record.tasks.items():
            failures = self._failures.setdefault(executor_id, [])
            failures += [expiry] * len(tasks)
            if (
                len(failures) >= self._config.application_tasks_per_executor
                and executor_id not in self.executors
            ):
                self._exclude(executor_id, record.hosts_of[executor_id], len(failures), expiry)

    def _exclude(self, executor: ExecutorId, host: HostId, failures: int, expiry: float) -> None:
        tables = self._tables
        self.executors[executor] = (host, expiry)
        tables.notify(news.ExecutorExcluded(tables.wall(), executor, failures))
        if self._config.kill:
            tables.actions.append(ReleaseExecutor(executor, "excluded for repeated failures"))
        count = sum(h == host for h, _ in self.executors.values())
        if count >= self._config.application_executors_per_node and host not in self.hosts:
            self.hosts[host] = expiry
            tables.notify(news.NodeExcluded(tables.wall(), host, count))

    def expire(self) -> None:
        """Time has passed: forgive."""
        tables, now = self._tables, self._tables.now
        for executor, (_, expiry) in list(self.executors.items()):
            if expiry <= now:
                del self.executors[executor]
                tables.notify(news.ExecutorUnexcluded(tables.wall(), executor))
        for host, expiry in list(self.hosts.items()):
            if expiry <= now:
                del self.hosts[host]
                tables.notify(news.NodeUnexcluded(tables.wall(), host))
        for executor, expiries in list(self._failures.items()):
            left = [e for e in expiries if e > now]
            if left:
                self._failures[executor] = left
            else:
                del self._failures[executor]

    def forget(self, executor: ExecutorId) -> None:
        """The executor is gone; its exclusion still counts against its host until it expires."""
        self._failures.pop(executor, None)

    def next_expiry(self) -> float | None:
        """When somebody is forgiven next."""
        times = [t for _, t in self.executors.values()] + list(self.hosts.values())
        return min(times, default=None)

    def fits(self, task_set: TaskSet, executor: Executor) -> Fits | None:
        """Which tasks of the attempt the executor may get; None: all of them."""
        if not self._config.enabled:
            return None
        if executor.id in self.executors or executor.host in self.hosts:
            return never_fits
        record = self._records.get(task_set.key)
        if record is None:
            return None
        if executor.id in record.executors or executor.host in record.hosts:
            return never_fits
        limits = (self._config.attempts_per_executor, self._config.attempts_per_node)
        return lambda index: not record.bars(index, executor, limits)

    def unschedulable(self, task_set: TaskSet) -> tuple[int, str] | None:
        """A waiting task that no executor may get, and the last failure; None if all is well."""
        record = self._records.get(task_set.key)
        if not self._config.enabled or (record is None and not self.executors and not self.hosts):
            return None
        usable = list(self._tables.usable.get(task_set.profile, {}).values())
        if not usable:
            return None
        judges = [self.fits(task_set, executor) for executor in usable]
        if any(judge is None for judge in judges):
            return None
        waiting = task_set.pending.waiting
        # Only tasks that failed can be barred one by one; any other stands for all of its kind.
        suspects = [i for i in task_set.failures if waiting[i]]
        if all(judge is never_fits for judge in judges):
            suspects = [i for i, waits in enumerate(waiting) if waits][:1]
        for index in suspects:
            if not any(judge is not None and judge(index) for judge in judges):
                return index, record.last if record is not None else "unknown"
        return None

    def __len__(self) -> int:
        return len(self._records)
