"""Names, ids, reprs and debug strings, without what differs from run to run."""

from __future__ import annotations

import re
from typing import Any

from tests.rdd_cases import Family

case = Family("introspection")


def shape(rdd: Any) -> list[str]:
    """The tree of a debug string: partition counts, shuffles and names, without classes and ids."""
    lines = rdd.toDebugString().decode().splitlines()
    return [re.sub(r"\S*RDD\[\d+\].*", "RDD", line) for line in lines]


def stages(rdd: Any) -> list[int]:
    """The partition counts printed at the head and at each shuffle."""
    return [int(n) for n in re.findall(r"^[ |+-]*\((\d+)\)", rdd.toDebugString().decode(), re.M)]


case("name_none", lambda ps, sc, tmp: sc.range(1).name())
case(
    "set_name",
    lambda ps, sc, tmp: (
        lambda r: (
            r.setName("nm") is r,
            r.name(),
            r.map(str).name(),
            "nm" in repr(r),
            r.setName("x").name(),
        )
    )(sc.parallelize([1])),
)
case(
    "ids_grow",
    lambda ps, sc, tmp: (
        lambda a, b: (a.id() < b.id(), a.id() == a.id(), a.map(str).id() != a.id())
    )(sc.parallelize([1]), sc.parallelize([2])),
)
case("id_type", lambda ps, sc, tmp: type(sc.parallelize([1]).id()))
case(
    "repr_form",
    lambda ps, sc, tmp: [
        bool(re.match(r"\w+RDD\[\d+\] at .+", repr(r)))
        for r in (
            sc.parallelize([1]),
            sc.range(1),
            sc.range(1).map(str),
            sc.emptyRDD(),
            sc.range(1).union(sc.range(1)),
            sc.range(2).coalesce(1),
        )
    ],
)
case("debug_is_bytes", lambda ps, sc, tmp: type(sc.parallelize([1]).toDebugString()))
case("debug_source", lambda ps, sc, tmp: shape(sc.parallelize([1, 2], 2)))
case("debug_empty", lambda ps, sc, tmp: shape(sc.emptyRDD()))
case("debug_named", lambda ps, sc, tmp: shape(sc.parallelize([1, 2], 2).setName("my data")))
case(
    "debug_shuffle_stages",
    lambda ps, sc, tmp: stages(
        sc.range(6, numSlices=3).map(lambda x: (x, x)).reduceByKey(max, 2).map(str)
    ),
)
case(
    "debug_two_shuffles",
    lambda ps, sc, tmp: stages(
        sc.range(6, numSlices=3)
        .map(lambda x: (x, x))
        .reduceByKey(max, 2)
        .map(lambda kv: (kv[1], 1))
        .groupByKey(5)
    ),
)
case(
    "debug_join_copartitioned",
    lambda ps, sc, tmp: (lambda a, b: stages(a.partitionBy(3).join(b.partitionBy(3))))(
        sc.parallelize([(1, 1)], 2), sc.parallelize([(1, 2)], 4)
    ),
)
case(
    "debug_join",
    lambda ps, sc, tmp: (lambda a, b: stages(a.join(b)))(
        sc.parallelize([(1, 1)], 2), sc.parallelize([(1, 2)], 4)
    ),
)
case("debug_repartition", lambda ps, sc, tmp: stages(sc.range(6, numSlices=3).repartition(4)))
case("debug_coalesce", lambda ps, sc, tmp: stages(sc.range(6, numSlices=3).coalesce(2)))
case(
    "debug_storage_level",
    lambda ps, sc, tmp: (
        b"[Memory Serialized 1x Replicated]" in sc.range(2).map(str).cache().toDebugString()
    ),
)
case(
    "debug_cached_partitions",
    lambda ps, sc, tmp: (lambda r: (r.count(), b"CachedPartitions: 2" in r.toDebugString())[1])(
        sc.range(4).map(str).cache()
    ),
)
case("number_of_partitions_type", lambda ps, sc, tmp: type(sc.range(4).getNumPartitions()))
case("not_equal_to_copy", lambda ps, sc, tmp: (lambda r: (r == r, r == r.map(str)))(sc.range(1)))
case("is_pickled", lambda ps, sc, tmp: __import__("pickle").dumps(sc.range(1)))
case("context_is_pickled", lambda ps, sc, tmp: __import__("pickle").dumps(sc))
case(
    "clean_shuffle_dependencies",
    lambda ps, sc, tmp: (
        lambda r: (r.count(), r.cleanShuffleDependencies(True), sorted(r.collect()))
    )(sc.range(6).map(lambda x: (x % 2, x)).reduceByKey(max)),
)
