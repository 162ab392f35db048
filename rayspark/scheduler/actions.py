"""What the scheduler can ask for. Actions are carried out in order, by the loop's thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rayspark.ids import ExecutorId, HostId, JobId, ShuffleId, StageId, TaskKey
from rayspark.records import dataclass
from rayspark.resource.needs import Needs
from rayspark.scheduler.task import CallBlocks, StageRun, TaskLaunch, TaskReport
from rayspark.shuffle.sizes import MapOutputStatistics


@dataclass(frozen=True, slots=True)
class Launch:
    """Start these tasks, in order, on this executor.

    A batch: one or two of them per executor, stage attempt and scheduling round. A backend may
    group them into calls as it likes.
    """

    executor: ExecutorId
    run: StageRun
    tasks: Sequence[TaskLaunch]


@dataclass(frozen=True, slots=True)
class Kill:
    """Stop these tries; they will report KILLED (or SUCCESS when they were faster).

    Running code is interrupted, whatever ``spark.job.interruptOnCancel`` says: as in PySpark, where
    it steers threads of the JVM and the Python code of a cancelled task is stopped in any case.
    """

    executor: ExecutorId
    keys: Sequence[TaskKey]
    reason: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Drop those of these tries that have not begun, and report them KILLED with ``NOT_BEGUN``; the
    others go on.
    """

    executor: ExecutorId
    keys: Sequence[TaskKey]


@dataclass(frozen=True, slots=True)
class Accept:
    """The report counts: apply its accumulator updates and deliver its result.

    For a result stage ``report.value`` goes to the job's waiter at ``index`` (position in
    ``JobSubmitted.partitions``). Emitted exactly once per job and index; for map tasks (``index``
    None) once per accepted try.
    """

    report: TaskReport
    job_id: JobId
    index: int | None


@dataclass(frozen=True, slots=True)
class JobEnded:
    """The job is over. ``error`` is None, or what the user's action shall raise."""

    job_id: JobId
    error: Any = None
    statistics: MapOutputStatistics | None = None
    """Of a job that ran the map side of a shuffle."""


@dataclass(frozen=True, slots=True)
class StageEnded:
    """No task of this stage attempt will be launched again: forget its template."""

    stage_id: StageId
    attempt: int


@dataclass(frozen=True, slots=True)
class DropMapOutput:
    """Map outputs that are no longer used (stage rolled back, shuffle forgotten)."""

    shuffle_id: int
    map_ids: Sequence[int] | None
    """None: all of them."""


@dataclass(frozen=True, slots=True)
class MergeMapOutput:
    """Make one block per group of these calls' blocks, here; ``MapOutputMerged`` answers."""

    shuffle_id: ShuffleId
    host: HostId
    executor: ExecutorId
    """One of that machine."""
    number: int
    parts: Sequence[tuple[CallBlocks, frozenset[int]]]
    """Calls, and the map tasks whose output counts."""


@dataclass(frozen=True, slots=True)
class SetExecutorTarget:
    """Have so many executors of the profile, from now on."""

    profile: str
    target: int | None
    """None, without dynamic allocation: as many as the application has room for."""
    needs: Needs | None = None
    """What executors of a profile of a stage must have (``RDD.withResources``)."""


@dataclass(frozen=True, slots=True)
class ReleaseExecutor:
    """Dynamic allocation or exclusion: drain this executor, then stop it."""

    executor: ExecutorId
    reason: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Post this event (``rayspark.events``) on the listener bus."""

    event: Any


@dataclass(frozen=True, slots=True)
class Warn:
    """Tell the user, in the log."""

    message: str


Action = (
    Launch
    | Kill
    | TakeBack
    | Accept
    | JobEnded
    | StageEnded
    | DropMapOutput
    | MergeMapOutput
    | SetExecutorTarget
    | ReleaseExecutor
    | Notify
    | Warn
)
