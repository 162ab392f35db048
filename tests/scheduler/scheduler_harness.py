"""A hand-driven scheduler: tests feed events and look at the actions, in virtual time.

``Harness`` keeps what a backend would keep (which tries run where) and checks after every event
that the invariants hold, that no try is launched twice, and that each job index is delivered once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rayspark.errors.faults import FetchFailed
from rayspark.executor.report import NOT_BEGUN
from rayspark.ids import ExecutorId, HostId, JobId, ShuffleId, TaskKey
from rayspark.lineage.dependency import (
    NarrowDependency,
    OneToOne,
    ShuffleDependency,
    SplitMap,
)
from rayspark.lineage.node import Determinism, Node
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.config import SchedulerConfig
from rayspark.scheduler.state import SchedulerState
from rayspark.scheduler.task import (
    CallBlocks,
    ExecutorOffer,
    MapStatus,
    ResultFunction,
    StageRun,
    TaskLaunch,
    TaskReport,
    TaskState,
)
from rayspark.shuffle.partitioner import HashPartitioner
from rayspark.shuffle.sizes import MapOutputStatistics, pack
from rayspark.shuffle.spec import ShuffleSpec

BLOCK_SIZE = 10
"""Bytes of a call's blocks."""


class Refuses:
    """An op that must never be run: nothing in the scheduler computes."""

    def run(self, *_: object) -> Any:
        raise AssertionError("the scheduler ran an op")


def source(n: int, **more: Any) -> Node:
    """A node without parents."""
    return Node(Refuses(), (), n, label="Source", **more)


def narrow(parent: Node, splits: SplitMap | None = None, n: int | None = None, **more: Any) -> Node:
    """A node over one parent, partition by partition unless ``splits`` says otherwise."""
    edge = NarrowDependency(parent, splits or OneToOne())
    return Node(Refuses(), (edge,), n or parent.num_partitions, label="Map", **more)


def shuffle(parent: Node, n: int) -> ShuffleDependency:
    """The parent's records in ``n`` other partitions."""
    return ShuffleDependency(parent, ShuffleSpec(HashPartitioner(n)))


def reads(*edges: ShuffleDependency, **more: Any) -> Node:
    """A node over shuffles."""
    n = edges[0].spec.partitioner.num_partitions
    return Node(Refuses(), edges, n, label="Shuffled", **more)


INDETERMINATE = {"determinism": Determinism.INDETERMINATE}


@dataclass
class Running:
    """A try, as a backend knows it."""

    executor: ExecutorId
    run: StageRun
    task: TaskLaunch

    @property
    def key(self) -> TaskKey:
        return self.task.key


