"""Programs as users write them, on executors that are processes of a real Ray."""

from __future__ import annotations

import operator
import os
import threading
import time

import pytest
from ray_rig import Ledger, await_executors, counts

from rayspark import BarrierTaskContext, TaskContext
from rayspark.errors import SparkException

TEXT = ["to be or not to be", "that is the question", "to sleep perchance to dream"] * 100


def test_word_count(sc):
    words = sc.parallelize(TEXT, 4).flatMap(str.split).map(lambda word: (word, 1))
    found = dict(words.reduceByKey(operator.add, 3).collect())
    expected: dict[str, int] = {}
    for line in TEXT:
        for word in line.split():
            expected[word] = expected.get(word, 0) + 1
    assert found == expected


def test_work_is_done_in_other_processes(sc):
    pids = set(sc.range(8, numSlices=8).map(lambda _: os.getpid()).collect())
    assert os.getpid() not in pids
    assert pids <= {pid for _, pid in await_executors(sc, 2).values()}


def test_joins(sc):
    left = sc.parallelize([(i % 10, f"l{i}") for i in range(40)], 4)
    right = sc.parallelize([(i, f"r{i}") for i in range(5, 15)], 3)
    inner = sorted(left.join(right).collect())
    assert inner == sorted((i % 10, (f"l{i}", f"r{i % 10}")) for i in range(40) if i % 10 >= 5)
    assert left.leftOuterJoin(right).filter(lambda kv: kv[1][1] is None).count() == 20
    assert sorted(left.fullOuterJoin(right).keys().distinct().collect()) == list(range(15))


def test_sort_gives_one_order_over_all_partitions(sc):
    numbers = [(i * 7919) % 5000 for i in range(5000)]
    found = sc.parallelize(numbers, 6).sortBy(lambda x: x, numPartitions=4)
    assert found.collect() == sorted(numbers)


def test_a_cached_rdd_is_computed_once(sc, tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    kept = sc.range(1000, numSlices=4).mapPartitionsWithIndex(ledger.noter("made")).cache()
    before = counts(sc)
    assert [kept.sum() for _ in range(3)] == [499500] * 3
    assert ledger.runs("made") == {0: 1, 1: 1, 2: 1, 3: 1}
    spent = counts(sc) - before
    assert (spent.cache_misses, spent.cache_hits) == (4, 8)
    kept.unpersist(blocking=True)
    assert kept.sum() == 499500
    assert sum(ledger.runs("made").values()) == 8


def test_broadcast_and_accumulator(sc):
    table = sc.broadcast({i: i * i for i in range(1000)})
    misses = sc.accumulator(0)

    def look(key):
        if key not in table.value:
            misses.add(1)
        return table.value.get(key, 0)

    assert sc.range(900, 1100, numSlices=4).map(look).sum() == sum(i * i for i in range(900, 1000))
    assert misses.value == 100


def test_checkpoint_cuts_the_lineage(sc, tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    sc.setCheckpointDir(str(tmp_path / "checkpoints"))
    squares = sc.range(100, numSlices=4).mapPartitionsWithIndex(ledger.noter("made"))
    squares = squares.map(lambda x: x * x)
    squares.checkpoint()
    assert squares.sum() == 328350
    made = sum(ledger.runs("made").values())
    assert squares.isCheckpointed()
    assert squares.sum() == 328350
    assert sum(ledger.runs("made").values()) == made


def test_barrier_tasks_meet(sc):
    def together(records):
        context = BarrierTaskContext.get()
        messages = context.allGather(str(context.partitionId()))
        yield (os.getpid(), messages)

    found = sc.range(2, numSlices=2).barrier().mapPartitions(together).collect()
    assert [messages for _, messages in found] == [["0", "1"], ["0", "1"]]
    assert len({pid for pid, _ in found}) == 2


def test_jobs_from_several_threads_run_at_once(sc):
    sums: dict[int, int] = {}

    def job(number: int) -> None:
        sums[number] = sc.range(1000, numSlices=4).map(lambda x: x * number).sum()

    threads = [threading.Thread(target=job, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sums == {i: 499500 * i for i in range(6)}


def test_an_exception_keeps_the_users_traceback_and_the_context_lives_on(sc):
    def parse_price(text):
        return float(text)

    with pytest.raises(SparkException) as caught:
        sc.parallelize(["1.5", "twelve"], 2).map(parse_price).collect()
    text = str(caught.value)
    assert "could not convert string to float: 'twelve'" in text
    assert "parse_price" in text
    assert "ray::" not in text and "runner.py" not in text
    assert sc.range(3).count() == 3


def test_sys_exit_in_a_task_fails_the_job_only(sc):
    pids = await_executors(sc, 2)
    with pytest.raises(SparkException, match="SystemExit"):
        sc.range(2, numSlices=2).map(lambda _: exit(3)).count()
    assert sc.range(3).count() == 3
    assert await_executors(sc, 2) == pids


def test_an_exception_that_cannot_be_pickled_arrives_as_text(sc):
    def fail(_):
        class Unpicklable(Exception):
            def __init__(self, lock):
                super().__init__("holds a lock")
                self.lock = lock

        raise Unpicklable(threading.Lock())

    with pytest.raises(SparkException, match="holds a lock"):
        sc.range(1, numSlices=1).map(fail).count()
    assert sc.range(3).count() == 3


def test_leaked_threads_and_megabytes_of_print_do_no_harm(sc):
    def careless(records):
        threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
        for _ in range(200):
            print("x" * 10_000)
        return [sum(records)]

    assert sum(sc.range(100, numSlices=4).mapPartitions(careless).collect()) == 4950
    assert sc.range(3).count() == 3


def test_a_driver_side_exception_in_a_local_iterator_leaves_the_context_usable(sc):
    ahead = sc.range(100, numSlices=10).map(lambda x: x + 1)
    for prefetch in (False, True):
        with pytest.raises(KeyError):
            for record in ahead.toLocalIterator(prefetchPartitions=prefetch):
                if record == 25:
                    raise KeyError(record)
        assert list(ahead.toLocalIterator(prefetchPartitions=prefetch)) == list(range(1, 101))


def test_task_context_tells_where_it_runs(sc):
    def describe(_):
        context = TaskContext.get()
        yield context.partitionId(), context.attemptNumber()

    assert sc.range(3, numSlices=3).mapPartitions(describe).collect() == [(0, 0), (1, 0), (2, 0)]
