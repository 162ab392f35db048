"""What runs now: ``StatusTracker`` as PySpark has it, over a store that the events of jobs fill.

``StatusStore.handle`` folds one event into the store: no clock, no thread, no other side effect.
The scheduler's loop calls it directly for each event it emits, before it tells the user's thread
that the job is over; the event bus (asynchronous) then serves everybody else. So the tracker is
right the moment an action returns. Task counts come from TasksStarted and TasksEnded, never from
the per-task events. Threads: one writer, any number of readers, one lock.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Collection
from dataclasses import field
from enum import Enum
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from rayspark.events import types as ev
from rayspark.records import dataclass

__all__ = ["SparkExecutorInfo", "SparkJobInfo", "SparkStageInfo", "StatusTracker"]

JOB_GROUP = "spark.jobGroup.id"
T = TypeVar("T")


class SparkJobInfo(NamedTuple):
    """A job: ``status`` is RUNNING, SUCCEEDED or FAILED."""

    jobId: int
    stageIds: list[int]
    status: str


class SparkStageInfo(NamedTuple):
    """The latest attempt of a stage. A stage that was skipped has run no tasks."""

    stageId: int
    currentAttemptId: int
    name: str
    numTasks: int
    numActiveTasks: int
    numCompletedTasks: int
    numFailedTasks: int


class SparkExecutorInfo(NamedTuple):
    """An executor or the driver. Off-heap figures are always zero: there is no such memory."""

    host: str
    port: int
    cacheSize: int
    numRunningTasks: int
    usedOnHeapStorageMemory: int
    usedOffHeapStorageMemory: int
    totalOnHeapStorageMemory: int
    totalOffHeapStorageMemory: int


class StageState(Enum):
    """Life of a stage: pending until submitted, then active, then one of the others."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"

    @property
    def is_over(self) -> bool:
        """Does nothing run or wait any more?"""
        return self not in (StageState.PENDING, StageState.ACTIVE)


@dataclass(slots=True)
class StageStatus:
    """The latest attempt of a stage."""

    stage_id: int
    attempt: int
    name: str
    num_tasks: int
    state: StageState = StageState.PENDING
    submission_time: int = 0
    """Milliseconds since 1970; 0 while pending."""
    active: int = 0
    completed: int = 0
    failed: int = 0


@dataclass(slots=True)
class _Job:
    stage_ids: list[int]
    group: str | None
    status: str = "RUNNING"


@dataclass(slots=True)
class _Executor:
    host: str
    port: int = 0
    max_memory: int = 0
    running: int = 0
    blocks: dict[str, int] = field(default_factory=dict)


