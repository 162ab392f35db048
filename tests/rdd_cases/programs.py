"""Small whole programs: several shuffles, iterations, caches and broadcasts in one."""

from __future__ import annotations

import operator
from functools import partial
from typing import Any

import numpy as np

from tests.rdd_cases import Family

case = Family("programs")

EDGES = [(1, 2), (1, 3), (2, 3), (3, 1), (4, 3), (5, 4)]
LOG = [
    f"{level} {code} item-{i}"
    for i, (level, code) in enumerate(
        zip(["INFO", "ERROR", "WARN", "ERROR"] * 15, [200, 500, 404] * 20, strict=True)
    )
]


def pagerank(sc: Any) -> Any:
    links = sc.parallelize(EDGES, 2).distinct().groupByKey().mapValues(sorted).cache()
    ranks = links.mapValues(lambda _: 1.0)
    for _ in range(5):
        parts = links.join(ranks).flatMap(
            lambda kv: [(url, kv[1][1] / len(kv[1][0])) for url in kv[1][0]]
        )
        ranks = parts.reduceByKey(operator.add).mapValues(lambda rank: rank * 0.85 + 0.15)
    return sorted((k, round(v, 9)) for k, v in ranks.collect())


def closure(sc: Any) -> Any:
    paths = sc.parallelize([(1, 2), (2, 3), (3, 4), (6, 7)], 2).cache()
    edges = paths.map(lambda e: (e[1], e[0]))
    size = 0
    while size != paths.count():
        size = paths.count()
        grown = paths.join(edges).map(lambda kv: (kv[1][1], kv[1][0]))
        paths = paths.union(grown).distinct().coalesce(2).cache()
    return sorted(paths.collect())


def assign(centers: Any, p: Any) -> Any:
    return min((0, 1), key=lambda c: float(np.sum((p - centers.value[c]) ** 2))), (p, 1)


def kmeans(sc: Any) -> Any:
    points = (
        sc.parallelize([(float(i % 7), float(i % 5)) for i in range(70)], 3).map(np.array).cache()
    )
    centers = [np.array([0.0, 0.0]), np.array([6.0, 4.0])]
    for _ in range(4):
        shared = sc.broadcast(centers)
        nearest = points.map(partial(assign, shared))
        sums = nearest.reduceByKey(lambda a, b: (a[0] + b[0], a[1] + b[1])).collectAsMap()
        centers = [sums[c][0] / sums[c][1] for c in (0, 1)]
    return [[round(float(x), 9) for x in center] for center in centers]


def slope(w: float, b: float, p: Any) -> Any:
    return (w * p[0] + b - p[1]) * p[0], w * p[0] + b - p[1], 1


def gradient(sc: Any) -> Any:
    data = sc.range(100, numSlices=4).map(lambda x: (x / 100, 3 * x / 100 + 1)).cache()
    w, b = 0.0, 0.0
    for _ in range(20):
        gw, gb, n = data.map(partial(slope, w, b)).treeReduce(
            lambda a, c: (a[0] + c[0], a[1] + c[1], a[2] + c[2])
        )
        w, b = w - gw / n, b - gb / n
    return round(w, 8), round(b, 8)


def components(sc: Any) -> Any:
    edges = sc.parallelize([(1, 2), (2, 3), (4, 5), (6, 6)], 2)
    both = edges.flatMap(lambda e: [e, (e[1], e[0])]).cache()
    labels = both.keys().distinct().map(lambda v: (v, v))
    for _ in range(4):
        told = both.join(labels).map(lambda kv: kv[1])
        labels = labels.union(told).reduceByKey(min, 2)
    return sorted(labels.collect())


case("pagerank", lambda ps, sc, tmp: pagerank(sc))
case("transitive_closure", lambda ps, sc, tmp: closure(sc))
case("kmeans", lambda ps, sc, tmp: kmeans(sc))
case("gradient_descent", lambda ps, sc, tmp: gradient(sc))
case("connected_components", lambda ps, sc, tmp: components(sc))
case(
    "error_log",
    lambda ps, sc, tmp: (
        sc.parallelize(LOG, 4)
        .map(str.split)
        .filter(lambda f: f[0] == "ERROR")
        .map(lambda f: (f[1], 1))
        .reduceByKey(operator.add)
        .sortBy(lambda kv: (-kv[1], kv[0]))
        .collect()
    ),
)
case(
    "pi",
    lambda ps, sc, tmp: (
        sc.range(2000, numSlices=4)
        .map(lambda i: ((i * 0.754877666) % 1, (i * 0.569840291) % 1))
        .filter(lambda p: p[0] ** 2 + p[1] ** 2 < 1)
        .count()
    ),
)
case(
    "inverted_index",
    lambda ps, sc, tmp: (
        sc.parallelize([(1, "a b a"), (2, "b c")], 2)
        .flatMapValues(str.split)
        .map(lambda p: (p[1], p[0]))
        .distinct()
        .groupByKey()
        .mapValues(sorted)
        .sortByKey()
        .collect()
    ),
)
case(
    "matrix_product",
    lambda ps, sc, tmp: (
        lambda a, b: (
            a.map(lambda e: (e[1], (e[0], e[2])))
            .join(b.map(lambda e: (e[0], (e[1], e[2]))))
            .map(lambda kv: ((kv[1][0][0], kv[1][1][0]), kv[1][0][1] * kv[1][1][1]))
            .reduceByKey(operator.add)
            .sortByKey()
            .collect()
        )
    )(
        *(
            sc.parallelize([(i, j, i + k * j) for i in range(3) for j in range(3)], 2)
            for k in (1, 2)
        )
    ),
)
case(
    "secondary_sort",
    lambda ps, sc, tmp: (
        sc.parallelize([((i % 3, -i), i) for i in range(12)], 3)
        .repartitionAndSortWithinPartitions(3, lambda k: k[0])
        .map(lambda kv: kv[1])
        .glom()
        .collect()
    ),
)
case(
    "distributed_distinct_counts",
    lambda ps, sc, tmp: sorted(
        sc.range(200, numSlices=5).map(lambda x: (x % 4, x % 11)).distinct().countByKey().items()
    ),
)
case(
    "fibonacci_lineage",
    lambda ps, sc, tmp: (
        __import__("functools")
        .reduce(
            lambda ab, _: (ab[1], ab[0].union(ab[1]).coalesce(2)),
            range(8),
            (sc.parallelize([0], 1), sc.parallelize([1], 1)),
        )[1]
        .count()
    ),
)
