"""Long lineages, lineages cut by checkpoints, and what is freed when nobody refers to an RDD."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from rayspark.errors import SparkException, UnsupportedOperationException
from rayspark.lineage.dependency import ShuffleDependency
from rayspark.storagelevel import StorageLevel

calls: list[int] = []


def counted(x: int) -> int:
    calls.append(x)
    return x


@pytest.fixture(autouse=True)
def no_calls() -> None:
    calls.clear()


def test_a_chain_of_5000_maps(sc: Any) -> None:
    rdd = sc.parallelize([0, 1, 2], 2)
    for _ in range(5000):
        rdd = rdd.map(lambda x: x + 1)
    assert rdd.collect() == [5000, 5001, 5002]
    assert rdd.toDebugString().count(b"\n") == 1, "one loop in the executor, one step shown"


def test_a_chain_of_500_generators(sc: Any) -> None:
    rdd = sc.parallelize(range(3), 1)
    for _ in range(500):
        rdd = rdd.mapPartitions(lambda part: (x + 1 for x in part))
    assert rdd.collect() == [500, 501, 502]


def test_a_chain_of_1000_unions(sc: Any) -> None:
    rdd = sc.parallelize([0], 1)
    for i in range(1, 1001):
        rdd = rdd.union(sc.parallelize([i], 1))
    assert rdd.getNumPartitions() == 1001
    assert rdd._run(lambda split, part: list(part), [0, 500, 1000]) == [[0], [500], [1000]]
    assert rdd.toDebugString().count(b"\n") > 1000


def test_a_chain_of_100_shuffles(sc: Any) -> None:
    rdd = sc.parallelize([(i, 1) for i in range(4)], 2)
    for _ in range(100):
        rdd = rdd.map(lambda kv: (kv[0] + 1, kv[1])).reduceByKey(lambda a, b: a + b)
    assert sorted(rdd.collect()) == [(100 + i, 1) for i in range(4)]


def test_cached_records_are_computed_once(sc: Any) -> None:
    rdd = sc.parallelize(range(4), 2).map(counted).cache()
    assert (rdd.sum(), rdd.map(str).count(), rdd.distinct().count()) == (6, 4, 4)
    assert sorted(calls) == [0, 1, 2, 3]
    rdd.unpersist(blocking=True)
    assert rdd.count() == 4
    assert len(calls) == 8


def test_a_cached_step_in_the_middle_cuts_what_is_computed(sc: Any) -> None:
    middle = sc.parallelize(range(4), 2).map(counted).cache()
    last = middle.map(lambda x: x * 2)
    assert last.collect() == last.collect() == [0, 2, 4, 6]
    assert len(calls) == 4


def test_changing_the_level_needs_unpersist(sc: Any) -> None:
    rdd = sc.parallelize([1]).cache()
    assert rdd.cache() is rdd
    with pytest.raises(UnsupportedOperationException, match="Cannot change storage level"):
        rdd.persist(StorageLevel.DISK_ONLY)
    with pytest.raises(TypeError, match="StorageLevel"):
        rdd.persist("MEMORY_ONLY")
    assert rdd.unpersist().persist(StorageLevel.DISK_ONLY).getStorageLevel().useDisk


def test_cached_blocks_go_with_the_last_reference(sc: Any, monkeypatch: Any) -> None:
    forgotten: list[int] = []
    monkeypatch.setattr(sc._driver, "forget_node", forgotten.append)
    rdd = sc.parallelize(range(4), 2).cache()
    number, child = rdd.id(), rdd.map(str)
    child.count()
    del rdd
    gc.collect()
    assert forgotten == [], "the child can still read it"
    del child
    gc.collect()
    assert forgotten == [number]


def test_shuffle_blocks_go_with_the_last_reference(sc: Any, monkeypatch: Any) -> None:
    forgotten: list[int] = []
    monkeypatch.setattr(sc._driver, "forget_shuffle", forgotten.append)
    rdd = sc.parallelize([(1, 1)], 2).reduceByKey(max)
    dependency = rdd._node.dependencies[0]
    assert isinstance(dependency, ShuffleDependency)
    shuffle = dependency.shuffle_id
    rdd.count()
    del rdd, dependency
    gc.collect()
    assert forgotten == [shuffle]


def test_shuffle_output_is_used_again_until_it_is_cleaned(sc: Any) -> None:
    rdd = sc.parallelize(range(4), 2).map(counted).map(lambda x: (x, x)).groupByKey()
    assert rdd.count() == rdd.count() == 4
    assert len(calls) == 4
    rdd.cleanShuffleDependencies(blocking=True)
    assert rdd.count() == 4
    assert len(calls) == 8


def test_checkpoint_writes_files_and_cuts_the_lineage(sc: Any, tmp_path: Path) -> None:
    sc.setCheckpointDir(str(tmp_path))
    rdd = sc.parallelize(range(5), 3).map(counted)
    rdd.checkpoint()
    assert rdd.getCheckpointFile() is None
    assert rdd.map(str).collect() == ["0", "1", "2", "3", "4"]
    assert rdd.isCheckpointed() and rdd._node.dependencies == ()
    assert len(calls) == 5, "written while it was computed, not computed again"
    directory = Path(rdd.getCheckpointFile().removeprefix("file:"))
    assert sorted(p.name for p in directory.glob("part-*")) == [f"part-0000{i}" for i in range(3)]
    assert rdd.collect() == list(range(5)) and len(calls) == 5
    assert b"ReliableCheckpointRDD" in rdd.toDebugString()


def test_checkpoint_completes_what_a_job_left_out(sc: Any, tmp_path: Path) -> None:
    sc.setCheckpointDir(str(tmp_path))
    rdd = sc.parallelize(range(6), 3).map(counted)
    rdd.checkpoint()
    assert rdd.take(1) == [0]
    assert rdd.isCheckpointed() and sorted(calls) == [0, 1, 2, 3, 4, 5]
    assert rdd.collect() == list(range(6)) and len(calls) == 6


def test_checkpoint_of_a_cached_rdd_computes_nothing_twice(sc: Any, tmp_path: Path) -> None:
    sc.setCheckpointDir(str(tmp_path))
    rdd = sc.parallelize(range(6), 3).map(counted).cache()
    rdd.count()
    rdd.checkpoint()
    rdd.count()
    assert rdd.isCheckpointed() and len(calls) == 6


def test_local_checkpoint_keeps_every_partition(sc: Any) -> None:
    rdd = sc.parallelize(range(6), 3).map(counted)
    rdd.localCheckpoint()
    assert rdd.isLocallyCheckpointed() and not rdd.isCheckpointed()
    assert rdd.take(1) == [0]
    assert rdd.isCheckpointed() and rdd._node.dependencies == ()
    assert rdd.collect() == list(range(6)) and len(calls) == 6
    rdd.unpersist(blocking=True)
    with pytest.raises(SparkException, match="local checkpoint is gone"):
        rdd.collect()
