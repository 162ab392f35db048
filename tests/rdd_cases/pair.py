"""Pair functions that combine by key, with odd keys and with the layout of integer keys."""

from __future__ import annotations

import operator

from tests.rdd_cases import Family

case = Family("pair")

WORDS = ["the", "cat", "and", "the", "dog", "and", "the", "bird"]
KEYS = [
    None,
    0,
    -1,
    1,
    2**40,
    1.5,
    -0.0,
    True,
    (1, 2),
    (),
    (None, (3,)),
    "a",
    "é",
    b"b",
    frozenset([1]),
    10**30,
]

case(
    "reduce_by_key",
    lambda ps, sc, tmp: sorted(
        sc.parallelize(WORDS, 3).map(lambda w: (w, 1)).reduceByKey(operator.add).collect()
    ),
)
case(
    "reduce_by_key_layout",
    lambda ps, sc, tmp: (
        sc.range(20, numSlices=3)
        .map(lambda x: (x % 7, x))
        .reduceByKey(operator.add)
        .glom()
        .collect()
    ),
)
case(
    "reduce_by_key_partitions",
    lambda ps, sc, tmp: (
        sc.range(8, numSlices=4).map(lambda x: (x, x)).reduceByKey(operator.add, 2).glom().collect()
    ),
)
case(
    "reduce_by_key_value_order",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([(1, c) for c in "abcdef"], 3).reduceByKey(operator.add).collect()
    ),
)
case(
    "reduce_by_key_partition_func",
    lambda ps, sc, tmp: (
        sc.range(6)
        .map(lambda x: (x, 1))
        .reduceByKey(operator.add, 3, lambda k: k // 2)
        .glom()
        .collect()
    ),
)
case(
    "reduce_by_key_odd_keys",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([(k, 1) for k in KEYS] * 2, 3).reduceByKey(operator.add).collect(), key=repr
    ),
)
case(
    "reduce_by_key_equal_numbers",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, "a"), (1.0, "b"), (True, "c")], 3)
        .reduceByKey(operator.add)
        .values()
        .collect()
    ),
)
case(
    "reduce_by_key_nan",
    lambda ps, sc, tmp: (
        sc.parallelize([(float("nan"), 1), (float("nan"), 1)], 2).reduceByKey(operator.add).count()
    ),
)
case(
    "reduce_by_key_lists_as_pairs",
    lambda ps, sc, tmp: sc.parallelize([[1, 2], [1, 3]], 2).reduceByKey(operator.add).collect(),
)
case(
    "reduce_by_key_not_pairs",
    lambda ps, sc, tmp: sc.parallelize([1, 2]).reduceByKey(operator.add).collect(),
)
case(
    "reduce_by_key_triples",
    lambda ps, sc, tmp: sc.parallelize([(1, 2, 3)]).reduceByKey(operator.add).collect(),
)
case(
    "reduce_by_key_unhashable",
    lambda ps, sc, tmp: sc.parallelize([([1], 2)]).reduceByKey(operator.add).collect(),
)
case(
    "reduce_by_key_one_value_untouched",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, "x"), (2, "y")]).reduceByKey(lambda a, b: 1 / 0).collect()
    ),
)
case(
    "reduce_by_key_default_parallelism",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, 1)], 3).reduceByKey(operator.add).getNumPartitions(),
        sc.parallelize([(1, 1)], 3).join(sc.parallelize([(1, 1)], 2)).getNumPartitions(),
        sc.parallelize([(1, 1)], 3).sortByKey().getNumPartitions(),
        sc.parallelize([1], 3).distinct().getNumPartitions(),
    ),
    spark_default_parallelism="5",
)
case(
    "reduce_by_key_locally",
    lambda ps, sc, tmp: sc.parallelize([("a", 1), ("b", 1), ("a", 5)], 2).reduceByKeyLocally(
        operator.add
    ),
)
case(
    "reduce_by_key_many",
    lambda ps, sc, tmp: (lambda r: (r.count(), r.values().sum(), r.lookup(77)))(
        sc.range(20000, numSlices=4).map(lambda x: (x % 1000, x)).reduceByKey(operator.add, 3)
    ),
)
case(
    "reduce_by_key_chain",
    lambda ps, sc, tmp: sorted(
        sc.range(100, numSlices=4)
        .map(lambda x: (x % 10, x))
        .reduceByKey(operator.add)
        .map(lambda kv: (kv[0] % 3, kv[1]))
        .reduceByKey(operator.add)
        .collect()
    ),
)
case(
    "group_by_key",
    lambda ps, sc, tmp: sorted(
        (k, list(v))
        for k, v in sc.parallelize([("a", 1), ("b", 1), ("a", 2)], 2).groupByKey().collect()
    ),
)
case(
    "group_by_key_type",
    lambda ps, sc, tmp: (lambda v: (type(v), type(v.data), len(v), list(v), list(v)))(
        sc.parallelize([(1, "x"), (1, "y")], 2).groupByKey().first()[1]
    ),
)
case(
    "group_by_key_value_order",
    lambda ps, sc, tmp: (
        sc.range(30, numSlices=4)
        .map(lambda x: (x % 3, x))
        .groupByKey()
        .mapValues(list)
        .glom()
        .collect()
    ),
)
case(
    "group_by_key_partitions",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, 1)], 3).groupByKey().getNumPartitions(),
        sc.parallelize([(i, i) for i in range(5)], 3)
        .groupByKey(2)
        .mapValues(list)
        .glom()
        .collect(),
    ),
)
case(
    "group_by_key_none_values",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, None), (1, None)], 2).groupByKey().mapValues(list).collect()
    ),
)
case(
    "group_by_key_big_group",
    lambda ps, sc, tmp: (
        sc.range(20000, numSlices=4)
        .map(lambda x: (0, x))
        .groupByKey(2)
        .mapValues(lambda v: (len(v), sum(v), list(v)[:3]))
        .collect()
    ),
)
case(
    "combine_by_key",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([("a", 1), ("b", 1), ("a", 2), ("a", 3)], 2)
        .combineByKey(lambda v: [v], lambda c, v: [*c, v], operator.add)
        .collect()
    ),
)
case(
    "combine_by_key_calls",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([(1, i) for i in range(6)], 3)
        .combineByKey(lambda v: f"c{v}", lambda c, v: f"{c}m{v}", lambda a, b: f"({a}+{b})")
        .collect()
    ),
)
case(
    "aggregate_by_key",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([(1, 2), (1, 3), (2, 5)], 2)
        .aggregateByKey(
            (0, 0), lambda a, v: (a[0] + v, a[1] + 1), lambda a, b: (a[0] + b[0], a[1] + b[1])
        )
        .collect()
    ),
)
case(
    "aggregate_by_key_zero_per_partition",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([(1, 1)] * 6, 3).aggregateByKey(100, operator.add, operator.add).collect()
    ),
)
case(
    "aggregate_by_key_mutable_zero",
    lambda ps, sc, tmp: sorted(
        (k, sorted(v))
        for k, v in sc.parallelize([(1, 1), (2, 2), (1, 3)], 2)
        .aggregateByKey([], lambda a, v: a.append(v) or a, lambda a, b: a.extend(b) or a)
        .collect()
    ),
)
case(
    "aggregate_by_key_partitions",
    lambda ps, sc, tmp: (
        sc.parallelize([(i, 1) for i in range(4)], 2)
        .aggregateByKey(0, max, max, 3)
        .glom()
        .collect()
    ),
)
case(
    "fold_by_key",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([("a", 1), ("b", 1), ("a", 1)], 2).foldByKey(0, operator.add).collect()
    ),
)
case(
    "fold_by_key_zero",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([("a", 1), ("b", 1), ("a", 1)], 3).foldByKey(10, operator.add).collect()
    ),
)
case("count_by_key_none", lambda ps, sc, tmp: sc.parallelize([(None, 1), (None, 2)]).countByKey())
case(
    "map_values_keeps_partitioner",
    lambda ps, sc, tmp: (
        lambda r: [
            x.partitioner is not None
            for x in (
                r,
                r.mapValues(str),
                r.flatMapValues(str),
                r.filter(bool),
                r.map(lambda x: x),
                r.keys(),
                r.map(lambda x: x, True),
                r.mapPartitions(lambda it: it),
                r.sample(False, 0.5, 1),
                r.union(r),
                r.cache(),
                r.groupByKey(),
                r.reduceByKey(max),
                r.coalesce(1),
                r.distinct(),
                r.sortByKey(),
                r.join(r),
                r.zipWithIndex(),
                r.glom(),
            )
        ]
    )(sc.parallelize([(1, 2), (3, 4)], 2).partitionBy(2)),
)
case(
    "partitioner_equality",
    lambda ps, sc, tmp: (
        lambda a, b: (
            a.partitioner == b.partitioner,
            a.partitioner.numPartitions,
            a.partitioner(7),
            a.partitioner(None),
            a.partitioner((1, 2)),
            a.partitioner(-1),
        )
    )(sc.parallelize([(1, 2)], 2).partitionBy(3), sc.parallelize([(1, 2)], 4).partitionBy(3)),
)
case(
    "subtract_by_key",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([("a", 1), ("b", 4), ("b", 5), ("a", 2)], 2)
        .subtractByKey(sc.parallelize([("a", 3), ("c", None)], 2))
        .collect()
    ),
)
case(
    "subtract_by_key_falsy",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([(1, 0), (2, None), (3, 3)], 1)
        .subtractByKey(sc.parallelize([(3, 0)], 1))
        .collect()
    ),
)
case(
    "subtract_by_key_partitions",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, 0)], 3).subtractByKey(sc.parallelize([(3, 0)], 2)).getNumPartitions(),
        sc.parallelize([(1, 0)], 3)
        .subtractByKey(sc.parallelize([(3, 0)], 2), 4)
        .getNumPartitions(),
    ),
)
case(
    "wordcount",
    lambda ps, sc, tmp: dict(
        sc.parallelize([" ".join(WORDS)] * 5, 3)
        .flatMap(str.split)
        .map(lambda w: (w, 1))
        .reduceByKey(operator.add)
        .collect()
    ),
)
case(
    "average_by_key",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([(i % 3, float(i)) for i in range(20)], 4)
        .mapValues(lambda v: (v, 1))
        .reduceByKey(lambda a, b: (a[0] + b[0], a[1] + b[1]))
        .mapValues(lambda t: t[0] / t[1])
        .collect()
    ),
)
