"""The scheduler as a function of events.

:class:`SchedulerState` holds all that the driver knows about jobs, stages, tasks, executors, map
output and cached blocks. ``handle(event)`` changes that and returns what is to be done::

    state = SchedulerState(SchedulerConfig())
    state.handle(ExecutorAdded(ExecutorOffer("e1", "host", cores=2), now=0.0))
    state.handle(JobSubmitted(0, node, range(2), function, now=0.0))
    # [Notify(JobStart), Notify(StageSubmitted), Launch("e1", run, (task 0, task 1)), Notify(...)]
    state.handle(TasksEnded("e1", [report of task 0], now=0.1))
    # [Accept(report, job 0, index 0), Notify(...)]

Nothing here reads a clock, draws a random number, starts a thread or knows Ray: the same events
give the same actions, so that every order of failures is a unit test. Terms:

- a *job* is an action of the user; it needs one *result stage*, which needs *map stages*;
- a run of a stage is an *attempt*; it has a *task set*, one *task* per missing partition;
- a run of a task is a *try*, known by its ``tid``; retries and speculative copies are further
  tries.

Parts, each with one concern, share the :class:`~rayspark.scheduler.tables.Tables`: ``dag`` (lineage
to stages), ``jobs`` (lives of jobs and stages), ``placement`` (which task where), ``completion``
(reports), ``recovery`` (losses), ``exclusion``, ``speculation``, ``allocation``, ``pools``.

Threading: one thread calls it, the loop's; see :mod:`rayspark.scheduler.loop`.

Checklist for reviewers
- When a job ends, whatever was kept for it alone goes with it: a new table must be emptied in
  ``Jobs.end`` or ``Jobs._remove``, and be named in ``invariants._check_empty``.
- ``task_sets`` outlives its job only until its tries have reported.
- Lineage nodes are held by stages only, stages by jobs only: what outlives jobs (``tracker``,
  ``directory``) holds ids and statuses, so that RDDs are collected and their shuffles forgotten.
- Nothing recurses over the graph; nothing loops over all tasks for one report.
- Order must not depend on hashes: tables are dictionaries, never iterated sets.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from rayspark.errors.exceptions import InternalError
from rayspark.ids import HostId, ShuffleId
from rayspark.scheduler import events as ev
from rayspark.scheduler.actions import Action, DropMapOutput, Warn
from rayspark.scheduler.allocation import Allocation
from rayspark.scheduler.completion import Completion
from rayspark.scheduler.config import SchedulerConfig
from rayspark.scheduler.dag import Dag
from rayspark.scheduler.exclusion import Exclusion
from rayspark.scheduler.invariants import violations
from rayspark.scheduler.jobs import Jobs
from rayspark.scheduler.merging import Merging
from rayspark.scheduler.notices import Notices
from rayspark.scheduler.placement import Placement
from rayspark.scheduler.recovery import Recovery
from rayspark.scheduler.speculation import find_slow
from rayspark.scheduler.tables import Executor, Tables
from rayspark.scheduler.task import ExecutorOffer, MapStatus
from rayspark.shuffle.tracker import ShuffleTracker
from rayspark.storage.directory import CacheDirectory

STORY_LENGTH = 64
STARVED = (
    "Initial job has not accepted any resources; check that the cluster has free cores for this "
    "application (spark.executor.cores, spark.executor.instances), or free units of the resources "
    "that a stage asks for (RDD.withResources), and that its executors start"
)


class SchedulerState:
    """All that the driver knows, and what follows from each event.

    Parameters
    ----------
    config : SchedulerConfig
        The numbers that steer it.
    """

    def __init__(self, config: SchedulerConfig) -> None:
        self.tables = tables = Tables(config)
        self._dag = Dag(tables)
        self._notices = Notices(tables)
        self._exclusion = Exclusion(tables)
        self._jobs = Jobs(tables, self._dag, self._exclusion, self._notices)
        self._recovery = Recovery(tables, self._dag, self._jobs, self._notices)
        self._merging = Merging(tables)
        self._completion = Completion(
            tables, self._jobs, self._recovery, self._exclusion, self._notices, self._merging
        )
        self._placement = Placement(tables, self._exclusion, self._notices)
        self._allocation = Allocation(tables)
        self._next_speculation: float | None = None
        self._warn_at: float | None = None
        """When to say that tasks wait and there are no executors."""
        self._story: deque[tuple[str, dict[str, int]]] = deque(maxlen=STORY_LENGTH)

    @property
    def tracker(self) -> ShuffleTracker[MapStatus]:
        """The book of map output."""
        return self.tables.tracker

    @property
    def directory(self) -> CacheDirectory:
        """The directory of cached blocks."""
        return self.tables.directory

    def build_task_events(self, *, wanted: bool) -> None:
        """Whether listeners want an event for each task, from now on. From any thread."""
        self._notices.per_task = wanted

    def handle(self, event: ev.Event) -> list[Action]:
        """What is to be done after this event."""
        return self.handle_all((event,))

    def handle_all(self, events: Iterable[ev.Event]) -> list[Action]:
        """What is to be done after these events; tasks are placed once, after the last.

        Raises
        ------
        InternalError
            If a transition is illegal: a defect of the scheduler, told with its recent story.
        """
        actions = self.tables.actions = []
        seen = 0
        try:
            for event in events:
                seen = len(actions)
                self._take(event)
                self._tell(_sketch(event), actions[seen:])
            seen = len(actions)
            self._settle()
            self._tell("(settled)", actions[seen:])
        except Exception as error:
            raise InternalError(f"{error!r} in the scheduler. {self.story()}") from error
        return actions

    def next_tick(self) -> float | None:
        """When a ``Tick`` is wanted; None: only events matter."""
        times = [
            self._placement.next_wake(),
            self._allocation.next_wake(),
            self._exclusion.next_expiry(),
            self._recovery.next_wake(),
            self._next_speculation,
            self._warn_at,
            min((when for _, when in self.tables.barrier_checks.values()), default=None),
        ]
        return min((t for t in times if t is not None), default=None)

    def invariants(self) -> None:
        """Check what must be true after every event.

        Raises
        ------
        AssertionError
            With everything that is wrong.
        """
        wrong = list(violations(self.tables))
        if not self.tables.jobs and len(self._merging):
            wrong.append("map output of stages that are over is to be merged")
        if not self.tables.jobs and len(self._exclusion):
            wrong.append("failures of stages that are over are remembered")
        assert not wrong, "\n".join([*wrong, self.story()])

    def story(self) -> str:
        """The last events and what they led to."""
        lines = (
            f"  {event} -> {', '.join(f'{n} {name}' for name, n in led.items()) or 'nothing'}"
            for event, led in self._story
        )
        return "\n".join(["The last events were:", *lines])

    # ------------------------------------------------------------------------------ events

    def _take(self, event: ev.Event) -> None:
        tables = self.tables
        if not isinstance(event, ev.TIMELESS):
            tables.now = max(tables.now, event.now)
        match event:
            case ev.TasksEnded():
                self._completion.take_reports(event)
            case ev.LaunchFailed():
                self._completion.fail_launch(event)
            case ev.JobSubmitted():
                self._jobs.submit(event)
            case ev.MapStageSubmitted():
                self._jobs.submit_map_stage(event)
            case ev.Tick():
                self._tick()
            case ev.BlocksStored():
                self._store_blocks(event)
            case ev.BlocksDropped():
                tables.directory.drop(event.blocks)
            case ev.MapOutputMerged():
                self._merging.take(event)
            case ev.ShuffleForgotten():
                self._forget_shuffle(event.shuffle_id)
            case ev.ExecutorAdded():
                self._add_executor(event.offer)
            case ev.ExecutorDraining():
                if (executor := tables.executors.get(event.executor)) is not None:
                    tables.drain_executor(executor)
            case ev.ExecutorLost():
                self._lose_executor(event)
            case ev.HostLost():
                self._lose_host(event.host, event.reason, expected=False)
            case ev.JobCancelled():
                self._jobs.cancel(event)
            case ev.StageCancelled():
                self._jobs.cancel_stage(event)
            case ev.ProfileRefused():
                self._allocation.refuse(event.profile)
                self._jobs.refuse_profile(event.profile, event.error)
            case ev.BackendFailed():
                self._jobs.fail_all(event.error)

    def _settle(self) -> None:
        """Draw the conclusions: run stages, place tasks, see whether executors are missing."""
        tables = self.tables
        self._jobs.run_submissions()
        if tables.config.exclusion.enabled:
            self._abort_unschedulable()
        self._placement.place()
        self._merging.settle()
        self._allocation.observe()
        starves = any(not tables.usable.get(t.profile) for t in tables.live.values())
        patience_ends = tables.now + tables.config.starvation_timeout
        self._warn_at = (self._warn_at or patience_ends) if starves else None
        if tables.config.speculation.enabled:
            running = any(t.tries for t in tables.live.values())
            when = tables.now + tables.config.speculation.interval
            self._next_speculation = (self._next_speculation or when) if running else None

    def _tick(self) -> None:
        tables = self.tables
        self._exclusion.expire()
        self._jobs.check_barriers()
        self._recovery.free_stalled()
        if self._next_speculation is not None and self._next_speculation <= tables.now:
            self._next_speculation = tables.now + tables.config.speculation.interval
            for task_set in tables.live.values():
                for index in find_slow(task_set, tables):
                    task_set.slow[index] = None
                    self._notices.speculated(task_set, index)
        self._placement.take_back()
        self._allocation.adjust()
        if self._warn_at is not None and self._warn_at <= tables.now:
            self._warn_at = None  # and again, if nothing changes
            tables.actions.append(Warn(STARVED))

    def _abort_unschedulable(self) -> None:
        for task_set in list(self.tables.live.values()):
            stuck = self._exclusion.unschedulable(task_set) if task_set.pending.count else None
            if stuck is None or task_set.is_zombie:
                continue
            index, reason = stuck
            self._jobs.abort(
                task_set.stage,
                f"Aborting TaskSet {task_set.stage.id}.{task_set.attempt} because task {index} "
                f"(partition {task_set.partitions[index]}) cannot run anywhere due to node and "
                f"executor excludeOnFailure.\nMost recent failure:\n{reason}\n\n"
                "ExcludeOnFailure behavior can be configured via spark.excludeOnFailure.*.",
            )

    # ------------------------------------------------------------------------------ executors

    def _add_executor(self, offer: ExecutorOffer) -> None:
        tables = self.tables
        if offer.executor in tables.executors:
            return
        slots = tables.slots_of(offer.profile, offer.cores)
        executor = Executor(
            offer.executor, offer.host, offer.cores, slots, offer.profile, offer.resources
        )
        tables.add_executor(executor)
        self._jobs.check_barriers()
        self._notices.executor_added(executor)

    def _lose_executor(self, event: ev.ExecutorLost) -> None:
        executor = self.tables.executors.get(event.executor)
        if executor is None:
            return
        if event.host_lost:
            self._lose_host(executor.host, event.reason, expected=event.expected)
        else:
            self._remove_executor(executor, event.reason, expected=event.expected)
            self._completion.lose(executor.id, event.reason, expected=event.expected)

    def _lose_host(self, host: HostId, reason: str, *, expected: bool) -> None:
        """Book what is gone before deciding about any try."""
        gone = [e for e in self.tables.executors.values() if e.host == host]
        for executor in gone:
            self._remove_executor(executor, reason, expected=expected)
        self._recovery.host_lost(host)
        self._merging.lose_host(host)
        for executor in gone:
            self._completion.lose(executor.id, reason, expected=expected)

    def _remove_executor(self, executor: Executor, reason: str, *, expected: bool) -> None:
        self.tables.remove_executor(executor)
        self._exclusion.forget(executor.id)
        self._notices.executor_removed(executor, reason, expected=expected)

    def _store_blocks(self, event: ev.BlocksStored) -> None:
        tables = self.tables
        if event.executor in tables.executors:
            in_heap = event.in_heap
        elif event.host in tables.lost_hosts:
            return  # Late news of a machine that is gone.
        else:
            in_heap = False  # The process died, its machine still holds the blocks.
        tables.directory.put(event.executor, event.host, event.blocks, in_heap=in_heap)

    def _forget_shuffle(self, shuffle_id: ShuffleId) -> None:
        tables = self.tables
        stage = tables.map_stages.get(shuffle_id)
        if stage is not None:
            # Asked for by name while a job needs it: it is made again if somebody reads it.
            self._recovery.forget_output(stage)
        elif tables.tracker.forget_shuffle(shuffle_id):
            tables.actions.append(DropMapOutput(shuffle_id, None))

    def _tell(self, event: str, actions: Sequence[Action]) -> None:
        self._story.append((event, Counter(type(a).__name__ for a in actions)))


def _sketch(event: ev.Event) -> str:
    """An event in a line, without what it holds."""
    match event:
        case ev.TasksEnded():
            states = Counter(r.state.name for r in event.reports)
            return f"TasksEnded({event.executor}, {dict(states)}, now={event.now})"
        case ev.LaunchFailed():
            return f"LaunchFailed({event.executor}, {len(event.tasks)} tasks, {event.error!r})"
        case ev.JobSubmitted():
            return f"JobSubmitted({event.job_id}, node {event.node.id}, now={event.now})"
        case ev.MapStageSubmitted():
            shuffle_id = event.dependency.shuffle_id
            return f"MapStageSubmitted({event.job_id}, shuffle {shuffle_id}, now={event.now})"
        case ev.MapOutputMerged():
            made = "nothing" if event.blocks is None else f"{len(event.blocks.map_ids)} maps"
            return f"MapOutputMerged(shuffle {event.shuffle_id}, {made})"
        case ev.BlocksStored() | ev.BlocksDropped():
            return f"{type(event).__name__}({len(event.blocks)} blocks)"
        case _:
            return repr(event)
