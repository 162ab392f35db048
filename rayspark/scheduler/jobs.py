"""Lives of jobs and stages: submitted, started, completed, failed, cancelled, forgotten.

A stage is run when the output of all its parents is there. Wanting a stage means putting it into
``tables.to_submit``; ``run_submissions`` works that list off, so that nothing here recurses however
deep the graph is.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from rayspark.errors.exceptions import IllegalArgumentException, SparkException
from rayspark.lineage.dependency import ShuffleDependency
from rayspark.scheduler.actions import DropMapOutput, JobEnded
from rayspark.scheduler.dag import Dag, barrier_problem, has_barrier, needs_of_stage
from rayspark.scheduler.events import (
    JobCancelled,
    JobSubmitted,
    MapStageSubmitted,
    StageCancelled,
)
from rayspark.scheduler.exclusion import Exclusion
from rayspark.scheduler.locality import StageGraph, locator, spread
from rayspark.scheduler.notices import Notices
from rayspark.scheduler.stage import Job, Stage, StageState
from rayspark.scheduler.tables import Blame, Tables, stage_failure
from rayspark.scheduler.task import StageRun
from rayspark.scheduler.task_set import Locator, TaskSet

INDETERMINATE = (
    "A shuffle map stage with indeterminate output was failed and retried. However, Spark cannot "
    "rollback the ResultStage {stage} to re-process the input data, and has to fail this job. "
    "Please eliminate the indeterminacy by checkpointing the RDD before repartition and try again."
)
TOO_FEW_SLOTS = (
    "[SPARK-24819]: Barrier execution mode does not allow run a barrier stage that requires more "
    "slots than the total number of slots in the cluster currently. The stage has {tasks} tasks, "
    "the cluster {slots} slots. Please init a new cluster with more resources (e.g. CPU, GPU) or "
    "repartition the input RDD(s) to reduce the number of slots required by this barrier stage."
)
BARRIER_DYNAMIC = (
    "[SPARK-24942]: Barrier execution mode does not support dynamic resource allocation for now. "
    "You can disable dynamic resource allocation by setting Spark conf "
    '"spark.dynamicAllocation.enabled" to "false".'
)


class Jobs:
    """What happens to jobs and to the stages they need."""

    def __init__(self, tables: Tables, dag: Dag, exclusion: Exclusion, notices: Notices) -> None:
        self._tables = tables
        self._dag = dag
        self._exclusion = exclusion
        self._notices = notices
        self.broken: BaseException | None = None
        """Why no job can run any more."""

    # ------------------------------------------------------------------------------ jobs

    def submit(self, event: JobSubmitted) -> None:
        """A user called an action."""
        tables = self._tables
        count = len(event.partitions)
        job = Job(
            event.job_id, event.partitions, event.properties, event.call_site,
            finished=bytearray(count), remaining=count,
        )  # fmt: skip
        tables.jobs[job.id] = job
        total = event.node.num_partitions
        strangers = [p for p in event.partitions if not 0 <= p < total]
        if self.broken is not None or strangers or not count:
            self._notices.job_started(job)
            error = self.broken
            if error is None and strangers:
                error = SparkException(
                    f"Attempting to access a non-existent partition: {strangers[0]}. "
                    f"Total number of partitions: {total}",
                    jobId=job.id,
                )
            self.end(job, error)
            return
        stage = self._dag.add_result_stage(job, event.node, event.function)
        self._notices.job_started(job)
        tables.to_submit.append(stage)

    def submit_map_stage(self, event: MapStageSubmitted) -> None:
        """The output of a map stage is wanted for itself."""
        tables = self._tables
        job = Job(
            event.job_id, (), event.properties, event.call_site, finished=bytearray(1), remaining=1
        )
        tables.jobs[job.id] = job
        if self.broken is not None:
            self._notices.job_started(job)
            self.end(job, self.broken)
            return
        stage = job.map_stage = self._dag.add_map_stage(job, event.dependency)
        stage.map_jobs[job.id] = job
        self._notices.job_started(job)
        if stage.state is StageState.DONE:
            stage.state = StageState.IDLE
        tables.to_submit.append(stage)

    def end(self, job: Job, error: BaseException | None = None) -> None:
        """A job is over: forget it and the stages that only it needed."""
        tables = self._tables
        failure = None if error is None else str(error)
        statistics = None
        if job.map_stage is not None:
            job.map_stage.map_jobs.pop(job.id)
            if error is None and job.map_stage.shuffle_id is not None:
                statistics = tables.tracker.statistics(job.map_stage.shuffle_id)
        for stage_id in job.stages:
            stage = tables.stages[stage_id]
            if len(stage.jobs) == 1:
                self._remove(stage, failure)
            else:
                del stage.jobs[job.id]
        del tables.jobs[job.id]
        self._notices.job_ended(job, error)  # first: who waits may ask the status tracker next
        tables.actions.append(JobEnded(job.id, error, statistics))

    def cancel(self, event: JobCancelled) -> None:
        """The user wants a job, a group, the jobs of a tag, or all jobs to stop."""
        for job in list(self._tables.jobs.values()):
            if (
                (event.job_id is None or job.id == event.job_id)
                and (event.group is None or job.group == event.group)
                and (event.tag is None or event.tag in job.tags)
            ):
                self._cancel_one(job, event.reason)

    def cancel_stage(self, event: StageCancelled) -> None:
        """The user wants every job that needs this stage to stop."""
        for job in list(self._tables.jobs.values()):
            if event.stage_id in job.stages:
                self._cancel_one(job, event.reason)

    def fail_all(self, error: BaseException) -> None:
        """No job can run, now or later."""
        self.broken = error
        for job in list(self._tables.jobs.values()):
            self.end(job, error)

    def abort(self, stage: Stage, reason: str, blame: Blame | None = None) -> None:
        """The stage cannot be completed: every job that needs it fails."""
        for job_id in list(stage.jobs):
            self.end(self._tables.jobs[job_id], stage_failure(stage, job_id, reason, blame))

    def refuse_profile(self, profile: str, error: BaseException) -> None:
        """Executors of this profile cannot be had: what waits for them fails."""
        for stage in list(self._tables.stages.values()):
            if stage.id in self._tables.stages and self._tables.profile_of(stage) == profile:
                self.fail(stage, error)

    def fail(self, stage: Stage, error: BaseException) -> None:
        """Every job that needs the stage fails with this error as it is."""
        for job_id in list(stage.jobs):
            self.end(self._tables.jobs[job_id], error)

    def _cancel_one(self, job: Job, reason: str) -> None:
        parameters = {"jobId": str(job.id), "reason": reason}
        self.end(job, SparkException(None, "SPARK_JOB_CANCELLED", parameters, jobId=job.id))

    # ------------------------------------------------------------------------------ stages

    def run_submissions(self) -> None:
        """Run, or have wait, every stage that is wanted."""
        wanted = self._tables.to_submit
        while wanted:
            self._submit(wanted.popleft())

    def check_barriers(self) -> None:
        """Look again whether barrier stages that did not fit do now."""
        tables = self._tables
        for stage_id, (_, when) in tables.barrier_checks.items():
            stage = tables.stages[stage_id]
            if when <= tables.now or tables.slots(stage) >= stage.num_tasks:
                stage.state = StageState.IDLE
                tables.to_submit.append(stage)

    def review(self, stage: Stage) -> None:
        """Tasks of the stage have ended: is it complete, or must part of it run again?"""
        tables = self._tables
        live = stage.live
        if stage.id not in tables.stages:
            return
        if stage.job is not None:
            if stage.job.remaining == 0:
                if live is not None:
                    self._conclude(live)
                self.end(stage.job)
        elif self._dag.is_available(stage):
            if stage.state is not StageState.DONE:
                self._complete(stage)
        elif live is not None and live.remaining == 0:
            # Output of an earlier attempt was lost while this one ran.
            self._conclude(live)
            stage.state = StageState.IDLE
            tables.to_submit.append(stage)

    def restart(self, stage: Stage, reason: str) -> None:
        """The running attempt cannot be completed. Its tries may still deliver, and a new attempt
        computes the rest; the tasks of a barrier stage stand and fall together.
        """
        if stage.barrier:
            self._reset(stage, reason)
        else:
            self._invalidate(stage, reason)

    def _invalidate(self, stage: Stage, reason: str) -> None:
        if stage.live is not None:
            self._conclude(stage.live, reason)
            stage.state = StageState.IDLE
        if stage.state is StageState.IDLE:
            self._tables.to_submit.append(stage)

    def roll_back(self, stage: Stage) -> None:
        """Output of an indeterminate map stage is lost in part: what it makes anew will not fit to
        what was read from it, so that, and all that was made from it, is dropped.
        """
        reason = "Its input is indeterminate and was lost in part"
        self._reset(stage, "Its indeterminate output was lost in part")
        for consumer in self._consumers(stage):
            if consumer.id not in self._tables.stages:
                continue
            if consumer.job is not None and any(consumer.job.finished):
                self.abort(consumer, INDETERMINATE.format(stage=f"({consumer.id})"))
            else:
                self._reset(consumer, reason)

    def _submit(self, stage: Stage) -> None:
        tables = self._tables
        if stage.id not in tables.stages or stage.state is not StageState.IDLE:
            return
        if self._dag.is_available(stage):
            stage.state = StageState.DONE
            self._wake(stage)
            return
        missing = self._dag.missing_parents(stage)
        if not missing:
            self._start(stage)
            return
        stage.state = StageState.WAITING
        stage.waiting_on = {parent.id for parent in missing}
        for parent in missing:
            parent.waiters.append(stage)
            if parent.state is StageState.DONE:
                parent.state = StageState.IDLE
            tables.to_submit.append(parent)

    def _start(self, stage: Stage) -> None:
        """Make an attempt of what is missing."""
        tables = self._tables
        graph = self._dag.graph(stage)
        try:
            needs = needs_of_stage(graph, tables.config)
        except (SparkException, IllegalArgumentException) as error:
            self.fail(stage, error)
            return
        stage.wants = None if needs is None else self._notices.profile_used(needs)
        profile = tables.profile_of(stage)
        if stage.wants is not None and stage.wants.has_own_executors:
            tables.wanted.setdefault(profile, stage.wants)
        stage.barrier = has_barrier(graph)
        if stage.barrier and not self._fits(stage, graph):
            return
        self._drop_stale(stage)
        if stage.id not in tables.stages:
            return
        partitions, outputs = self._missing(stage)
        job = tables.jobs[next(iter(stage.jobs))]
        run = StageRun(
            stage.id, stage.next_attempt, stage.node, stage.sink, job.id, len(partitions),
            stage.node.num_partitions, stage.barrier, profile, job.properties,
            stage.wants,
        )  # fmt: skip
        task_set = TaskSet(stage, run, partitions, outputs, job.pool, tables.now)
        task_set.weight = tables.weight_of(stage.wants)
        if tables.config.speculation.enabled:
            task_set.durations = array("d")
        stage.next_attempt += 1
        stage.live = stage.attempts[run.attempt] = task_set
        stage.state = StageState.RUNNING
        tables.task_sets[task_set.key] = tables.live[task_set.key] = task_set
        task_set.start(self._wishes(task_set, graph))
        self._notices.stage_started(task_set)
        self.review(stage)

    def _drop_stale(self, stage: Stage) -> None:
        """Before a map stage runs again: must what it made before be made anew with the rest?"""
        shuffle_id = stage.shuffle_id
        if shuffle_id is not None and self._tables.tracker.was_made(shuffle_id):
            if stage.is_indeterminate:
                self.roll_back(stage)
            elif stage.barrier:
                self._reset(stage, "A barrier stage runs as a whole")

    def _missing(self, stage: Stage) -> tuple[Sequence[int], Sequence[int]]:
        """Partitions to compute, and the outputs that they make."""
        if stage.job is not None:
            job = stage.job
            if job.remaining == len(job.finished):
                return job.partitions, range(job.remaining)
            outputs = [i for i, done in enumerate(job.finished) if not done]
            return [job.partitions[i] for i in outputs], outputs
        assert stage.shuffle_id is not None
        missing = self._tables.tracker.missing(stage.shuffle_id)
        if len(missing) == stage.num_tasks:
            return range(stage.num_tasks), range(stage.num_tasks)
        return missing, missing

    def _wishes(self, task_set: TaskSet, graph: StageGraph) -> Locator | None:
        tables = self._tables
        locate = locator(graph, task_set.partitions, tables.directory)
        if locate is None and graph.shuffles and not task_set.barrier:
            executors = list(tables.usable.get(task_set.profile, ()))
            if len(executors) > 1:
                task_set.soft = True
                total = task_set.stage.node.num_partitions
                return spread(task_set.partitions, total, executors)
        return locate

    def _fits(self, stage: Stage, graph: StageGraph) -> bool:
        """Can all tasks of the barrier stage run at once? If not, wait for executors, then fail."""
        tables = self._tables
        config = tables.config
        problem = barrier_problem(graph, stage.num_tasks)
        if problem is None and config.allocation.enabled:
            problem = BARRIER_DYNAMIC
        if problem is not None:
            self.abort(stage, problem)
            return False
        slots = tables.slots(stage)
        if slots >= stage.num_tasks:
            tables.barrier_checks.pop(stage.id, None)
            return True
        failures = tables.barrier_checks.get(stage.id, (0, 0.0))[0] + 1
        if failures > config.barrier_check_failures:
            self.abort(stage, TOO_FEW_SLOTS.format(tasks=stage.num_tasks, slots=slots))
            return False
        stage.state = StageState.WAITING
        when = tables.now + config.barrier_check_interval
        tables.barrier_checks[stage.id] = (failures, when)
        return False

    def _complete(self, stage: Stage) -> None:
        """All output of a map stage is there."""
        if stage.live is not None:
            self._conclude(stage.live)
        stage.state = StageState.DONE
        stage.waiting_on.clear()
        stage.failed_attempts.clear()
        self._wake(stage)

    def _wake(self, stage: Stage) -> None:
        for waiter in stage.waiters:
            waiter.waiting_on.discard(stage.id)
            if waiter.state is StageState.WAITING and not waiter.waiting_on:
                waiter.state = StageState.IDLE
                self._tables.to_submit.append(waiter)
        stage.waiters.clear()
        for job in list(stage.map_jobs.values()):
            self.end(job)

    def _conclude(self, task_set: TaskSet, failure: str | None = None) -> None:
        """The attempt launches nothing more."""
        self._notices.stage_ended(task_set, failure)
        self._exclusion.close(task_set, succeeded=failure is None)
        self._tables.retire(task_set)

    def _remove(self, stage: Stage, failure: str | None) -> None:
        """No job needs the stage any more."""
        tables = self._tables
        for task_set in list(stage.attempts.values()):
            tables.kill(task_set, task_set.tries, failure or "Stage finished")
            if task_set is stage.live:
                self._conclude(task_set, failure)
        del tables.stages[stage.id]
        if isinstance(stage.sink, ShuffleDependency):
            del tables.map_stages[stage.sink.shuffle_id]
        tables.barrier_checks.pop(stage.id, None)
        stage.jobs.clear()
        stage.parents.clear()
        stage.waiters.clear()
        stage.waiting_on.clear()

    def _consumers(self, stage: Stage) -> list[Stage]:
        """Stages that read its output, directly or through others."""
        readers: dict[int, list[Stage]] = {}
        for reader in self._tables.stages.values():
            for parent in reader.parents.values():
                readers.setdefault(parent.id, []).append(reader)
        found: dict[int, Stage] = {}
        stack = [stage]
        while stack:
            for reader in readers.get(stack.pop().id, ()):
                if reader.id not in found:
                    found[reader.id] = reader
                    stack.append(reader)
        return list(found.values())

    def _reset(self, stage: Stage, reason: str) -> None:
        """Drop everything that the stage has made and is making."""
        tables = self._tables
        if stage.shuffle_id is not None and tables.tracker.num_known(stage.shuffle_id):
            tables.tracker.forget_maps(stage.shuffle_id, range(stage.num_tasks))
            tables.actions.append(DropMapOutput(stage.shuffle_id, None))
        stage.first_valid_attempt = stage.next_attempt
        for task_set in list(stage.attempts.values()):
            tables.kill(task_set, task_set.tries, reason)
        if stage.live is not None:
            self._invalidate(stage, reason)
        elif stage.state is StageState.DONE:
            stage.state = StageState.IDLE
