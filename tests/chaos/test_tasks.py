"""Tasks fail, input is damaged, disks are full: what is repaired, and what is told to the user."""

from __future__ import annotations

import operator
import subprocess
import threading
import time

import pytest
from job import EXPECTED, sums, timed, undisturbed
from ray_rig import Ledger, counts, wait_until

from rayspark import StorageLevel
from rayspark.errors import SparkException


def test_a_task_that_fails_twice_then_succeeds(spark, tmp_path, recovery):
    sc = spark(spark__ray__fault__a="stage=4,partition=3,point=end,action=raise,times=2")
    without = undisturbed(sc, tmp_path)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    found, seconds = timed(sums(sc, ledger).collect)
    assert dict(found) == EXPECTED
    assert (ledger.again("map"), ledger.again("reduce")) == ({3: 2}, {})
    spent = counts(sc) - before
    assert (spent.failed, spent.recomputed, spent.executors_lost) == (2, 1, 0)
    recovery("task (raises twice)", "same answer", "1 map, twice", seconds, without)


def test_updates_of_failed_tries_are_not_accumulated(spark):
    sc = spark(spark__ray__fault__a="partition=1,point=end,action=raise,times=3")
    seen = sc.accumulator(0)
    sc.range(100, numSlices=4).foreach(lambda _: seen.add(1))
    assert seen.value == 100
    assert counts(sc).failed == 3


def test_a_task_that_always_fails_does_not_disturb_other_jobs(spark, tmp_path, recovery):
    sc = spark()
    ledger = Ledger(tmp_path / "ledger")
    sc.setLocalProperty("spark.job.description", "the good one")
    results: list[dict[int, int]] = []
    good = threading.Thread(target=lambda: results.append(dict(sums(sc, ledger).collect())))
    good.start()

    def divide(x):
        return 1 // (x - 3)

    bad = sc.range(4, numSlices=4).mapPartitionsWithIndex(ledger.noter("bad")).map(divide)
    with pytest.raises(SparkException) as caught:
        bad.collect()
    assert "failed 4 times, most recent failure" in str(caught.value)
    assert "ZeroDivisionError" in str(caught.value) and "return 1 // (x - 3)" in str(caught.value)
    good.join(60)
    assert results == [EXPECTED]
    assert ledger.runs("bad")[3] == 4
    assert (ledger.again("map"), ledger.again("reduce")) == ({}, {})
    recovery("task (raises always)", "its job fails, others finish", "the task, 3 times", 0, 0)


def test_a_damaged_shuffle_block_is_made_again(spark, tmp_path, recovery):
    sc = spark(spark__ray__fault__a="stage=4,partition=7,action=corrupt")
    without = undisturbed(sc, tmp_path)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    found, seconds = timed(sums(sc, ledger).collect)
    assert dict(found) == EXPECTED
    assert ledger.again("map") == {7: 1}
    spent = counts(sc) - before
    assert (spent.recomputed, spent.executors_lost) == (1, 0)
    assert spent.failed >= 1
    recovery("shuffle block (corrupt)", "same answer", "1 map", seconds, without)


def test_a_damaged_spill_costs_its_task(spark, tmp_path, recovery):
    sc = spark(
        spark__python__worker__memory="20m",
        spark__ray__fault__a="point=spill,action=corrupt",
    )

    def grouped(name):
        pairs = sc.range(300_000, numSlices=3).map(lambda i: (f"key number {i % 150_000}", [i]))
        summed = pairs.reduceByKey(operator.add, 1)
        return summed.mapPartitionsWithIndex(Ledger(tmp_path / name).noter("reduce")).values()

    found, seconds = timed(grouped("ledger").map(len).sum)
    assert found == 300_000
    spent, ledger = counts(sc), Ledger(tmp_path / "ledger")
    assert ledger.again("reduce") == {0: 1}
    assert spent.spilled > 0
    assert (spent.failed, spent.recomputed, spent.executors_lost) == (1, 1, 0)
    _, without = timed(grouped("undisturbed").map(len).sum)
    recovery("spilled run (corrupt)", "same answer", "1 reduce", seconds, without)


