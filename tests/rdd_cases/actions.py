"""Actions: what they give, in which order, on which partitions."""

from __future__ import annotations

import operator

from tests.rdd_cases import Family

case = Family("actions")

case("collect_order", lambda ps, sc, tmp: sc.range(100, numSlices=7).collect())
case("count", lambda ps, sc, tmp: sc.range(1001, numSlices=7).count())
case("reduce", lambda ps, sc, tmp: sc.range(10, numSlices=3).reduce(operator.add))
case("reduce_order", lambda ps, sc, tmp: sc.parallelize(list("abcdefg"), 3).reduce(operator.add))
case("reduce_minus", lambda ps, sc, tmp: sc.range(10, numSlices=4).reduce(operator.sub))
case("reduce_one", lambda ps, sc, tmp: sc.parallelize([5], 4).reduce(operator.add))
case(
    "reduce_with_gaps",
    lambda ps, sc, tmp: sc.range(9, numSlices=3).filter(lambda x: x > 5).reduce(operator.add),
)
case("fold", lambda ps, sc, tmp: sc.range(5).fold(0, operator.add))
case(
    "fold_zero_per_partition",
    lambda ps, sc, tmp: (
        sc.parallelize([1, 2, 3], 2).fold(7, operator.add),
        sc.parallelize([1, 2, 3], 5).fold(7, operator.add),
    ),
)
case("fold_strings", lambda ps, sc, tmp: sc.parallelize(list("abc"), 2).fold("-", operator.add))
case("fold_lists", lambda ps, sc, tmp: sc.parallelize([[1], [2]], 2).fold([], lambda a, b: a + b))
case(
    "fold_mutable_zero",
    lambda ps, sc, tmp: sc.parallelize([[1], [2], [3]], 2).fold([], lambda a, b: a.extend(b) or a),
)
case(
    "aggregate",
    lambda ps, sc, tmp: sc.range(5).aggregate(
        (0, 0), lambda a, x: (a[0] + x, a[1] + 1), lambda a, b: (a[0] + b[0], a[1] + b[1])
    ),
)
case(
    "aggregate_zero_per_partition",
    lambda ps, sc, tmp: sc.parallelize([1, 2, 3], 4).aggregate(
        (10, 1), lambda a, x: (a[0] + x, a[1] + 1), lambda a, b: (a[0] + b[0], a[1] + b[1])
    ),
)
case(
    "aggregate_order",
    lambda ps, sc, tmp: sc.range(7, numSlices=3).aggregate(
        "", lambda a, x: a + str(x), lambda a, b: f"({a}|{b})"
    ),
)
case(
    "aggregate_mutable_zero",
    lambda ps, sc, tmp: sc.range(4, numSlices=3).aggregate(
        [], lambda a, x: a.append(x) or a, lambda a, b: a.extend(b) or a
    ),
)
case(
    "aggregate_to_set",
    lambda ps, sc, tmp: sc.parallelize([1, 2, 2, 3], 2).aggregate(
        set(), lambda a, x: a | {x}, lambda a, b: a | b
    ),
)
case("first", lambda ps, sc, tmp: sc.parallelize([5, 6], 2).first())
case(
    "first_in_last_partition",
    lambda ps, sc, tmp: sc.range(20, numSlices=10).filter(lambda x: x > 18).first(),
)
case("first_none", lambda ps, sc, tmp: sc.parallelize([None, 1], 1).first())
for k in [-1, 0, 1, 3, 5, 10, 99]:
    case(f"take_{k}", lambda ps, sc, tmp, k=k: sc.range(10, numSlices=5).take(k))
