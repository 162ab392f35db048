"""Statistics and histograms."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.rdd_cases import Family

case = Family("numeric")

NAN, INF = float("nan"), float("inf")

for name, data in {
    "ints": [1, 2, 3, 4],
    "one": [5],
    "floats": [1.5, -2.5, 1e10, 3.25],
    "same": [2.0] * 7,
    "bools": [True, False, True],
    "inf": [1.0, INF],
    "nan": [1.0, NAN, 2.0],
    "numpy": [np.float64(1.5), np.float64(2.5)],
    "big": [10**20, 10**20 + 1],
}.items():
    for slices in (1, 3):
        case(
            f"stats_{name}_{slices}",
            lambda ps, sc, tmp, data=data, slices=slices: sc.parallelize(data, slices).stats(),
        )
    for call in ("mean", "variance", "stdev", "sampleVariance", "sampleStdev", "sum", "max", "min"):
        case(
            f"{call}_{name}",
            lambda ps, sc, tmp, data=data, call=call: getattr(sc.parallelize(data, 2), call)(),
        )

case(
    "stats_arrays",
    lambda ps, sc, tmp: (lambda s: (s.count(), s.mean(), s.variance(), s.max(), s.min()))(
        sc.parallelize([np.array([1.0, 2.0]), np.array([3.0, 6.0])], 2).stats()
    ),
)
case(
    "stats_uneven_merge",
    lambda ps, sc, tmp: (
        sc.range(1000, numSlices=7).filter(lambda x: x > 130).map(lambda x: x / 7).stats()
    ),
)
case(
    "stat_counter_as_dict",
    lambda ps, sc, tmp: (lambda s: (s.asDict(), s.asDict(sample=True), repr(s)))(
        sc.parallelize([1, 2, 3, 4], 2).stats()
    ),
)
case(
    "stat_counter_types",
    lambda ps, sc, tmp: (
        lambda s: [
            type(x)
            for x in (s.count(), s.mean(), s.sum(), s.min(), s.max(), s.stdev(), s.variance())
        ]
    )(sc.parallelize([1, 2], 2).stats()),
)
case("mean_of_strings", lambda ps, sc, tmp: sc.parallelize(["a"]).mean())
case("sum_of_strings", lambda ps, sc, tmp: sc.parallelize(["a"]).sum())
case("sum_arrays", lambda ps, sc, tmp: sc.parallelize([np.arange(3), np.arange(3)], 2).sum())


def histogram(data: Any, buckets: Any) -> Any:
    return lambda ps, sc, tmp: sc.parallelize(data, 2).histogram(buckets)


for name, data, buckets in [
    ("two", range(51), 2),
    ("five", range(51), 5),
    ("bounds", range(51), [0, 25, 50]),
    ("bounds_tuple", range(51), (0, 25, 50)),
    ("uneven", range(51), [0, 15, 30, 45, 60]),
    ("one_bucket", [1, 2, 3], 1),
    ("one_interval", [1, 2, 3], [0, 5]),
    ("same", [1, 1, 1], 3),
    ("none_and_nan", [1.0, None, NAN, 3.0], 2),
    ("out_of_range", [0, 1, 2, 5, 10, 11, -1], [0, 2, 10]),
    ("last_bucket_closed", [0, 5, 10], [0, 5, 10]),
    ("bool", [True, 2.5], 2),
    ("floats", [0.1, 0.2, 0.7], 3),
    ("thirds", range(10), 3),
    ("strings", ["ab", "ac", "b", "bd", "ef"], ("a", "b", "c")),
    ("negative", range(-5, 6), 2),
    ("big", [0, 10**18], 4),
    ("true_as_count", [1, 2], True),
    ("count_zero", [1, 2], 0),
    ("single_bound", [1, 2], [1]),
    ("unsorted", [1, 2], [2, 1]),
    ("doubled", [1, 2], [1, 1]),
    ("none_bound", [1, 2], [None, 1]),
    ("nan_bound", [1, 2], [0, NAN]),
    ("text_buckets", [1, 2], "ab"),
    ("float_buckets", [1, 2], 2.5),
    ("strings_count", ["a", "b"], 2),
    ("inf", [1.0, INF], 2),
    ("inf_bounds", [1.0, 2.0, INF], [0.0, 1.5, INF]),
    ("empty_bounds", [1], []),
    ("only_none", [None], 2),
]:
    case(f"histogram_{name}", histogram(data, buckets))
