"""What ``explain`` prints, and that nothing runs for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rayspark.sql import DataFrame, SparkSession
from rayspark.sql import functions as F

CONF = {"spark.sql.ray.exchangeElision": "never", "spark.sql.shuffle.partitions": "3"}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with SparkSession.builder.master("local[2]").config(map=CONF).getOrCreate() as session:
        yield session


@pytest.fixture
def frame(spark: SparkSession) -> DataFrame:
    """A broadcast, an aggregation and a sort, which takes a sample."""
    names = spark.range(3).select(F.col("id").alias("k"), (F.col("id") * 2).alias("n"))
    rows = spark.range(100).select((F.col("id") % 3).alias("k"), "id")
    joined = rows.join(F.broadcast(names), "k")
    return joined.groupBy("n").agg(F.sum("id").alias("s")).orderBy("s")


@pytest.mark.parametrize("mode", ["simple", "extended", "codegen", "cost", "formatted"])
def test_nothing_runs(
    spark: SparkSession, frame: DataFrame, mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spark.sparkContext.setJobGroup(mode, "explained")
    frame.explain(mode=mode)
    assert list(spark.sparkContext.statusTracker().getJobIdsForGroup(mode)) == []
    assert "== Physical Plan ==" in capsys.readouterr().out


def test_a_cache_that_was_not_used_is_not_made(
    spark: SparkSession, frame: DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    spark.sparkContext.setJobGroup("kept", "explained")
    kept = frame.cache()
    above = kept.groupBy("s").count()
    above.explain()
    assert "InMemoryRelation" in capsys.readouterr().out
    assert list(spark.sparkContext.statusTracker().getJobIdsForGroup("kept")) == []
    assert above.count() == 3
    assert len(above.collect()) == 3
    kept.unpersist()


def test_a_plan_forgets_what_it_guessed_of_a_cache(spark: SparkSession) -> None:
    many = spark.range(0, 20_000_000, 1, 2).where("id % 100000 = 7")
    kept = many.groupBy("id").agg(F.count("*").alias("n")).cache()
    above = kept.groupBy("n").agg(F.sum("id").alias("s"))
    above.explain()
    assert above.count() == 1
    assert above.collect() == [(1, 200 * 7 + 199 * 100 * 100_000)]
    kept.unpersist()


def test_codegen_has_the_text_of_each_pipeline(
    frame: DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    frame.explain("codegen")
    found = capsys.readouterr().out
    assert "Found 4 DuckDB queries." in found
    assert [f"== Query {at} / 4 ==" in found for at in range(1, 5)] == [True] * 4
    assert "GROUP BY" in found
    assert "JOIN" in found


def test_formatted_numbers_operators(frame: DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    frame.explain("formatted")
    found = capsys.readouterr().out
    assert "\n(1) Range\nOutput [1]: [id#" in found
    assert "AdaptiveSparkPlan isFinalPlan=false" in found
    assert "Arguments: rangepartitioning(" in found


def test_cost_has_sizes(spark: SparkSession, capsys: pytest.CaptureFixture[str]) -> None:
    spark.range(100).groupBy("id").count().explain("cost")
    assert "Range (0, 100, step=1), Statistics(sizeInBytes=800 B)" in capsys.readouterr().out
