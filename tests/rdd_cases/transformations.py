"""Narrow transformations: ``map`` to ``zipWithIndex``, with their partitions."""

from __future__ import annotations

from tests.rdd_cases import Family

case = Family("transformations")

case("map", lambda ps, sc, tmp: sc.parallelize([1, 2, 3], 2).map(lambda x: x + 1).glom().collect())
case("map_builtin", lambda ps, sc, tmp: sc.parallelize(["a", "bb"], 2).map(len).collect())
case("map_method", lambda ps, sc, tmp: sc.parallelize(["a", "bb"], 2).map(str.upper).collect())
case("map_to_none", lambda ps, sc, tmp: sc.parallelize([1, 2], 2).map(lambda x: None).collect())
case(
    "map_types",
    lambda ps, sc, tmp: (
        sc.parallelize([1, 2])
        .map(lambda x: [x, (x,), {x: x}, {x}, str(x), x / 2, x * 1j, bytes([x])])
        .collect()
    ),
)
case(
    "map_chain",
    lambda ps, sc, tmp: (
        sc.range(10, numSlices=3)
        .map(lambda x: x * 2)
        .filter(lambda x: x % 3 == 0)
        .map(str)
        .flatMap(list)
        .glom()
        .collect()
    ),
)
case(
    "map_closure_variable",
    lambda ps, sc, tmp: (lambda k: sc.range(3).map(lambda x: x * k).collect())(7),
)
case(
    "map_late_binding",
    lambda ps, sc, tmp: [
        r.collect() for r in [sc.range(2).map(lambda x, i=i: x + i) for i in range(3)]
    ],
)
case(
    "map_recursive_function",
    lambda ps, sc, tmp: (lambda fact: sc.range(6).map(lambda n: fact(fact, n)).collect())(
        lambda f, n: 1 if n < 2 else n * f(f, n - 1)
    ),
)
case(
    "map_mutates_element",
    lambda ps, sc, tmp: (lambda r: (r.map(lambda x: x.append(1) or x).collect(), r.collect()))(
        sc.parallelize([[0], [5]], 2)
    ),
)
case(
    "map_long_chain",
    lambda ps, sc, tmp: (
        __import__("functools")
        .reduce(lambda r, i: r.map(lambda x: x + i), range(100), sc.range(3))
        .collect()
    ),
)
case(
    "flat_map",
    lambda ps, sc, tmp: (
        sc.parallelize([0, 1, 2, 3], 2).flatMap(lambda x: range(x)).glom().collect()
    ),
)
case(
    "flat_map_string",
    lambda ps, sc, tmp: sc.parallelize(["ab", "", "c"], 1).flatMap(lambda x: x).collect(),
)
case(
    "flat_map_generator",
    lambda ps, sc, tmp: sc.range(3).flatMap(lambda x: (y for y in (x, -x))).collect(),
)
case("flat_map_dict", lambda ps, sc, tmp: sc.parallelize([{"a": 1}]).flatMap(lambda d: d).collect())
case(
    "filter", lambda ps, sc, tmp: sc.range(10, numSlices=4).filter(lambda x: x % 2).glom().collect()
)
case("filter_all_out", lambda ps, sc, tmp: sc.range(4).filter(lambda x: False).glom().collect())
case(
    "filter_truthy",
    lambda ps, sc, tmp: (
        sc.parallelize([0, 1, "", "a", None, [], [0]], 2).filter(lambda x: x).collect()
    ),
)
case("filter_none", lambda ps, sc, tmp: sc.parallelize([0, 1, 2], 2).filter(None).collect())
case(
    "map_partitions",
    lambda ps, sc, tmp: (
        sc.range(7, numSlices=3).mapPartitions(lambda it: [sum(it)]).glom().collect()
    ),
)
case(
    "map_partitions_generator",
    lambda ps, sc, tmp: sc.range(4).mapPartitions(lambda it: (x * x for x in it)).collect(),
)
case(
    "map_partitions_drops_input",
    lambda ps, sc, tmp: sc.range(4, numSlices=2).mapPartitions(lambda it: [1]).collect(),
)
case(
    "map_partitions_twice_over",
    lambda ps, sc, tmp: (
        sc.range(4, numSlices=2).mapPartitions(lambda it: [list(it), list(it)]).collect()
    ),
)
case(
    "map_partitions_is_iterator",
    lambda ps, sc, tmp: (
        sc.range(4, numSlices=2).mapPartitions(lambda it: [next(iter(it))]).collect()
    ),
)
case(
    "map_partitions_string",
    lambda ps, sc, tmp: sc.range(2, numSlices=2).mapPartitions(lambda it: "ab").collect(),
)
case(
    "map_partitions_with_index",
    lambda ps, sc, tmp: (
        sc.range(7, numSlices=3).mapPartitionsWithIndex(lambda i, it: [(i, list(it))]).collect()
    ),
)
case(
    "map_partitions_with_index_after_union",
    lambda ps, sc, tmp: (
        sc.range(2)
        .union(sc.range(2))
        .mapPartitionsWithIndex(lambda i, it: [(i, list(it))])
        .collect()
    ),
)
case(
    "map_partitions_with_index_after_coalesce",
    lambda ps, sc, tmp: (
        sc.range(6, numSlices=6)
        .mapPartitionsWithIndex(lambda i, it: [(i, x) for x in it])
        .coalesce(2)
        .mapPartitionsWithIndex(lambda i, it: [(i, list(it))])
        .collect()
    ),
)
case(
    "map_partitions_with_split",
    lambda ps, sc, tmp: sc.range(2).mapPartitionsWithSplit(lambda i, it: [(i, list(it))]).collect(),
)
case("glom_empty_partitions", lambda ps, sc, tmp: sc.range(2, numSlices=4).glom().collect())
case("glom_of_glom", lambda ps, sc, tmp: sc.range(4).glom().glom().collect())
case("key_by", lambda ps, sc, tmp: sc.range(4).keyBy(lambda x: x % 2).glom().collect())
case(
    "keys_values",
    lambda ps, sc, tmp: (lambda r: (r.keys().glom().collect(), r.values().glom().collect()))(
        sc.parallelize([(1, "a"), (None, "b"), ([3], "c")], 2)
    ),
)
case("keys_of_strings", lambda ps, sc, tmp: sc.parallelize(["ab", "cd"]).keys().collect())
case(
    "map_values",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, 2), (3, 4)], 2).mapValues(lambda v: v * 10).glom().collect()
    ),
)
case(
    "map_values_three",
    lambda ps, sc, tmp: sc.parallelize([(1, 2, 3)], 2).mapValues(lambda v: v * 10).collect(),
)
case(
    "flat_map_values",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, "ab"), (2, "")], 2).flatMapValues(lambda v: v).glom().collect()
    ),
)
case(
    "cartesian",
    lambda ps, sc, tmp: (
        sc.parallelize([1, 2], 2).cartesian(sc.parallelize([3, 4, 5], 2)).glom().collect()
    ),
)
case(
    "cartesian_self",
    lambda ps, sc, tmp: (lambda r: r.cartesian(r).collect())(sc.parallelize(["a", "b"], 2)),
)
case(
    "cartesian_counts",
    lambda ps, sc, tmp: (lambda r: (r.getNumPartitions(), r.count(), sorted(r.collect())))(
        sc.range(5, numSlices=2).cartesian(sc.range(3, numSlices=3))
    ),
)
case(
    "cartesian_sum",
    lambda ps, sc, tmp: (
        sc.parallelize([1, 2]).cartesian(sc.parallelize([3, 4])).map(lambda p: p[0] * p[1]).sum()
    ),
)
case("zip", lambda ps, sc, tmp: sc.range(5).zip(sc.parallelize(list("abcde"), 2)).glom().collect())
case(
    "zip_self_mapped",
    lambda ps, sc, tmp: (lambda r: r.zip(r.map(lambda x: x * x)).glom().collect())(
        sc.range(7, numSlices=3)
    ),
)
case(
    "zip_large",
    lambda ps, sc, tmp: (lambda r: r.zip(r.map(str)).filter(lambda p: str(p[0]) != p[1]).count())(
        sc.range(5000)
    ),
)
case(
    "zip_batches_differ",
    lambda ps, sc, tmp: sc.parallelize(list(range(6)), 2).zip(sc.range(6).map(str)).collect(),
)
case(
    "zip_of_zip",
    lambda ps, sc, tmp: (lambda r: r.zip(r).zip(r).collect())(sc.parallelize([1, 2, 3], 2)),
)
case(
    "zip_other_partitions",
    lambda ps, sc, tmp: sc.parallelize([1, 2], 2).zip(sc.parallelize([1, 2], 1)).collect(),
)
case(
    "zip_other_length",
    lambda ps, sc, tmp: bool(sc.parallelize([1, 2, 3], 1).zip(sc.parallelize([1, 2], 1)).collect()),
)
case(
    "zip_with_index",
    lambda ps, sc, tmp: sc.parallelize(list("abcde"), 3).zipWithIndex().glom().collect(),
)
case(
    "zip_with_index_one", lambda ps, sc, tmp: sc.parallelize(list("ab"), 1).zipWithIndex().collect()
)
case(
    "zip_with_index_gaps",
    lambda ps, sc, tmp: (
        sc.range(9, numSlices=3).filter(lambda x: not 2 < x < 6).zipWithIndex().glom().collect()
    ),
)
case(
    "zip_with_unique_id",
    lambda ps, sc, tmp: sc.parallelize(list("abcde"), 3).zipWithUniqueId().glom().collect(),
)
case("pipe_cat", lambda ps, sc, tmp: sc.parallelize(["1", "", "3"], 2).pipe("cat").glom().collect())
case("pipe_numbers", lambda ps, sc, tmp: sc.range(3).pipe("cat").collect())
case(
    "pipe_none_and_newlines",
    lambda ps, sc, tmp: sc.parallelize([None, "a\n\n", "b\nc"], 1).pipe("cat").collect(),
)
case("pipe_unicode", lambda ps, sc, tmp: sc.parallelize(["é😀"], 1).pipe("cat").collect())
case("pipe_args", lambda ps, sc, tmp: sc.parallelize(["b", "a"], 1).pipe("sort -r").collect())
case(
    "pipe_env",
    lambda ps, sc, tmp: (
        sc.parallelize(["1"], 1).pipe("/bin/sh -c 'echo $X'", {"X": "hey"}).collect()
    ),
)
case(
    "pipe_env_is_empty",
    lambda ps, sc, tmp: sc.parallelize(["1"], 1).pipe("/bin/sh -c 'echo [$HOME]'").collect(),
)
case("pipe_exit_ignored", lambda ps, sc, tmp: sc.parallelize(["1"], 1).pipe("grep zz").collect())
case(
    "pipe_exit_checked",
    lambda ps, sc, tmp: sc.parallelize(["1"], 1).pipe("grep zz", checkCode=True).collect(),
)
case(
    "pipe_no_such_command",
    lambda ps, sc, tmp: sc.parallelize(["1"], 1).pipe("no-such-command-x").collect(),
)
case(
    "distinct", lambda ps, sc, tmp: sorted(sc.parallelize([3, 1, 3, 2, 1], 3).distinct().collect())
)
case(
    "distinct_layout",
    lambda ps, sc, tmp: (
        [sorted(p) for p in sc.parallelize([3, 1, 3, 2, 1, 8], 3).distinct().glom().collect()]
    ),
)
case(
    "distinct_partitions",
    lambda ps, sc, tmp: (
        sc.parallelize([1, 1], 3).distinct().getNumPartitions(),
        sc.parallelize([1, 1], 3).distinct(5).getNumPartitions(),
    ),
)
case(
    "distinct_equal_types",
    lambda ps, sc, tmp: sorted(map(str, sc.parallelize([1, 1.0, True], 1).distinct().collect())),
)
case(
    "distinct_none_and_tuples",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([None, (1, 2), None, (1, 2), "a"], 2).distinct().collect(), key=str
    ),
)
case("distinct_unhashable", lambda ps, sc, tmp: sc.parallelize([[1], [1]], 1).distinct().collect())
case(
    "intersection",
    lambda ps, sc, tmp: (lambda r: (r.getNumPartitions(), sorted(r.collect())))(
        sc.parallelize([1, 10, 2, 3, 4, 5, 1], 3).intersection(
            sc.parallelize([1, 6, 2, 3, 7, 8], 2)
        )
    ),
)
case(
    "intersection_none",
    lambda ps, sc, tmp: sc.parallelize([1]).intersection(sc.parallelize([2])).collect(),
)
case(
    "intersection_falsy",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([0, None, ""]).intersection(sc.parallelize([0, None, ""])).collect(), key=str
    ),
)
case(
    "subtract",
    lambda ps, sc, tmp: (lambda r: (r.getNumPartitions(), sorted(r.collect())))(
        sc.parallelize([1, 1, 2, 3], 3).subtract(sc.parallelize([3, 4], 2))
    ),
)
case(
    "subtract_partitions",
    lambda ps, sc, tmp: sc.parallelize([1]).subtract(sc.parallelize([2]), 5).getNumPartitions(),
)
case(
    "subtract_falsy",
    lambda ps, sc, tmp: sorted(
        sc.parallelize([0, None, False, 1, 1], 1).subtract(sc.parallelize([1], 1)).collect(),
        key=str,
    ),
)
case(
    "group_by",
    lambda ps, sc, tmp: sorted(
        (k, list(v)) for k, v in sc.range(10, numSlices=3).groupBy(lambda x: x % 3).collect()
    ),
)
case(
    "group_by_layout",
    lambda ps, sc, tmp: (
        sc.range(10, numSlices=3).groupBy(lambda x: x % 4).mapValues(list).glom().collect()
    ),
)
case(
    "group_by_partitions",
    lambda ps, sc, tmp: (
        sc.range(4).groupBy(lambda x: x, 5).getNumPartitions(),
        sc.range(4).groupBy(lambda x: x, 3, lambda k: 1).mapValues(list).glom().map(len).collect(),
    ),
)
case(
    "laziness",
    lambda ps, sc, tmp: (
        sc.parallelize([0]).map(lambda x: 1 / x).filter(bool).keyBy(str).getNumPartitions()
    ),
)
case(
    "reuse_of_one_rdd",
    lambda ps, sc, tmp: (
        lambda r: (r.map(lambda x: x + 1).collect(), r.filter(lambda x: x > 1).collect(), r.count())
    )(sc.range(4)),
)
