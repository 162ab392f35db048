"""Few rows are finished by one task; joins stay where their sides lie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

import pytest

from rayspark.sql import DataFrame, SparkSession
from rayspark.sql import functions as F

SETTINGS = {
    "spark.sql.ray.exchangeElision": "never",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}
PLAIN = SETTINGS | {"spark.sql.adaptive.enabled": "false"}
LARGE = 20_000_000
"""Rows that are planned to be many, and turn out few."""


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    with SparkSession.builder.master("local[2]").appName("gather").getOrCreate() as spark:
        yield spark


@pytest.fixture
def spark(session: SparkSession) -> Iterator[SparkSession]:
    before = dict(session.conf.getAll)
    for key, value in SETTINGS.items():
        session.conf.set(key, value)
    yield session
    for key in session.conf.getAll.keys() - before.keys():
        session.conf.unset(key)


def final_plan(df: DataFrame, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    df.explain()
    return capsys.readouterr().out


groups = count()


def jobs_of(spark: SparkSession, df: DataFrame) -> tuple[list, int]:
    group = f"group {next(groups)}"
    spark.sparkContext.setJobGroup(group, group)
    rows = df.collect()
    return rows, len(spark.sparkContext.statusTracker().getJobIdsForGroup(group))


def few(spark: SparkSession, rows: int = LARGE) -> DataFrame:
    wide = spark.range(0, rows, 1, 2).where("id % 1000 = 7")
    return wide.groupBy((F.col("id") % 90).alias("k")).agg(F.count("*").alias("n"))


@pytest.mark.parametrize(
    "finish",
    [
        lambda df: df.orderBy("k"),
        lambda df: df.orderBy(F.desc("k")).limit(3),
        lambda df: df.groupBy().agg(F.sum("n"), F.max("k")),
        lambda df: df.groupBy((F.col("k") % 2).alias("p")).agg(F.sum("n")).orderBy("p"),
        lambda df: df.selectExpr("k", "sum(n) OVER (ORDER BY k)").orderBy("k"),
    ],
)
def test_few_rows_are_exchanged_once(spark, capsys, finish) -> None:
    found = finish(few(spark))
    rows, jobs = jobs_of(spark, found)
    plan = final_plan(found, capsys)
    assert plan.count("AQEShuffleRead") == 1, plan
    assert "4 partitions by 1 tasks" in plan
    assert jobs == 2
    for key, value in PLAIN.items():
        spark.conf.set(key, value)
    assert finish(few(spark)).collect() == rows


def test_a_sort_of_little_takes_no_sample(spark, capsys) -> None:
    spark.conf.set("spark.sql.adaptive.coalescePartitions.minPartitionSize", "20k")
    wide = spark.range(0, LARGE, 1, 2).where("id % 1000 = 7")
    ordered = wide.groupBy("id").agg(F.count("*").alias("n")).orderBy(F.desc("id"))
    rows, jobs = jobs_of(spark, ordered)
    assert "Exchange SinglePartition" in final_plan(ordered, capsys)
    assert jobs == 3
    assert rows == sorted(rows, reverse=True)
    assert len(rows) == 20_000


def test_rows_of_both_sides_in_one_place_are_joined_there(spark, capsys) -> None:
    left, right = few(spark), few(spark, LARGE + 5).withColumnRenamed("n", "m")
    joined = (
        left.groupBy("n")
        .count()
        .join(right.groupBy("m").count().withColumnRenamed("count", "c"), F.col("n") == F.col("m"))
    )
    rows = joined.collect()
    plan = final_plan(joined, capsys)
    for key, value in PLAIN.items():
        spark.conf.set(key, value)
    assert sorted(joined.select("*").collect()) == sorted(rows)
    assert "ShuffledHashJoin" in plan


def test_sides_that_lie_by_the_keys_are_not_sent_again(spark, capsys) -> None:
    spark.conf.set("spark.sql.adaptive.autoBroadcastJoinThreshold", "10m")
    left = spark.range(0, 3000, 1, 2).select((F.col("id") % 40).alias("k"), "id")
    right = spark.range(0, 3000, 1, 2).select((F.col("id") % 50).alias("j"), F.col("id").alias("i"))
    joined = left.join(right, F.col("k") == F.col("j"), "left").groupBy().count()
    assert joined.collect()[0][0] == 3000 * 60
    plan = final_plan(joined, capsys)
    assert "ShuffledHashJoin" in plan
    assert "BroadcastHashJoin" not in plan
    assert re.search(r"AQEShuffleRead \d+ partitions by 1 tasks", plan)


def test_keys_that_keep_nearly_everything_filter_nothing(spark, capsys) -> None:
    """Of ten thousand keys, half of the values go past the filter; with all it is left out."""
    facts = spark.range(0, 40_000, 1, 2).selectExpr("id AS k", "id % 7 AS v")
    for most, filtered in ((1_000, True), (39_000, False)):
        few = spark.range(0, 40_000, 1, 2).where(f"id < {most} AND id != 5").selectExpr("id AS j")
        joined = facts.join(few, F.col("k") == F.col("j")).groupBy().agg(F.sum("v"))
        assert joined.collect()[0][0] == sum(n % 7 for n in range(most) if n != 5)
        assert ("LeftSemi" in final_plan(joined, capsys)) == filtered
