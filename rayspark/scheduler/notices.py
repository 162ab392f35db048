"""What the listener bus is told, built from the scheduler's facts. The only place that knows the
classes of :mod:`rayspark.events.types`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rayspark.events import types as news
from rayspark.ids import ExecutorId
from rayspark.lineage.node import Node
from rayspark.metrics import TaskMetrics
from rayspark.resource.needs import NOTHING, Needs
from rayspark.resource.profile import DEFAULT_PROFILE_ID, new_profile_id
from rayspark.scheduler.locality import stage_graph
from rayspark.scheduler.stage import Job, Stage
from rayspark.scheduler.tables import Executor, Tables
from rayspark.scheduler.task import TaskLaunch, TaskReport, TaskState
from rayspark.scheduler.task_set import TaskSet, Try
from rayspark.storagelevel import StorageLevel


def level_info(level: StorageLevel | None) -> news.StorageLevelInfo:
    """A storage level as events carry it."""
    if level is None:
        return news.StorageLevelInfo()
    return news.StorageLevelInfo(
        level.useDisk, level.useMemory, level.useOffHeap, level.deserialized, level.replication
    )


def rdd_info(node: Node) -> news.RDDInfo:
    """A lineage node as the UI draws it."""
    return news.RDDInfo(
        node.id,
        node.marks.name or node.label,
        node.num_partitions,
        level_info(node.marks.level),
        tuple(d.parent.id for d in node.dependencies),
        node.call_site,
        barrier=node.barrier,
        deterministic_level=node.determinism.name,
    )


class Notices:
    """Posts news about jobs, stages, tasks and executors."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._mergers: dict[Needs, Needs] = {}
        self.per_task = tables.config.per_task_events
        """Post an event for each task. May be set at any time, from any thread."""

    def job_started(self, job: Job) -> None:
        """A job and its stages are known."""
        tables = self._tables
        stages = [tables.stages[s] for s in sorted(job.stages)]
        infos = tuple(self._info(stage, stage.next_attempt) for stage in stages)
        tables.notify(news.JobStart(job.id, tables.wall(), infos, job.properties))

    def job_ended(self, job: Job, error: BaseException | None) -> None:
        """A job is over."""
        result = news.JobSucceeded() if error is None else news.JobFailed(str(error))
        self._tables.notify(news.JobEnd(job.id, self._tables.wall(), result))

    def profile_used(self, needs: Needs) -> Needs:
        """What a stage asks for. If profiles met in it, their merger is one more: told once."""
        if needs.profile_id != DEFAULT_PROFILE_ID:
            return needs
        if needs not in self._mergers:
            merger = self._mergers[needs] = replace(needs, profile_id=new_profile_id())
            has, takes = merger.requests()
            requests = {name: news.ExecutorRequestInfo(units) for name, units in has.items()}
            self._tables.notify(news.ResourceProfileAdded(merger.profile_id, requests, takes))
        return self._mergers[needs]

    def stage_started(self, task_set: TaskSet) -> None:
        """A stage attempt begins."""
        run = task_set.run
        info = self._info(task_set.stage, task_set.attempt, task_set)
        self._tables.notify(news.StageSubmitted(info, run.properties if run is not None else {}))

    def stage_ended(self, task_set: TaskSet, failure: str | None = None) -> None:
        """A stage attempt is over: it launches nothing more."""
        info = self._info(task_set.stage, task_set.attempt, task_set, failure, ended=True)
        self._tables.notify(news.StageCompleted(info))

    def tasks_started(
        self, task_set: TaskSet, executor: ExecutorId, tasks: Sequence[TaskLaunch]
    ) -> None:
        """A batch was launched."""
        speculative = sum(t.speculative for t in tasks) if task_set.durations is not None else 0
        self._tables.notify(news.TasksStarted(*task_set.key, executor, len(tasks), speculative))
        if self.per_task:
            for task in tasks:
                tid = task.key.tid
                info = self._task(task_set, task_set.tries[tid], tid)
                self._tables.notify(news.TaskStart(*task_set.key, info))

    def task_ended(
        self, task_set: TaskSet, attempt: Try, report: TaskReport, *, counts: bool
    ) -> None:
        """A try ended. Posted only when somebody listens to single tasks."""
        if not self.per_task:
            return
        state = report.state
        info = self._task(
            task_set,
            attempt,
            report.key.tid,
            finish=self._tables.wall(),
            failed=state not in (TaskState.SUCCESS, TaskState.KILLED, TaskState.COMMIT_DENIED),
            killed=state in (TaskState.KILLED, TaskState.COMMIT_DENIED),
        )
        kind = "ResultTask" if task_set.stage.job is not None else "ShuffleMapTask"
        reason = _reason(report, attempt, task_set, counts=counts)
        self._tables.notify(news.TaskEnd(*task_set.key, kind, reason, info, report.metrics))

    def tasks_ended(self, task_set: TaskSet, executor: ExecutorId, tally: Tally) -> None:
        """A batch of reports was understood."""
        self._tables.notify(
            news.TasksEnded(
                *task_set.key, executor,
                tally.succeeded, tally.failed, tally.killed, tally.resubmitted, tally.metrics,
            )
        )  # fmt: skip

    def tasks_resubmitted(self, task_set: TaskSet, indices: list[int], tally: Tally) -> None:
        """Successes are lost with their machine and will be made again."""
        tables = self._tables
        executor = ExecutorId("")
        self.tasks_ended(task_set, executor, tally)
        if self.per_task:
            for index in indices:
                info = news.TaskInfo(
                    -1, index, 0, task_set.partitions[index], self._time(task_set.submitted),
                    executor, "", "ANY", finish_time=tables.wall(), failed=True,
                )  # fmt: skip
                tables.notify(
                    news.TaskEnd(*task_set.key, "ShuffleMapTask", news.Resubmitted(), info)
                )

    def speculated(self, task_set: TaskSet, index: int) -> None:
        """A task is slow: a copy is wanted."""
        self._tables.notify(
            news.SpeculativeTaskSubmitted(*task_set.key, index, task_set.partitions[index])
        )

    def executor_added(self, executor: Executor) -> None:
        """An executor is ready."""
        self._tables.notify(
            news.ExecutorAdded(
                self._tables.wall(), executor.id, executor.host, executor.cores,
                resource_profile_id=self._tables.wanted.get(executor.profile, NOTHING).profile_id,
                resources=executor.resources,
            )
        )  # fmt: skip

    def executor_removed(self, executor: Executor, reason: str, *, expected: bool) -> None:
        """An executor is gone."""
        self._tables.notify(
            news.ExecutorRemoved(self._tables.wall(), executor.id, reason, expected)
        )

    def _info(
        self,
        stage: Stage,
        attempt: int,
        task_set: TaskSet | None = None,
        failure: str | None = None,
        *,
        ended: bool = False,
    ) -> news.StageInfo:
        if stage.rdd_infos is None:
            nodes = stage_graph(stage.node, self._tables.directory).nodes
            stage.rdd_infos = tuple(map(rdd_info, nodes))
            asked = {n.marks.needs.profile_id for n in nodes if n.marks.needs is not None}
            stage.profile_id = asked.pop() if len(asked) == 1 else DEFAULT_PROFILE_ID
        return news.StageInfo(
            stage.id,
            attempt,
            stage.name,
            task_set.size if task_set is not None else stage.num_tasks,
            stage.rdd_infos,
            tuple(p.id for p in stage.parents.values()),
            stage.node.call_site,
            self._time(task_set.submitted) if task_set is not None else None,
            self._tables.wall() if ended else None,
            failure,
            resource_profile_id=(
                stage.profile_id if stage.wants is None else stage.wants.profile_id
            ),
        )

    def _task(
        self,
        task_set: TaskSet,
        attempt: Try,
        tid: int,
        *,
        finish: int = 0,
        failed: bool = False,
        killed: bool = False,
    ) -> news.TaskInfo:
        executor = self._tables.executors.get(attempt.executor)
        return news.TaskInfo(
            tid,
            attempt.task,
            attempt.number,
            task_set.partitions[attempt.task],
            self._time(attempt.start),
            attempt.executor,
            executor.host if executor is not None else "",
            attempt.locality.name,
            attempt.speculative,
            finish_time=finish,
            failed=failed,
            killed=killed,
        )

    def _time(self, seconds: float) -> int:
        return self._tables.config.epoch_ms + int(seconds * 1000)


