"""Adaptive execution of what is written and cached, as of what is collected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rayspark.sql import DataFrame, SparkSession
from rayspark.sql import functions as F

CONF = {
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "64k",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
}


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    with SparkSession.builder.master("local[2]").config(map=CONF).getOrCreate() as spark:
        yield spark


@pytest.fixture
def spark(session: SparkSession) -> Iterator[SparkSession]:
    yield session
    session.catalog.clearCache()
    for key in ("spark.sql.adaptive.enabled", CACHED, SPLIT, INITIAL):
        session.conf.unset(key)


SPLIT = "spark.sql.adaptive.optimizeSkewsInRebalancePartitions.enabled"
INITIAL = "spark.sql.adaptive.coalescePartitions.initialPartitionNum"
CACHED = "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning"


def grouped(spark: SparkSession) -> DataFrame:
    """Eight partitions are planned, as the size says; few rows come out."""
    rows = spark.range(0, 100_000, 1, 4)
    return rows.groupBy((F.col("id") % 9).alias("k")).agg(F.sum("id").alias("s"))


def files(path: str) -> int:
    return len(list(Path(path).glob("part-*")))


def partitions(frame: DataFrame) -> int:
    cached = frame._state.cache.find(frame._plan)
    assert cached is not None
    return int(cached.relation.node.num_partitions)


def test_small_partitions_become_one_file(spark: SparkSession, tmp_path: Path) -> None:
    grouped(spark).write.parquet(f"{tmp_path}/together")
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    grouped(spark).write.parquet(f"{tmp_path}/apart")
    assert files(f"{tmp_path}/together") == 1
    assert files(f"{tmp_path}/apart") > 1
    read = spark.read.parquet(f"{tmp_path}/together")
    assert sorted(read.collect()) == sorted(grouped(spark).collect())


def test_a_number_that_was_asked_for_stays(spark: SparkSession, tmp_path: Path) -> None:
    spark.range(100).repartition(5, "id").write.parquet(f"{tmp_path}/five")
    assert files(f"{tmp_path}/five") == 5


def test_a_small_side_is_broadcast_while_writing(spark: SparkSession, tmp_path: Path) -> None:
    joined = grouped(spark).alias("a").join(grouped(spark).alias("b"), "k")
    joined.select("k").write.parquet(f"{tmp_path}/joined")
    assert spark.read.parquet(f"{tmp_path}/joined").count() == 9


@pytest.mark.parametrize("hint", ["rebalance", "rebalance(k)"])
def test_rebalance_gives_files_of_the_advisory_size(
    spark: SparkSession, tmp_path: Path, hint: str
) -> None:
    spark.range(0, 1000, 1, 4).selectExpr("id", "id % 3 as k").createOrReplaceTempView("r")
    spark.sql(f"select /*+ {hint} */ * from r").write.parquet(f"{tmp_path}/even")
    assert files(f"{tmp_path}/even") == 1
    assert spark.read.parquet(f"{tmp_path}/even").count() == 1000


def test_rebalance_splits_what_is_large(spark: SparkSession, tmp_path: Path) -> None:
    spark.range(0, 400_000, 1, 4).selectExpr("id", "1 as k").createOrReplaceTempView("r")
    write = "select /*+ rebalance(k) */ * from r"
    spark.sql(write).write.parquet(f"{tmp_path}/split")
    assert files(f"{tmp_path}/split") == 4
    assert spark.read.parquet(f"{tmp_path}/split").selectExpr("sum(id)").first()[0] == 79999800000
    spark.conf.set(SPLIT, "false")
    spark.sql(write).write.parquet(f"{tmp_path}/whole")
    assert files(f"{tmp_path}/whole") == 1


def test_the_first_number_of_partitions_is_honoured(spark: SparkSession) -> None:
    spark.conf.set("spark.sql.ray.exchangeElision", "never")
    spark.conf.set(INITIAL, "5")
    frame = grouped(spark)
    frame.collect()
    spark.conf.unset("spark.sql.ray.exchangeElision")
    assert "hashpartitioning(_groupingexpression" in frame._query.physical_text()
    assert ", 5)" in frame._query.physical_text()


def test_a_cache_has_as_few_partitions_as_its_size_is_worth(spark: SparkSession) -> None:
    kept = grouped(spark).cache()
    assert kept.count() == 9
    assert partitions(kept) == 1
    kept.unpersist()
    spark.conf.set(CACHED, "false")
    kept = grouped(spark).cache()
    assert kept.count() == 9
    assert partitions(kept) > 1


def test_a_cache_runs_nothing_before_it_is_used(spark: SparkSession) -> None:
    tracker = spark.sparkContext.statusTracker()
    spark.sparkContext.setJobGroup("lazy", "nothing yet")
    kept = grouped(spark).orderBy("s").cache()
    assert list(tracker.getJobIdsForGroup("lazy")) == []
    kept.unpersist()