class StatusStore:
    """Jobs, stages and executors as the events so far describe them.

    Parameters
    ----------
    retained_jobs : int, default 1000
        Jobs to remember (``spark.ui.retainedJobs``); running ones are never forgotten.
    retained_stages : int, default 1000
        Stages to remember (``spark.ui.retainedStages``); pending and active ones always.
    """

    def __init__(self, retained_jobs: int = 1000, retained_stages: int = 1000) -> None:
        self._retained_jobs = retained_jobs
        self._retained_stages = retained_stages
        self._lock = threading.Lock()
        self._jobs: dict[int, _Job] = {}
        self._stages: dict[int, StageStatus] = {}
        self._executors: dict[str, _Executor] = {}
        self._handlers: dict[type[ev.Event], Callable[[Any], None]] = {
            ev.JobStart: self._start_job,
            ev.JobEnd: self._end_job,
            ev.StageSubmitted: self._submit_stage,
            ev.StageCompleted: self._complete_stage,
            ev.TasksStarted: self._start_tasks,
            ev.TasksEnded: self._end_tasks,
            ev.ExecutorAdded: self._add_executor,
            ev.ExecutorRemoved: self._remove_executor,
            ev.BlockManagerAdded: self._add_block_manager,
            ev.BlockUpdated: self._update_block,
            ev.UnpersistRDD: self._forget_rdd,
        }

    def interests(self) -> Collection[type[ev.Event]]:
        """Return the events that change the store."""
        return self._handlers.keys()

    def handle(self, event: ev.Event) -> None:
        """Fold one event in; events that say nothing about status are ignored."""
        handler = self._handlers.get(type(event))
        if handler is not None:
            with self._lock:
                handler(event)

    # ------------------------------------------------------------------ questions

    def job_ids(self, group: str | None) -> list[int]:
        """Jobs of a group, or of none."""
        with self._lock:
            return [job_id for job_id, job in self._jobs.items() if job.group == group]

    def active_job_ids(self) -> list[int]:
        """Jobs that run, oldest first."""
        with self._lock:
            return sorted(i for i, job in self._jobs.items() if job.status == "RUNNING")

    def job(self, job_id: int) -> SparkJobInfo | None:
        """Describe a job, or None when it is unknown or forgotten."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None:
                return None
            return SparkJobInfo(job_id, list(job.stage_ids), job.status)

    def stage(self, stage_id: int) -> StageStatus | None:
        """Copy of a stage's status, or None when it is unknown or forgotten."""
        with self._lock:
            return copy.copy(self._stages.get(stage_id))

    def active_stages(self) -> list[StageStatus]:
        """Copies of the stages that run, lowest id first."""
        with self._lock:
            active = [s for s in self._stages.values() if s.state is StageState.ACTIVE]
            return [copy.copy(stage) for stage in sorted(active, key=lambda s: s.stage_id)]

    def executors(self) -> list[SparkExecutorInfo]:
        """Describe the executors that live, and the driver."""
        with self._lock:
            return [
                SparkExecutorInfo(e.host, e.port, used, e.running, used, 0, e.max_memory, 0)
                for e in self._executors.values()
                for used in (sum(e.blocks.values()),)
            ]

    # ------------------------------------------------------------------ jobs and stages

    def _start_job(self, event: ev.JobStart) -> None:
        stage_ids = [info.stage_id for info in event.stage_infos]
        self._jobs[event.job_id] = _Job(stage_ids, event.properties.get(JOB_GROUP))
        for info in event.stage_infos:
            self._stages.setdefault(
                info.stage_id, StageStatus(info.stage_id, info.attempt, info.name, info.num_tasks)
            )
        _forget_oldest(self._jobs, self._retained_jobs, lambda job: job.status != "RUNNING")
        _forget_oldest(self._stages, self._retained_stages, lambda stage: stage.state.is_over)

    def _end_job(self, event: ev.JobEnd) -> None:
        job = self._jobs.get(event.job_id)
        if job is None:
            return
        job.status = "SUCCEEDED" if isinstance(event.result, ev.JobSucceeded) else "FAILED"
        stages = [self._stages[i] for i in job.stage_ids if i in self._stages]
        pending = [stage for stage in stages if stage.state is StageState.PENDING]
        if pending:
            running = [other for other in self._jobs.values() if other.status == "RUNNING"]
            still_needed = {stage_id for other in running for stage_id in other.stage_ids}
            for stage in pending:
                if stage.stage_id not in still_needed:
                    stage.state = StageState.SKIPPED

    def _submit_stage(self, event: ev.StageSubmitted) -> None:
        info = event.stage_info
        status = StageStatus(info.stage_id, info.attempt, info.name, info.num_tasks)
        status.state = StageState.ACTIVE
        status.submission_time = info.submission_time or 0
        self._stages[info.stage_id] = status

    def _complete_stage(self, event: ev.StageCompleted) -> None:
        info = event.stage_info
        stage = self._stages.get(info.stage_id)
        if stage is not None and stage.attempt == info.attempt:
            stage.state = StageState.FAILED if info.failure_reason else StageState.COMPLETE

    # ------------------------------------------------------------------ tasks

    def _start_tasks(self, event: ev.TasksStarted) -> None:
        executor = self._executors.get(event.executor_id)
        if executor is not None:
            executor.running += event.count
        stage = self._stages.get(event.stage_id)
        if stage is not None and stage.attempt == event.attempt:
            stage.active += event.count

    def _end_tasks(self, event: ev.TasksEnded) -> None:
        ended = event.succeeded + event.failed + event.killed
        executor = self._executors.get(event.executor_id)
        if executor is not None:
            executor.running -= ended
        stage = self._stages.get(event.stage_id)
        # A straggler of an earlier attempt says nothing about the present one.
        if stage is not None and stage.attempt == event.attempt:
            stage.active -= ended
            stage.completed += event.succeeded - event.resubmitted
            stage.failed += event.failed

    # ------------------------------------------------------------------ executors and blocks

    def _add_executor(self, event: ev.ExecutorAdded) -> None:
        self._executors.setdefault(event.executor_id, _Executor(event.host)).host = event.host

    def _remove_executor(self, event: ev.ExecutorRemoved) -> None:
        self._executors.pop(event.executor_id, None)

    def _add_block_manager(self, event: ev.BlockManagerAdded) -> None:
        manager = event.block_manager
        executor = self._executors.setdefault(manager.executor_id, _Executor(manager.host))
        executor.port = manager.port
        executor.max_memory = event.max_memory

    def _update_block(self, event: ev.BlockUpdated) -> None:
        executor = self._executors.get(event.block_manager.executor_id)
        if executor is None:
            return
        if event.memory_size:
            executor.blocks[event.block_id] = event.memory_size
        else:
            executor.blocks.pop(event.block_id, None)

    def _forget_rdd(self, event: ev.UnpersistRDD) -> None:
        prefix = f"rdd_{event.rdd_id}_"
        for executor in self._executors.values():
            for block_id in [b for b in executor.blocks if b.startswith(prefix)]:
                del executor.blocks[block_id]


