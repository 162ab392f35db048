"""When jobs run, over which partitions, and what their descriptions say."""

from __future__ import annotations

import inspect
import time
from typing import Any

import pytest

Jobs = list[list[int]]


def fail(*_: Any) -> Any:
    raise AssertionError("must not be called")


def test_transformations_run_nothing(sc: Any, jobs: Jobs) -> None:
    pairs = sc.parallelize([(1, 2)], 2).map(fail).filter(fail).flatMap(fail).mapPartitions(fail)
    pairs = pairs.reduceByKey(fail).join(pairs.groupByKey()).mapValues(fail).partitionBy(3, fail)
    pairs.union(pairs).cartesian(pairs).zip(pairs.cartesian(pairs.union(pairs))).distinct()
    pairs.repartition(4).coalesce(2).sample(False, 0.5).zipWithUniqueId().glom().pipe("no such")
    pairs.repartitionAndSortWithinPartitions(2, fail).toDebugString()
    assert jobs == []


def test_sorting_samples_at_once_and_numbering_counts_at_once(sc: Any, jobs: Jobs) -> None:
    sc.parallelize([3, 1, 2], 3).sortBy(lambda x: x)
    sc.parallelize([3, 1, 2], 3).zipWithIndex()
    assert jobs == [[0, 1, 2], [0, 1]], "the last partition need not be counted"


def test_one_partition_needs_no_job_to_be_sorted_or_numbered(sc: Any, jobs: Jobs) -> None:
    assert sc.parallelize([3, 1, 2], 1).sortBy(lambda x: x).zipWithIndex().collect() == [
        (1, 0),
        (2, 1),
        (3, 2),
    ]
    assert jobs == [[0]]


@pytest.mark.parametrize(
    ("partitions", "records", "wanted", "tasks"),
    [
        (100, 100, 1, [1]),
        (100, 100, 5, [1, 4]),
        (100, 100, 50, [1, 4, 20, 50]),
        (50, 0, 1, [1, 4, 20, 25]),
        (8, 8, 8, [1, 4, 3]),
        (5, 5, 0, []),
        (5, 5, -1, []),
    ],
)
def test_take_scans_as_few_partitions_as_pyspark(
    sc: Any, jobs: Jobs, partitions: int, records: int, wanted: int, tasks: list[int]
) -> None:
    found = sc.parallelize(range(records), partitions).take(wanted)
    assert found == list(range(min(records, max(wanted, 0))))
    assert [len(job) for job in jobs] == tasks


def test_take_reads_no_further_than_it_must(sc: Any) -> None:
    def endless(_: Any) -> Any:
        yield from iter(int, 1)

    assert sc.parallelize([0], 1).mapPartitions(endless).map(lambda x: x + 1).take(3) == [1, 1, 1]


def test_lookup_with_a_partitioner_runs_one_task(sc: Any, jobs: Jobs) -> None:
    pairs = sc.parallelize([(i, i * i) for i in range(10)], 2).partitionBy(5)
    assert pairs.lookup(7) == [49]
    assert jobs == [[2]]


def test_local_iterator_runs_a_job_a_partition_when_it_gets_there(sc: Any, jobs: Jobs) -> None:
    iterator = sc.parallelize(range(6), 3).toLocalIterator()
    assert jobs == []
    assert [next(iterator), next(iterator)] == [0, 1]
    assert jobs == [[0]]
    assert list(iterator) == [2, 3, 4, 5]
    assert jobs == [[0], [1], [2]]


def test_prefetching_iterator_is_one_job_ahead(sc: Any, jobs: Jobs) -> None:
    iterator = sc.parallelize(range(6), 3).toLocalIterator(prefetchPartitions=True)
    assert next(iterator) == 0
    assert jobs == [[0], [1]]
    iterator.close()
    assert jobs == [[0], [1]]


def test_approximate_count_gives_what_is_known_when_the_time_is_over(sc: Any) -> None:
    def slow(split: int, part: Any) -> Any:
        if split >= 2:
            time.sleep(30)
        return part

    counted = sc.parallelize(range(40), 4).mapPartitionsWithIndex(slow)
    began = time.monotonic()
    estimate = counted.map(lambda x: 1).sumApprox(500, 0.9)
    assert time.monotonic() - began < 20
    assert estimate == pytest.approx(40) and estimate.confidence == 0.9
    assert estimate.low < 40 < estimate.high


def test_call_sites_name_the_method_and_the_users_line(sc: Any) -> None:
    line = inspect.currentframe().f_lineno + 1  # type: ignore[union-attr]
    made = sc.parallelize([(1, 2)]).reduceByKey(max)
    assert made._node.call_site == f"reduceByKey at {__file__}:{line}"
    assert repr(made.setName("largest")).startswith("largest ShuffledRDD[")
