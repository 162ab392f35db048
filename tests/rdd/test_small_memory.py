"""Whole jobs whose tasks have one megabyte: slower, and the same result."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from rayspark.context import SparkContext
from rayspark.events import SparkListener
from rayspark.executor import memory
from tests.rdd.conftest import start

N = 150_000


class Spills(SparkListener):
    def __init__(self) -> None:
        self.bytes = 0

    def onTaskEnd(self, taskEnd: Any) -> None:
        self.bytes += taskEnd.metrics.disk_bytes_spilled


@pytest.fixture(scope="module")
def small() -> Iterator[SparkContext]:
    # What an earlier test has freed is room that a task may use unseen: let memory seem to grow.
    grown, real = itertools.count(0, 300 << 10), memory.private_bytes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "private_bytes", lambda: real() + next(grown))
        context = start(spark_python_worker_memory="1m")
        yield context
        context.stop()


@pytest.fixture
def spills(small: Any) -> Iterator[None]:
    listener = Spills()
    small.addSparkListener(listener)
    yield
    small.removeSparkListener(listener)
    assert listener.bytes > 0, "nothing was spilled, so nothing was tested"


def test_group_by_key(small: Any, spills: None) -> None:
    pairs = small.parallelize([(f"key {i % 30_000}", f"value {i}") for i in range(N)], 2)
    groups = pairs.groupByKey(1).mapValues(len).collect()
    assert len(groups) == 30_000 and {size for _, size in groups} == {N // 30_000}


def test_a_group_of_one_huge_key_is_read_piece_by_piece(small: Any, spills: None) -> None:
    groups = small.range(N, numSlices=2).map(lambda i: ("the key", f"value {i:06d}")).groupByKey(1)

    def look(values: Any) -> Any:
        ordered = all(a < b for a, b in itertools.pairwise(values))
        return len(values), ordered, sum(map(len, values)), "value 000007" in values.data

    assert groups.mapValues(look).collect() == [("the key", (N, True, 12 * N, True))]


def test_a_huge_group_can_be_taken_elsewhere(small: Any, spills: None) -> None:
    groups = small.range(N, numSlices=2).keyBy(lambda i: i > 0).groupByKey(1).persist()
    assert sorted(groups.mapValues(len).collect()) == [(False, 1), (True, N - 1)]
    assert [list(values) for key, values in groups.collect() if key] == [list(range(1, N))]
    groups.unpersist()


def test_join_of_one_huge_key(small: Any, spills: None) -> None:
    left = small.range(N, numSlices=2).map(lambda i: ("the key", i))
    joined = left.join(small.parallelize([("the key", -1), ("the key", -2)], 1), 1).values()
    assert joined.map(lambda both: both[0] * both[1]).sum() == -3 * sum(range(N))


def test_reduce_by_key(small: Any, spills: None) -> None:
    pairs = small.parallelize([(f"key {i % 100_000}", [i]) for i in range(N)], 2)
    merged = pairs.reduceByKey(lambda a, b: a + b, 1).mapValues(len).values().collect()
    assert Counter(merged) == {1: 50_000, 2: 50_000}


def test_join(small: Any, spills: None) -> None:
    left = small.parallelize([(f"key {i}", i) for i in range(N)], 2)
    right = small.parallelize([(f"key {i}", -i) for i in range(0, N, 3)], 2)
    joined = left.join(right, 1).values().collect()
    assert len(joined) == N // 3 and all(a == -b for a, b in joined)


def test_sort(small: Any, spills: None) -> None:
    words = [f"{i * 7919 % N:06d}" for i in range(N)]
    assert small.parallelize(words, 2).sortBy(lambda word: word, numPartitions=1).collect() == (
        sorted(words)
    )