class Tally:
    """How the tries of one attempt on one executor ended, within one event."""

    __slots__ = (
        "failed", "far", "far_seconds", "killed", "metrics", "resubmitted", "seconds", "succeeded",
    )  # fmt: skip

    def __init__(self) -> None:
        self.succeeded = 0
        self.failed = 0
        self.killed = 0
        self.resubmitted = 0
        self.seconds = 0.0
        self.far = 0
        """Of those that succeeded: without data that others had; their time is counted apart."""
        self.far_seconds = 0.0
        self.metrics: TaskMetrics | None = None

    def add(self, report: TaskReport, *, counts: bool, far: bool = False) -> None:
        """Note one try; `counts` is False for a success that came second."""
        match report.state:
            case TaskState.SUCCESS if counts:
                self.succeeded += 1
                if far:
                    self.far += 1
                    self.far_seconds += report.duration
                else:
                    self.seconds += report.duration
            case TaskState.SUCCESS | TaskState.KILLED | TaskState.COMMIT_DENIED:
                self.killed += 1
            case _:
                self.failed += 1
        if report.metrics is not None:
            if self.metrics is None:
                self.metrics = TaskMetrics()
            self.metrics.merge(report.metrics)


def _reason(
    report: TaskReport, attempt: Try, task_set: TaskSet, *, counts: bool
) -> news.TaskEndReason:
    error = report.error
    match report.state:
        case TaskState.SUCCESS:
            return news.Success() if counts else news.TaskKilled("another attempt succeeded")
        case TaskState.KILLED:
            return news.TaskKilled(str(getattr(error, "reason", error or "killed")))
        case TaskState.COMMIT_DENIED:
            job = next(iter(task_set.stage.jobs), -1)
            return news.TaskCommitDenied(job, report.key.partition, attempt.number)
        case TaskState.LOST:
            return news.ExecutorLostFailure(attempt.executor, True, str(error))
        case TaskState.FETCH_FAILED:
            maps = error.map_ids or (-1,)
            return news.FetchFailed(
                None, error.shuffle_id, maps[0], maps[0], error.reduce_id, error.message
            )
        case _:
            return news.ExceptionFailure(
                getattr(error, "kind", type(error).__name__),
                getattr(error, "message", str(error)),
                full_stack_trace=getattr(error, "traceback", ""),
            )
