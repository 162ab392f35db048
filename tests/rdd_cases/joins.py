"""Joins and cogroups."""

from __future__ import annotations

from typing import Any

from tests.rdd_cases import Family

case = Family("joins")

LEFT: list[Any] = [("a", 1), ("b", 4), ("a", 2), ("c", None), (None, 7)]
RIGHT: list[Any] = [("a", 9), ("d", 8), ("a", 10), (None, 6), ("c", 0)]
INTS_LEFT = [(i % 5, i) for i in range(12)]
INTS_RIGHT = [(i % 7, -i) for i in range(9)]


def both(sc: Any, left: Any = LEFT, right: Any = RIGHT, n: int = 2, m: int = 3) -> Any:
    return sc.parallelize(left, n), sc.parallelize(right, m)


def plain(value: Any) -> Any:
    return sorted(value, key=repr)


for name in ("join", "leftOuterJoin", "rightOuterJoin", "fullOuterJoin"):
    case(
        name,
        lambda ps, sc, tmp, name=name: (lambda a, b: plain(getattr(a, name)(b).collect()))(
            *both(sc)
        ),
    )
    case(
        f"{name}_layout",
        lambda ps, sc, tmp, name=name: (lambda a, b: getattr(a, name)(b).glom().collect())(
            *both(sc, INTS_LEFT, INTS_RIGHT)
        ),
    )
    case(
        f"{name}_three",
        lambda ps, sc, tmp, name=name: (lambda a, b: getattr(a, name)(b, 3).glom().collect())(
            *both(sc, INTS_LEFT, INTS_RIGHT)
        ),
    )
    case(
        f"{name}_partitions",
        lambda ps, sc, tmp, name=name: (
            lambda a, b: (
                getattr(a, name)(b).getNumPartitions(),
                getattr(a, name)(b, 4).getNumPartitions(),
            )
        )(*both(sc)),
    )
    case(
        f"{name}_empty_right",
        lambda ps, sc, tmp, name=name: plain(
            getattr(sc.parallelize(LEFT, 2), name)(sc.emptyRDD()).collect()
        ),
    )
    case(
        f"{name}_empty_left",
        lambda ps, sc, tmp, name=name: plain(
            getattr(sc.emptyRDD(), name)(sc.parallelize(RIGHT, 2)).collect()
        ),
    )
    case(
        f"{name}_copartitioned",
        lambda ps, sc, tmp, name=name: (
            lambda a, b: getattr(a.partitionBy(3), name)(b.partitionBy(3)).glom().collect()
        )(*both(sc, INTS_LEFT, INTS_RIGHT)),
    )
    case(
        f"{name}_other_partitioner",
        lambda ps, sc, tmp, name=name: (
            lambda a, b: getattr(a.partitionBy(3), name)(b.partitionBy(2)).getNumPartitions()
        )(*both(sc, INTS_LEFT, INTS_RIGHT)),
    )
    case(
        f"{name}_self",
        lambda ps, sc, tmp, name=name: (lambda a: plain(getattr(a, name)(a).collect()))(
            sc.parallelize([(1, "x"), (1, "y"), (2, "z")])
        ),
    )

case(
    "join_value_order",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, c) for c in "abc"], 3)
        .join(sc.parallelize([(1, c) for c in "xyz"], 2))
        .values()
        .collect()
    ),
)
case(
    "join_tuple_values",
    lambda ps, sc, tmp: sc.parallelize([(1, (2, 3))]).join(sc.parallelize([(1, [4])])).collect(),
)
case(
    "join_tuple_keys",
    lambda ps, sc, tmp: (
        sc.parallelize([((1, "a"), 1)]).join(sc.parallelize([((1, "a"), 2)])).collect()
    ),
)
case(
    "join_three_way",
    lambda ps, sc, tmp: plain(
        sc.parallelize(INTS_LEFT, 2)
        .join(sc.parallelize(INTS_RIGHT, 2))
        .join(sc.range(6).map(lambda x: (x, str(x))))
        .collect()
    ),
)
case(
    "join_after_reduce",
    lambda ps, sc, tmp: plain(
        sc.parallelize(INTS_LEFT, 2)
        .reduceByKey(max)
        .join(sc.parallelize(INTS_RIGHT, 2).reduceByKey(min))
        .collect()
    ),
)
case(
    "join_big",
    lambda ps, sc, tmp: (
        sc.range(3000, numSlices=3)
        .map(lambda x: (x % 500, x))
        .join(sc.range(1000, numSlices=2).map(lambda x: (x % 700, x)), 4)
        .map(lambda kv: kv[1][0] * kv[1][1])
        .sum()
    ),
)
case("join_not_pairs", lambda ps, sc, tmp: sc.range(2).join(sc.range(2)).collect())
case(
    "cogroup",
    lambda ps, sc, tmp: plain(
        (k, [list(v) for v in vs])
        for k, vs in sc.parallelize(LEFT, 2).cogroup(sc.parallelize(RIGHT, 3)).collect()
    ),
)
case(
    "cogroup_types",
    lambda ps, sc, tmp: [
        (k, type(vs), [type(v) for v in vs], [len(v) for v in vs])
        for k, vs in sc.parallelize([(1, 2)]).cogroup(sc.parallelize([(1, 3), (1, 4)])).collect()
    ],
)
case(
    "cogroup_partitions",
    lambda ps, sc, tmp: (
        lambda a, b: (a.cogroup(b).getNumPartitions(), a.cogroup(b, 4).getNumPartitions())
    )(*both(sc)),
)
case(
    "cogroup_layout",
    lambda ps, sc, tmp: (
        lambda a, b: a.cogroup(b, 3).mapValues(lambda vs: tuple(map(list, vs))).glom().collect()
    )(*both(sc, INTS_LEFT, INTS_RIGHT)),
)
case(
    "group_with",
    lambda ps, sc, tmp: plain(
        (k, [sorted(v) for v in vs])
        for k, vs in sc.parallelize([("a", 5), ("b", 6)])
        .groupWith(
            sc.parallelize([("a", 1), ("b", 4)]),
            sc.parallelize([("a", 2)]),
            sc.parallelize([("b", 42), ("c", 0)]),
        )
        .collect()
    ),
)
case(
    "group_with_partitions",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, 5)], 2)
        .groupWith(sc.parallelize([(1, 5)], 3), sc.parallelize([(1, 5)], 4))
        .getNumPartitions()
    ),
)
case(
    "join_ragged_keys",
    lambda ps, sc, tmp: plain(
        sc.parallelize([(1, "i"), (1.0, "f"), (True, "b"), ("1", "s")], 2)
        .join(sc.parallelize([(1, "x"), ("1", "y")], 2))
        .values()
        .collect()
    ),
)
