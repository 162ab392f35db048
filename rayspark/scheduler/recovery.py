"""Damage and repair: what is lost with an executor, a machine or a block, and how it is made again.

====================  ==================================================================
lost                  consequence
====================  ==================================================================
executor              its tries are lost and run again elsewhere; its heap copies of cached
                      blocks are forgotten; map output stays: it lies in the host's store
host                  besides, exactly its map output and cached blocks are forgotten; attempts
                      that read such output stop launching, and wait for its repair
map output            (fetch failure) the named maps are forgotten; the reading attempt stops
                      launching, the maps run again, then a new attempt does what is not done
barrier task          the whole attempt is thrown away and made anew
====================  ==================================================================

Running tries of a stopped attempt go on: what they deliver counts. Repair itself is only wanting
the stage again (``tables.to_submit``): submission finds what is missing below it.
"""

from __future__ import annotations

from rayspark.errors.faults import FetchFailed
from rayspark.ids import HostId, ShuffleId
from rayspark.scheduler.actions import DropMapOutput
from rayspark.scheduler.dag import Dag
from rayspark.scheduler.jobs import Jobs
from rayspark.scheduler.notices import Notices, Tally
from rayspark.scheduler.stage import Stage, StageState
from rayspark.scheduler.tables import Tables
from rayspark.scheduler.task import TaskReport
from rayspark.scheduler.task_set import TaskSet


