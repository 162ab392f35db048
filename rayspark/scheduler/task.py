"""What is told about a task on its way out and on its way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Any

from rayspark.executor.report import TaskReport, TaskState
from rayspark.ids import ExecutorId, HostId, JobId, StageId, TaskKey
from rayspark.lineage.node import PYTHON
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.lineage.dependency import ShuffleDependency
    from rayspark.lineage.node import Node
    from rayspark.resource.needs import Needs

__all__ = [
    "CallBlocks", "ExecutorOffer", "Locality", "MapStatus", "ResultFunction", "StageRun",
    "TaskLaunch", "TaskReport", "TaskState",
]  # fmt: skip


class Locality(Enum):
    """How near a task runs to its data."""

    PROCESS_LOCAL = 0
    NODE_LOCAL = 1
    NO_PREF = 2
    ANY = 3


@dataclass(frozen=True, slots=True)
class ResultFunction:
    """What a result stage does with each partition.

    ``func(context, iterator)`` runs in the task and its value goes to the driver. Opaque here.
    """

    func: Any


@dataclass(frozen=True, slots=True, eq=False)
class StageRun:
    """One attempt of a stage, as a backend needs to know it. Shared by all its launches."""

    stage_id: StageId
    attempt: int
    node: Node
    """Last node of the stage."""
    sink: ShuffleDependency | ResultFunction
    job_id: JobId
    """The job for which it runs now (its properties go to the tasks)."""
    num_tasks: int
    """Tasks of this attempt (may be fewer than partitions)."""
    num_partitions: int
    barrier: bool
    profile: str
    properties: Mapping[str, str] = field(default_factory=dict)
    """Local properties of the job (pool, group, description, user's own)."""
    needs: Needs | None = None
    """Resources of its executors and tasks, where they are not as configured."""


@dataclass(frozen=True, slots=True)
class TaskLaunch:
    """One task to start."""

    key: TaskKey
    number: int
    """0 for the first try of this partition in this stage attempt (Spark's ``attemptNumber``)."""
    speculative: bool
    locality: Locality


bytes_ = bytes


@dataclass(frozen=True, slots=True, eq=False)
class CallBlocks:
    """Map output of one executor call, or of several whose blocks were merged."""

    handles: Sequence[Any]
    """The backend's: references to the blocks, by group of reduce partitions; None for no block."""
    map_ids: tuple[int, ...]
    """Map tasks whose output the blocks hold."""
    size: int
    """Bytes of a block, on average over the groups."""


@dataclass(frozen=True, slots=True, eq=False)
class MapStatus:
    """Where the output of one map task lies.

    Several map tasks share one ``blocks``, so the number of object references grows with
    calls x groups, never with maps x reducers.
    """

    executor: ExecutorId
    host: HostId
    """Machine whose object store holds the blocks. They outlive the executor, not the machine."""
    tid: int
    blocks: CallBlocks
    bytes: int
    records: int
    """Rows, where records are tables."""
    sizes: bytes_ | None = None
    """What each reduce partition got (``rayspark.shuffle.sizes``); the book keeps sums only."""


@dataclass(frozen=True, slots=True)
class ExecutorOffer:
    """An executor the scheduler may use."""

    executor: ExecutorId
    host: HostId
    cores: int
    profile: str = PYTHON
    resources: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)
    """Addresses of the units of resources that it holds."""
    threads: int = 0
    """That run tasks, where they are more than its cores (tasks take parts of a core); else 0."""