class StatusTracker:
    """Low-level view of jobs and stages, as ``SparkContext.statusTracker()`` returns it.

    Only recent jobs and stages are known (``spark.ui.retainedJobs``, ``spark.ui.retainedStages``),
    so any answer about one of them may be None.

    Examples
    --------
    >>> store = StatusStore()
    >>> tracker = StatusTracker(store)
    >>> stage = ev.StageInfo(0, 0, "count at app.py:3", num_tasks=2)
    >>> store.handle(ev.JobStart(0, 0, (stage,), {"spark.jobGroup.id": "reports"}))
    >>> store.handle(ev.StageSubmitted(stage))
    >>> store.handle(ev.TasksStarted(0, 0, "driver", 2))
    >>> tracker.getJobIdsForGroup("reports"), tracker.getActiveStageIds()
    ([0], [0])
    >>> tracker.getJobInfo(0)
    SparkJobInfo(jobId=0, stageIds=[0], status='RUNNING')
    >>> tracker.getStageInfo(0).numActiveTasks
    2
    """

    def __init__(self, store: StatusStore) -> None:
        self._store = store

    def getJobIdsForGroup(self, jobGroup: str | None = None) -> list[int]:
        """Ids of known jobs in a group, running or ended; without a group: of those in none."""
        return self._store.job_ids(jobGroup)

    def getActiveStageIds(self) -> list[int]:
        """Ids of the stages that run, in order."""
        return [stage.stage_id for stage in self._store.active_stages()]

    def getActiveJobsIds(self) -> list[int]:
        """Ids of the jobs that run, in order."""
        return self._store.active_job_ids()

    def getJobInfo(self, jobId: int) -> SparkJobInfo | None:
        """Describe a job, or return None when it is unknown or forgotten."""
        return self._store.job(jobId)

    def getStageInfo(self, stageId: int) -> SparkStageInfo | None:
        """Describe the latest attempt of a stage, or return None when unknown or forgotten."""
        s = self._store.stage(stageId)
        if s is None:
            return None
        return SparkStageInfo(
            stageId, s.attempt, s.name, s.num_tasks, s.active, s.completed, s.failed
        )

    def getExecutorInfos(self) -> list[SparkExecutorInfo]:
        """Describe the executors that live, the driver among them."""
        return self._store.executors()


def _forget_oldest(known: dict[int, T], keep: int, is_over: Callable[[T], bool]) -> None:
    excess = len(known) - keep
    if excess > 0:
        ended = (key for key, item in known.items() if is_over(item))
        for key in list(islice(ended, excess)):  # few, and near the front
            del known[key]
