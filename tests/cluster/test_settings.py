"""What settings change: each test has a context of its own."""

from __future__ import annotations

import gc
import operator
import threading
import time

import pytest
from ray_rig import OBJECT_STORE, Ledger, await_executors, counts, held, stop, wait_until

from rayspark.errors import SparkException


def test_one_context_after_the_other(spark):
    for _ in range(3):
        sc = spark()
        assert sc.range(10, numSlices=2).sum() == 45
        assert len(await_executors(sc, 2)) == 2
        stop(sc)


def test_collect_above_the_limit_is_refused_before_it_reaches_the_driver(spark):
    sc = spark(spark__driver__maxResultSize="1m")
    fat = sc.range(4, numSlices=4).map(lambda i: bytes(600_000))
    with pytest.raises(SparkException, match=r"spark\.driver\.maxResultSize \(1\.0 MiB\)"):
        fat.collect()
    assert fat.map(len).sum() == 2_400_000


def test_a_copy_of_a_straggler_finishes_first_and_counts_once(spark, tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    sc = spark(
        spark__speculation="true",
        spark__speculation__quantile="0.5",
        spark__speculation__multiplier="1.5",
        spark__ray__fault__slow="point=start,partition=0,attempt=0,action=delay,seconds=15",
    )
    await_executors(sc, 2)
    seen = sc.accumulator(0)

    def count(x):
        seen.add(1)
        return x

    began = time.monotonic()
    slow = sc.range(8, numSlices=8).mapPartitionsWithIndex(ledger.noter("run", 0.1)).map(count)
    assert slow.sum() == 28
    assert time.monotonic() - began < 10
    assert seen.value == 8
    assert ledger.runs("run")[0] == 1
    assert sc._summary.tasks_speculative == 1
    assert counts(sc).recomputed == 0


def test_a_small_job_overtakes_a_large_one_in_a_fair_pool(spark, tmp_path):
    sc = spark(spark__scheduler__mode="FAIR")
    ledger = Ledger(tmp_path / "ledger")
    ended: dict[str, float] = {}

    def job(name: str, tasks: int) -> None:
        sc.setLocalProperty("spark.scheduler.pool", name)
        noted = sc.range(tasks, numSlices=tasks).mapPartitionsWithIndex(ledger.noter(name, 0.1))
        assert noted.count() == tasks
        ended[name] = time.monotonic()

    large = threading.Thread(target=job, args=("large", 30))
    large.start()
    while not ledger.notes("large"):
        time.sleep(0.01)
    job("small", 2)
    done_before = len(ledger.notes("large"))
    large.join(30)
    assert ended["small"] < ended["large"]
    assert done_before < 20


def test_a_shuffle_larger_than_the_object_store_spills(spark):
    sc = spark()
    size, number = 1 << 20, 250
    assert size * number > 2 * OBJECT_STORE
    blobs = sc.range(number, numSlices=10).map(lambda i: (i % 50, bytes([i % 251]) * size))
    found = blobs.partitionBy(10).mapValues(lambda blob: (blob[0], len(blob))).collect()
    assert sorted(found) == sorted((i % 50, (i % 251, size)) for i in range(number))
    assert counts(sc).shuffle_written > 2 * OBJECT_STORE
    assert counts(sc).recomputed == 0


def test_a_reduce_partition_larger_than_its_memory_completes(spark):
    sc = spark(spark__python__worker__memory="30m")
    keys = 150_000
    pairs = sc.range(2 * keys, numSlices=4).map(lambda i: (f"key number {i % keys}", [i]))
    found = pairs.reduceByKey(operator.add, 1)
    assert found.map(lambda kv: len(kv[1])).sum() == 2 * keys
    assert found.count() == keys
    assert counts(sc).spilled > 0


def test_a_program_of_200_iterations_does_not_grow(spark):
    sc = spark()
    data = sc.range(1000, numSlices=2).map(lambda i: (i % 10, bytes(2000)))

    def iterate(times: int) -> None:
        for _ in range(times):
            kept = data.mapValues(len).cache()
            assert kept.reduceByKey(operator.add, 2).values().sum() == 2_000_000
            table = sc.broadcast(bytes(100_000))
            assert kept.map(lambda kv, table=table: len(table.value)).first() == 100_000
            table.destroy()

    iterate(10)
    gc.collect()
    early = held(sc)
    iterate(190)
    gc.collect()
    wait_until(
        lambda: all(now <= then + 4 for now, then in zip(held(sc), early, strict=True)),
        f"what is held to be what was held after 10 iterations, {early}",
        patience=10,
    )
