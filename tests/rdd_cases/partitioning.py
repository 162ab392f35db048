"""``partitionBy``, ``coalesce`` and ``repartition``: where every element goes."""

from __future__ import annotations

from tests.rdd_cases import Family

case = Family("partitioning")

for n, m in [(10, 3), (10, 4), (7, 2), (5, 5), (5, 8), (4, 1), (9, 4), (16, 5), (3, 2), (1, 1)]:
    case(
        f"coalesce_{n}_to_{m}",
        lambda ps, sc, tmp, n=n, m=m: sc.range(n, numSlices=n).coalesce(m).glom().collect(),
    )
for size, n, m in [
    (10, 10, 3),
    (10, 1, 3),
    (25, 1, 3),
    (25, 2, 4),
    (100, 2, 3),
    (6, 6, 2),
    (100, 4, 2),
    (3, 1, 5),
    (50, 3, 7),
    (64, 8, 16),
    (0, 2, 3),
    (200, 2, 1),
]:
    case(
        f"repartition_{size}_of_{n}_to_{m}",
        lambda ps, sc, tmp, size=size, n=n, m=m: (
            sc.range(size, numSlices=n).repartition(m).glom().collect()
        ),
    )
case(
    "coalesce_with_shuffle",
    lambda ps, sc, tmp: sc.range(10, numSlices=10).coalesce(3, shuffle=True).glom().collect(),
)
case(
    "coalesce_up_with_shuffle",
    lambda ps, sc, tmp: sc.parallelize([1, 2, 3], 1).coalesce(4, True).getNumPartitions(),
)
for m in (0, -1):
    case(f"coalesce_to_{m}", lambda ps, sc, tmp, m=m: sc.range(3).coalesce(m))
    case(f"repartition_to_{m}", lambda ps, sc, tmp, m=m: sc.range(3).repartition(m))
case(
    "coalesce_of_coalesce",
    lambda ps, sc, tmp: sc.range(12, numSlices=12).coalesce(5).coalesce(2).glom().collect(),
)
case(
    "coalesce_of_union",
    lambda ps, sc, tmp: (
        sc.range(4, numSlices=4).union(sc.range(3, numSlices=3)).coalesce(3).glom().collect()
    ),
)
case(
    "coalesce_after_shuffle",
    lambda ps, sc, tmp: (
        sc.range(8).map(lambda x: (x, x)).partitionBy(8).coalesce(3).keys().glom().collect()
    ),
)
case(
    "repartition_keeps_all",
    lambda ps, sc, tmp: (
        sorted(sc.range(1000, numSlices=3).repartition(5).collect()) == list(range(1000))
    ),
)
case(
    "repartition_sizes",
    lambda ps, sc, tmp: sc.range(1000, numSlices=3).repartition(5).glom().map(len).collect(),
)

for n in (1, 2, 3, 7):
    case(
        f"partition_by_ints_{n}",
        lambda ps, sc, tmp, n=n: (
            sc.parallelize([(i, None) for i in range(-6, 12)], 3)
            .partitionBy(n)
            .keys()
            .glom()
            .collect()
        ),
    )
