"""Every operation on an RDD without partitions, and on one with empty partitions."""

from __future__ import annotations

import operator
from typing import Any

from tests.rdd_cases import Family

case = Family("empty")

PLAIN = (
    "first",
    "max",
    "min",
    "count",
    "sum",
    "mean",
    "stats",
    "variance",
    "stdev",
    "sampleStdev",
    "sampleVariance",
    "countByValue",
    "countByKey",
    "isEmpty",
    "collect",
    "collectAsMap",
    "getNumPartitions",
    "countApproxDistinct",
)
CALLS: dict[str, Any] = {
    "reduce": lambda r: r.reduce(operator.add),
    "fold": lambda r: r.fold(7, operator.add),
    "aggregate": lambda r: r.aggregate(5, operator.add, operator.add),
    "treeReduce": lambda r: r.treeReduce(operator.add),
    "treeAggregate": lambda r: r.treeAggregate(5, operator.add, operator.add),
    "top": lambda r: r.top(2),
    "takeOrdered": lambda r: r.takeOrdered(2),
    "take": lambda r: r.take(2),
    "histogram_count": lambda r: r.histogram(2),
    "histogram_buckets": lambda r: r.histogram([0, 1, 2]),
    "sortBy": lambda r: r.sortBy(lambda x: x).glom().collect(),
    "sortByKey_three": lambda r: r.sortByKey(numPartitions=3).glom().collect(),
    "takeSample": lambda r: r.takeSample(False, 3, 1),
    "sample": lambda r: r.sample(True, 3.0, 1).glom().collect(),
    "randomSplit": lambda r: [x.collect() for x in r.randomSplit([1, 1], 1)],
    "distinct": lambda r: r.distinct().glom().collect(),
    "reduceByKey": lambda r: r.reduceByKey(operator.add).glom().collect(),
    "reduceByKey_two": lambda r: r.reduceByKey(operator.add, 2).glom().collect(),
    "reduceByKeyLocally": lambda r: r.reduceByKeyLocally(operator.add),
    "groupByKey": lambda r: r.groupByKey().glom().collect(),
    "join": lambda r: r.join(r).glom().collect(),
    "cogroup": lambda r: r.cogroup(r, 2).glom().collect(),
    "subtract": lambda r: r.subtract(r).glom().collect(),
    "intersection": lambda r: r.intersection(r).collect(),
    "zipWithIndex": lambda r: r.zipWithIndex().glom().collect(),
    "zip": lambda r: r.zip(r).collect(),
    "lookup": lambda r: r.lookup(1),
    "cartesian": lambda r: r.cartesian(r).glom().collect(),
    "glom": lambda r: r.glom().collect(),
    "repartition": lambda r: r.repartition(3).glom().collect(),
    "coalesce": lambda r: r.coalesce(3).glom().collect(),
    "coalesce_one": lambda r: r.coalesce(1).glom().collect(),
    "toLocalIterator": lambda r: list(r.toLocalIterator()),
    "pipe": lambda r: r.pipe("cat").collect(),
    "union": lambda r: r.union(r).getNumPartitions(),
    "map": lambda r: r.map(str).collect(),
    "mapPartitions": lambda r: r.mapPartitions(lambda it: [1]).collect(),
    "cache": lambda r: r.map(str).cache().count(),
    "countApprox": lambda r: r.countApprox(10000),
    "foreach": lambda r: r.foreach(str),
    "groupBy": lambda r: r.groupBy(str).collect(),
    "partitionBy": lambda r: r.partitionBy(3).glom().collect(),
}

for name in PLAIN:
    case(f"none_{name}", lambda ps, sc, tmp, name=name: getattr(sc.emptyRDD(), name)())
    case(f"two_{name}", lambda ps, sc, tmp, name=name: getattr(sc.parallelize([], 2), name)())
for name, call in CALLS.items():
    case(f"none_{name}", lambda ps, sc, tmp, call=call: call(sc.emptyRDD()))
    case(f"two_{name}", lambda ps, sc, tmp, call=call: call(sc.parallelize([], 2)))
for name in ("reduce", "top", "sortBy", "distinct", "histogram_buckets", "treeReduce", "fold"):
    case(
        f"filtered_{name}",
        lambda ps, sc, tmp, name=name: CALLS[name](
            sc.range(6, numSlices=3).filter(lambda x: x > 9)
        ),
    )
