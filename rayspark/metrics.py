"""What is measured about a task: every metric declared once, with unit, group and meaning.

A :class:`TaskMetrics` is made for every task, filled by the shuffle, storage and runner, sent back
in the task's report and added up by whoever wants totals::

    metrics = TaskMetrics()
    metrics.shuffle_write_bytes += 1024
    total.merge(metrics)

The class *is* the table: :data:`METRICS` lists its fields with their words, and the event log takes
its JSON field names from there (``event_log``; None for counters that Spark does not have).
Not thread-safe: a task's metrics belong to the thread that runs the task.
"""

from __future__ import annotations

from dataclasses import field, fields
from operator import attrgetter
from typing import Literal, NamedTuple

from rayspark.records import dataclass

Unit = Literal["ms", "ns", "bytes", "records", "blocks", "tasks"]
Group = Literal["task", "input", "output", "shuffle read", "shuffle write", "recovery", "cache"]
READ = "Shuffle Read Metrics/"
WRITE = "Shuffle Write Metrics/"


class Metric(NamedTuple):
    """The declaration of one metric."""

    name: str
    unit: Unit
    group: Group
    meaning: str
    event_log: str | None
    """Path in Spark's JSON ``Task Metrics`` object, objects separated by a slash."""
    peak: bool
    """Merged by taking the larger value, not by adding."""


class UpdatedBlock(NamedTuple):
    """A block that a task stored or dropped."""

    block_id: str
    use_disk: bool
    use_memory: bool
    deserialized: bool
    replication: int
    memory_size: int
    disk_size: int


def _metric(
    unit: Unit, group: Group, meaning: str, event_log: str | None = None, *, peak: bool = False
) -> int:
    metadata = {"metric": (unit, group, meaning, event_log, peak)}
    return field(default=0, metadata=metadata)


