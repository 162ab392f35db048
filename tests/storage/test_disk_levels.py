"""Levels with disk on ``local[n]``: what memory has no room for lies in files and is read there."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rayspark import SparkConf, SparkContext, StorageLevel
from rayspark.errors import SparkException
from rayspark.errors.faults import DiskFull
from rayspark.ids import BlockId, RddId
from rayspark.serializers import encode
from rayspark.storage import disk
from rayspark.storage.disk import DiskBlock
from rayspark.storage.spill import Run

PARTITIONS, RECORDS = 6, 100
RECORD_BYTES = 5000  # half a megabyte a partition


@pytest.fixture
def sc() -> Iterator[SparkContext]:
    # 0.6 x 0.5 x 4 MiB: room for two of the partitions above
    conf = SparkConf().setMaster("local[2]").setAppName("tests").set("spark.driver.memory", "4m")
    with SparkContext(conf=conf) as context:
        yield context


def kept(sc: SparkContext, level: StorageLevel) -> tuple[Any, Any]:
    """A cached RDD larger than memory, and how many records were computed for it."""
    computed = sc.accumulator(0)

    def make(i: int) -> tuple[int, bytes]:
        computed.add(1)
        return i, bytes([i % 251]) * RECORD_BYTES

    rdd = sc.range(PARTITIONS * RECORDS, numSlices=PARTITIONS).map(make).persist(level)
    assert rdd.count() == PARTITIONS * RECORDS
    return rdd, computed


def files(sc: SparkContext) -> list[Path]:
    return [p for p in Path(sc._application.local_dir).rglob("rdd_*") if p.is_file()]


def entries(sc: SparkContext) -> list[Any]:
    return list(sc._driver.cached_blocks().values())


@pytest.mark.parametrize("level", ["MEMORY_AND_DISK", "MEMORY_AND_DISK_2", "MEMORY_AND_DISK_DESER"])
def test_what_memory_has_no_room_for_is_spilled_and_not_computed_again(sc, level):
    rdd, computed = kept(sc, getattr(StorageLevel, level))
    on_disk = [entry for entry in entries(sc) if entry.on_disk]
    assert len(entries(sc)) == PARTITIONS and len(on_disk) == PARTITIONS - 2
    assert len(files(sc)) == len(on_disk)
    for _ in range(2):
        assert rdd.map(lambda r: r[0] + len(r[1])).sum() == sum(range(600)) + 600 * RECORD_BYTES
    assert computed.value == PARTITIONS * RECORDS
    assert b"CachedPartitions: 6; MemorySize: 978.9 KiB; DiskSize: 1957.8 KiB" in (
        rdd.toDebugString() or b""
    )
    rdd.unpersist()
    assert entries(sc) == [] and files(sc) == []


def test_memory_only_is_dropped_and_computed_again(sc):
    rdd, computed = kept(sc, StorageLevel.MEMORY_ONLY)
    assert len(entries(sc)) == 2 and files(sc) == []
    assert rdd.count() == PARTITIONS * RECORDS
    assert computed.value > PARTITIONS * RECORDS


@pytest.mark.parametrize("level", ["DISK_ONLY", "DISK_ONLY_2", "DISK_ONLY_3"])
def test_disk_levels_take_no_memory(sc, level):
    rdd, computed = kept(sc, getattr(StorageLevel, level))
    assert all(entry.on_disk for entry in entries(sc)) and len(files(sc)) == PARTITIONS
    assert rdd.count() == computed.value == PARTITIONS * RECORDS
    rdd.unpersist()
    rdd.count()
    assert files(sc) == []


def test_the_least_recently_used_rdd_goes_to_disk_first(sc):
    old = sc.range(RECORDS, numSlices=1).map(lambda i: bytes(RECORD_BYTES))
    old.persist(StorageLevel.MEMORY_AND_DISK).count()
    used = sc.range(RECORDS, numSlices=1).map(lambda i: bytes(RECORD_BYTES + 1))
    used.persist(StorageLevel.MEMORY_AND_DISK).count()
    new = sc.range(RECORDS, numSlices=1).map(lambda i: bytes(RECORD_BYTES + 2))
    new.persist(StorageLevel.MEMORY_AND_DISK).count()
    where = {b.rdd: entry.on_disk for b, entry in sc._driver.cached_blocks().items()}
    assert where == {old._node.id: True, used._node.id: False, new._node.id: False}


def no_room(*_: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_fails_a_job_that_needs_it_with_advice(sc, monkeypatch):
    monkeypatch.setattr(disk, "write_frame", no_room)
    with pytest.raises(SparkException) as caught:
        kept(sc, StorageLevel.DISK_ONLY)
    text = str(caught.value)
    assert "The cached partition rdd_" in text and "of 0.5 MiB does not fit" in text
    assert sc._application.local_dir in text and "MiB are free" in text
    assert "set spark.local.dir to a directory on a larger disk" in text
    deadline = time.monotonic() + 5  # the other task of the failed job may be at its end
    while files(sc) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert files(sc) == []


def test_a_full_disk_leaves_spilled_partitions_in_memory_and_says_so(sc, monkeypatch, caplog):
    monkeypatch.setattr(disk, "write_frame", no_room)
    with caplog.at_level(logging.WARNING):
        rdd, computed = kept(sc, StorageLevel.MEMORY_AND_DISK)
    assert rdd.count() == computed.value == PARTITIONS * RECORDS
    assert "does not fit on the disk" in caplog.text and "It stays in memory" in caplog.text


def test_other_errors_of_the_disk_are_not_renamed(tmp_path):
    with pytest.raises(FileNotFoundError):
        DiskBlock.write(BlockId(RddId(1), 2), encode([1]), tmp_path / "missing")


def test_a_run_that_does_not_fit_says_what_where_and_how_much(tmp_path, monkeypatch):
    run = Run(tmp_path)
    monkeypatch.setattr("rayspark.storage.spill.write_frame", no_room)
    with pytest.raises(DiskFull) as caught:
        run.append(list(range(1000)))
    assert caught.value.path == str(tmp_path) and caught.value.needed > 1000
    assert str(caught.value).startswith("A spilled batch of records of 0.0 MiB does not fit on")


def test_a_task_that_is_cancelled_while_it_writes_leaves_no_half_partition(tmp_path, monkeypatch):
    class Cancelled(BaseException):
        pass

    def cancelled(file, frame):
        file.write(b"half of it")
        raise Cancelled

    monkeypatch.setattr("rayspark.storage.disk.write_frame", cancelled)
    with pytest.raises(Cancelled):
        DiskBlock.write(BlockId(RddId(1), 2), encode([1]), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_task_that_fails_after_it_stored_its_partition_leaves_no_file(sc):
    tries = sc.accumulator(0)

    def fail(part):
        tries.add(1)
        raise ValueError("after it was stored")

    stored = sc.range(10, numSlices=1).persist(StorageLevel.DISK_ONLY)
    with pytest.raises(SparkException, match="after it was stored"):
        stored.mapPartitions(lambda part: [sum(part)]).map(fail).collect()
    assert files(sc) == []
    assert stored.sum() == 45
    assert len(files(sc)) == 1
    stored.unpersist(blocking=True)


def test_a_run_without_records_is_no_file(tmp_path):
    run = Run(tmp_path)
    assert list(tmp_path.iterdir()) == [] and list(run.batches()) == []
    run.append([1, 2])
    assert list(run.batches()) == [[1, 2]]
    run.delete()
    assert list(tmp_path.iterdir()) == []
