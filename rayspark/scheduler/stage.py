r"""A stage: tasks that run the same chain of narrow steps on different partitions.

States::

              every parent's output is there          all tasks done
    IDLE --------------------------------> RUNNING -----------------> DONE
      |  \                                  |    ^                      |
      |   `--> WAITING ---------------------+----'   output lost and    |
      |        some parent lacks output     |        wanted again       |
      |            ^                        v                           |
      `<-----------+------------- input or output was lost <------------'

A *map stage* computes the map side of one shuffle; jobs share it. A *result stage* belongs to one
job. Each run of a stage is an *attempt* with its own task set; an attempt whose input was lost is a
*zombie*: it launches nothing more, but its running tries may still deliver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from rayspark.ids import JobId, ShuffleId, StageId
from rayspark.lineage.dependency import ShuffleDependency
from rayspark.lineage.node import Determinism
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.events.types import RDDInfo
    from rayspark.lineage.node import Node
    from rayspark.resource.needs import Needs
    from rayspark.scheduler.task import ResultFunction
    from rayspark.scheduler.task_set import TaskSet


class StageState(Enum):
    """See the drawing above."""

    IDLE = "IDLE"
    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"


@dataclass(eq=False, slots=True)
class Stage:
    """One stage, as long as some job needs it."""

    id: StageId
    node: Node
    """Last node of the stage."""
    sink: ShuffleDependency | ResultFunction
    jobs: dict[JobId, None]
    """Jobs that need it, in order of submission."""
    job: Job | None = None
    """Result stage: the job it answers."""
    barrier: bool = False
    wants: Needs | None = None
    """Resources that its nodes ask for, as of its last attempt."""
    state: StageState = StageState.IDLE
    waiting_on: set[StageId] = field(default_factory=set)
    waiters: list[Stage] = field(default_factory=list)
    """Stages that wait for this one."""
    map_jobs: dict[JobId, Job] = field(default_factory=dict)
    """Map stage: jobs that are over when its output is complete."""
    parents: dict[ShuffleId, Stage] = field(default_factory=dict)
    """Map stages whose output it read or will read, as far as known."""
    needs: dict[ShuffleId, ShuffleDependency] = field(default_factory=dict)
    """Shuffles that tasks read although the cache should have spared them."""
    next_attempt: int = 0
    attempts: dict[int, TaskSet] = field(default_factory=dict)
    """Attempts with tasks to launch or tries in flight."""
    live: TaskSet | None = None
    """The attempt that launches tasks."""
    failed_attempts: set[int] = field(default_factory=set)
    """Attempts since the last success that failed on their input."""
    first_valid_attempt: int = 0
    """Reports of earlier attempts describe rolled-back data."""
    rdd_infos: tuple[RDDInfo, ...] | None = None
    """Its nodes as events carry them, once made."""
    profile_id: int = 0
    """Of the resource profile that its nodes name, as events tell it."""

    @property
    def shuffle_id(self) -> ShuffleId | None:
        """The shuffle that a map stage writes."""
        return self.sink.shuffle_id if isinstance(self.sink, ShuffleDependency) else None

    @property
    def is_indeterminate(self) -> bool:
        """May a second run give other records?"""
        return self.node.determinism is Determinism.INDETERMINATE

    @property
    def num_tasks(self) -> int:
        """Tasks of a full run."""
        return self.node.num_partitions if self.job is None else len(self.job.partitions)

    @property
    def name(self) -> str:
        """How Spark's UI calls it."""
        made_at = self.node.call_site if self.job is None else self.job.call_site
        return made_at or self.node.label


@dataclass(eq=False, slots=True)
class Job:
    """An action of the user, until it has its results."""

    id: JobId
    partitions: Sequence[int]
    properties: Mapping[str, str]
    call_site: str
    finished: bytearray
    remaining: int
    stages: dict[StageId, None] = field(default_factory=dict)
    """Every stage that it needs."""
    map_stage: Stage | None = None
    """Of a job that only wants the output of a map stage."""

    @property
    def group(self) -> str | None:
        """``spark.jobGroup.id``."""
        return self.properties.get("spark.jobGroup.id")

    @property
    def tags(self) -> frozenset[str]:
        """``spark.job.tags``."""
        return frozenset(filter(None, self.properties.get("spark.job.tags", "").split(",")))

    @property
    def pool(self) -> str:
        """``spark.scheduler.pool``."""
        return self.properties.get("spark.scheduler.pool") or "default"
