"""Sides of joins that every task reads whole: how they get there, and that rows are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rayspark.errors import ArithmeticException
from rayspark.scheduler.driver import Driver
from rayspark.scheduler.job import Waiter
from rayspark.sql import DataFrame, SparkSession

SETTINGS = {"spark.sql.ray.exchangeElision": "never", "spark.sql.shuffle.partitions": "3"}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").appName("broadcasts")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    made = builder.getOrCreate()
    made.range(0, 1000, 1, 4).selectExpr("id", "id % 10 AS k").createOrReplaceTempView("facts")
    made.range(0, 10, 1, 3).selectExpr("id AS k", "id * 2 AS v").createOrReplaceTempView("made")
    yield made
    made.stop()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the engine was asked for, in order."""
    calls: list[str] = []

    def note(owner: Any, name: str, word: str) -> None:
        method = getattr(owner, name)

        def noted(self: Any, *arguments: Any, **options: Any) -> Any:
            if options.get("call_site", "broadcast") == "broadcast":
                calls.append(word)
            return method(self, *arguments, **options)

        monkeypatch.setattr(owner, name, noted)

    note(Driver, "submit_map_stage", "map stage")
    note(Driver, "submit", "rows to the driver")
    note(Driver, "broadcast", "rows from the driver")
    note(Waiter, "_wait_for_end", "wait")
    note(Waiter, "cancel", "cancel")
    return calls


def joined(spark: SparkSession, *sides: str) -> DataFrame:
    """The facts with the value of each side."""
    joins = "".join(f" JOIN {side} s{at} ON f.k = s{at}.k" for at, side in enumerate(sides))
    values = " + ".join(f"s{at}.v" for at in range(len(sides)))
    return spark.sql(f"SELECT sum(f.id * ({values})) FROM facts f{joins}")


def total(sides: int) -> int:
    return sum(i * (i % 10 * 2) for i in range(1000)) * sides


def test_a_side_of_several_tasks_does_not_pass_through_the_driver(
    spark: SparkSession, told: list[str]
) -> None:
    assert joined(spark, "made").collect() == [(total(1),)]
    assert told[:2] == ["map stage", "wait"]
    assert "rows from the driver" not in told


def test_sides_are_made_at_the_same_time(spark: SparkSession, told: list[str]) -> None:
    found = spark.sql(
        "SELECT sum(f.id * a.v * b.v) FROM facts f JOIN made a ON f.k = a.k "
        "JOIN made b ON f.id DIV 100 = b.k"
    )
    assert found.collect() == [(sum(i * (i % 10 * 2) * (i // 100 * 2) for i in range(1000)),)]
    assert told[:4] == ["map stage", "map stage", "wait", "wait"]


def test_a_side_that_an_exchange_has_written_is_read_there(
    spark: SparkSession, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    spark.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
    spark.conf.set("spark.sql.adaptive.autoBroadcastJoinThreshold", "10m")
    try:
        found = joined(spark, "made")
        assert found.collect() == [(total(1),)]
        found.explain()
    finally:
        spark.conf.unset("spark.sql.autoBroadcastJoinThreshold")
        spark.conf.unset("spark.sql.adaptive.autoBroadcastJoinThreshold")
    plan = capsys.readouterr().out
    assert "BroadcastExchange" in plan
    assert "map stage" not in told, "no job makes it"
    assert not [word for word in told if word.startswith("rows")]


def test_what_would_be_other_rows_when_made_again_lies_in_the_driver(
    spark: SparkSession, told: list[str]
) -> None:
    random = "(SELECT k, v + CAST(rand(3) AS int) AS v FROM made)"
    assert joined(spark, random).collect() == [(total(1),)]
    assert [word for word in told if word.startswith("rows")][:2] == [
        "rows to the driver", "rows from the driver"
    ]  # fmt: skip


def test_a_side_that_fails_ends_the_others(spark: SparkSession, told: list[str]) -> None:
    failing = "(SELECT k, v DIV (k - k) AS v FROM made)"
    with pytest.raises(ArithmeticException):
        spark.sql(
            f"SELECT sum(a.v + b.v) FROM facts f JOIN made a ON f.k = a.k "
            f"JOIN {failing} b ON f.id DIV 100 = b.k"
        ).collect()
    assert told[:2] == ["map stage", "map stage"]
    assert told[-2:] == ["cancel", "cancel"], "that which is over is not disturbed"


def test_tasks_get_their_own_splits_only_beside_a_side(spark: SparkSession, tmp_path: Path) -> None:
    path = str(tmp_path / "facts")
    spark.table("facts").repartition(4).write.parquet(path)
    spark.conf.set("spark.sql.files.maxPartitionBytes", "1")  # a file is a task
    frame = spark.read.parquet(path).join(spark.table("made").hint("broadcast"), "k")
    try:
        assert frame.rdd.getNumPartitions() == 4
        assert sum(row.id * row.v for row in frame.collect()) == total(1)
        nodes = [frame.rdd._node]
        while nodes and type(nodes[-1].op).__name__ != "SourceQueryOp":
            nodes.extend(d.parent for d in nodes.pop().dependencies)
        assert nodes[-1].dependencies, "it reads the side and its splits"
        assert nodes[-1].op.__reduce__()[1][1] == {}
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