case(
    "partition_by_numbers",
    lambda ps, sc, tmp: (
        sc.parallelize(
            [
                (k, 0)
                for k in [
                    -3,
                    -2,
                    -1,
                    0,
                    10**20,
                    2**61 - 1,
                    2**61,
                    -(2**61),
                    True,
                    False,
                    None,
                    1.5,
                    -1.5,
                    2.0,
                    float("inf"),
                    0.1,
                    1e18,
                    3j,
                ]
            ],
            2,
        )
        .partitionBy(4)
        .keys()
        .glom()
        .collect()
    ),
)
case(
    "partition_by_tuples",
    lambda ps, sc, tmp: (
        sc.parallelize(
            [
                (k, 0)
                for k in [
                    (),
                    (1,),
                    (1, 2),
                    (2, 1),
                    (None,),
                    (None, None),
                    ((1, 2), 3),
                    (1.5, True),
                    (-1, -2),
                    (10**30,),
                ]
            ],
            2,
        )
        .partitionBy(5)
        .keys()
        .glom()
        .collect()
    ),
)
case(
    "partition_by_frozenset",
    lambda ps, sc, tmp: (
        sc.parallelize([(frozenset([i]), i) for i in range(6)], 2)
        .partitionBy(3)
        .values()
        .glom()
        .collect()
    ),
)
case(
    "partition_by_strings_consistent",
    lambda ps, sc, tmp: (
        lambda r: (
            r.getNumPartitions(),
            sorted(r.collect()),
            sum(len(set(p)) for p in r.keys().glom().collect()),
        )
    )(sc.parallelize([(c, 1) for c in "abcabcabc"], 3).partitionBy(4)),
)
case(
    "partition_by_custom",
    lambda ps, sc, tmp: (
        sc.range(6).map(lambda x: (x, x)).partitionBy(3, lambda k: k // 2).glom().collect()
    ),
)
case(
    "partition_by_custom_negative",
    lambda ps, sc, tmp: (
        sc.range(6).map(lambda x: (x, x)).partitionBy(3, lambda k: -k).keys().glom().collect()
    ),
)
case(
    "partition_by_custom_huge",
    lambda ps, sc, tmp: (
        sc.range(6)
        .map(lambda x: (x, x))
        .partitionBy(3, lambda k: k * 10**30)
        .keys()
        .glom()
        .collect()
    ),
)
case(
    "partition_by_custom_bool",
    lambda ps, sc, tmp: (
        sc.range(6).map(lambda x: (x, x)).partitionBy(2, lambda k: k > 3).keys().glom().collect()
    ),
)
case(
    "partition_by_custom_float",
    lambda ps, sc, tmp: sc.range(6).map(lambda x: (x, x)).partitionBy(2, lambda k: k / 2).collect(),
)
case(
    "partition_by_custom_text",
    lambda ps, sc, tmp: sc.range(6).map(lambda x: (x, x)).partitionBy(2, lambda k: "a").collect(),
)
case(
    "partition_by_custom_raises",
    lambda ps, sc, tmp: (
        sc.range(6).map(lambda x: (x, x)).partitionBy(2, lambda k: 1 // k).collect()
    ),
)
case(
    "partition_by_unhashable",
    lambda ps, sc, tmp: sc.parallelize([([1], 1)]).partitionBy(2).collect(),
)
case("partition_by_not_pairs", lambda ps, sc, tmp: sc.range(3).partitionBy(2).collect())
case(
    "partition_by_lists",
    lambda ps, sc, tmp: sc.parallelize([[1, 2], [3, 4]]).partitionBy(2).collect(),
)
case(
    "partition_by_none",
    lambda ps, sc, tmp: sc.parallelize([(1, 1)], 3).partitionBy(None).getNumPartitions(),
)
case(
    "partition_by_zero",
    lambda ps, sc, tmp: sc.parallelize([(1, 1)], 3).partitionBy(0).getNumPartitions(),
)
case(
    "partition_by_again_is_self",
    lambda ps, sc, tmp: (
        lambda r: (
            r.partitionBy(3) is r,
            r.partitionBy(4) is r,
            r.mapValues(str).partitionBy(3) is r,
            r.map(lambda x: x).partitionBy(3).partitioner == r.partitioner,
        )
    )(sc.parallelize([(1, 1)], 2).partitionBy(3)),
)
case(
    "partition_by_keeps_duplicates",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, "b"), (1, "a"), (4, "c"), (1, "b")], 2).partitionBy(3).glom().collect()
    ),
)
case(
    "partition_by_large",
    lambda ps, sc, tmp: (
        lambda r: (r.glom().map(len).collect(), [p[:5] for p in r.glom().collect()])
    )(sc.range(5000, numSlices=3).map(lambda x: (x * 7, 1)).partitionBy(4).keys()),
)
case(
    "union_same_partitioner",
    lambda ps, sc, tmp: (
        lambda a, b: (
            a.union(b).getNumPartitions(),
            a.union(b).partitioner == a.partitioner,
            a.union(b).glom().collect(),
        )
    )(*(sc.parallelize([(i, s * i) for i in range(6)], 2).partitionBy(3) for s in (1, -1))),
)
case(
    "sc_union_same_partitioner",
    lambda ps, sc, tmp: (
        lambda a, b: (sc.union([a, b]).getNumPartitions(), sc.union([a, b]).glom().collect())
    )(*(sc.parallelize([(i, s * i) for i in range(6)], 2).partitionBy(3) for s in (1, -1))),
)
case(
    "union_other_partitioner",
    lambda ps, sc, tmp: (lambda a, b: (a.union(b).getNumPartitions(), a.union(b).partitioner))(
        sc.parallelize([(1, 1)], 2).partitionBy(3), sc.parallelize([(1, 1)], 2).partitionBy(2)
    ),
)
case(
    "partition_counts",
    lambda ps, sc, tmp: (
        lambda r, s: [
            x.getNumPartitions()
            for x in (
                r.map(str),
                r.glom(),
                r.cartesian(s),
                r.union(s),
                r.zipWithIndex(),
                r.groupBy(str),
                r.sortBy(str),
                r.distinct(),
                r.intersection(s),
                r.subtract(s),
                r.repartition(7),
                r.coalesce(2),
                r.pipe("cat"),
                r.keyBy(str).reduceByKey(max),
                r.keyBy(str).join(s.keyBy(str)),
                r.keyBy(str).groupByKey(),
                r.keyBy(str).cogroup(s.keyBy(str)),
                r.keyBy(str).partitionBy(None),
            )
        ]
    )(sc.range(6, numSlices=3), sc.range(6, numSlices=4)),
)
case(
    "portable_hash",
    lambda ps, sc, tmp: [
        ps.rdd.portable_hash(x)
        for x in (
            None,
            0,
            1,
            -1,
            2**61 - 1,
            2**70,
            1.5,
            True,
            (),
            (1,),
            (None, 1),
            ((1, 2), (3,)),
            (1.0, -2),
        )
    ],
)
