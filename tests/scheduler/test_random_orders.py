"""Whatever happens in whatever order, every job ends, delivers each index once, and leaves nothing.

The harness checks after each event that the invariants hold, that no try is launched twice and that
no index is delivered twice. Here random events are fed; then the world heals, and every job must
end.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scheduler_harness import BLOCK_SIZE, INDETERMINATE, Harness, narrow, reads, shuffle, source

from rayspark.lineage.dependency import NarrowDependency, ShuffleDependency
from rayspark.lineage.node import NATIVE, PYTHON, Node
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.config import AllocationConfig, ExclusionConfig, SpeculationConfig
from rayspark.scheduler.task import TaskState
from rayspark.storagelevel import StorageLevel

CONFIGS = (
    {},
    {"fair": True},
    {"max_task_failures": 1000, "max_stage_attempts": 1000},
    {"speculation": SpeculationConfig(enabled=True, quantile=0.1, min_task_runtime=0.01)},
    {"exclusion": ExclusionConfig(enabled=True, timeout=5.0), "max_task_failures": 3},
    {"allocation": AllocationConfig(enabled=True, idle_timeout=1.0)},
    {"per_task_events": True, "locality_wait_node": 0.5, "locality_wait_process": 0.5},
)

MERGES = (
    {},
    {"merged_block_size": 100 * BLOCK_SIZE, "merge_fan_in": 2},
    {"merged_block_size": 4 * BLOCK_SIZE},
)


def lineages() -> list[Node]:
    """Graphs that share parts: chains, diamonds, an indeterminate stage, a cached node, a gang."""
    base = shuffle(source(9), 3)
    chain = reads(shuffle(narrow(reads(base)), 4))
    both = reads(base, shuffle(source(2), 3))
    shaky = shuffle(source(3, **INDETERMINATE), 3)
    over_shaky = reads(shuffle(narrow(reads(shaky)), 2))
    cached = reads(base)
    cached.marks.level = StorageLevel.MEMORY_ONLY
    left, right = narrow(cached), narrow(reads(base))
    joined = Node(left.op, (NarrowDependency(left), NarrowDependency(right)), 3)
    gang = narrow(reads(base), barrier=True)
    compiled = reads(shuffle(narrow(reads(base), profile=NATIVE), 4))
    return [source(5), chain, both, reads(shaky), over_shaky, joined, gang, compiled]


def edges_of(node: Node) -> list[ShuffleDependency]:
    found, stack = {}, [node]
    while stack:
        for dependency in stack.pop().dependencies:
            if isinstance(dependency, ShuffleDependency):
                found[dependency.shuffle_id] = dependency
            stack.append(dependency.parent)
    return list(found.values())


class World:
    """Draws what happens next."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.h = Harness(**draw(st.sampled_from(CONFIGS)), **draw(st.sampled_from(MERGES)))
        self.nodes = lineages()
        self.born = 0
        self.answered: list[act.MergeMapOutput] = []
        for _ in range(3):
            self.add_executor(PYTHON)

    def pick(self, items):
        items = list(items)
        return self.draw(st.sampled_from(items)) if items else None

    def step(self) -> None:
        kinds = (
            "submit submit_map succeed succeed succeed succeed fail fetch kill_report add lose "
            "lose_host hand_back drain tick cancel cancel_stage store drop forget repeat batch "
            "killed merge merge merge_fails merge_again"
        )
        getattr(self, self.pick(kinds.split()))()

    def submit(self) -> None:
        if self.h.jobs < 6:
            node = self.pick(self.nodes)
            wanted = self.pick([None, [0], [1, 0]])
            self.h.submit(
                node,
                wanted,
                spark_scheduler_pool=self.pick("ab"),
                spark_jobGroup_id=self.pick("gh"),
            )

    def submit_map(self) -> None:
        if self.h.jobs < 6:
            self.h.submit_map_stage(self.pick(e for n in self.nodes for e in edges_of(n)))

    def one(self):
        return self.pick(self.h.running.values())

    def succeed(self) -> None:
        if one := self.one():
            self.h.succeed(one, duration=self.draw(st.sampled_from([0.001, 1.0])))

    def batch(self) -> None:
        if one := self.one():
            self.h.succeed(*[r for r in self.h.running.values() if r.executor == one.executor])

    def fail(self) -> None:
        if one := self.one():
            self.h.fail(one, self.pick([TaskState.FAILED, TaskState.LOST]))

    def kill_report(self) -> None:
        if one := self.one():
            self.h.fail(one, self.pick([TaskState.KILLED, TaskState.COMMIT_DENIED]))

    def killed(self) -> None:
        self.h.drain_kills()

    def fetch(self) -> None:
        one = self.one()
        edges = edges_of(one.run.node) if one else []
        if edges:
            edge = self.pick(edges)
            maps = self.draw(st.sets(st.integers(0, edge.parent.num_partitions - 1)))
            self.h.fetch_failed(one, edge, maps, executor=self.pick(self.h.hosts))

    def add_executor(self, profile: str) -> None:
        name, cores = f"e{self.born}", self.draw(st.integers(1, 3))
        self.h.executor(name, host=f"h{self.born % 3}", cores=cores, profile=profile)
        self.born += 1

    def add(self) -> None:
        if len(self.h.state.tables.executors) < 5:
            self.add_executor(self.pick([PYTHON, NATIVE]))

    def lose(self) -> None:
        if name := self.pick(self.h.state.tables.executors):
            self.h.lose(name, host_lost=self.draw(st.booleans()), expected=self.draw(st.booleans()))

    def lose_host(self) -> None:
        self.h.lose_host(self.pick(["h0", "h1", "h2"]))

    def hand_back(self) -> None:
        keys, self.h.asked_back = self.h.asked_back, []
        running = [self.h.running[k.tid] for k in keys if k.tid in self.h.running]
        if running:
            kinds = self.draw(st.lists(st.integers(0, 2), min_size=len(running)))
            back = [r for r, kind in zip(running, kinds, strict=False) if kind == 1]
            over = [r for r, kind in zip(running, kinds, strict=False) if kind == 2]
            if back or over:
                self.h.hand_back(*back, over=over)

    def drain(self) -> None:
        if name := self.pick(self.h.state.tables.executors):
            self.h.feed(ev.ExecutorDraining(name, self.h.now))

    def tick(self) -> None:
        self.h.tick(self.draw(st.sampled_from([0.05, 1.0, 20.0])))

    def cancel(self) -> None:
        self.h.feed(ev.JobCancelled(self.h.now, "by hand", group=self.pick(["g", "x"])))

    def cancel_stage(self) -> None:
        stage = self.draw(st.integers(0, 3))
        self.h.feed(ev.StageCancelled(stage, self.h.now, "by hand"))

    def store(self) -> None:
        executor = self.pick(self.h.state.tables.executors.values())
        cached = self.nodes[5].dependencies[0].parent.dependencies[0].parent
        if executor:
            split = self.draw(st.integers(0, 2))
            in_heap = self.draw(st.booleans())
            block = [(cached.id, split)]
            self.h.feed(ev.BlocksStored(executor.id, executor.host, block, in_heap=in_heap))

    def drop(self) -> None:
        cached = self.nodes[5].dependencies[0].parent.dependencies[0].parent
        self.h.feed(ev.BlocksDropped([(cached.id, self.draw(st.integers(0, 2)))]))

    def forget(self) -> None:
        edge = self.pick(e for n in self.nodes for e in edges_of(n))
        self.h.feed(ev.ShuffleForgotten(edge.shuffle_id))

    def repeat(self) -> None:
        """A report of any try that ever was, once more."""
        if old := self.pick(self.h.launched):
            self.h.report(self.h.success(old), executor=old.executor)

    def merge(self) -> None:
        if asked := self.pick(self.h.merges):
            self.answered.append(asked)
            self.h.merge(asked)

    def merge_fails(self) -> None:
        if asked := self.pick(self.h.merges):
            self.answered.append(asked)
            self.h.fail_merge(asked)

    def merge_again(self) -> None:
        """The answer to any merge that ever was, once more."""
        if old := self.pick(self.answered):
            self.h.merge(old)

    def heal(self) -> None:
        """Executors for everybody, exclusions forgiven; then all tries succeed."""
        for _ in range(4):
            self.add_executor(PYTHON)
        for _ in range(400):
            self.h.tick(10.0)
            self.h.drain_kills()
            for profile in (PYTHON, NATIVE):
                if not self.h.state.tables.usable.get(profile):
                    self.add_executor(profile)
            for one in list(self.h.running.values()):
                if one.key.tid in self.h.running:
                    self.h.succeed(one)
                for asked in list(self.h.merges):
                    self.h.merge(asked)
            if not self.h.state.tables.jobs:
                return


@st.composite
def histories(draw: st.DrawFn) -> World:
    world = World(draw)
    world.submit()
    for _ in range(draw(st.integers(5, 60))):
        world.step()
    return world


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_every_order_of_events_ends_well(world):
    world.heal()
    h = world.h
    assert set(h.ended) == set(range(h.jobs)), "a job never ended"
    for statistics in filter(None, h.statistics.values()):
        reduces = len(statistics.bytes_by_partition)
        maps = statistics.rows_by_partition[0]
        assert statistics.rows_by_partition == [maps] * reduces
        assert statistics.bytes_by_partition == [maps * (10 + r) for r in range(reduces)]
    for job, results in h.results.items():
        if h.ended[job] is None:
            assert sorted(results) == list(range(len(results)))
    h.assert_empty()
    assert not h.state._exclusion._records
