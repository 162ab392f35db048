"""What a task can ask: ``TaskContext``, and in barrier stages ``BarrierTaskContext``."""

from __future__ import annotations

from rayspark.errors import PySparkRuntimeError, SparkException
from rayspark.executor.barrier import BarrierGroup
from rayspark.executor.context import TaskContext

__all__ = ["BarrierTaskContext", "BarrierTaskInfo", "TaskContext"]

_BARRIER, _GATHER = "barrier", "allGather"


class BarrierTaskInfo:
    """A task of a barrier stage.

    Parameters
    ----------
    address : str
        Network address of the machine that the task runs on.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def __repr__(self) -> str:
        return f"BarrierTaskInfo({self.address!r})"


class BarrierTaskContext(TaskContext):
    """A task of a barrier stage: all tasks of the stage run at once and can wait for each other.

    Every task must make the same calls in the same order, or the others wait until
    ``spark.barrier.sync.timeout``.

    Examples
    --------
    >>> from rayspark import BarrierTaskContext
    >>> def exchange(records):
    ...     context = BarrierTaskContext.get()
    ...     return [context.allGather(str(sum(records)))]
    >>> sc.range(4, numSlices=2).barrier().mapPartitions(exchange).collect()
    [['1', '5'], ['1', '5']]
    """

    _round = 0

    @classmethod
    def get(cls) -> BarrierTaskContext:
        """The context of the running barrier task.

        Raises
        ------
        PySparkRuntimeError
            ``NOT_IN_BARRIER_STAGE``: in other tasks, and on the driver.
        """
        context = TaskContext.get()
        if context is None or context._batch.barrier is None:
            raise PySparkRuntimeError(errorClass="NOT_IN_BARRIER_STAGE", messageParameters={})
        view = cls.__new__(cls)
        view.__dict__ = context.__dict__  # the same state, seen as what it is in this stage
        return view

    def barrier(self) -> None:
        """Wait until every task of the stage has called this.

        Raises
        ------
        TimeoutError
            When they did not within ``spark.barrier.sync.timeout``.
        """
        self._meet(_BARRIER, "")

    def allGather(self, message: str = "") -> list[str]:
        """Wait for every task of the stage; returns all messages, in the order of partitions.

        Parameters
        ----------
        message : str
            This task's message.

        Raises
        ------
        TypeError
            If the message is no text.
        TimeoutError
            When they did not all call within ``spark.barrier.sync.timeout``.
        """
        if not isinstance(message, str):
            raise TypeError(f"allGather takes a str, found {type(message).__name__}")
        return self._meet(_GATHER, message)

    def getTaskInfos(self) -> list[BarrierTaskInfo]:
        """Every task of the stage, in the order of partitions."""
        return [BarrierTaskInfo(address) for address in self._group.addresses]

    @property
    def _group(self) -> BarrierGroup:
        group = self._batch.barrier
        assert group is not None  # see get()
        return group

    def _meet(self, call: str, message: str) -> list[str]:
        number, self._round = self._round, self._round + 1
        told = self._group.gather(
            number,
            self.partitionId(),
            f"{call}:{message}",
            self._check_killed,
            self._runtime.settings.barrier_timeout,
        )
        calls = [text.partition(":")[0] for text in told]
        if len(set(calls)) > 1:
            raise SparkException(
                f"the tasks of a barrier stage made different calls: {', '.join(calls)} (in the "
                "order of partitions). Every task must call barrier() and allGather() in the same "
                "order"
            )
        return [text.partition(":")[2] for text in told]