class Recovery:
    """Books losses and wants repairs."""

    def __init__(self, tables: Tables, dag: Dag, jobs: Jobs, notices: Notices) -> None:
        self._tables = tables
        self._dag = dag
        self._jobs = jobs
        self._notices = notices

    def fetch_failed(self, task_set: TaskSet, report: TaskReport) -> None:
        """A task could not read its shuffle input."""
        stage, fault = task_set.stage, report.error
        assert isinstance(fault, FetchFailed)
        map_stage = self._map_stage(stage, fault.shuffle_id)
        if map_stage is None:
            self._jobs.abort(
                stage,
                f"Task of stage {stage.id} could not fetch shuffle {fault.shuffle_id}, which its "
                f"lineage does not contain: {fault.message}",
            )
            return
        lost = self._forget(fault, report.key.tid)
        if not task_set.is_zombie:
            stage.failed_attempts.add(task_set.attempt)
            limit = self._tables.config.max_stage_attempts
            if len(stage.failed_attempts) >= limit:
                self._jobs.abort(
                    stage,
                    f"{_describe(stage)} has failed the maximum allowable number of times: "
                    f"{limit}. Most recent failure reason:\n{fault.message}",
                )
                return
            self._jobs.restart(stage, fault.message)
        if lost:
            self._lost_output(map_stage, lost)

    def barrier_failed(self, task_set: TaskSet, reason: str) -> None:
        """A task of a barrier stage failed: all run again, or the job fails."""
        stage = task_set.stage
        limit = self._tables.config.max_stage_attempts
        stage.failed_attempts.add(task_set.attempt)
        if len(stage.failed_attempts) >= limit:
            self._jobs.abort(
                stage,
                f"Could not recover from a failed barrier ResultStage. {_describe(stage)} has "
                f"failed the maximum allowable number of times: {limit}. "
                f"Most recent failure reason: {reason}",
            )
            return
        self._jobs.restart(
            stage, f"Stage failed because barrier task finished unsuccessfully: {reason}"
        )

    def host_lost(self, host: HostId) -> None:
        """A machine is gone with what it stored. Its executors are handled before."""
        tables = self._tables
        tables.lost_hosts[host] = tables.next_tid
        tables.directory.forget_host(host)
        for shuffle_id, lost in tables.tracker.forget_host(host).items():
            stage = tables.map_stages.get(shuffle_id)
            if stage is not None:
                self._lost_output(stage, lost)

    def forget_output(self, stage: Stage) -> None:
        """All output of a map stage is dropped although jobs may need it."""
        assert stage.shuffle_id is not None
        maps = range(stage.num_tasks)
        lost = self._tables.tracker.forget_maps(stage.shuffle_id, maps)
        if lost:
            self._tables.actions.append(DropMapOutput(stage.shuffle_id, None))
            self._lost_output(stage, lost)

    def free_stalled(self) -> None:
        """Kill tries that wait for lost input while its repair waits for their slots. Those that
        had read it all before deliver in time, or are not in the way.
        """
        tables = self._tables
        for task_set in list(tables.task_sets.values()):
            if task_set.input_lost_at is None or self._patience_ends(task_set) > tables.now:
                continue
            if any(
                t.pending.count and not tables.free.get(t.profile) for t in tables.live.values()
            ):
                tables.kill(task_set, task_set.tries, "its shuffle input was lost")
                task_set.input_lost_at = None
            else:
                task_set.input_lost_at = tables.now

    def next_wake(self) -> float | None:
        """When ``free_stalled`` has something to decide."""
        stopped = [t for t in self._tables.task_sets.values() if t.input_lost_at is not None]
        return min(map(self._patience_ends, stopped), default=None)

    def _patience_ends(self, task_set: TaskSet) -> float:
        return (task_set.input_lost_at or 0.0) + self._tables.config.stall_grace

    def _lost_output(self, stage: Stage, lost: list[int]) -> None:
        """Some output of a map stage is gone that jobs may still need."""
        shuffle_id = stage.shuffle_id
        assert shuffle_id is not None
        readers = [
            s
            for s in self._tables.stages.values()
            if shuffle_id in s.parents and s.state is not StageState.DONE
        ]
        if stage.state is StageState.DONE:
            stage.state = StageState.IDLE
            if stage.is_indeterminate and readers:
                self._jobs.roll_back(stage)
        if stage.live is not None:
            if stage.barrier:
                self._jobs.restart(stage, "Output of a barrier task was lost")
            else:
                self._reopen(stage.live, lost)
        for reader in readers:
            if (stopped := reader.live) is not None:
                self._jobs.restart(reader, f"Map output of stage {stage.id} was lost")
                stopped.input_lost_at = self._tables.now

    def _reopen(self, task_set: TaskSet, lost: list[int]) -> None:
        """Tasks of a running attempt are no longer done. Others are found missing at its end."""
        reopened = [i for m in lost if (i := task_set.index_of(m)) is not None and task_set.done[i]]
        for index in reopened:
            task_set.reopen(index)
        if reopened:
            tally = Tally()
            tally.resubmitted = len(reopened)
            self._notices.tasks_resubmitted(task_set, reopened, tally)

    def _map_stage(self, stage: Stage, shuffle_id: ShuffleId) -> Stage | None:
        """The map stage that writes a shuffle which `stage` reads."""
        found = stage.parents.get(shuffle_id)
        if found is None:
            dependency = self._dag.find_dependency(stage, shuffle_id)
            if dependency is not None:
                # A cached block that spared the shuffle is gone: from now on it is needed.
                stage.needs[shuffle_id] = dependency
                self._dag.missing_parents(stage)
                found = stage.parents[shuffle_id]
        return found

    def _forget(self, fault: FetchFailed, tid: int) -> list[int]:
        """Forget the map output at fault, except what was made after the failing try started: so
        a report may be late, even of an attempt that is over, and do no harm.
        """
        tables = self._tables
        if fault.shuffle_id not in tables.tracker:
            return []
        statuses = tables.tracker.statuses(fault.shuffle_id)
        named = fault.map_ids or [
            m for m, s in enumerate(statuses) if s is not None and s.executor == fault.executor_id
        ]
        guilty = [m for m in named if (s := statuses[m]) is not None and s.tid < tid]
        lost = tables.tracker.forget_maps(fault.shuffle_id, guilty)
        if lost:
            tables.actions.append(DropMapOutput(fault.shuffle_id, lost))
        return lost


def _describe(stage: Stage) -> str:
    kind = "ResultStage" if stage.job is not None else "ShuffleMapStage"
    return f"{kind} {stage.id} ({stage.name})"
