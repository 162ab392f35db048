"""What must be true of the tables after every event. Tests ask after each; production never."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rayspark.scheduler.stage import Stage, StageState
from rayspark.scheduler.tables import Tables
from rayspark.scheduler.task_set import Slots, TaskSet


def violations(tables: Tables) -> Iterator[str]:
    """Sentences about everything that is wrong; none if all is well."""
    yield from _check_jobs(tables)
    for stage in tables.stages.values():
        yield from _check_stage(stage, tables)
    for task_set in tables.task_sets.values():
        yield from _check_task_set(task_set, tables)
    yield from _check_executors(tables)
    if tables.to_submit:
        yield "stages were left to be submitted"
    if not tables.jobs:
        yield from _check_empty(tables)


def _check_jobs(tables: Tables) -> Iterator[str]:
    for job in tables.jobs.values():
        if job.remaining != job.finished.count(0) or not job.remaining:
            yield f"job {job.id}: {job.remaining} results wanted, {job.finished.count(0)} open"
        if any(s not in tables.stages or job.id not in tables.stages[s].jobs for s in job.stages):
            yield f"job {job.id} and its stages do not know each other"
        moving = (tables.stages[s] for s in job.stages if s in tables.stages)
        if not any(s.live is not None or s.id in tables.barrier_checks for s in moving):
            yield f"job {job.id} waits for nothing: it will never end"


def _check_stage(stage: Stage, tables: Tables) -> Iterator[str]:
    name = f"stage {stage.id}"
    if not stage.jobs or any(
        j not in tables.jobs or stage.id not in tables.jobs[j].stages for j in stage.jobs
    ):
        yield f"{name} is needed by no job, or by one that is over"
    if (stage.state is StageState.RUNNING) != (stage.live is not None):
        yield f"{name} is {stage.state}, its live attempt is {stage.live}"
    if stage.live is not None and tables.live.get(stage.live.key) is not stage.live:
        yield f"{name}: its live attempt is not in the table"
    shuffle_id = stage.shuffle_id
    if shuffle_id is not None and tables.map_stages.get(shuffle_id) is not stage:
        yield f"{name} is not the map stage of its shuffle"
    if stage.state is StageState.DONE and (
        shuffle_id is None or not tables.tracker.is_complete(shuffle_id)
    ):
        yield f"{name} is done without all its output"
    if stage.state is StageState.WAITING and stage.id not in tables.barrier_checks:
        awaited = [tables.stages.get(s) for s in stage.waiting_on]
        if not awaited or any(
            a is None or a.state is StageState.DONE or stage not in a.waiters for a in awaited
        ):
            yield f"{name} waits for {stage.waiting_on}, which will not wake it"


def _check_task_set(task_set: TaskSet, tables: Tables) -> Iterator[str]:
    name, pending = repr(task_set), task_set.pending
    if task_set.remaining != task_set.done.count(0):
        yield f"{name}: {task_set.done.count(0)} are not done"
    if pending.count != pending.waiting.count(1):
        yield f"{name}: {pending.waiting.count(1)} wait, counted {pending.count}"
    copies = Counter(t.task for t in task_set.tries.values())
    if any(copies[i] != n for i, n in enumerate(task_set.copies)):
        yield f"{name}: copies are miscounted"
    if not task_set.killed | task_set.over <= task_set.tries.keys():
        yield f"{name}: remembers tries that were reported"
    if task_set.is_zombie:
        if not task_set.tries or pending.count:
            yield f"{name} is over and was kept"
    else:
        states = zip(pending.waiting, task_set.done, task_set.copies, strict=True)
        for index, (waits, done, running) in enumerate(states):
            if bool(waits) + bool(done) + bool(running and not done) != 1:
                yield f"{name}: task {index}: waits {waits}, done {done}, in flight {running}"
        if tables.live.get(task_set.key) is not task_set or task_set.stage.live is not task_set:
            yield f"{name} is alive but not in the tables"


def _check_executors(tables: Tables) -> Iterator[str]:
    tries = [(s, tid, t) for s in tables.task_sets.values() for tid, t in s.tries.items()]
    in_flight: dict[str, Slots] = {}
    for task_set, tid, trial in tries:
        if tid not in task_set.over:
            before = in_flight.get(trial.executor, 0)
            in_flight[trial.executor] = before + task_set.weight
    lost = {t.executor for _, _, t in tries} - set(tables.executors)
    if lost:
        yield f"tries on executors that are gone: {lost}"
    for executor in tables.executors.values():
        if executor.in_flight != in_flight.get(executor.id, 0):
            yield f"{executor}: really {in_flight.get(executor.id, 0)} in flight"
        if bool(tables.room(executor)) != (executor.id in tables.free.get(executor.profile, {})):
            yield f"{executor}: not where free executors are"
        if executor.draining == (executor.id in tables.usable.get(executor.profile, {})):
            yield f"{executor}: not where usable executors are"
    if set(tables.ahead) - {e.id for e in tables.executors.values() if e.deep}:
        yield f"executors without work ahead are watched for it: {tables.ahead}"
    listed = {e for by_id in (*tables.free.values(), *tables.usable.values()) for e in by_id}
    if listed - set(tables.executors):
        yield f"unknown executors are offered: {listed - set(tables.executors)}"


def _check_empty(tables: Tables) -> Iterator[str]:
    left = {
        "stages": tables.stages,
        "map_stages": tables.map_stages,
        "live": tables.live,
        "barrier_checks": tables.barrier_checks,
        "task_sets": [t for t in tables.task_sets.values() if not t.tries],
    }
    for name, table in left.items():
        if table:
            yield f"all jobs are over, but {name} holds {table}"
