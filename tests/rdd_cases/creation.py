"""``parallelize``, ``range``, ``emptyRDD`` and ``union``: which element lands where."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tests.rdd_cases import Family

case = Family("creation")


def glom(data: Any, slices: Any) -> Any:
    return lambda ps, sc, tmp: sc.parallelize(data, slices).glom().collect()


for size, slices in [
    (0, 1),
    (0, 3),
    (1, 1),
    (1, 4),
    (2, 2),
    (3, 2),
    (3, 5),
    (5, 1),
    (7, 2),
    (8, 3),
    (10, 3),
    (10, 4),
    (13, 5),
    (16, 16),
    (20, 6),
    (25, 4),
    (31, 7),
]:
    case(f"list_{size}_in_{slices}", glom(list(range(size)), slices))
    case(f"range_{size}_in_{slices}", glom(range(size), slices))

for size, slices in [(1024, 1), (1025, 1), (2048, 2), (2500, 2), (5000, 3), (10001, 4), (3000, 1)]:
    case(
        f"sizes_list_{size}_in_{slices}",
        lambda ps, sc, tmp, size=size, slices=slices: (
            sc.parallelize(list(range(size)), slices).glom().map(len).collect()
        ),
    )
    case(
        f"sizes_range_{size}_in_{slices}",
        lambda ps, sc, tmp, size=size, slices=slices: (
            sc.parallelize(range(size), slices).glom().map(len).collect()
        ),
    )

case("range_backwards", glom(range(10, 0, -3), 2))
case("range_step", glom(range(3, 50, 7), 3))
case("range_one_element", glom(range(5, 6), 3))
case("range_huge", glom(range(2**62, 2**62 + 5), 2))
case("range_negative", glom(range(-5, 5), 4))
case("tuple", glom((1, 2, 3), 2))
case("string", glom("abcdef", 4))
case("bytes", glom(b"abcde", 2))
case("bytearray", glom(bytearray(b"abc"), 2))
case("dict_keys", glom({3: "a", 1: "b", 2: "c"}, 2))
case("dict_items", glom({3: "a", 1: "b"}.items(), 2))
case("numpy_ints", glom(np.arange(5), 2))
case("numpy_floats", glom(np.array([1.5, 2.5, float("nan")]), 2))
case("numpy_rows", glom(np.arange(6).reshape(3, 2), 2))
case("mixed_types", glom([1, "a", None, 2.5, (1, 2), [3], {"k": 1}, b"x", True, 1j], 3))
case("nested", glom([[1, [2, (3, {"a": [4]})]], [], ()], 2))
case("unicode", glom(["é", "日本", "😀", "\ud7ff", "a\u0000b", ""], 2))
case("special_floats", glom([float("inf"), float("-inf"), float("nan"), -0.0, 1e308, 5e-324], 2))
case("big_ints", glom([2**31, 2**63, -(2**63) - 1, 10**40], 2))
case("sets", glom([{1, 2}, frozenset([3])], 1))
case("set", lambda ps, sc, tmp: sorted(sc.parallelize({3, 1, 2}, 2).collect()))
case("generator", lambda ps, sc, tmp: sc.parallelize((x for x in range(5)), 2).glom().collect())
case("iterator", lambda ps, sc, tmp: sc.parallelize(iter([1, 2, 3]), 2).glom().collect())
case("map_object", lambda ps, sc, tmp: sc.parallelize(map(str, [1, 2, 3]), 2).glom().collect())
case("default_slices", lambda ps, sc, tmp: sc.parallelize([1, 2, 3]).getNumPartitions())
case("slices_as_float", glom([1, 2, 3, 4], 2.7))
case("slices_as_text", glom([1, 2, 3, 4], "2"))
case("slices_zero", glom([1], 0))
case("slices_zero_range", glom(range(3), 0))
case("slices_negative", glom([1], -1))
case("slices_nonsense", glom([1], "x"))
case("not_iterable", glom(5, 2))
case("none", glom(None, 2))
case(
    "source_is_copied",
    lambda ps, sc, tmp: (lambda d: (sc.parallelize(d, 2), d.append(4))[0])([1, 2, 3]).collect(),
)
case(
    "elements_are_copies",
    lambda ps, sc, tmp: (
        lambda d: (sc.parallelize(d, 1).map(lambda x: x.append(9) or x).collect(), d)
    )([[1]]),
)

case("sc_range", lambda ps, sc, tmp: sc.range(10).glom().collect())
case("sc_range_start_end", lambda ps, sc, tmp: sc.range(3, 9).glom().collect())
case("sc_range_step", lambda ps, sc, tmp: sc.range(1, 10, 3, 2).glom().collect())
case("sc_range_down", lambda ps, sc, tmp: sc.range(10, 1, -3, 2).glom().collect())
case("sc_range_slices", lambda ps, sc, tmp: sc.range(5, numSlices=4).glom().collect())
case("sc_range_empty", lambda ps, sc, tmp: sc.range(5, 5).glom().collect())
case("sc_range_step_zero", lambda ps, sc, tmp: sc.range(1, 5, 0).collect())
case("sc_range_negative_end", lambda ps, sc, tmp: sc.range(-3).glom().collect())

case(
    "empty_rdd",
    lambda ps, sc, tmp: (
        sc.emptyRDD().getNumPartitions(),
        sc.emptyRDD().collect(),
        sc.emptyRDD().glom().collect(),
    ),
)
case(
    "union_two",
    lambda ps, sc, tmp: sc.parallelize([1, 2], 2).union(sc.parallelize([3], 1)).glom().collect(),
)
case(
    "union_plus",
    lambda ps, sc, tmp: (sc.parallelize([1, 2], 2) + sc.parallelize(["a"], 1)).glom().collect(),
)
case(
    "union_self",
    lambda ps, sc, tmp: (lambda r: r.union(r).glom().collect())(sc.parallelize([1, 2, 3], 2)),
)
case(
    "union_many",
    lambda ps, sc, tmp: sc.union([sc.parallelize([i, i], 1) for i in range(5)]).glom().collect(),
)
case("union_one", lambda ps, sc, tmp: sc.union([sc.parallelize([1], 2)]).glom().collect())
case("union_none", lambda ps, sc, tmp: sc.union([]).collect())
case(
    "union_with_empty",
    lambda ps, sc, tmp: sc.parallelize([1, 2], 2).union(sc.emptyRDD()).glom().collect(),
)
case(
    "union_mapped_and_source",
    lambda ps, sc, tmp: (
        sc.parallelize([1, 2], 2).map(str).union(sc.parallelize([3], 1)).glom().collect()
    ),
)
case(
    "union_deep",
    lambda ps, sc, tmp: (
        __import__("functools")
        .reduce(lambda a, b: a.union(b), [sc.parallelize([i], 1) for i in range(20)])
        .collect()
    ),
)
case("add_not_rdd", lambda ps, sc, tmp: operator.add(sc.parallelize([1]), [1]))
case("union_of_ranges", lambda ps, sc, tmp: sc.range(3).union(sc.range(4, 6)).glom().collect())
case(
    "default_parallelism_conf",
    lambda ps, sc, tmp: (
        sc.defaultParallelism,
        sc.defaultMinPartitions,
        sc.parallelize(range(7)).glom().collect(),
    ),
    spark_default_parallelism="5",
)
