"""What executors are told, batch by batch."""

from __future__ import annotations

from typing import Any

import pytest

from rayspark import BarrierTaskContext, SparkContext
from rayspark.executor.barrier import BarrierHub
from rayspark.executor.batch import Forget
from rayspark.ids import ExecutorId, HostId, JobId, ShuffleId, StageId, TaskKey
from rayspark.lineage.dependency import ShuffleDependency
from rayspark.lineage.node import NATIVE, Node
from rayspark.scheduler.actions import Launch
from rayspark.scheduler.cached_blocks import CachedBlocks
from rayspark.scheduler.launcher import Launcher
from rayspark.scheduler.task import (
    CallBlocks,
    Locality,
    MapStatus,
    ResultFunction,
    StageRun,
    TaskLaunch,
)
from rayspark.shuffle.partitioner import HashPartitioner
from rayspark.shuffle.spec import ShuffleSpec
from rayspark.shuffle.tracker import ShuffleTracker

E1 = ExecutorId("e1")


class Source:
    """Partition 3 cannot be had."""

    def payload(self, split: int) -> Any:
        if split == 3:
            raise ValueError("no such partition")
        return None


class Rig:
    def __init__(self, hub: Any = None) -> None:
        self.tracker: ShuffleTracker[MapStatus] = ShuffleTracker()
        self.launcher = Launcher(
            self.tracker, CachedBlocks(1 << 20), {}, lambda _, error: error, lambda _: hub
        )
        self.launcher.executor_added(E1, HostId("h1"), 2)

    def launch(self, node: Node, partitions: list[int], barrier: bool = False) -> Launch:
        run = StageRun(
            StageId(0), 0, node, ResultFunction(len), JobId(0), len(partitions),
            node.num_partitions, barrier, "python",
        )  # fmt: skip
        keys = [TaskKey(StageId(0), 0, split, tid) for tid, split in enumerate(partitions)]
        return Launch(E1, run, [TaskLaunch(key, 0, False, Locality.ANY) for key in keys])


def test_a_launch_that_fails_half_way_takes_no_number_and_tells_nothing():
    rig, node = Rig(), Node(Source(), (), 4, label="Source")
    with pytest.raises(ValueError, match="no such partition"):
        rig.launcher.batches(rig.launch(node, [0, 3]))
    first, second = rig.launcher.batches(rig.launch(node, [0, 1]))
    assert (first.number, second.number) == (0, 1)
    assert first.template is not None
    assert second.template is None  # told once, though both were built together


def test_a_barrier_stage_whose_executor_was_just_lost_is_not_launched():
    rig, node = Rig(hub=None), Node(Source(), (), 4, label="Source")
    assert rig.launcher.batches(rig.launch(node, [0], barrier=True)) == []
    rig = Rig(hub=BarrierHub())
    assert len(rig.launcher.batches(rig.launch(node, [0], barrier=True))) == 1


def test_output_made_again_is_split_as_before_whatever_executors_there_are():
    rig = Rig()
    edge = ShuffleDependency(Node(Source(), (), 1, label="S"), ShuffleSpec(HashPartitioner(8)))
    node = Node(Source(), (edge,), 8, label="Shuffled")
    rig.tracker.register(edge.shuffle_id, 1, 8)
    groups = rig.launcher._groups_of(edge)
    forget = Forget(shuffles=[ShuffleId(edge.shuffle_id)])
    rig.launcher.forget(forget)  # rolled back: tries with this split still run
    rig.launcher.executor_added(ExecutorId("e2"), HostId("h2"), 4)
    late = MapStatus(E1, HostId("h1"), 9, CallBlocks(["block"] * groups, (0,), 10), 10, 1)
    rig.tracker.put(edge.shuffle_id, 0, late)
    batches = rig.launcher.batches(rig.launch(node, [0]))
    assert batches[0].num_groups == {edge.shuffle_id: groups}
    rig.tracker.forget_shuffle(ShuffleId(edge.shuffle_id))
    rig.launcher.forget(forget)
    assert rig.launcher._groups_of(edge) > groups  # a new beginning


def test_the_next_job_runs_after_one_that_could_not_be_launched(sc: SparkContext):
    with pytest.raises(TypeError):
        sc.runJob(sc.parallelize([1], 1), list, [0.0])  # type: ignore[list-item]
    assert sc.parallelize(range(3), 1).count() == 3
    together = sc.parallelize(range(2), 2).barrier().mapPartitions(meet)
    assert together.collect() == [2, 2]


def meet(records: Any) -> Any:
    return [len(BarrierTaskContext.get().allGather("here"))]


def test_what_is_forgotten_is_told_in_the_order_of_all_batches():
    rig, node = Rig(), Node(Source(), (), 4, label="Source")
    (batch,) = rig.launcher.batches(rig.launch(node, [0]))
    forget = Forget(templates=[batch.template_id])
    rig.launcher.forget(forget)
    ((executor, news),) = rig.launcher.news()
    assert (executor, news.number, news.forget, list(news.tasks)) == (E1, 1, [forget], [])
    rig.launcher.forget(forget)
    assert rig.launcher.news() == []  # the executor knows
    (again,) = rig.launcher.batches(rig.launch(node, [1]))
    assert (again.number, again.template, again.forget) == (2, batch.template, [])
    rig.launcher.forget(forget)
    first, second = rig.launcher.batches(rig.launch(node, [1, 2]))  # tasks take it along
    assert (first.number, first.forget, second.forget) == (3, [forget], ())
    assert first.template == batch.template
    assert rig.launcher.news() == []


def test_the_last_executor_of_a_machine_leaves_it_and_nothing_is_copied_to_those_that_leave():
    rig, one, two = Rig(), HostId("h1"), HostId("h2")
    rig.launcher.executor_added(ExecutorId("second on h1"), one, 2)
    rig.launcher.executor_added(ExecutorId("on h2"), two, 2)
    assert rig.launcher.leave(E1) is None
    assert rig.launcher.executors_elsewhere(two, 0) == [("second on h1", one)]
    assert rig.launcher.leave(ExecutorId("second on h1")) == one
    assert rig.launcher.executors_elsewhere(two, 0) == []


def test_copies_go_to_one_executor_of_each_other_machine_in_turn():
    rig, hosts = Rig(), [HostId(f"h{number}") for number in (2, 3)]
    for host in hosts:
        for number in (1, 2):
            rig.launcher.executor_added(ExecutorId(f"{number} on {host}"), host, 1)
    chosen = [rig.launcher.executors_elsewhere(HostId("h1"), split) for split in range(4)]
    assert all({host for _, host in places} == set(hosts) for places in chosen)
    assert len({places[0] for places in chosen}) > 1


def test_blocks_are_sent_ahead_to_executors_of_the_writer_s_kind():
    rig = Rig()
    here, there = HostId("h1"), HostId("h2")
    rig.launcher.executor_added(ExecutorId("native here"), here, 2, NATIVE)
    rig.launcher.executor_added(ExecutorId("far"), there, 2)
    rig.launcher.executor_added(ExecutorId("native there"), there, 2, NATIVE)
    assert rig.launcher.readers(4, ExecutorId("native here"))[1:] == [
        None, "native there", "native there",
    ]  # fmt: skip
    assert rig.launcher.readers(2, E1) == [None, "far"]
    assert rig.launcher.readers(2, ExecutorId("lost")) == [None, None]
    rig.launcher.leave(ExecutorId("far"))
    assert rig.launcher.readers(2, E1) == [None, None]
