"""Which stages of a query may give other rows when a part of them is run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from rayspark.lineage.dependency import ShuffleDependency
from rayspark.lineage.node import Determinism, Node
from rayspark.sql import DataFrame, SparkSession
from rayspark.sql import functions as F

CONF = {
    "spark.sql.ray.exchangeElision": "never",
    "spark.sql.shuffle.partitions": "3",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with SparkSession.builder.master("local[2]").config(map=CONF).getOrCreate() as session:
        yield session


def written(frame: DataFrame) -> list[Determinism]:
    """What the map sides of a query's exchanges are marked as, the last exchange first."""
    found: list[Determinism] = []
    stack: list[Node] = [frame._query.node()]
    while stack:
        for dependency in stack.pop().dependencies:
            if isinstance(dependency, ShuffleDependency):
                found.append(dependency.parent.determinism)
            stack.append(dependency.parent)
    return found


def grouped(frame: DataFrame) -> DataFrame:
    """Rows in no order, below a further exchange."""
    return frame.groupBy((F.col("id") % 7).alias("k")).agg(F.sum("id").alias("s"))


SAFE: dict[str, Callable[[DataFrame], DataFrame]] = {
    "a sum": grouped,
    "a sum of sums": lambda t: grouped(t).groupBy("s").count(),
    "a sample of a scan": lambda t: grouped(t.sample(0.5, 3)),
    "the first rows of a scan": lambda t: grouped(t.limit(5)),
    "numbers along a scan": lambda t: grouped(t.withColumn("n", F.monotonically_increasing_id())),
    "a scan dealt out": lambda t: grouped(t.repartition(4)),
    "partition ids": lambda t: grouped(t).groupBy(F.spark_partition_id()).count(),
    "different rows": lambda t: grouped(t).dropDuplicates().groupBy("s").count(),
    "an order": lambda t: grouped(t).orderBy("s"),
}
UNSAFE: dict[str, Callable[[DataFrame], DataFrame]] = {
    "a sample": lambda t: grouped(t).sample(0.5, 3).groupBy("s").count(),
    "the first rows": lambda t: grouped(t).limit(3).groupBy("s").count(),
    "the first of each key": lambda t: grouped(t).dropDuplicates(["k"]).groupBy("s").count(),
    "numbers": lambda t: (
        grouped(t).withColumn("n", F.monotonically_increasing_id()).groupBy("n").count()
    ),
    "random numbers": lambda t: t.withColumn("r", F.rand()).groupBy("r").count(),
    "random numbers of a seed": lambda t: t.withColumn("r", F.rand(3)).groupBy("r").count(),
    "dealt out": lambda t: grouped(t).repartition(4).groupBy("s").count(),
    "the first value": lambda t: (
        grouped(t).groupBy("s").agg(F.first("k").alias("f")).groupBy("f").count()
    ),
}


@pytest.mark.parametrize("name", SAFE)
def test_a_second_run_gives_the_same_rows(spark: SparkSession, name: str) -> None:
    marks = written(SAFE[name](spark.range(0, 100, 1, 3)))
    assert marks
    assert Determinism.INDETERMINATE not in marks


@pytest.mark.parametrize("name", UNSAFE)
def test_a_second_run_may_give_other_rows(spark: SparkSession, name: str) -> None:
    assert Determinism.INDETERMINATE in written(UNSAFE[name](spark.range(0, 100, 1, 3)))
