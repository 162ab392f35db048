"""Arguments that cannot work are refused at once, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rayspark import SparkContext
from rayspark.errors import (
    IllegalArgumentException,
    PySparkTypeError,
    PySparkValueError,
    SparkException,
)
from rayspark.scheduler.pools import read_pools

NO_RDD: list[Callable[[Any, Any], Any]] = [
    lambda rdd, other: rdd.union(other),
    lambda rdd, other: rdd.ctx.union([rdd, other]),
    lambda rdd, other: rdd.join(other),
    lambda rdd, other: rdd.leftOuterJoin(other),
    lambda rdd, other: rdd.cogroup(other),
    lambda rdd, other: rdd.groupWith(rdd, other),
    lambda rdd, other: rdd.zip(other),
    lambda rdd, other: rdd.cartesian(other),
    lambda rdd, other: rdd.subtract(other),
    lambda rdd, other: rdd.subtractByKey(other),
    lambda rdd, other: rdd.intersection(other),
]


@pytest.mark.parametrize("call", NO_RDD)
@pytest.mark.parametrize(("other", "kind"), [([1], "list"), (3, "int"), (None, "NoneType")])
def test_what_is_no_rdd_is_named(sc: SparkContext, call: Any, other: Any, kind: str) -> None:
    with pytest.raises(PySparkTypeError, match=f"must be RDD, but is {kind}") as caught:
        call(sc.range(3), other)
    assert caught.value.getCondition() == "NOT_EXPECTED_TYPE"


def test_whether_to_interrupt_is_yes_or_no(sc: SparkContext) -> None:
    with (
        pytest.warns(FutureWarning, match="setJobGroup"),
        pytest.raises(PySparkTypeError, match="`interruptOnCancel` must be bool, but is str"),
    ):
        sc.range(3).collectWithJobGroup("g", "d", interruptOnCancel="x")  # type: ignore[arg-type]
    assert sc.getLocalProperty("spark.jobGroup.id") is None


def test_batch_sizes_that_mean_nothing(sc: SparkContext, tmp_path: Any) -> None:
    with pytest.raises(PySparkValueError, match=r"batchSize must be .* found -5"):
        sc.range(3).saveAsPickleFile(str(tmp_path / "no"), batchSize=-5)
    with pytest.raises(PySparkValueError, match=r"batchSize must be .* found -2"):
        SparkContext(batchSize=-2)
    sc.range(100, numSlices=1).saveAsPickleFile(str(tmp_path / "all"), batchSize=-1)
    assert sc.pickleFile(str(tmp_path / "all")).collect() == list(range(100))


def test_an_output_directory_that_cannot_be_made(sc: SparkContext) -> None:
    with pytest.raises(SparkException, match="Output directory file:/proc/zz cannot be created"):
        sc.range(3).saveAsTextFile("/proc/zz")


def test_an_allocation_file_that_is_not_there() -> None:
    with pytest.raises(IllegalArgumentException, match=r"allocation.file: /no/such.xml cannot"):
        read_pools("/no/such.xml")


def test_a_failure_without_a_line_of_the_user_names_what_the_task_computes(sc: Any) -> None:
    words = sc.parallelize([1, "a"], 2)
    with pytest.raises(SparkException) as caught:
        words.map(len).collect()
    last = str(caught.value).splitlines()[-1]
    assert last.startswith("The task computes: map at ") and "parallelize at " in last
    assert last.count("test_wrong_arguments.py:") == 2
