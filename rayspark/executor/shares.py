"""How the two kinds of executors share the memory of a machine.

``python`` and ``native`` executors (``rayspark.lineage.node``) share the cores of their machine:
the scheduler never has more tasks running there than the larger of the two has slots. So only
python executors claim CPUs in Ray's books, native ones claim none.

They share ``spark.executor.memory`` (M, of a python executor) as well. By Spark's defaults 0.6 M is
unified memory, half of it storage (0.3 M: cached partitions), half execution. A python task gets
its core's part of the execution half; the native executor may use the whole half of the machine's
executors at once, as a lone task may in Spark. At the worst, cache full and both kinds at their
limits, that is 0.9 M.

>>> shares = MemoryShares(10 << 30, 0.6, 0.5)
>>> shares.execution(units=2) >> 20
6144
"""

from __future__ import annotations

from dataclasses import replace

from rayspark.executor.runtime import ExecutorSettings
from rayspark.records import dataclass


@dataclass(frozen=True, slots=True)
class MemoryShares:
    """Parts of executors' memory.

    Parameters
    ----------
    executor_memory
        ``spark.executor.memory`` in bytes; None where it is not set.
    fraction
        ``spark.memory.fraction``.
    storage_fraction
        ``spark.memory.storageFraction``.
    """

    executor_memory: int | None
    fraction: float
    storage_fraction: float

    def execution(self, units: int) -> int:
        """Execution memory of so many python executors, where ``spark.executor.memory`` is set."""
        assert self.executor_memory is not None
        return int(units * self.executor_memory * self.fraction * (1 - self.storage_fraction))

    def python(self, settings: ExecutorSettings, cores: int) -> ExecutorSettings:
        """Settings of a python executor; ``settings.task_memory`` is the most a task may have."""
        if self.executor_memory is None:
            return replace(settings, cores=cores, execution_memory=settings.task_memory * cores)
        execution = self.execution(1)
        return replace(
            settings,
            cores=cores,
            execution_memory=execution,
            task_memory=min(settings.task_memory, execution // cores),
            heap_cache=int(self.executor_memory * self.fraction * self.storage_fraction),
        )

    def native(
        self, settings: ExecutorSettings, cores: int, units: int, free: int
    ) -> ExecutorSettings:
        """Settings of a native executor.

        It stands for ``units`` python executors. ``free``: the bytes of the machine that are this
        application's, by its part of the cores; asked only where ``spark.executor.memory`` is not
        set.
        """
        whole = int(free * self.fraction) if self.executor_memory is None else self.execution(units)
        return replace(settings, cores=cores, execution_memory=whole, task_memory=whole, amounts=())