def test_an_indeterminate_stage_is_rolled_back_whole(spark, tmp_path, recovery):
    sc = spark(spark__ray__fault__a="stage=1,partition=1,action=corrupt")
    ledger = Ledger(tmp_path / "ledger")
    pairs = sc.range(600, numSlices=3).map(lambda x: (x % 30, x)).groupByKey(4)
    # Which records repartition sends where depends on their order, and that on the shuffle before.
    dealt = pairs.mapPartitionsWithIndex(ledger.noter("dealt", 0.1)).repartition(5)
    # Read by a map stage, not by the result stage: nothing of it was handed out yet.
    found, seconds = timed(dealt.mapValues(sum).reduceByKey(operator.add, 2).collect)
    assert dict(found) == {key: sum(range(key, 600, 30)) for key in range(30)}
    assert len(found) == 30
    assert ledger.again("dealt") == {0: 1, 1: 1, 2: 1, 3: 1}
    recovery("block of an indeterminate stage", "same answer", "all 4 maps of it", seconds, 0)


def test_a_job_that_gave_out_results_of_an_indeterminate_stage_fails(spark, tmp_path, recovery):
    # The damaged map deals its records to partition 4, which is read when others are delivered.
    sc = spark(spark__ray__fault__a="stage=1,partition=1,action=corrupt")
    ledger = Ledger(tmp_path / "ledger")
    pairs = sc.range(600, numSlices=3).map(lambda x: (x % 30, x)).groupByKey(4)
    dealt = pairs.mapPartitionsWithIndex(ledger.noter("dealt", 0.1)).repartition(5)

    def late(split, records):
        time.sleep(3.0 if split == 4 else 0.0)
        return records

    sums = dealt.mapPartitionsWithIndex(late, True).mapValues(sum)
    with pytest.raises(SparkException) as caught:
        sc.runJob(sums, list, [0, 1, 2, 3, 4])
    text = str(caught.value)
    assert "indeterminate" in text and "checkpointing the RDD before repartition" in text
    assert ledger.again("dealt") == {}  # nothing is made again in vain
    assert dict(sums.collect()) == {key: sum(range(key, 600, 30)) for key in range(30)}
    assert ledger.again("dealt") == {0: 1, 1: 1, 2: 1, 3: 1}
    what = "the same, after results were handed out"
    recovery(what, "the job fails and says why", "none; the next job all 4", 0, 0)


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_fails_the_job_with_a_clear_error_and_nothing_else(
    spark, small_disk, tmp_path, recovery
):
    sc = spark(spark__python__worker__memory="20m", spark__local__dir=small_disk)
    committed = tmp_path / "committed"
    sc.range(10, numSlices=2).saveAsTextFile(str(committed))
    pairs = sc.range(300_000, numSlices=3).map(lambda i: (f"key number {i % 150_000}", [i]))
    with pytest.raises(SparkException) as caught:
        pairs.reduceByKey(operator.add, 1).saveAsTextFile(str(tmp_path / "lost"))
    assert "No space left on device" in str(caught.value)
    assert "does not fit on the disk of " + str(small_disk) in str(caught.value)
    assert "set spark.local.dir to a directory on a larger disk" in str(caught.value)
    with pytest.raises(
        SparkException, match=r"The cached partition rdd_.*does not fit on the disk"
    ):
        sc.range(3, numSlices=3).map(lambda i: bytes(3 << 20)).persist(
            StorageLevel.DISK_ONLY
        ).count()
    assert sorted(map(int, sc.textFile(str(committed)).collect())) == list(range(10))
    assert not (tmp_path / "lost" / "_SUCCESS").exists()
    # Nor half a partition, as soon as the failed job's other tasks have ended.
    wait_until(lambda: not [p for p in small_disk.rglob("r*-*") if p.is_file()], "an empty disk")
    assert sc.range(100, numSlices=4).sum() == 4950
    recovery("local disk full", "a clear error; committed output is whole", "-", 0, 0)
