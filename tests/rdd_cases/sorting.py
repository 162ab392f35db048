"""Sorting: order, stability, and the bounds that the range partitioner samples."""

from __future__ import annotations

from tests.rdd_cases import Family

case = Family("sorting")

TMP = [("a", 1), ("b", 2), ("1", 3), ("d", 4), ("2", 5)]

case("sort_by_key", lambda ps, sc, tmp: sc.parallelize(TMP, 2).sortByKey().collect())
case(
    "sort_by_key_one",
    lambda ps, sc, tmp: sc.parallelize(TMP, 3).sortByKey(True, 1).glom().collect(),
)
case(
    "sort_by_key_two",
    lambda ps, sc, tmp: sc.parallelize(TMP, 3).sortByKey(True, 2).glom().collect(),
)
case(
    "sort_by_key_down",
    lambda ps, sc, tmp: (
        sc.parallelize([(i * 7 % 10, i) for i in range(10)], 2).sortByKey(False, 3).glom().collect()
    ),
)
for n in (1, 2, 3, 5, 8):
    case(
        f"sort_by_key_layout_{n}",
        lambda ps, sc, tmp, n=n: (
            sc.range(60, numSlices=4)
            .map(lambda x: (x * 37 % 60, x))
            .sortByKey(True, n)
            .keys()
            .glom()
            .collect()
        ),
    )
    case(
        f"sort_by_down_sizes_{n}",
        lambda ps, sc, tmp, n=n: (
            sc.range(2000, numSlices=3).sortBy(lambda x: -x, True, n).glom().map(len).collect()
        ),
    )
case(
    "sort_by_key_duplicates",
    lambda ps, sc, tmp: (
        sc.range(20, numSlices=4).map(lambda i: (i % 5, i)).sortByKey().glom().collect()
    ),
)
case(
    "sort_by_key_one_key",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, i) for i in range(4)], 2).sortByKey(True, 4).glom().collect()
    ),
)
case(
    "sort_by_key_fewer_keys_than_partitions",
    lambda ps, sc, tmp: sc.parallelize([(3, 0), (1, 0)], 2).sortByKey(True, 5).glom().collect(),
)
case(
    "sort_by_key_keyfunc",
    lambda ps, sc, tmp: (
        sc.parallelize([(c, i) for i, c in enumerate("MaryHadALittleLamb")], 1)
        .sortByKey(True, 1, keyfunc=str.lower)
        .collect()
    ),
)
case(
    "sort_by_key_stable",
    lambda ps, sc, tmp: (
        sc.parallelize([(i % 2, i) for i in range(10)], 3).sortByKey(True, 1).collect(),
        sc.parallelize([(i % 2, i) for i in range(10)], 3).sortByKey(False, 1).collect(),
    ),
)
case(
    "sort_by_key_partitions",
    lambda ps, sc, tmp: (
        sc.parallelize(TMP, 3).sortByKey().getNumPartitions(),
        sc.parallelize([], 3).sortByKey(numPartitions=7).getNumPartitions(),
    ),
)
case(
    "sort_by_key_zero_partitions",
    lambda ps, sc, tmp: sc.parallelize(TMP, 2).sortByKey(True, 0).collect(),
)
case(
    "sort_by_key_floats",
    lambda ps, sc, tmp: (
        sc.parallelize([(x, 0) for x in [2.5, -1.0, 1e300, float("-inf"), 0.0]], 2)
        .sortByKey()
        .keys()
        .collect()
    ),
)
case(
    "sort_by_key_tuples",
    lambda ps, sc, tmp: (
        sc.parallelize([((b, a), 0) for a in range(3) for b in "xy"], 2)
        .sortByKey()
        .keys()
        .collect()
    ),
)
case(
    "sort_by",
    lambda ps, sc, tmp: (
        sc.parallelize(TMP, 2).sortBy(lambda x: x[0]).collect(),
        sc.parallelize(TMP, 2).sortBy(lambda x: x[1], ascending=False).collect(),
    ),
)
case(
    "sort_by_layout",
    lambda ps, sc, tmp: (
        sc.range(50, numSlices=3).sortBy(lambda x: x % 10, numPartitions=4).glom().collect()
    ),
)
case(
    "sort_by_unicode",
    lambda ps, sc, tmp: (
        sc.parallelize(["é", "z", "a", "😀", "Z", ""], 2).sortBy(lambda x: x).collect()
    ),
)
case(
    "sort_by_none",
    lambda ps, sc, tmp: sc.parallelize([3, None, 2], 2).sortBy(lambda x: x).collect(),
)
case(
    "sort_by_none_one_partition",
    lambda ps, sc, tmp: (
        sc.parallelize([3, None, 2], 2).sortBy(lambda x: x, numPartitions=1).collect()
    ),
)
case(
    "sort_by_mixed",
    lambda ps, sc, tmp: sc.parallelize([3, "a", 2], 2).sortBy(lambda x: x).collect(),
)
case(
    "sort_by_error_in_key",
    lambda ps, sc, tmp: sc.parallelize([0, 1], 2).sortBy(lambda x: 1 / x).collect(),
)
case(
    "sort_large",
    lambda ps, sc, tmp: (
        lambda r: (r.take(3), r.zipWithIndex().filter(lambda p: p[0] != p[1]).count())
    )(sc.range(10007, numSlices=4).map(lambda x: x * 5003 % 10007).sortBy(lambda x: x)),
)
case(
    "sort_then_take",
    lambda ps, sc, tmp: (
        sc.range(100, numSlices=4).sortBy(lambda x: -x).take(5),
        sc.range(9).sortBy(lambda x: -x).first(),
    ),
)
case(
    "sort_bool",
    lambda ps, sc, tmp: sc.parallelize([True, False, True], 2).sortBy(lambda x: x).collect(),
)
case(
    "sort_within_partitions",
    lambda ps, sc, tmp: (
        sc.parallelize([(0, 5), (3, 8), (2, 6), (0, 8), (3, 8), (1, 3)], 2)
        .repartitionAndSortWithinPartitions(2, lambda x: x % 2, True)
        .glom()
        .collect()
    ),
)
case(
    "sort_within_partitions_down",
    lambda ps, sc, tmp: (
        sc.parallelize([(i % 4, -i) for i in range(9)], 2)
        .repartitionAndSortWithinPartitions(2, lambda k: k, False)
        .glom()
        .collect()
    ),
)
case(
    "sort_within_partitions_keyfunc",
    lambda ps, sc, tmp: (
        sc.parallelize([(i, i) for i in range(9)], 3)
        .repartitionAndSortWithinPartitions(2, keyfunc=lambda k: -k)
        .glom()
        .collect()
    ),
)
case(
    "sort_within_partitions_default",
    lambda ps, sc, tmp: (
        sc.parallelize([(i, i) for i in range(9, 0, -1)], 3)
        .repartitionAndSortWithinPartitions()
        .glom()
        .collect()
    ),
)
