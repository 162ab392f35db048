"""Queries with and without adaptive execution: the same answers, other tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from rayspark.sql import DataFrame, SparkSession
from rayspark.sql import functions as F

KEYS = {
    "spark.sql.ray.exchangeElision": "never",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.adaptive.coalescePartitions.minPartitionSize": "1",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "1",
}


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    spark = SparkSession.builder.master("local[2]").appName("adaptive").getOrCreate()
    yield spark
    spark.stop()


@pytest.fixture
def spark(session: SparkSession) -> Iterator[SparkSession]:
    """With exchanges of eight partitions, and every partition a task."""
    before = dict(session.conf.getAll)
    for key, value in KEYS.items():
        session.conf.set(key, value)
    yield session
    for key in session.conf.getAll.keys() - before.keys():
        session.conf.unset(key)


def rows_and_plan(df: DataFrame, capsys: pytest.CaptureFixture[str]) -> tuple[list, str]:
    rows = sorted(df.collect(), key=str)
    capsys.readouterr()
    df.explain()
    plan = capsys.readouterr().out
    assert "AdaptiveSparkPlan isFinalPlan=true" in plan
    return rows, plan


def tasks(plan: str) -> list[tuple[int, int]]:
    """Partitions and tasks of each exchange, from the last one backwards."""
    return [(int(a), int(b)) for a, b in re.findall(r"(\d+) partitions by (\d+) tasks", plan)]


def grouped(spark: SparkSession) -> DataFrame:
    return spark.range(0, 100_000, 1, 2).groupBy((F.col("id") % 50).alias("k")).count()


def test_small_partitions_are_read_by_one_task(spark, capsys) -> None:
    rows, plan = rows_and_plan(grouped(spark), capsys)
    assert tasks(plan) == [(8, 8)]
    spark.conf.set("spark.sql.adaptive.advisoryPartitionSizeInBytes", "100k")
    fewer, plan = rows_and_plan(grouped(spark), capsys)
    assert tasks(plan) == [(8, 1)]
    assert fewer == rows
    assert len(rows) == 50


def test_without_adaptive_execution_nothing_changes(spark, capsys) -> None:
    rows = sorted(grouped(spark).collect(), key=str)
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    plain = grouped(spark)
    assert sorted(plain.collect(), key=str) == rows
    plain.explain()
    assert "AdaptiveSparkPlan" not in capsys.readouterr().out


def test_partitions_that_the_user_asked_for_stay(spark, capsys) -> None:
    spark.conf.set("spark.sql.adaptive.advisoryPartitionSizeInBytes", "1m")
    _, plan = rows_and_plan(spark.range(100).repartition(5), capsys)
    assert tasks(plan) == [(5, 5)]


def joined(spark: SparkSession, how: str) -> DataFrame:
    large = spark.range(0, 2000, 1, 2).select((F.col("id") % 200).alias("k"), "id")
    small = spark.range(0, 400).where("id % 7 = 0").select(F.col("id").alias("j"))
    return large.join(small.where("j < 150"), F.col("k") == F.col("j"), how)


@pytest.mark.parametrize("how", ["inner", "left", "semi", "anti", "full", "right"])
def test_a_side_that_turns_out_small_is_sent_everywhere(spark, capsys, how) -> None:
    rows, plan = rows_and_plan(joined(spark, how), capsys)
    assert "ShuffledHashJoin" in plan
    spark.conf.set("spark.sql.adaptive.autoBroadcastJoinThreshold", "1m")
    again, plan = rows_and_plan(joined(spark, how), capsys)
    assert again == rows
    assert ("BroadcastHashJoin" in plan) == (how != "full")


def test_a_side_without_rows_empties_the_join(spark, capsys) -> None:
    none = spark.range(100).where("sqrt(id) < -1").select(F.col("id").alias("j"))
    df = spark.range(0, 2000, 1, 2).join(none, F.col("id") == F.col("j"))
    rows, plan = rows_and_plan(df, capsys)
    assert rows == []
    assert "Join" not in plan


def test_a_skewed_partition_is_split(spark, capsys) -> None:
    """90% of the rows have one key."""
    key = F.when(F.col("id") % 10 < 9, F.lit(7)).otherwise(F.col("id") % 100)
    large = spark.range(0, 20000, 1, 4).select(key.alias("k"), "id")
    small = spark.range(0, 100).select(F.col("id").alias("j"), (F.col("id") * 2).alias("v"))

    def total() -> DataFrame:
        return (
            large.join(small, F.col("k") == F.col("j"))
            .groupBy()
            .agg(F.count("*"), F.sum("v"), F.sum("id"))
        )

    spark.conf.set("spark.sql.adaptive.advisoryPartitionSizeInBytes", "16k")
    spark.conf.set("spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes", "32k")
    spark.conf.set("spark.sql.adaptive.skewJoin.skewedPartitionFactor", "2")
    rows, plan = rows_and_plan(total(), capsys)
    assert plan.count("skewed") == 2
    assert (8, 11) in tasks(plan)
    spark.conf.set("spark.sql.adaptive.skewJoin.enabled", "false")
    again, plan = rows_and_plan(total(), capsys)
    assert "skewed" not in plan
    assert again == rows


def test_what_runs_twice_runs_once(spark, capsys) -> None:
    groups = grouped(spark)
    twice = groups.alias("a").join(groups.alias("b"), F.col("a.count") == F.col("b.k"))
    rows, plan = rows_and_plan(twice, capsys)
    spark.conf.set("spark.sql.ray.exchangeElision", "auto")
    assert sorted(twice.select("*").collect(), key=str) == rows
    assert plan.count("mode=partial") >= 1


def test_a_dimension_chooses_directories(spark, capsys, tmp_path) -> None:
    path = str(tmp_path / "facts")
    facts = spark.range(100).select("id", (F.col("id") % 10).cast("int").alias("p"))
    facts.write.partitionBy("p").parquet(path)
    days = spark.createDataFrame([(i, f"d{i}") for i in range(10)], "k int, name string")
    read = spark.read.parquet(path)

    def chosen() -> DataFrame:
        return read.join(days.where("name IN ('d3', 'd4')"), F.col("p") == F.col("k"))

    pruned, plan = rows_and_plan(chosen().orderBy("id"), capsys)
    assert "p#" in plan
    assert re.search(r"In\(p, \[(3,4|4,3)\]\)", plan)
    spark.conf.set("spark.sql.optimizer.dynamicPartitionPruning.enabled", "false")
    again, plan = rows_and_plan(chosen().orderBy("id"), capsys)
    assert "In(p" not in plan
    assert again == pruned
    assert len(pruned) == 20


def test_different_values_are_exchanged_once(spark, capsys) -> None:
    few = spark.range(0, 10_000, 1, 2).select(
        (F.col("id") % 3).alias("g"), (F.col("id") % 7).alias("a"), (F.col("id") % 5).alias("b")
    )
    for df, rows_sent in (
        (few.groupBy("g").agg(F.countDistinct("a"), F.sum("b")), 2 * 21),
        (few.agg(F.countDistinct("a"), F.sum_distinct("b"), F.count("*")), 2 * 35),
    ):
        rows, plan = rows_and_plan(df, capsys)
        assert f"{rows_sent} rows" in plan
        spark.conf.set("spark.sql.ray.exchangeElision", "auto")
        assert sorted(df.select("*").collect(), key=str) == rows
        spark.conf.set("spark.sql.ray.exchangeElision", "never")
