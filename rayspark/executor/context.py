"""What a running task knows of itself.

:class:`TaskContext` is PySpark's public face; the engine's own parts of it (memory budget, spill
area, accumulators, the executor it runs in) are private attributes. One context belongs to one
thread; ``TaskContext.get()`` finds it through a thread-local.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from rayspark.errors.faults import BlockCorrupt
from rayspark.executor.faults import FaultInjector
from rayspark.executor.memory import MemoryBudget
from rayspark.ids import AccumulatorId, BlockId
from rayspark.metrics import TaskMetrics
from rayspark.resource import ResourceInformation
from rayspark.serializers import Frame
from rayspark.storage.disk import DiskBlock
from rayspark.storage.spill import Run

if TYPE_CHECKING:
    from rayspark.executor.batch import TaskBatch, TaskSpec
    from rayspark.executor.runtime import ExecutorRuntime


class TaskInterrupted(BaseException):
    """Raised in a task that was told to stop; no ``Exception``, so user code lets it through."""

    def __init__(self, reason: str = "killed") -> None:
        super().__init__(reason)
        self.reason = reason


class _Current(threading.local):
    context: TaskContext | None = None


_current = _Current()


class TaskContext:
    """Information about the running task; read it with :meth:`TaskContext.get` inside a task.

    Examples
    --------
    >>> from rayspark import TaskContext
    >>> sc.parallelize("ab", 2).map(lambda _: TaskContext.get().partitionId()).collect()
    [0, 1]
    """

    def __init__(
        self, runtime: ExecutorRuntime, task: TaskSpec, batch: TaskBatch, budget: int
    ) -> None:
        self._runtime = runtime
        self._task = task
        self._batch = batch
        self._budget = MemoryBudget(budget)
        self._runs: list[Run] = []
        self._accumulators: dict[AccumulatorId, Any] = {}
        """This task's own copies, which user code adds to."""
        self._stored: dict[BlockId, Frame | DiskBlock] = {}
        """Partitions computed for the cache by this task."""
        self._fault: BaseException | None = None
        """What went wrong below user code, which may have swallowed the exception."""
        self._killed: str | None = None
        self._metrics = TaskMetrics()
        needs = batch.needs
        amounts = runtime.settings.amounts if needs is None else needs.amounts
        self._units = runtime.units.take(amounts)

    @classmethod
    def get(cls) -> TaskContext | None:
        """The context of the task running on this thread; ``None`` on the driver."""
        return _current.context

    def stageId(self) -> int:
        """Id of the stage this task belongs to."""
        return self._task.key.stage

    def partitionId(self) -> int:
        """Number of the partition that this task computes."""
        return self._task.key.partition

    def attemptNumber(self) -> int:
        """0 for the first try of this task, then 1, 2, ..."""
        return self._task.number

    def taskAttemptId(self) -> int:
        """An id unique to this try within the application."""
        return self._task.key.tid

    def getLocalProperty(self, key: str) -> str | None:
        """A local property set on the driver's thread that submitted the job, or ``None``."""
        return self._batch.properties.get(key)

    def cpus(self) -> int:
        """CPUs of the task (``spark.task.cpus``, or what its stage asks for), rounded up."""
        return ceil(self._cpus())

    def cpuAmount(self) -> Decimal:
        """CPUs allotted to the task, as a decimal."""
        cpus = self._cpus()
        return Decimal(cpus.numerator) / Decimal(cpus.denominator)

    def _cpus(self) -> Fraction:
        default = self._runtime.settings.task_cpus
        needs = self._batch.needs
        return Fraction(default) if needs is None else needs.task_cpus(default)

    def resources(self) -> dict[str, ResourceInformation]:
        """Further resources allotted to the task (GPUs ...), by name:
        ``spark.task.resource.{name}.amount``, or what its stage asks for (``RDD.withResources``).
        """
        return {
            name: ResourceInformation(name, list(addresses))
            for name, addresses in self._units.items()
        }

    def _accumulated(self) -> dict[AccumulatorId, Any]:
        return {aid: own.value for aid, own in self._accumulators.items()}

    def _new_run(self) -> Run:
        run = Run(self._runtime.spill_directory())
        self._runs.append(run)
        return run

    def _spill(self, run: Run, records: Sequence[Any]) -> None:
        """Write one batch to a run of this task."""
        size = run.append(records)
        self._metrics.disk_bytes_spilled += size
        self._metrics.memory_bytes_spilled += size
        faults = FaultInjector.of(self._runtime.settings.faults)
        if faults:
            faults.spilled(run, self._task)

    def _replay(self, run: Run) -> Iterator[list[Any]]:
        """Batches of a run of this task."""
        try:
            yield from run.batches()
        except BlockCorrupt as fault:
            self._fault = fault
            raise

    def _check_faults(self) -> None:
        """Raise what user code must not keep to itself: input not whole, or told to stop."""
        if self._fault is not None:
            raise self._fault
        self._check_killed()

    def _check_killed(self) -> None:
        if self._killed is not None:
            raise TaskInterrupted(self._killed)

    def _enter(self) -> None:
        _current.context = self

    def _leave(self) -> None:
        _current.context = None
        self._budget.close()
        self._runtime.units.give_back(self._units)
        self._units = {}
        for run in self._runs:
            run.delete()


TaskContext.__module__ = "rayspark.taskcontext"