@dataclass(slots=True)
class TaskMetrics:
    """Counters of one task, or the sum over many.

    >>> total = TaskMetrics(shuffle_write_bytes=10, peak_execution_memory=7)
    >>> total.merge(TaskMetrics(shuffle_write_bytes=5, peak_execution_memory=3))
    >>> total.nonzero()
    {'peak_execution_memory': 7, 'shuffle_write_bytes': 15}
    """

    executor_deserialize_time: int = _metric(
        "ms", "task", "unpickling the task and its closure", "Executor Deserialize Time"
    )
    executor_deserialize_cpu_time: int = _metric(
        "ns", "task", "CPU time of unpickling the task", "Executor Deserialize CPU Time"
    )
    executor_run_time: int = _metric(
        "ms", "task", "running the task, shuffle reads included", "Executor Run Time"
    )
    executor_cpu_time: int = _metric(
        "ns", "task", "CPU time of running the task", "Executor CPU Time"
    )
    result_size: int = _metric("bytes", "task", "result sent to the driver", "Result Size")
    gc_time: int = _metric("ms", "task", "Python's cyclic garbage collector", "JVM GC Time")
    result_serialization_time: int = _metric(
        "ms", "task", "pickling the result", "Result Serialization Time"
    )
    peak_execution_memory: int = _metric(
        "bytes",
        "task",
        "most memory held at once by merges, sorts and joins",
        "Peak Execution Memory",
        peak=True,
    )
    memory_bytes_spilled: int = _metric(
        "bytes", "task", "size in memory of what was spilled", "Memory Bytes Spilled"
    )
    disk_bytes_spilled: int = _metric(
        "bytes", "task", "size on disk of what was spilled", "Disk Bytes Spilled"
    )
    input_bytes: int = _metric(
        "bytes", "input", "read from files or cached blocks", "Input Metrics/Bytes Read"
    )
    input_records: int = _metric(
        "records", "input", "read from files or cached blocks", "Input Metrics/Records Read"
    )
    output_bytes: int = _metric(
        "bytes", "output", "written to files", "Output Metrics/Bytes Written"
    )
    output_records: int = _metric(
        "records", "output", "written to files", "Output Metrics/Records Written"
    )
    shuffle_remote_blocks: int = _metric(
        "blocks", "shuffle read", "fetched from other nodes", READ + "Remote Blocks Fetched"
    )
    shuffle_local_blocks: int = _metric(
        "blocks", "shuffle read", "found on this node", READ + "Local Blocks Fetched"
    )
    shuffle_remote_bytes: int = _metric(
        "bytes", "shuffle read", "fetched from other nodes", READ + "Remote Bytes Read"
    )
    shuffle_remote_bytes_to_disk: int = _metric(
        "bytes", "shuffle read", "fetched straight to disk", READ + "Remote Bytes Read To Disk"
    )
    shuffle_local_bytes: int = _metric(
        "bytes", "shuffle read", "found on this node", READ + "Local Bytes Read"
    )
    shuffle_fetch_wait_time: int = _metric(
        "ms", "shuffle read", "waiting for blocks", READ + "Fetch Wait Time"
    )
    shuffle_remote_requests_duration: int = _metric(
        "ms", "shuffle read", "sum over remote requests", READ + "Remote Requests Duration"
    )
    shuffle_read_records: int = _metric(
        "records", "shuffle read", "handed to the task", READ + "Total Records Read"
    )
    shuffle_write_bytes: int = _metric(
        "bytes", "shuffle write", "written by map tasks", WRITE + "Shuffle Bytes Written"
    )
    shuffle_write_time: int = _metric(
        "ns", "shuffle write", "packing and storing blocks", WRITE + "Shuffle Write Time"
    )
    shuffle_write_records: int = _metric(
        "records", "shuffle write", "written by map tasks", WRITE + "Shuffle Records Written"
    )
    cache_hits: int = _metric("blocks", "cache", "cached partitions found")
    cache_misses: int = _metric("blocks", "cache", "persisted partitions computed")
    recomputed_tasks: int = _metric("tasks", "recovery", "successes that redid lost work")
    speculative_tasks: int = _metric("tasks", "recovery", "speculative copies that ran")
    updated_blocks: list[UpdatedBlock] | None = None
    """Blocks stored or dropped; kept only when ``spark.taskMetrics.trackUpdatedBlockStatuses``."""

    def merge(self, other: TaskMetrics) -> None:
        """Add `other` to this; peaks take the larger value."""
        for name, theirs in zip(_COUNTERS, _counters(other), strict=True):
            if theirs:  # most counters of most tasks are zero
                setattr(self, name, getattr(self, name) + theirs)
        for name, theirs in zip(_PEAKS, _peaks(other), strict=True):
            if theirs > getattr(self, name):
                setattr(self, name, theirs)
        if other.updated_blocks:
            self.updated_blocks = [*(self.updated_blocks or ()), *other.updated_blocks]

    def nonzero(self) -> dict[str, int]:
        """Counters that are not zero, in the order of declaration."""
        return {m.name: value for m in METRICS if (value := getattr(self, m.name))}

    @property
    def shuffle_read_bytes(self) -> int:
        """Bytes read from a shuffle, near and far."""
        return self.shuffle_remote_bytes + self.shuffle_local_bytes

    def __reduce__(self) -> tuple[type[TaskMetrics], tuple[object, ...]]:
        """Travel as a tuple: one is pickled for each task, and names would triple its size."""
        return TaskMetrics, _values(self)


METRICS: tuple[Metric, ...] = tuple(
    Metric(f.name, *f.metadata["metric"]) for f in fields(TaskMetrics) if "metric" in f.metadata
)
"""Every metric, in the order of declaration."""

_COUNTERS = tuple(m.name for m in METRICS if not m.peak)
# The dummy second name makes attrgetter return a tuple although one metric is a peak.
_PEAKS = (*(m.name for m in METRICS if m.peak), "peak_execution_memory")
_counters = attrgetter(*_COUNTERS)
_peaks = attrgetter(*_PEAKS)
_values = attrgetter(*(f.name for f in fields(TaskMetrics)))
