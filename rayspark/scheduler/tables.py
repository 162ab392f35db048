"""The scheduler's tables: plain data that the parts of the scheduler share.

Nobody but the scheduler's parts, in the scheduler's thread, touches them. ``actions`` collects what
the event at hand leads to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Any, NamedTuple

from rayspark.errors.exceptions import PythonException, SparkException
from rayspark.ids import ExecutorId, HostId, JobId, ShuffleId, StageId
from rayspark.lineage.node import NATIVE, PYTHON
from rayspark.records import dataclass
from rayspark.resource.needs import NOTHING, Needs
from rayspark.scheduler.actions import Action, Kill, Notify, StageEnded
from rayspark.scheduler.config import SchedulerConfig
from rayspark.scheduler.stage import Job, Stage
from rayspark.scheduler.task import MapStatus
from rayspark.scheduler.task_set import Slots, TaskSet
from rayspark.shuffle.tracker import ShuffleTracker
from rayspark.storage.directory import CacheDirectory


@dataclass(eq=False, slots=True)
class Executor:
    """A process that runs tasks."""

    id: ExecutorId
    host: HostId
    cores: int
    slots: Slots
    """Tasks it runs at a time."""
    profile: str
    resources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Addresses of the units of resources that it holds."""
    in_flight: Slots = 0
    """Slots of tries launched and not reported: running, or queued at the executor."""
    deep: bool = False
    """It was given more tries than it has slots: one may be behind another in one batch, even when
    fewer are left."""
    draining: bool = False
    idle_since: float | None = None


@dataclass(eq=False, slots=True)
class Machine:
    """The executors of one host. Those of all profiles share its cores."""

    executors: dict[ExecutorId, Executor] = field(default_factory=dict)
    slots: Slots = 0
    """Tasks that may run there at a time: the slots of the profile that has most."""
    is_shared: bool = False
    """Are there executors of more than one profile?"""

    def recount(self) -> None:
        """Executors have come or gone."""
        slots: dict[str, Slots] = {}
        for executor in self.executors.values():
            slots[executor.profile] = slots.get(executor.profile, 0) + executor.slots
        self.slots = max(slots.values(), default=0)
        self.is_shared = len(slots) > 1

    def room(self) -> Slots:
        """Slots that are free there, as far as its cores go."""
        busy = sum(min(e.in_flight, e.slots) for e in self.executors.values())
        return max(0, self.slots - busy)


