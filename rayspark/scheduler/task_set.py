"""The tasks of one stage attempt: which wait, which run, which are done.

Tasks are known by their *index* in the attempt. Per-task facts are bytes in arrays, and each try in
flight is one small tuple, so that a stage of 100,000 tasks is a few megabytes::

    index       0 1 2 3 ...                 tries   tid -> (index, executor, start, number, ...)
    partitions  0 1 2 3 ...   (rerun: only the missing ones)
    done        1 0 0 0 ...
    copies      0 2 1 0 ...   tries in flight; 2 = a speculative copy runs
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from rayspark.ids import ExecutorId, HostId, JobId, TaskKey
from rayspark.scheduler.pending import Pending
from rayspark.scheduler.stage import Stage
from rayspark.scheduler.task import Locality, StageRun, TaskReport

Preferences = tuple[Iterable[ExecutorId], Iterable[HostId]]
Locator = Callable[[int], Preferences]
"""Where the task with this index would like to run: executors, hosts."""
Slots = int | Fraction
"""Slots are counted in tasks of ``spark.task.cpus``; those of a stage may take more, or less."""


class Try(NamedTuple):
    """A try in flight."""

    task: int
    """Its index in the task set."""
    executor: ExecutorId
    start: float
    number: int
    speculative: bool
    locality: Locality


class TaskSet:
    """One attempt of one stage.

    Parameters
    ----------
    stage, run
        What is run; ``run`` goes to executors and is dropped when no task will be launched any
        more.
    partitions
        Partition of each task.
    outputs
        Result stage: position of each task in the job's partitions. Map stage: the same as
        ``partitions``.
    now
        When the attempt was submitted.
    """

    def __init__(
        self,
        stage: Stage,
        run: StageRun,
        partitions: Sequence[int],
        outputs: Sequence[int],
        pool: str,
        now: float,
    ) -> None:
        size = len(partitions)
        self.stage = stage
        self.attempt = run.attempt
        self.run: StageRun | None = run
        self.profile = run.profile
        self.weight: Slots = 1
        """Slots that each task takes."""
        self.barrier = run.barrier
        self.partitions = partitions
        self.outputs = outputs
        self.pool = pool
        self.priority: JobId = run.job_id
        self.size = size
        self.remaining = size
        self.done = bytearray(size)
        self.copies = bytearray(size)
        self.numbers = array("H", bytes(2 * size))
        self.failures: dict[int, int] = {}
        self.pending = Pending(size)
        self.locate: Locator | None = None
        self.soft = False
        """Preferences are a wish only: no waiting for them."""
        self.tries: dict[int, Try] = {}
        self.submitted = now
        self.level_at = 0
        self.level_since = now
        self.mean = -1.0
        """Recent mean duration of a task in seconds; negative while unknown."""
        self.far_mean = -1.0
        """The same of tasks without their data at hand, where others have it: of partitions that
        are not cached and are computed anew, say. They may take a hundred times as long."""
        self.durations: array[float] | None = None
        """Of every success, kept for speculation only."""
        self.median: tuple[int, float] = (0, 0.0)
        """Of ``durations`` when there were so many."""
        self.slow: dict[int, None] = {}
        """Tasks that wait for a speculative copy."""
        self.over: set[int] = set()
        """Tries that have ended, without a slot, and are not reported yet."""
        self.killed: set[int] = set()
        """Tries told to stop that have not reported yet."""
        self.held: list[TaskReport] = []
        """Barrier: successes, kept back until all tasks have succeeded."""
        self.input_lost_at: float | None = None
        """When map output that it reads was lost; its tries may be waiting for it in vain."""
        self._index_of: dict[int, int] | None = None

    @property
    def key(self) -> tuple[int, int]:
        """Stage and attempt."""
        return self.stage.id, self.attempt

    @property
    def is_zombie(self) -> bool:
        """Will it launch nothing more?"""
        return self.run is None

    def __repr__(self) -> str:
        return (
            f"<stage {self.stage.id}.{self.attempt}: {self.remaining} of {self.size} to do, "
            f"{self.pending.count} pending, {len(self.tries)} in flight>"
        )

    def start(self, locate: Locator | None) -> None:
        """Queue every task."""
        self.locate = locate
        if locate is None:
            self.pending.fill(self.size)
            return
        for index in range(self.size):
            self.pending.add(index, *locate(index))

    def requeue(self, index: int) -> None:
        """The task waits again, before those that never ran."""
        if not self.is_zombie and not self.done[index] and not self.copies[index]:
            preferences = self.locate(index) if self.locate is not None else ((), ())
            self.pending.add(index, *preferences, first=True)

    def key_of(self, tid: int) -> TaskKey:
        """Identity of a try in flight."""
        return TaskKey(self.stage.id, self.attempt, self.partitions[self.tries[tid].task], tid)

    def tries_of(self, index: int) -> list[int]:
        """Tries of the task in flight."""
        if not self.copies[index]:
            return []
        return [tid for tid, t in self.tries.items() if t.task == index]

    def index_of(self, output: int) -> int | None:
        """Index of the task that makes this output."""
        if self._index_of is None:
            if isinstance(self.outputs, range):
                return output if 0 <= output < self.size else None
            self._index_of = {o: i for i, o in enumerate(self.outputs)}
        return self._index_of.get(output)

    def finish(self, index: int) -> None:
        """The task is done, by whichever try."""
        if not self.done[index]:
            self.done[index] = 1
            self.remaining -= 1
            self.pending.discard(index)
            self.slow.pop(index, None)

    def reopen(self, index: int) -> None:
        """The output of a finished task is lost: it runs again."""
        if self.done[index]:
            self.done[index] = 0
            self.remaining += 1
            self.requeue(index)

    def learn(self, total: float, count: int) -> None:
        """Note the durations of `count` successes, `total` seconds together."""
        self.mean = _updated(self.mean, total, count)

    def learn_far(self, total: float, count: int) -> None:
        """The same for tasks that are far from data."""
        self.far_mean = _updated(self.far_mean, total, count)

    def is_far(self, level: Locality) -> bool:
        """Do tasks placed at this level lack data that others of the attempt have?"""
        return self.locate is not None and level.value >= Locality.NO_PREF.value

    def pace(self, level: Locality) -> float:
        """Seconds of a task placed at this level; negative while unknown."""
        return self.far_mean if self.is_far(level) else self.mean

    def slow_down(self, level: Locality, seconds: float) -> None:
        """Tasks at this level take at least so long."""
        if self.is_far(level):
            self.far_mean = max(self.far_mean, seconds)
        else:
            self.mean = max(self.mean, seconds)

    def retire(self) -> None:
        """Launch nothing more. Running tries may still report."""
        self.run = None
        self.pending.clear()
        self.slow.clear()
        self.locate = None


def _updated(before: float, total: float, count: int) -> float:
    """A mean that weighs a batch by its size, and never forgets the past in one report."""
    mean = total / count
    return mean if before < 0 else before + (mean - before) * min(0.5, count / 8)
