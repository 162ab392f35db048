"""Small files are read by every task, larger ones sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rayspark.execution import everywhere
from rayspark.execution.everywhere import SameForAll
from rayspark.sql import DataFrame, SparkSession
from rayspark.sql import functions as F

EXCHANGES = {"spark.sql.ray.exchangeElision": "never", "spark.sql.shuffle.partitions": "3"}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").appName("everywhere").config(map=EXCHANGES)
    with builder.getOrCreate() as session:
        folder: Path = tmp_path_factory.mktemp("tables")
        facts = session.range(0, 600, 1, 3).select("id", (F.col("id") % 37).alias("k"))
        facts.write.parquet(str(folder / "facts"))
        names = session.range(0, 60, 1, 2).selectExpr("id AS j", "id % 4 AS r", "'n' || id AS name")
        names.where("j % 5 != 2").write.parquet(str(folder / "names"))
        session.range(0, 4).selectExpr("id AS q", "'r' || id AS region").write.parquet(
            str(folder / "regions")
        )
        for table in ("facts", "names", "regions"):
            session.read.parquet(str(folder / table)).createOrReplaceTempView(table)
        yield session


def read_and_sent(df: DataFrame, capsys: pytest.CaptureFixture[str]) -> tuple[int, int]:
    capsys.readouterr()
    df.explain()
    plan = capsys.readouterr().out
    return plan.count("ReadByEveryTask"), plan.count("BroadcastExchange")


@pytest.mark.parametrize("kind", ["INNER", "LEFT", "LEFT SEMI", "LEFT ANTI"])
def test_a_small_file_gives_what_sent_rows_give(
    spark: SparkSession,
    kind: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = f"SELECT * FROM facts {kind} JOIN names ON k = j AND j != 3"
    found = spark.sql(text)
    assert read_and_sent(found, capsys) == (1, 0)
    spark.sparkContext.setJobGroup(kind, kind)
    rows = sorted(found.collect(), key=str)
    assert len(spark.sparkContext.statusTracker().getJobIdsForGroup(kind)) == 1
    monkeypatch.setattr(everywhere, "MOST_BYTES", 0)
    sent = spark.sql(text)
    assert read_and_sent(sent, capsys) == (0, 1)
    assert sorted(sent.collect(), key=str) == rows
    assert rows


def test_small_tables_are_joined_by_every_task_too(
    spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """SELECT region, count(*) n, sum(id) s FROM facts JOIN names ON k = j
              JOIN regions ON r = q WHERE region != 'r1' GROUP BY region ORDER BY region"""
    found = spark.sql(text)
    assert read_and_sent(found, capsys) == (2, 0)
    rows = found.collect()
    spark.conf.set("spark.sql.ray.exchangeElision", "always")
    assert spark.sql(text).collect() == rows
    spark.conf.set("spark.sql.ray.exchangeElision", "never")


@pytest.mark.parametrize("below", ["SELECT DISTINCT j FROM names", "SELECT id AS j FROM range(9)"])
def test_what_is_no_file_is_sent(
    spark: SparkSession, below: str, capsys: pytest.CaptureFixture[str]
) -> None:
    read, sent = read_and_sent(spark.sql(f"SELECT * FROM facts JOIN ({below}) ON k = j"), capsys)
    assert read == 0
    assert sent == 1


def test_random_rows_are_the_same_for_all(
    spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    some = spark.table("names").where(F.rand(5) < 0.5)
    assert read_and_sent(spark.table("facts").join(some, F.col("k") == F.col("j")), capsys) == (
        0,
        1,
    )


def test_each_task_has_all_splits() -> None:
    splits = SameForAll(("a", "b"))
    assert [splits[at] for at in range(4)] == [["a", "b"]] * 4
    assert len(splits) == 1
    assert list(splits) == [["a", "b"]]