case(
    "take_sparse",
    lambda ps, sc, tmp: sc.range(100, numSlices=50).filter(lambda x: x % 30 == 29).take(3),
)
case("take_float", lambda ps, sc, tmp: sc.range(3).take(1.5))
case("take_nothing_given", lambda ps, sc, tmp: sc.range(3).take(None))
case(
    "take_stops_early",
    lambda ps, sc, tmp: sc.range(10, numSlices=2).map(lambda x: 1 / (x - 9)).take(2),
)
case(
    "is_empty",
    lambda ps, sc, tmp: (
        sc.emptyRDD().isEmpty(),
        sc.parallelize([], 3).isEmpty(),
        sc.parallelize([None]).isEmpty(),
        sc.range(9, numSlices=9).filter(lambda x: x == 8).isEmpty(),
        sc.range(9, numSlices=9).filter(lambda x: x > 8).isEmpty(),
    ),
)
case("top", lambda ps, sc, tmp: sc.parallelize([10, 4, 2, 12, 3], 2).top(3))
case("top_key", lambda ps, sc, tmp: sc.parallelize([10, 4, 2, 12, 3], 2).top(3, key=str))
case("top_more_than_there", lambda ps, sc, tmp: sc.parallelize([1, 2], 2).top(5))
case("top_zero_and_negative", lambda ps, sc, tmp: (sc.range(3).top(0), sc.range(3).top(-1)))
case(
    "top_ties",
    lambda ps, sc, tmp: sc.parallelize([(1, c) for c in "abcdef"], 3).top(4, key=lambda x: x[0]),
)
case("take_ordered", lambda ps, sc, tmp: sc.parallelize([10, 1, 2, 9, 3, 4], 2).takeOrdered(3))
case(
    "take_ordered_key",
    lambda ps, sc, tmp: sc.parallelize([10, 1, 2, 9, 3, 4], 2).takeOrdered(3, key=lambda x: -x),
)
case(
    "take_ordered_ties",
    lambda ps, sc, tmp: sc.parallelize([(1, c) for c in "abcdef"], 3).takeOrdered(
        4, key=lambda x: x[0]
    ),
)
case("take_ordered_zero", lambda ps, sc, tmp: sc.range(3).takeOrdered(0))
case("take_ordered_negative", lambda ps, sc, tmp: sc.range(3).takeOrdered(-1))
case(
    "max_min",
    lambda ps, sc, tmp: (lambda r: (r.max(), r.min()))(sc.parallelize([1.0, 5.0, 43.0, 10.0], 3)),
)
case(
    "max_min_key",
    lambda ps, sc, tmp: (lambda r: (r.max(str), r.min(key=str)))(sc.parallelize([2, 10, 43, 5], 2)),
)
case("max_strings", lambda ps, sc, tmp: sc.parallelize(["a", "é", "Z", "😀"], 2).max())
case(
    "max_ties_keep_first",
    lambda ps, sc, tmp: sc.parallelize([(1, "a"), (1, "b"), (0, "c")], 3).max(key=lambda x: x[0]),
)
case("max_nan", lambda ps, sc, tmp: sc.parallelize([1.0, float("nan"), 2.0], 1).max())
case(
    "sum",
    lambda ps, sc, tmp: (
        sc.range(5).sum(),
        sc.parallelize([1.5, 2]).sum(),
        sc.parallelize([True, True]).sum(),
    ),
)
case("sum_big", lambda ps, sc, tmp: sc.parallelize([2**62] * 5, 3).sum())
case("sum_complex", lambda ps, sc, tmp: sc.parallelize([1j, 2]).sum())
case("count_by_value", lambda ps, sc, tmp: sc.parallelize([1, 2, 1, 2, 2], 2).countByValue())
case(
    "count_by_value_mixed",
    lambda ps, sc, tmp: sc.parallelize([None, "a", None, (1,), 1, 1.0, True], 3).countByValue(),
)
case("count_by_value_unhashable", lambda ps, sc, tmp: sc.parallelize([[1]]).countByValue())
case(
    "count_by_key",
    lambda ps, sc, tmp: sc.parallelize([("a", 1), ("b", 1), ("a", 1)], 2).countByKey(),
)
case(
    "collect_as_map", lambda ps, sc, tmp: sc.parallelize([(1, 2), (3, 4), (1, 9)], 2).collectAsMap()
)
case("collect_as_map_bad", lambda ps, sc, tmp: sc.parallelize([1, 2]).collectAsMap())
case(
    "lookup",
    lambda ps, sc, tmp: (lambda r: (r.lookup(1), r.lookup(9)))(
        sc.parallelize([(1, 2), (1, 3), (2, 4)], 2)
    ),
)
case(
    "lookup_partitioned",
    lambda ps, sc, tmp: (lambda r: (r.lookup(1), r.lookup(9)))(
        sc.parallelize([(1, 2), (1, 3), (2, 4)], 2).partitionBy(3)
    ),
)
case(
    "lookup_sorted",
    lambda ps, sc, tmp: sc.parallelize([(i, -i) for i in range(30)], 3).sortByKey().lookup(17),
)
case(
    "lookup_none_and_tuple",
    lambda ps, sc, tmp: (lambda r: (r.lookup(None), r.lookup((1, 2))))(
        sc.parallelize([(None, 1), ((1, 2), 3)], 2).partitionBy(4)
    ),
)
case(
    "foreach",
    lambda ps, sc, tmp: (lambda a: (sc.range(5).foreach(a.add), a.value))(sc.accumulator(0)),
)
case(
    "foreach_partition",
    lambda ps, sc, tmp: (
        lambda a: (
            sc.range(5, numSlices=3).foreachPartition(lambda it: a.add(len(list(it)))),
            a.value,
        )
    )(sc.accumulator(0)),
)
case(
    "foreach_partition_results_ignored",
    lambda ps, sc, tmp: (
        sc.range(3).foreachPartition(lambda it: [1]),
        sc.range(3).foreachPartition(lambda it: 5),
    ),
)
case(
    "foreach_partition_generator_runs",
    lambda ps, sc, tmp: (
        lambda a: (sc.range(3).foreachPartition(lambda it: (a.add(x) for x in it)), a.value)
    )(sc.accumulator(0)),
)
case(
    "to_local_iterator",
    lambda ps, sc, tmp: (
        list(sc.range(5, numSlices=3).toLocalIterator()),
        list(sc.range(5, numSlices=3).toLocalIterator(prefetchPartitions=True)),
    ),
)
case(
    "to_local_iterator_partly",
    lambda ps, sc, tmp: (lambda it: (next(it), next(it), next(it)))(
        iter(sc.range(50, numSlices=10).toLocalIterator())
    ),
)
case(
    "to_local_iterator_is_lazy",
    lambda ps, sc, tmp: next(
        iter(sc.range(2, numSlices=2).map(lambda x: 1 / (1 - x)).toLocalIterator())
    ),
)
case(
    "to_local_iterator_two",
    lambda ps, sc, tmp: (
        lambda r: list(zip(r.toLocalIterator(), r.toLocalIterator(), strict=True))
    )(sc.range(5, numSlices=3)),
)
case(
    "to_local_iterator_fails",
    lambda ps, sc, tmp: list(sc.parallelize([0], 1).map(lambda x: 1 / x).toLocalIterator()),
)
case("collect_with_job_group", lambda ps, sc, tmp: sc.range(3).collectWithJobGroup("g", "d"))
case(
    "run_job",
    lambda ps, sc, tmp: (
        sc.runJob(sc.range(6, numSlices=3), lambda it: [x * x for x in it]),
        sc.runJob(sc.range(6, numSlices=3), lambda it: [x * x for x in it], [2, 0]),
        sc.runJob(sc.range(6, numSlices=3), lambda it: [sum(it)], [1, 1], True),
        sc.runJob(sc.range(6, numSlices=3), lambda it: it, []),
    ),
)
case(
    "run_job_no_such_partition",
    lambda ps, sc, tmp: sc.runJob(sc.range(6, numSlices=3), lambda it: it, [5]),
)
case(
    "take_scans",
    lambda ps, sc, tmp: [
        (
            lambda a: (
                sc.range(m, numSlices=n).mapPartitions(lambda it: (a.add(1), it)[1]).take(k),
                a.value,
            )
        )(sc.accumulator(0))
        for m, n, k in [(100, 100, 1), (100, 100, 5), (100, 100, 50), (8, 8, 8), (40, 10, 9)]
    ],
)
case(
    "take_scans_empty",
    lambda ps, sc, tmp: (
        lambda a: (
            sc.parallelize([], 50).mapPartitions(lambda it: (a.add(1), it)[1]).take(1),
            a.value,
        )
    )(sc.accumulator(0)),
)
case(
    "large_result",
    lambda ps, sc, tmp: sum(
        map(len, sc.range(20, numSlices=2).map(lambda x: b"x" * 100_000).collect())
    ),
)
case(
    "approximate",
    lambda ps, sc, tmp: (
        sc.range(1000, numSlices=10).countApprox(60000),
        sc.range(1000, numSlices=10).sumApprox(60000),
        sc.range(1000, numSlices=10).meanApprox(60000, 0.9),
    ),
)
for size in [0, 1, 10, 100, 1000, 10000]:
    case(
        f"count_approx_distinct_{size}",
        lambda ps, sc, tmp, size=size: [
            abs(sc.range(size, numSlices=4).map(lambda x: x * 7919).countApproxDistinct(sd) - size)
            <= 3 * sd * size
            for sd in (0.01, 0.05, 0.2)
        ],
    )
case(
    "count_approx_distinct_duplicates",
    lambda ps, sc, tmp: (
        abs(sc.range(10000).map(lambda x: f"k{x % 50}").countApproxDistinct() - 50) <= 5
    ),
)
case("count_approx_distinct_too_exact", lambda ps, sc, tmp: sc.range(1).countApproxDistinct(1e-6))
case("unpacked_iteration", lambda ps, sc, tmp: iter(sc.range(2)))
case("length", lambda ps, sc, tmp: len(sc.range(2)))