class Harness:
    """Feeds events; remembers what runs, what was delivered and what jobs ended with."""

    def __init__(self, **config: Any) -> None:
        self.state = SchedulerState(SchedulerConfig(**config))
        self.now = 0.0
        self.running: dict[int, Running] = {}
        self.launched: list[Running] = []
        self.results: dict[int, dict[int, Any]] = {}
        self.ended: dict[int, BaseException | None] = {}
        self.statistics: dict[int, MapOutputStatistics | None] = {}
        self.kills: list[TaskKey] = []
        self.asked_back: list[TaskKey] = []
        self.accepted: list[TaskKey] = []
        self.hosts: dict[ExecutorId, HostId] = {}
        self.merges: list[act.MergeMapOutput] = []
        """Asked for and not answered."""
        self.contents: dict[int, tuple[CallBlocks, dict[int, int]]] = {}
        """What each block is made of: of each map, the try that wrote it."""
        self.jobs = 0
        self.repeats_partitions = False
        """Some job asks for a partition more than once."""

    # ------------------------------------------------------------------------- feeding

    def feed(self, event: ev.Event) -> list[act.Action]:
        """Hand in an event; returns the actions without the news."""
        actions = self.state.handle(event)
        for action in actions:
            self._note(action)
        self.state.invariants()
        self._check_blocks()
        return [a for a in actions if not isinstance(a, act.Notify)]

    def _note(self, action: act.Action) -> None:
        match action:
            case act.Launch(executor=executor, run=run, tasks=tasks):
                for task in tasks:
                    assert (task.key.stage, task.key.attempt) == (run.stage_id, run.attempt)
                    assert all(task.key.tid != r.key.tid for r in self.launched), "launched twice"
                    one = Running(executor, run, task)
                    self._check_alone(one)
                    self.launched.append(one)
                    self.running[task.key.tid] = one
            case act.Kill(keys=keys):
                self.kills += keys
            case act.TakeBack(executor=executor, keys=keys):
                assert keys and all(self.running[k.tid].executor == executor for k in keys)
                self.asked_back += keys
            case act.MergeMapOutput(parts=parts):
                assert len(parts) > 1
                assert all(maps <= self.contents[id(b)][1].keys() for b, maps in parts)
                self.merges.append(action)
            case act.Accept(report=report, job_id=job_id, index=index):
                self.accepted.append(report.key)
                if index is not None:
                    assert index not in self.results.setdefault(job_id, {}), "delivered twice"
                    assert job_id not in self.ended
                    self.results[job_id][index] = report.value
            case act.JobEnded(job_id=job_id, error=error, statistics=statistics):
                assert job_id not in self.ended, "ended twice"
                self.ended[job_id] = error
                self.statistics[job_id] = statistics

    def _check_blocks(self) -> None:
        """The book's blocks hold, of each map, the try that was accepted."""
        for page in self.state.tracker._shuffles.values():
            for map_id, status in enumerate(page.statuses):
                if status is not None:
                    assert map_id in status.blocks.map_ids
                    assert self.contents[id(status.blocks)][1][map_id] == status.tid

    def _check_alone(self, one: Running) -> None:
        """Only a speculative copy may run beside another try of the same task."""
        twins = [r for r in self.running.values() if r.key[:3] == one.key[:3]]
        if not one.task.speculative and not self.repeats_partitions:
            assert not twins, f"{one} beside {twins}"

    def executor(self, name: str, host: str | None = None, cores: int = 2, **more: Any) -> None:
        """An executor becomes ready."""
        self.hosts[ExecutorId(name)] = HostId(host or f"host-{name}")
        offer = ExecutorOffer(ExecutorId(name), self.hosts[ExecutorId(name)], cores, **more)
        self.feed(ev.ExecutorAdded(offer, self.now))

    def submit(
        self, node: Node, partitions: Sequence[int] | None = None, **properties: str
    ) -> JobId:
        """A user calls an action; ``a_b="x"`` sets the local property ``a.b``."""
        job = JobId(self.jobs)
        self.jobs += 1
        wanted = range(node.num_partitions) if partitions is None else partitions
        local = {k.replace("_", "."): v for k, v in properties.items()}
        function = ResultFunction(None)
        self.feed(ev.JobSubmitted(job, node, wanted, function, self.now, properties=local))
        return job

    def submit_map_stage(self, edge: ShuffleDependency) -> JobId:
        """Somebody wants the map side of a shuffle."""
        job = JobId(self.jobs)
        self.jobs += 1
        self.feed(ev.MapStageSubmitted(job, edge, self.now))
        return job

    def tick(self, seconds: float) -> list[act.Action]:
        """Time passes."""
        self.now += seconds
        return self.feed(ev.Tick(self.now))

    # ------------------------------------------------------------------------- reporting

    def report(self, *reports: TaskReport, executor: str | None = None) -> list[act.Action]:
        """Reports of tries arrive in one batch."""
        by = executor
        for report in reports:
            gone = self.running.pop(report.key.tid, None)
            by = by or (gone.executor if gone else "e1")
        return self.feed(ev.TasksEnded(ExecutorId(by or "e1"), list(reports), self.now))

    def success(
        self, one: Running, duration: float = 1.0, blocks: CallBlocks | None = None
    ) -> TaskReport:
        """The report of a try that succeeded; ``blocks`` are those of its call."""
        value: Any = f"result {one.key.partition}"
        if isinstance(one.run.sink, ShuffleDependency):
            reduces = one.run.sink.spec.partitioner.num_partitions
            sizes = array("q", range(10, 10 + reduces))
            value = MapStatus(
                one.executor, self.hosts[one.executor], one.key.tid, blocks or self.call(one),
                sum(sizes), reduces, pack(sizes, array("q", [1] * reduces)),
            )  # fmt: skip
        return TaskReport(one.key, TaskState.SUCCESS, value, duration=duration)

    def succeed(self, *ones: Running, duration: float = 1.0) -> list[act.Action]:
        """These tries succeed, those of one attempt in one call."""
        attempts = {one.key[:2]: [o for o in ones if o.key[:2] == one.key[:2]] for one in ones}
        blocks = {at: self.call(*together) for at, together in attempts.items()}
        return self.report(*[self.success(one, duration, blocks[one.key[:2]]) for one in ones])

    def call(self, *ones: Running) -> CallBlocks:
        """What tries leave that ran in one call."""
        blocks = CallBlocks((object(),), tuple(one.key.partition for one in ones), BLOCK_SIZE)
        self.contents[id(blocks)] = blocks, {one.key.partition: one.key.tid for one in ones}
        return blocks

    def merge(self, merge: act.MergeMapOutput) -> list[act.Action]:
        """Small blocks are one."""
        tids: dict[int, int] = {}
        for blocks, maps in merge.parts:
            tids |= {m: tid for m, tid in self.contents[id(blocks)][1].items() if m in maps}
        made = CallBlocks((object(),), tuple(sorted(tids)), BLOCK_SIZE * len(merge.parts))
        self.contents[id(made)] = made, tids
        return self._answer(merge, made)

    def fail_merge(self, merge: act.MergeMapOutput) -> list[act.Action]:
        """Small blocks could not be made one."""
        return self._answer(merge, None)

    def _answer(self, merge: act.MergeMapOutput, made: CallBlocks | None) -> list[act.Action]:
        if merge in self.merges:
            self.merges.remove(merge)
        return self.feed(ev.MapOutputMerged(merge.shuffle_id, merge.host, merge.number, made))

    def fail(
        self, one: Running, state: TaskState = TaskState.FAILED, error: Any = None
    ) -> list[act.Action]:
        """A try does not succeed."""
        return self.report(TaskReport(one.key, state, error=error or ValueError("boom")))

    def hand_back(self, *ones: Running, over: Sequence[Running] = ()) -> list[act.Action]:
        """An executor gives back tries that it has not begun; others are over."""
        reports = [TaskReport(o.key, TaskState.KILLED, error=NOT_BEGUN) for o in ones]
        for one in ones:
            del self.running[one.key.tid]
        by = (*ones, *over)[0].executor
        return self.feed(ev.TasksEnded(by, reports, self.now, [one.key for one in over]))

    def fetch_failed(
        self,
        one: Running,
        edge: ShuffleDependency,
        maps: Iterable[int],
        executor: str | None = None,
    ) -> list[act.Action]:
        """A try cannot read the output of these maps."""
        lost = ExecutorId(executor) if executor else None
        fault = FetchFailed(edge.shuffle_id, tuple(maps), one.key.partition, lost, "block is gone")
        return self.fail(one, TaskState.FETCH_FAILED, fault)

    def lose(
        self, name: str, *, host_lost: bool = False, expected: bool = False
    ) -> list[act.Action]:
        """An executor dies. Its tries are not reported any more."""
        executor = ExecutorId(name)
        gone = {e for e, h in self.hosts.items() if host_lost and h == self.hosts[executor]}
        self._forget(gone | {executor})
        return self.feed(
            ev.ExecutorLost(executor, "killed", self.now, host_lost=host_lost, expected=expected)
        )

    def lose_host(self, name: str) -> list[act.Action]:
        """A machine dies with its executors."""
        self._forget({e for e, h in self.hosts.items() if h == name})
        return self.feed(ev.HostLost(HostId(name), "power cut", self.now))

    def _forget(self, executors: set[ExecutorId]) -> None:
        self.running = {t: r for t, r in self.running.items() if r.executor not in executors}

    # ------------------------------------------------------------------------- looking

    def of(self, stage: int, attempt: int | None = None) -> list[Running]:
        """Running tries of a stage (attempt), by partition."""
        found = [
            r for r in self.running.values()
            if r.key.stage == stage and attempt in (None, r.key.attempt)
        ]  # fmt: skip
        return sorted(found, key=lambda r: (r.key.partition, r.key.tid))

    def where(self, stage: int) -> dict[int, str]:
        """Executor of each running partition of a stage."""
        return {r.key.partition: r.executor for r in self.of(stage)}

    def finish(self, job: JobId | None = None, duration: float = 1.0) -> None:
        """Let every try succeed, and those that follow, until nothing runs (or the job is over)."""
        for _ in range(10_000):
            if not self.running or (job is not None and job in self.ended):
                return
            self.succeed(next(iter(self.running.values())), duration=duration)
        raise AssertionError("the scheduler never comes to an end")

    def drain_kills(self) -> None:
        """Tries that were told to stop report so."""
        for key in self.kills:
            if key.tid in self.running:
                one = self.running[key.tid]
                self.report(TaskReport(one.key, TaskState.KILLED, error="killed"))
        self.kills.clear()

    def assert_empty(self) -> None:
        """Nothing is kept once all jobs are over and all tries have reported."""
        self.drain_kills()
        assert not self.running, self.running
        tables = self.state.tables
        for name in ("jobs", "stages", "map_stages", "task_sets", "live", "to_submit"):
            assert not getattr(tables, name), f"{name} holds {getattr(tables, name)}"
        assert all(e.in_flight == 0 for e in tables.executors.values())

    def known_maps(self, edge: ShuffleDependency) -> list[int]:
        """Map tasks whose output is in the book."""
        statuses = self.state.tracker.statuses(ShuffleId(edge.shuffle_id))
        return [i for i, s in enumerate(statuses) if s is not None]
