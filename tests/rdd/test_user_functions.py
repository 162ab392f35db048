"""What happens with the functions users give: StopIteration, state, errors of programs."""

from __future__ import annotations

import operator
from typing import Any

import pytest

from rayspark.errors import PySparkRuntimeError, SparkException


def stop(*_: Any) -> Any:
    raise StopIteration("too early")


@pytest.mark.parametrize(
    "act",
    [
        lambda rdd: rdd.map(stop).collect(),
        lambda rdd: rdd.filter(stop).count(),
        lambda rdd: rdd.flatMap(stop).collect(),
        lambda rdd: rdd.keyBy(stop).mapValues(str).collect(),
        lambda rdd: rdd.foreach(stop),
        lambda rdd: rdd.reduce(stop),
        lambda rdd: rdd.aggregate(0, stop, operator.add),
        lambda rdd: rdd.map(lambda x: (1, x)).reduceByKeyLocally(stop),
        lambda rdd: rdd.map(lambda x: (1, x)).partitionBy(1).reduceByKey(stop, 1).collect(),
    ],
)
def test_stop_iteration_in_a_task_fails_the_job(sc: Any, act: Any) -> None:
    with pytest.raises(SparkException, match="STOP_ITERATION_OCCURRED") as caught:
        act(sc.parallelize(range(4), 2))
    assert isinstance(caught.value.__cause__, PySparkRuntimeError)


def test_stop_iteration_on_the_driver_is_an_error(sc: Any) -> None:
    with pytest.raises(PySparkRuntimeError, match="STOP_ITERATION_OCCURRED"):
        sc.parallelize([1, 2], 2).reduce(stop)


def test_a_mutable_zero_is_fresh_in_every_task(sc: Any) -> None:
    def append(into: list[int], x: int) -> list[int]:
        into.append(x)
        return into

    def extend(left: list[int], right: list[int]) -> list[int]:
        left.extend(right)
        return left

    numbers = sc.parallelize(range(8), 8)
    for _ in range(2):
        assert numbers.aggregate([], append, extend) == list(range(8))
        assert sorted(numbers.treeAggregate([], append, extend)) == list(range(8))
    grouped = numbers.keyBy(lambda x: x % 2).aggregateByKey([], append, extend)
    assert sorted((k, sorted(v)) for k, v in grouped.collect()) == [
        (0, [0, 2, 4, 6]),
        (1, [1, 3, 5, 7]),
    ]


def test_map_partitions_must_return_an_iterable(sc: Any) -> None:
    def nothing(part: Any) -> None:
        return None

    with pytest.raises(SparkException, match="'nothing' returned NoneType"):
        sc.parallelize([1]).mapPartitions(nothing).collect()


def test_pairs_may_be_any_sequence_of_two(sc: Any) -> None:
    rdd = sc.parallelize([[1, 2], (1, 3), "ab"], 2)
    assert sorted(rdd.partitionBy(2).collect(), key=str) == [("a", "b"), (1, 2), (1, 3)]
    assert rdd.filter(lambda r: r != "ab").mapValues(str).collect() == [(1, "2"), (1, "3")]


@pytest.mark.parametrize(
    "act",
    [
        lambda rdd: rdd.reduceByKey(operator.add),
        lambda rdd: rdd.map(str).map(int).reduceByKey(operator.add),
        lambda rdd: rdd.mapValues(str),
        lambda rdd: rdd.groupByKey(),
        lambda rdd: rdd.groupByKey(1),
        lambda rdd: rdd.partitionBy(2),
        lambda rdd: rdd.join(rdd.map(lambda x: (x, x))),
    ],
)
def test_a_record_that_is_no_pair_is_shown(sc: Any, act: Any) -> None:
    with pytest.raises(SparkException, match="found 57 of type int"):
        act(sc.parallelize([57, 57], 2)).collect()


@pytest.mark.parametrize("partitions", [1, 2])
def test_a_record_of_three_is_no_pair(sc: Any, partitions: int) -> None:
    rdd = sc.parallelize([(1, 2, 3)], 1)
    with pytest.raises(SparkException, match=r"found \(1, 2, 3\) of type tuple") as caught:
        rdd.groupByKey(partitions).collect()
    assert isinstance(caught.value.__cause__, ValueError)


def test_an_error_of_the_users_merge_stays_itself(sc: Any) -> None:
    with pytest.raises(SparkException, match="unsupported operand"):
        sc.parallelize([(1, 1), (1, None)], 1).reduceByKey(lambda a, b: a + b).collect()


@pytest.mark.parametrize("answer", ["east", None, (1,)])
def test_a_partition_function_that_returns_no_int_is_shown(sc: Any, answer: Any) -> None:
    with pytest.raises(SparkException, match="for key 7: it must return an int") as caught:
        sc.parallelize([(7, 1)], 1).partitionBy(2, lambda key: answer).collect()
    assert f"returned {answer!r} of type" in str(caught.value)


def test_zip_of_uneven_partitions_fails_and_says_where(sc: Any) -> None:
    left, right = sc.parallelize(range(6), 2), sc.parallelize(range(6), 2).filter(lambda x: x != 4)
    with pytest.raises(SparkException, match="in partition 1 argument 2 is shorter"):
        left.zip(right).collect()
    with pytest.raises(ValueError, match="same number of partitions"):
        left.zip(sc.parallelize(range(6), 3))


def test_pipe_takes_the_environment_and_the_exit_code(sc: Any) -> None:
    one = sc.parallelize(["x"], 1)
    assert one.pipe("/usr/bin/env", {"COLOUR": "red"}).collect() == ["COLOUR=red"]
    assert one.pipe("/bin/false").collect() == []
    with pytest.raises(SparkException, match="PIPE_FUNCTION_EXITED"):
        one.pipe("/bin/false", checkCode=True).collect()
    with pytest.raises(SparkException, match="FileNotFoundError"):
        one.pipe("/no/such/program").collect()


def test_pipe_feeds_and_reads_at_the_same_time(sc: Any) -> None:
    line = "x" * 100
    many = sc.parallelize(range(1), 1).flatMap(lambda _: (line for _ in range(20_000)))
    assert many.pipe("/bin/cat").count() == 20_000
    assert many.pipe("/usr/bin/head -n 2").collect() == [line, line]


def test_an_error_while_feeding_a_pipe_is_the_tasks_error(sc: Any) -> None:
    with pytest.raises(SparkException, match="ZeroDivisionError"):
        sc.parallelize([1, 0], 1).map(lambda x: 1 // x).pipe("/bin/cat").collect()


def test_what_needs_java_names_the_alternative(sc: Any) -> None:
    pairs = sc.parallelize([(1, 2)])
    for refused in (
        lambda: pairs.saveAsSequenceFile("x"),
        lambda: pairs.saveAsHadoopDataset({}),
        lambda: pairs.saveAsNewAPIHadoopFile("x", "format"),
    ):
        with pytest.raises(NotImplementedError, match="saveAsTextFile or saveAsPickleFile"):
            refused()
    with pytest.raises(PySparkRuntimeError, match="CALL_BEFORE_INITIALIZE"):
        pairs.toDF()
