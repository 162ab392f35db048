from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.statcounter import StatCounter

NAN, INF = math.nan, math.inf

# Count, mean, sum, min, max, sample stdev and variance, stdev and variance; from PySpark 4.3.0
OF_PYSPARK = {
    "ints": (
        [1, 2, 3, 4],
        (4, 2.5, 10.0, 1.0, 4.0, 1.2909944487358056, 1.6666666666666667, 1.118033988749895, 1.25),
    ),
    "one": ([7.5], (1, 7.5, 7.5, 7.5, 7.5, NAN, NAN, 0.0, 0.0)),
    "none": ([], (0, 0.0, 0.0, INF, -INF, NAN, NAN, NAN, NAN)),
    "negative": (
        [-1.5, 0, 2.25, -8],
        (4, -1.8125, -7.25, -8.0, 2.25, 4.403478738452134, 19.390625, 3.8135244525242, 14.54296875),
    ),
    "nan": ([1.0, NAN, 3.0], (3, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN)),
    "infinite": ([1.0, INF], (2, INF, INF, 1.0, INF, NAN, NAN, NAN, NAN)),
    "large": (
        [1e9 + x for x in range(20)],
        (
            20,
            1000000009.5,
            20000000190.0,
            1000000000.0,
            1000000019.0,
            5.916079783099616,
            35.0,
            5.766281297335398,
            33.25,
        ),
    ),
}


@pytest.mark.parametrize("case", OF_PYSPARK)
def test_statistics_are_pysparks(case: str) -> None:
    values, expected = OF_PYSPARK[case]
    counter = StatCounter(values)
    names = ("count", "mean", "sum", "min", "max", "stdev", "variance")
    sample = dict(zip(names, expected[:7], strict=True))
    population = sample | {"stdev": expected[7], "variance": expected[8]}
    # asDict(sample=True) gives the population's figures: PySpark's way.
    assert counter.asDict() == pytest.approx(sample, rel=0, abs=0, nan_ok=True)
    assert counter.asDict(sample=True) == pytest.approx(population, rel=0, abs=0, nan_ok=True)


def test_it_prints_as_in_pyspark() -> None:
    assert (
        str(StatCounter([1, 2, 3, 4]))
        == "(count: 4, mean: 2.5, stdev: 1.118033988749895, max: 4.0, min: 1.0)"
    )
    assert str(StatCounter()) == "(count: 0, mean: 0.0, stdev: nan, max: -inf, min: inf)"


@pytest.mark.parametrize(
    ("left", "right", "mean", "stdev"),
    [  # from PySpark 4.3.0
        (1, 1, 1.0, 1.0),
        (100, 3, 33.66116504854373, 20.712953749081596),
        (3, 100, -60.51359223300963, 38.4655666180963),
        (0, 5, -0.6000000000000001, 1.838477631085024),
        (5, 0, 1.4, 0.9899494936611664),
    ],
)
def test_merged_counters_are_pysparks(left: int, right: int, mean: float, stdev: float) -> None:
    counter = StatCounter([x * 0.7 for x in range(left)])
    counter.mergeStats(StatCounter([x * -1.3 + 2 for x in range(right)]))
    assert counter.count() == left + right
    assert counter.mean() == mean
    assert counter.stdev() == pytest.approx(stdev, rel=1e-14)


def test_a_counter_merged_with_itself_counts_twice() -> None:
    counter = StatCounter([1.0, 2.0, 5.0])
    assert counter.mergeStats(counter) is counter
    assert counter.count() == 6
    assert counter.mean() == 2.6666666666666665
    assert counter.variance() == 2.888888888888889


def test_arrays_give_arrays() -> None:
    counter = StatCounter([np.array([1.0, 5.0]), np.array([3.0, 2.0])])
    assert counter.max().tolist() == [3.0, 5.0]  # type: ignore[attr-defined]
    assert counter.min().tolist() == [1.0, 2.0]  # type: ignore[attr-defined]
    assert counter.stdev().tolist() == [1.0, 1.5]  # type: ignore[attr-defined]


def test_only_counters_are_merged() -> None:
    with pytest.raises(TypeError, match="Can only merge StatCounter but got <class 'int'>"):
        StatCounter().mergeStats(3)  # type: ignore[arg-type]


def test_a_copy_is_independent_and_pickles() -> None:
    counter = StatCounter([1.0])
    copy = pickle.loads(pickle.dumps(counter.copy()))
    copy.merge(3.0)
    assert (counter.count(), copy.count(), copy.mean()) == (1, 2, 2.0)


numbers = st.lists(st.floats(-1e6, 1e6), max_size=30)


@given(numbers, numbers)
def test_merging_parts_equals_counting_the_whole(left: list[float], right: list[float]) -> None:
    whole = StatCounter(left + right).asDict(sample=True)
    parts = StatCounter(left).mergeStats(StatCounter(right)).asDict(sample=True)
    assert parts == pytest.approx(whole, rel=1e-6, abs=1e-3, nan_ok=True)
