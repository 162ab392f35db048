"""What can go wrong inside the engine, as types with fields.

Faults travel from executors to the scheduler, which decides by their type and fields, never by
their text. Users do not meet them: the scheduler repairs the damage, or fails the job with a
:class:`~rayspark.errors.exceptions.SparkException` that says what happened. All survive pickling.
"""

from __future__ import annotations

from dataclasses import fields

from rayspark.ids import BlockId, ExecutorId, ShuffleId
from rayspark.records import dataclass

MEMORY_ADVICE = (
    "If memory is short: use more, smaller partitions (numSlices, repartition), go through a "
    "partition's records one by one instead of collecting them, run fewer tasks at a time on a "
    "machine (spark.task.cpus, spark.executor.cores) or use machines with more memory."
)
"""What a user can do; said where tasks end for want of memory, or may have."""


@dataclass(eq=False, repr=False)
class Fault(Exception):
    """Root of the faults: subclasses are dataclasses whose fields are the constructor's
    arguments.
    """

    def __post_init__(self) -> None:
        """Hand the fields to ``Exception``, for pickle calls the class with its ``args``."""
        super().__init__(*(getattr(self, field.name) for field in fields(self)))

    def __str__(self) -> str:
        """Name and fields: for logs."""
        values = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
        return f"{type(self).__name__}({', '.join(values)})"


@dataclass(eq=False, repr=False)
class FetchFailed(Fault):
    """Shuffle input of a task is missing or damaged: the maps named must run again.

    ``map_ids`` are partitions of the map stage; empty means "all that ``executor_id`` holds".
    """

    shuffle_id: ShuffleId
    map_ids: tuple[int, ...]
    reduce_id: int
    executor_id: ExecutorId | None
    message: str


@dataclass(eq=False, repr=False)
class ExecutorLost(Fault):
    """An executor died; with ``node_lost`` the blocks on its machine are gone too."""

    executor_id: ExecutorId
    reason: str
    node_lost: bool = False


@dataclass(eq=False, repr=False)
class TaskKilled(Fault):
    """The task was told to stop: its job ended, was cancelled, or another try was faster."""

    reason: str


@dataclass(eq=False, repr=False)
class OutOfMemory(Fault):
    """A task needed more memory than its executor may use, and could not spill."""

    requested: int
    available: int
    what: str


@dataclass(eq=False, repr=False)
class DiskFull(Fault):
    """A spill or a local file did not fit on the disk."""

    what: str
    path: str
    needed: int
    free: int
    message: str

    def __str__(self) -> str:
        """What did not fit, where, how much was missing, and what to do: users read this."""
        return (
            f"{self.what} of {self.needed / 2**20:.1f} MiB does not fit on the disk of {self.path} "
            f"({self.free / 2**20:.1f} MiB are free): {self.message}. Make room there, or set "
            "spark.local.dir to a directory on a larger disk. Tasks spill less with more memory "
            "(spark.python.worker.memory, spark.executor.memory) or with more, smaller partitions; "
            "of a cached RDD, the level MEMORY_ONLY needs no disk."
        )


@dataclass(eq=False, repr=False)
class BlockCorrupt(Fault):
    """A block's checksum does not match its bytes."""

    block: str
    expected: int
    found: int


@dataclass(eq=False, repr=False)
class BlockLost(Fault):
    """A cached partition, or part of a local checkpoint, is gone."""

    block_id: BlockId
    message: str


@dataclass(eq=False, repr=False)
class ResultTooLarge(Fault):
    """The results of a job would not fit into ``spark.driver.maxResultSize``. Sizes in bytes."""

    size: int
    limit: int
    tasks: int


@dataclass(eq=False, repr=False)
class CommitDenied(Fault):
    """Another try of this task may commit the output; this one must not."""

    stage_id: int
    partition: int
    attempt: int
