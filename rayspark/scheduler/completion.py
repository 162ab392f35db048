"""Reports come in: tasks are done, tried again, or bring their job down.

Reports may be late, repeated or contradict each other; what they change is decided by what is
already known, in this order:

1. A partition that is done stays done: a second success is ignored.
2. A success counts whichever attempt it is from, unless that attempt was rolled back.
3. A failure counts only for the attempt it is from, and only while that attempt launches tasks.

This is the hot path: every task passes here once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rayspark.errors.faults import MEMORY_ADVICE
from rayspark.errors.traceback import TaskError
from rayspark.executor.report import NOT_BEGUN
from rayspark.ids import ExecutorId, TaskKey
from rayspark.lineage.dependency import call_sites
from rayspark.scheduler.actions import Accept
from rayspark.scheduler.events import LaunchFailed, TasksEnded
from rayspark.scheduler.exclusion import Exclusion
from rayspark.scheduler.jobs import Jobs
from rayspark.scheduler.merging import Merging
from rayspark.scheduler.notices import Notices, Tally
from rayspark.scheduler.recovery import Recovery
from rayspark.scheduler.stage import Stage
from rayspark.scheduler.tables import Blame, Tables
from rayspark.scheduler.task import MapStatus, TaskReport, TaskState
from rayspark.scheduler.task_set import TaskSet, Try

TRACEBACK = "Traceback"
"""What a traceback with frames begins with."""


class Completion:
    """Understands reports."""

    def __init__(
        self,
        tables: Tables,
        jobs: Jobs,
        recovery: Recovery,
        exclusion: Exclusion,
        notices: Notices,
        merging: Merging,
    ) -> None:
        self._tables = tables
        self._jobs = jobs
        self._recovery = recovery
        self._exclusion = exclusion
        self._notices = notices
        self._merging = merging

    def take_reports(self, event: TasksEnded) -> None:
        """An executor reported a batch of tries."""
        tables = self._tables
        tallies: dict[TaskSet, Tally] = {}
        late: list[TaskReport] = []
        task_set: TaskSet | None = None
        tally = Tally()
        at = None
        for report in event.reports:
            key = report.key
            if at != key[:2]:
                at = key[:2]
                task_set = tables.task_sets.get(at)
                if task_set is not None:
                    tally = tallies.setdefault(task_set, Tally())
            trial = None if task_set is None else task_set.tries.pop(key.tid, None)
            if task_set is None or trial is None:
                late.append(report)
                continue
            if key.tid in task_set.over:
                task_set.over.discard(key.tid)
            else:
                tables.release(trial.executor, task_set.weight)
            task_set.copies[trial.task] -= 1
            counts = report.state is TaskState.SUCCESS and self._succeed(task_set, trial, report)
            tally.add(report, counts=counts, far=task_set.is_far(trial.locality))
            self._notices.task_ended(task_set, trial, report, counts=counts)
            if report.state is not TaskState.SUCCESS:
                self._fail(task_set, trial, report)
            if task_set.killed:
                task_set.killed.discard(key.tid)
        for each, its_tally in tallies.items():
            self._close(each, event.executor, its_tally)
        for report in late:
            self._take_late(report)
        for key in event.over:
            self._free_slot(key)

    def _free_slot(self, key: TaskKey) -> None:
        task_set = self._tables.task_sets.get(key[:2])
        if task_set is not None and key.tid in task_set.tries and key.tid not in task_set.over:
            task_set.over.add(key.tid)
            self._tables.release(task_set.tries[key.tid].executor, task_set.weight)

    def fail_launch(self, event: LaunchFailed) -> None:
        """A stage cannot be sent out, now or later: every job that needs it fails."""
        stage = self._tables.stages.get(event.tasks[0].key.stage)
        if stage is not None:
            self._jobs.fail(stage, event.error)
        reports = [TaskReport(t.key, TaskState.KILLED, error="not launched") for t in event.tasks]
        self.take_reports(TasksEnded(event.executor, reports, event.now))

    def lose(self, executor: ExecutorId, reason: str, *, expected: bool) -> None:
        """The executor is gone, and all tries on it."""
        for task_set in list(self._tables.task_sets.values()):
            doomed = [(tid, t) for tid, t in task_set.tries.items() if t.executor == executor]
            tally = Tally()
            for tid, trial in doomed:
                report = TaskReport(task_set.key_of(tid), TaskState.LOST, error=reason)
                del task_set.tries[tid]
                task_set.over.discard(tid)
                task_set.copies[trial.task] -= 1
                tally.add(report, counts=False)
                self._notices.task_ended(task_set, trial, report, counts=False)
                if expected or tid in task_set.killed:
                    self._excuse(task_set, trial, reason)
                else:
                    self._fail(task_set, trial, report)
                task_set.killed.discard(tid)
            if doomed:
                self._close(task_set, executor, tally)

    def _close(self, task_set: TaskSet, executor: ExecutorId, tally: Tally) -> None:
        """After the reports of one attempt: learn, tell, see whether it is over."""
        if tally.succeeded > tally.far:
            task_set.learn(tally.seconds, tally.succeeded - tally.far)
        if tally.far:
            task_set.learn_far(tally.far_seconds, tally.far)
        self._notices.tasks_ended(task_set, executor, tally)
        self._tables.discard_if_over(task_set)
        self._jobs.review(task_set.stage)

    # ------------------------------------------------------------------------------ success

    def _succeed(self, task_set: TaskSet, trial: Try, report: TaskReport) -> bool:
        """Does this success count?"""
        stage, index = task_set.stage, trial.task
        if task_set.done[index] or not self._is_valid(stage, task_set.attempt):
            return False
        if task_set.barrier:
            task_set.held.append(report)
            task_set.finish(index)
            if task_set.remaining == 0:
                for one in task_set.held:
                    self._accept(stage, one, None)
            return True
        if not self._accept(stage, report, task_set.outputs[index]):
            return False
        if trial.number and not trial.speculative:
            _mark_recomputed(report)
        if task_set.durations is not None:
            task_set.durations.append(report.duration)
        task_set.finish(index)
        if task_set.copies[index]:
            self._kill_copies(task_set, index)
        if len(stage.attempts) > 1:
            self._share(stage, task_set.outputs[index])
        return True

    def _is_valid(self, stage: Stage, attempt: int) -> bool:
        return stage.id in self._tables.stages and attempt >= stage.first_valid_attempt

    def _accept(self, stage: Stage, report: TaskReport, output: int | None) -> bool:
        """Take the output of a task, if it is still wanted. `output` None: find it."""
        tables = self._tables
        job = stage.job
        if job is None:
            return self._accept_map(stage, report)
        if output is None:
            output = self._output_of(stage, report.key.partition)
        if output is None or job.finished[output]:
            return False
        job.finished[output] = 1
        job.remaining -= 1
        tables.actions.append(Accept(report, job.id, output))
        return True

    def _accept_map(self, stage: Stage, report: TaskReport) -> bool:
        tracker, shuffle_id = self._tables.tracker, stage.shuffle_id
        assert shuffle_id is not None
        status: MapStatus = report.value
        partition = report.key.partition
        if tracker.status(
            shuffle_id, partition
        ) is not None or status.tid < self._tables.lost_hosts.get(status.host, 0):
            return False
        sizes = status.sizes
        if sizes is not None:  # Kept per shuffle, not per map: maps x reduces numbers.
            status = replace(status, sizes=None)
        if tracker.put(shuffle_id, partition, status, sizes):
            _mark_recomputed(report)
        self._merging.gather(shuffle_id, status)
        self._tables.actions.append(Accept(report, next(iter(stage.jobs)), None))
        return True

    @staticmethod
    def _output_of(stage: Stage, partition: int) -> int | None:
        """An output of the job that the partition's result answers and that is still wanted."""
        assert stage.job is not None
        job = stage.job
        wanted = (i for i, p in enumerate(job.partitions) if p == partition and not job.finished[i])
        return next(wanted, None)

    def _kill_copies(self, task_set: TaskSet, index: int) -> None:
        self._tables.kill(task_set, task_set.tries_of(index), "another attempt succeeded")

    def _share(self, stage: Stage, output: int) -> None:
        """Other attempts of the stage need not make this output any more."""
        for task_set in list(stage.attempts.values()):
            index = task_set.index_of(output)
            if index is not None and not task_set.done[index]:
                task_set.finish(index)
                self._kill_copies(task_set, index)

    def _take_late(self, report: TaskReport) -> None:
        """A try that was given up reports: its output is as good as any."""
        key = report.key
        stage = self._tables.stages.get(key.stage)
        if (
            report.state is not TaskState.SUCCESS
            or stage is None
            or stage.barrier
            or not self._is_valid(stage, key.attempt)
        ):
            return
        output = key.partition
        if stage.job is not None:
            found = self._output_of(stage, key.partition)
            if found is None:
                return
            output = found
        if self._accept(stage, report, output):
            self._share(stage, output)
            self._jobs.review(stage)

    # ------------------------------------------------------------------------------ failure

    def _excuse(self, task_set: TaskSet, trial: Try, reason: str) -> None:
        """The try ended through no fault of the task."""
        if task_set.is_zombie:
            return
        if task_set.barrier:
            self._recovery.barrier_failed(task_set, reason)
        else:
            task_set.requeue(trial.task)

    def _take_back(self, task_set: TaskSet, trial: Try) -> None:
        """The try waited behind others and never began: the next one is what it would have been.

        Tasks are longer than was thought: none is queued behind others until successes say else.
        """
        if task_set.numbers[trial.task] == trial.number + 1:
            task_set.numbers[trial.task] = trial.number
        task_set.slow_down(trial.locality, self._tables.config.long_task)
        task_set.requeue(trial.task)

    def _fail(self, task_set: TaskSet, trial: Try, report: TaskReport) -> None:
        """A try did not succeed: run the task again, or give up."""
        stage, index = task_set.stage, trial.task
        if stage.id not in self._tables.stages or task_set.done[index]:
            return
        if report.key.tid in task_set.killed:
            self._excuse(task_set, trial, "killed")
            return
        match report.state:
            case TaskState.KILLED if report.error == NOT_BEGUN:
                self._take_back(task_set, trial)
            case TaskState.KILLED | TaskState.COMMIT_DENIED:
                self._excuse(task_set, trial, str(report.error))
            case TaskState.FETCH_FAILED:
                self._recovery.fetch_failed(task_set, report)
            case _ if not task_set.is_zombie:
                self._count_failure(task_set, trial, report)

    def _count_failure(self, task_set: TaskSet, trial: Try, report: TaskReport) -> None:
        index = trial.task
        failures = task_set.failures[index] = task_set.failures.get(index, 0) + 1
        text = self._describe(task_set, trial, report)
        if report.state is TaskState.FAILED:
            self._exclusion.note_failure(task_set, index, trial.executor, text)
        if failures >= self._tables.config.max_task_failures:
            self._jobs.abort(
                task_set.stage,
                f"Task {index} in stage {task_set.stage.id}.{task_set.attempt} failed {failures} "
                f"times, most recent failure: {text}",
                Blame(
                    task_set.attempt, report.key.partition, trial.number, trial.executor,
                    _exception(report.error),
                ),
            )  # fmt: skip
        elif task_set.barrier:
            self._recovery.barrier_failed(task_set, text)
        else:
            task_set.requeue(index)

    def _describe(self, task_set: TaskSet, trial: Try, report: TaskReport) -> str:
        """Spark's words for a lost try."""
        executor = self._tables.executors.get(trial.executor)
        where = f"{executor.host if executor else 'unknown'} executor {trial.executor}"
        if report.state is TaskState.LOST:
            lost = f"ExecutorLostFailure (executor {trial.executor} exited: {report.error})"
            what = f"{lost}\n{MEMORY_ADVICE}"
        else:
            what = getattr(report.error, "traceback", None) or str(report.error)
            sites = call_sites(task_set.stage.node)
            if sites and not what.startswith(TRACEBACK):  # none of the user's lines is in it
                what += f"\nThe task computes: {', '.join(sites)}"
        return (
            f"Lost task {trial.task}.{trial.number} in stage {task_set.stage.id}."
            f"{task_set.attempt} (TID {report.key.tid}) ({where}): {what}"
        )


def _mark_recomputed(report: TaskReport) -> None:
    """An earlier try of the task was lost or failed, or its output was made before and lost."""
    if report.metrics is not None:
        report.metrics.recomputed_tasks = 1


def _exception(error: Any) -> BaseException | None:
    """What the user's code raised, if it can be had."""
    if isinstance(error, TaskError):
        return error.rebuild()
    return error if isinstance(error, BaseException) else None
