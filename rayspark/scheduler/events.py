"""What can happen to the scheduler. Events that need time carry ``now`` (seconds, monotonic)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from rayspark.ids import ExecutorId, HostId, JobId, RddId, ShuffleId, TaskKey
from rayspark.records import dataclass
from rayspark.scheduler.task import (
    CallBlocks,
    ExecutorOffer,
    ResultFunction,
    TaskLaunch,
    TaskReport,
)

if TYPE_CHECKING:
    from rayspark.lineage.dependency import ShuffleDependency
    from rayspark.lineage.node import Node


@dataclass(frozen=True, slots=True, eq=False)
class JobSubmitted:
    """A user called an action. Results are delivered per index into ``partitions``."""

    job_id: JobId
    node: Node
    partitions: Sequence[int]
    function: ResultFunction
    now: float
    call_site: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    """Local properties: ``spark.jobGroup.id``, ``spark.job.description``, ``spark.job.tags``,
    ``spark.scheduler.pool``, ``spark.job.interruptOnCancel`` and the user's own."""


@dataclass(frozen=True, slots=True, eq=False)
class MapStageSubmitted:
    """The map side of a shuffle is wanted, and how much it makes; nothing is read from it yet."""

    job_id: JobId
    dependency: ShuffleDependency
    now: float
    call_site: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobCancelled:
    """Cancel jobs: exactly one of the selectors is set, or none for all jobs."""

    now: float
    reason: str
    job_id: JobId | None = None
    group: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class StageCancelled:
    """Cancel every job that needs this stage."""

    stage_id: int
    now: float
    reason: str


@dataclass(frozen=True, slots=True)
class TasksEnded:
    """An executor reported a batch of tries."""

    executor: ExecutorId
    reports: Sequence[TaskReport]
    now: float
    over: Sequence[TaskKey] = ()
    """Tries that are over as well and are reported later, with their batch: they take no slot."""


@dataclass(frozen=True, slots=True)
class LaunchFailed:
    """These tasks were never sent: what their stage consists of cannot be pickled."""

    executor: ExecutorId
    tasks: Sequence[TaskLaunch]
    error: BaseException
    now: float


@dataclass(frozen=True, slots=True)
class ExecutorAdded:
    """An executor is ready for tasks."""

    offer: ExecutorOffer
    now: float


@dataclass(frozen=True, slots=True)
class ExecutorLost:
    """An executor is gone. ``host_lost``: its machine's object store is gone too."""

    executor: ExecutorId
    reason: str
    now: float
    host_lost: bool = False
    expected: bool = False
    """Released on purpose (idle, drained, stop): its tries do not count as failures."""


@dataclass(frozen=True, slots=True)
class HostLost:
    """A machine is gone with its object store and every executor on it."""

    host: HostId
    reason: str
    now: float


@dataclass(frozen=True, slots=True)
class ExecutorDraining:
    """No new tasks for this executor; it will be lost soon, as expected."""

    executor: ExecutorId
    now: float


@dataclass(frozen=True, slots=True)
class ShuffleForgotten:
    """No RDD refers to this shuffle any more: drop its map output from the books."""

    shuffle_id: ShuffleId


@dataclass(frozen=True, slots=True)
class MapOutputMerged:
    """The answer to ``MergeMapOutput``: the blocks, or None when they could not be made."""

    shuffle_id: ShuffleId
    host: HostId
    number: int
    blocks: CallBlocks | None


@dataclass(frozen=True, slots=True)
class BlocksStored:
    """Cached partitions exist now (or moved). ``in_heap``: the executor keeps them deserialised."""

    executor: ExecutorId
    host: HostId
    blocks: Sequence[tuple[RddId, int]]
    in_heap: bool


@dataclass(frozen=True, slots=True)
class BlocksDropped:
    """Cached partitions are gone (evicted, lost, unpersisted)."""

    blocks: Sequence[tuple[RddId, int]]


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed: locality waits, speculation, exclusion time-outs, allocation."""

    now: float


@dataclass(frozen=True, slots=True)
class ProfileRefused:
    """Executors of this profile cannot be had: stages that need them fail with this error."""

    profile: str
    error: BaseException
    now: float


@dataclass(frozen=True, slots=True)
class BackendFailed:
    """The backend cannot go on (Ray is gone): every job fails with this error."""

    error: Any
    now: float


Event = (
    JobSubmitted
    | MapStageSubmitted
    | JobCancelled
    | StageCancelled
    | TasksEnded
    | LaunchFailed
    | ExecutorAdded
    | ExecutorLost
    | HostLost
    | ExecutorDraining
    | ShuffleForgotten
    | MapOutputMerged
    | BlocksStored
    | BlocksDropped
    | Tick
    | ProfileRefused
    | BackendFailed
)

TIMELESS = ShuffleForgotten | MapOutputMerged | BlocksStored | BlocksDropped
"""Events that bring no time with them."""
