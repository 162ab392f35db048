"""Native executors on a real Ray: one for all cores of a machine, beside the python ones."""

from __future__ import annotations

import os
import signal
from typing import Any

import ray_rig
from ray_rig import Ledger, await_executors, counts, executors, wait_until

from rayspark import TaskContext
from rayspark.lineage.dependency import Piece, ShuffleRead
from rayspark.lineage.node import NATIVE, Node
from rayspark.lineage.ops import ConcatOp
from rayspark.shuffle.partitioner import PositionPartitioner
from rayspark.shuffle.spec import ShuffleSpec


def compiled(rdd: Any) -> Any:
    """The same, to be computed by native executors."""
    rdd._node.profile = NATIVE
    return rdd


def test_a_native_executor_has_all_cores_and_runs_tasks_together(spark, tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    sc = spark(spark__executor__instances="2", spark__executor__memory="200m")
    pythons = {pid for _, pid in await_executors(sc, 2).values()}

    def together(_: Any) -> Any:
        runtime = TaskContext.get()._runtime
        meeting = runtime.shared("meeting", lambda r: __import__("threading").Barrier(2))
        meeting.wait(30)
        settings = runtime.settings
        yield os.getpid(), settings.cores, settings.execution_memory

    found = compiled(sc.range(4, numSlices=4).mapPartitions(together)).collect()
    assert len(set(found)) == 1
    pid, cores, memory = found[0]
    assert pid not in pythons
    assert cores == 2
    assert memory == 2 * int((200 << 20) * 0.6 * 0.5)
    back = sc.range(4, numSlices=4).mapPartitionsWithIndex(ledger.noter("py"))
    assert back.map(lambda x: (x % 2, x)).reduceByKey(int.__add__).map(sum).sum() == 7
    assert {note.pid for note in ledger.notes("py")} <= pythons
    assert len(executors(sc)) == 3


def test_blocks_travel_between_both_kinds(spark):
    sc = spark(spark__executor__instances="2")
    pairs = sc.range(100, numSlices=4).map(lambda x: (x % 5, x))
    sums = pairs.reduceByKey(int.__add__, 3)
    compiled(pairs)
    assert sorted(sums.collect()) == [(k, 950 + 20 * k) for k in range(5)]
    grouped = sc.range(100, numSlices=4).map(lambda x: (x % 5, x)).groupByKey(3)
    assert compiled(grouped).count() == 5


def test_a_killed_native_executor_is_replaced_and_loses_no_block(spark, tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    sc = spark(spark__executor__instances="2", spark__executor__heartbeatInterval="1s")
    noted = sc.range(20, numSlices=2).mapPartitionsWithIndex(ledger.noter("map"))
    pairs = compiled(noted.map(lambda x: (x % 4, x)))
    grouped = pairs.groupByKey(2)
    assert grouped.count() == 4
    (native,) = [e for e in sc._driver._backend._executors.values() if e.profile == NATIVE]
    os.kill(native.pid, signal.SIGKILL)
    wait_until(lambda: native.id not in executors(sc), "the loss to be seen")
    assert grouped.count() == 4
    assert compiled(sc.range(4, numSlices=2).map(lambda x: x + 1)).sum() == 10
    assert not ledger.again("map"), "its map output outlived it"


def test_native_executors_come_and_go_with_the_work(spark):
    sc = spark(
        spark__dynamicAllocation__enabled="true",
        spark__dynamicAllocation__maxExecutors="2",
        spark__dynamicAllocation__schedulerBacklogTimeout="100ms",
        spark__dynamicAllocation__executorIdleTimeout="1s",
    )

    def look(_: Any) -> Any:
        yield TaskContext.get()._runtime.settings.cores

    work = compiled(sc.range(4, numSlices=4).mapPartitions(look))
    (cores,) = set(work.collect())
    assert cores == 2
    wait_until(lambda: not executors(sc), "the idle executor to be released")
    assert len(work.collect()) == 4


def test_the_ray_books_are_not_charged_twice(spark):
    sc = spark(spark__executor__instances="2")
    await_executors(sc, 2)
    assert compiled(sc.range(2, numSlices=2).map(lambda x: x)).sum() == 1
    ray_rig.stop(sc)
    again = spark()
    assert again.defaultParallelism == 2


def test_a_shuffle_is_measured_then_read_in_other_pieces(spark):
    sc = spark(spark__executor__instances="2")
    rows = compiled(sc.range(60, numSlices=4).map(lambda x: (x % 3, x)))
    edge = rows._shuffle_into(ShuffleSpec(PositionPartitioner(3), keyed=False))
    statistics = sc._driver.submit_map_stage(edge).results()
    assert statistics.rows_by_partition == [20, 20, 20]
    how = ShuffleRead(((Piece(0, 1, 0, 2),), (Piece(0, 1, 2), Piece(1, 3))))
    node = Node(ConcatOp(), (edge,), 2, profile=NATIVE, reads=(how,))
    few, many = sc._driver.submit(node, lambda _, records: list(records), range(2)).results()
    assert few == list(range(0, 30, 3))
    assert sorted(few + many) == list(range(60))
    assert counts(sc).succeeded == 6