@dataclass(eq=False)
class Tables:
    """Everything the scheduler knows."""

    config: SchedulerConfig
    now: float = 0.0
    wanted: dict[str, Needs] = field(default_factory=dict)
    """What executors of each profile of stages must have."""
    actions: list[Action] = field(default_factory=list)
    jobs: dict[JobId, Job] = field(default_factory=dict)
    stages: dict[StageId, Stage] = field(default_factory=dict)
    map_stages: dict[ShuffleId, Stage] = field(default_factory=dict)
    task_sets: dict[tuple[int, int], TaskSet] = field(default_factory=dict)
    """Attempts that may launch tasks or have tries in flight, by stage and attempt."""
    live: dict[tuple[int, int], TaskSet] = field(default_factory=dict)
    """Those that may launch tasks."""
    to_submit: deque[Stage] = field(default_factory=deque)
    """Stages to be run as soon as the event at hand is understood."""
    barrier_checks: dict[StageId, tuple[int, float]] = field(default_factory=dict)
    """Barrier stages that do not fit: checks failed, time of the next."""
    executors: dict[ExecutorId, Executor] = field(default_factory=dict)
    machines: dict[HostId, Machine] = field(default_factory=dict)
    free: dict[str, dict[ExecutorId, Executor]] = field(default_factory=dict)
    """By profile: executors that could start a task now."""
    usable: dict[str, dict[ExecutorId, Executor]] = field(default_factory=dict)
    """By profile: executors that get tasks, free or not."""
    touched: dict[ExecutorId, None] = field(default_factory=dict)
    """Executors that reported since the last placement."""
    ahead: dict[ExecutorId, float] = field(default_factory=dict)
    """Executors that may hold tries not begun: when they were last heard of, longest ago first."""
    lost_hosts: dict[HostId, int] = field(default_factory=dict)
    """Machines that were lost once: tries numbered lower left nothing there."""
    tracker: ShuffleTracker[MapStatus] = field(default_factory=ShuffleTracker)
    directory: CacheDirectory = field(default_factory=CacheDirectory)
    next_stage: int = 0
    next_tid: int = 0

    def notify(self, event: Any) -> None:
        """Tell the listener bus."""
        self.actions.append(Notify(event))

    def wall(self) -> int:
        """Milliseconds since 1970, now."""
        return self.config.epoch_ms + int(self.now * 1000)

    def release(self, executor_id: ExecutorId, weight: Slots) -> None:
        """A try ended on this executor."""
        executor = self.executors.get(executor_id)
        if executor is not None:
            executor.in_flight -= weight
            if not executor.in_flight:
                executor.idle_since = self.now
            self.touched[executor_id] = None
            if executor.in_flight < executor.slots:  # else one that was queued takes the slot
                self.refresh(executor)

    def note_ahead(self, executor: Executor) -> None:
        """The executor was heard of, or was given more."""
        self.ahead.pop(executor.id, None)
        executor.deep |= executor.in_flight > executor.slots
        executor.deep &= executor.in_flight > 1
        if executor.deep:
            self.ahead[executor.id] = self.now

    def room(self, executor: Executor) -> Slots:
        """Slots of the executor that are free now."""
        if executor.draining:
            return 0
        room = max(0, executor.slots - executor.in_flight)
        machine = self.machines[executor.host]
        return min(room, machine.room()) if machine.is_shared else room

    def free_slots(self, profile: str, weight: Slots) -> int:
        """Tasks of the profile, each of so many slots, that can be started now."""
        room: dict[HostId, int] = {}
        for executor in self.free.get(profile, {}).values():
            fits = (executor.slots - executor.in_flight) // weight
            room[executor.host] = room.get(executor.host, 0) + fits
        return sum(
            min(fits, int(self.machines[host].room() // weight))
            if self.machines[host].is_shared
            else fits
            for host, fits in room.items()
        )

    def refresh(self, executor: Executor) -> None:
        """Put the executor into, or out of, the table of free ones; and those beside it."""
        machine = self.machines[executor.host]
        if not machine.is_shared:
            self._list(executor, executor.in_flight < executor.slots)
            return
        has_room = machine.room() > 0
        for each in machine.executors.values():
            self._list(each, has_room and each.in_flight < each.slots)

    def _list(self, executor: Executor, is_free: bool) -> None:
        free = self.free[executor.profile]
        if is_free and not executor.draining:
            free[executor.id] = executor
        else:
            free.pop(executor.id, None)

    def add_executor(self, executor: Executor) -> None:
        """It is ready for tasks."""
        self.executors[executor.id] = executor
        self.usable.setdefault(executor.profile, {})[executor.id] = executor
        self.free.setdefault(executor.profile, {})
        machine = self.machines.setdefault(executor.host, Machine())
        machine.executors[executor.id] = executor
        machine.recount()
        executor.idle_since = self.now
        self.refresh(executor)

    def drain_executor(self, executor: Executor) -> None:
        """It gets no more tasks."""
        executor.draining = True
        self.usable[executor.profile].pop(executor.id, None)
        self.free[executor.profile].pop(executor.id, None)

    def remove_executor(self, executor: Executor) -> None:
        """It is gone."""
        self.drain_executor(executor)
        del self.executors[executor.id]
        machine = self.machines[executor.host]
        del machine.executors[executor.id]
        machine.recount()
        for other in machine.executors.values():
            self.refresh(other)
        if not machine.executors:
            del self.machines[executor.host]
        self.touched.pop(executor.id, None)
        self.ahead.pop(executor.id, None)
        self.directory.forget_executor(executor.id)

    def profile_of(self, stage: Stage) -> str:
        """Which executors run the stage."""
        if stage.wants is not None and stage.wants.has_own_executors:
            return stage.wants.name
        return PYTHON if self.config.one_profile else stage.node.profile

    def weight_of(self, needs: Needs | None) -> Slots:
        """Slots that a task of such a stage takes."""
        if needs is None:
            return 1
        config = self.config
        cores = needs.cores or config.executor_cores
        if not needs.has_own_executors and (needs.amounts or config.needs.amounts):
            usual = config.needs.tasks(cores, config.task_cpus)
            weight = Fraction(usual, needs.on(config.needs).tasks(cores, config.task_cpus))
        elif needs.cpus is None:
            return 1
        else:
            most = max(1, cores // config.task_cpus)
            weight = min(Fraction(needs.cpus, config.task_cpus), Fraction(most))
        return weight.numerator if weight.denominator == 1 else weight

    def slots_of(self, profile: str, cores: int) -> Slots:
        """Slots of an executor of so many cores."""
        needs = self.wanted.get(profile)
        if needs is None:
            usual = NOTHING if profile == NATIVE else self.config.needs
            return usual.tasks(cores, self.config.task_cpus)
        return needs.tasks(cores, self.config.task_cpus) * self.weight_of(needs)

    def slots(self, stage: Stage) -> int:
        """Tasks of the stage that can run at a time."""
        weight = self.weight_of(stage.wants)
        executors = self.usable.get(self.profile_of(stage), {}).values()
        return sum(int(e.slots // weight) for e in executors)

    def retire(self, task_set: TaskSet) -> None:
        """The attempt launches nothing more."""
        if not task_set.is_zombie:
            task_set.retire()
            self.live.pop(task_set.key, None)
            self.actions.append(StageEnded(task_set.stage.id, task_set.attempt))
        if task_set.stage.live is task_set:
            task_set.stage.live = None
        self.discard_if_over(task_set)

    def discard_if_over(self, task_set: TaskSet) -> None:
        """Forget an attempt of which nothing more will be heard."""
        if task_set.is_zombie and not task_set.tries:
            self.task_sets.pop(task_set.key, None)
            task_set.stage.attempts.pop(task_set.attempt, None)

    def kill(self, task_set: TaskSet, tids: Iterable[int], reason: str) -> None:
        """Stop tries that have not been told to stop yet."""
        by_executor: dict[ExecutorId, list[int]] = {}
        for tid in tids:
            if tid not in task_set.killed:
                task_set.killed.add(tid)
                by_executor.setdefault(task_set.tries[tid].executor, []).append(tid)
        for executor, doomed in by_executor.items():
            keys = [task_set.key_of(tid) for tid in doomed]
            self.actions.append(Kill(executor, keys, reason))


TRACEBACK = "Traceback (most recent call last)"
WORKER = "An exception was thrown from the Python worker"
"""PySpark's words for what a function of the user's raised."""


class Blame(NamedTuple):
    """The try whose failure made a stage fail."""

    attempt: int
    partition: int
    number: int
    executor: ExecutorId
    cause: BaseException | None


def stage_failure(
    stage: Stage, job_id: JobId, reason: str, blame: Blame | None = None
) -> SparkException:
    """What the action of a job raises when one of its stages cannot be completed."""
    message = f"Job aborted due to stage failure: {reason}"
    if blame is None:
        return SparkException(message, jobId=job_id, stageId=stage.id)
    condition, parameters = None, None
    if blame.cause is not None:
        _, found, shown = message.partition(TRACEBACK)
        raised = found + shown or f"{type(blame.cause).__name__}: {blame.cause}"
        condition = "PYTHON_EXCEPTION"
        parameters = {"msg": WORKER, "traceback": f"\n{raised}"}
    error = (SparkException if condition is None else PythonException)(
        message,
        condition,
        parameters,
        jobId=job_id,
        stageId=stage.id,
        stageAttempt=blame.attempt,
        partition=blame.partition,
        attempt=blame.number,
        executorId=blame.executor,
    )
    error.__cause__ = blame.cause
    return error
