"""What a session sees: temporary views of its own and of all sessions, tables that stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rayspark.catalyst.logical import UnresolvedRelation
from rayspark.catalyst.parser import parse_query
from rayspark.errors import AnalysisException
from rayspark.execution.catalog.session import plans_in, qualified
from rayspark.sql import Row, SparkSession


@pytest.fixture
def warehouse(tmp_path: Path) -> str:
    return str(tmp_path / "warehouse")


def session(warehouse: str) -> SparkSession:
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.warehouse.dir", warehouse)
        .getOrCreate()
    )


@pytest.fixture
def spark(warehouse: str) -> Iterator[SparkSession]:
    made = session(warehouse)
    yield made
    made.stop()


def test_tables_and_views_survive_the_application(warehouse: str) -> None:
    first = session(warehouse)
    first.sql("CREATE DATABASE d")
    first.sql("CREATE TABLE d.t USING parquet AS SELECT id AS a FROM range(3)")
    first.sql("USE d")
    first.sql("CREATE VIEW v AS SELECT sum(a) AS s FROM t")
    first.stop()
    second = session(warehouse)
    try:
        assert second.sql("SELECT * FROM d.v").collect() == [Row(s=3)]
        assert second.catalog.currentDatabase() == "default"
    finally:
        second.stop()


def test_temporary_views_belong_to_a_session_global_ones_to_all(spark: SparkSession) -> None:
    other = spark.newSession()
    spark.range(1).createOrReplaceTempView("mine")
    spark.range(2).createGlobalTempView("ours")
    assert other.table("global_temp.ours").count() == 2
    with pytest.raises(AnalysisException) as caught:
        other.table("mine")
    assert caught.value.getCondition() == "TABLE_OR_VIEW_NOT_FOUND"


def test_a_temporary_view_hides_a_table(spark: SparkSession) -> None:
    spark.sql("CREATE TABLE t USING parquet AS SELECT 'table' AS x")
    spark.sql("CREATE TEMP VIEW t AS SELECT 'view' AS x")
    assert spark.table("t").collect() == [Row(x="view")]
    assert spark.table("default.t").collect() == [Row(x="table")]


def test_sessions_see_each_other_s_inserts(spark: SparkSession) -> None:
    spark.sql("CREATE TABLE t (a INT) USING parquet")
    other = spark.newSession()
    assert other.table("t").collect() == []
    spark.sql("INSERT INTO t VALUES (1), (2)")
    assert other.table("t").count() == 2
    other.sql("INSERT OVERWRITE t VALUES (3)")
    assert spark.table("t").collect() == [Row(a=3)]


def test_a_cached_table_follows_its_inserts(spark: SparkSession) -> None:
    spark.sql("CREATE TABLE t (a INT) USING parquet")
    spark.sql("INSERT INTO t VALUES (1)")
    spark.sql("CACHE TABLE t")
    spark.sql("INSERT INTO t VALUES (2)")
    assert spark.table("t").count() == 2
    assert [entry.name for entry in spark._state.cache.entries()] == ["t"]
    spark.sql("UNCACHE TABLE t")
    assert spark._state.cache.entries() == []


def test_files_that_others_put_there_are_seen_after_refresh(
    spark: SparkSession, warehouse: str
) -> None:
    spark.sql("CREATE TABLE t (a INT) USING parquet")
    spark.sql("INSERT INTO t VALUES (1)")
    assert spark.table("t").count() == 1
    spark.sql("SELECT 2 AS a").write.mode("append").parquet(f"{warehouse}/t")
    spark.sql("REFRESH TABLE t")
    assert spark.table("t").count() == 2


def test_files_are_tables_too(spark: SparkSession, tmp_path: Path) -> None:
    spark.range(3).write.parquet(str(tmp_path / "files"))
    assert spark.sql(f"SELECT count(*) AS n FROM parquet.`{tmp_path}/files`").collect() == [
        Row(n=3)
    ]


def test_identifiers_and_values_cannot_break_out(spark: SparkSession) -> None:
    evil = "t`; DROP TABLE t; --"
    spark.sql("CREATE TABLE t USING parquet AS SELECT 'x' AS a")
    spark.sql("CREATE TABLE IDENTIFIER(:n) USING parquet AS SELECT :v AS a",
              {"n": "`" + evil.replace("`", "``") + "`", "v": "' OR '1'='1"})  # fmt: skip
    assert evil.lower() in [t.name for t in spark.catalog.listTables()]
    assert spark.table("`" + evil.replace("`", "``") + "`").collect() == [Row(a="' OR '1'='1")]
    assert spark.table("t").count() == 1


def test_names_in_a_view_get_its_database_except_those_of_with() -> None:
    text = "WITH q AS (SELECT * FROM t) SELECT * FROM q, d.u WHERE EXISTS (SELECT 1 FROM v)"
    found = qualified(parse_query(text), "home")
    names = {n.parts for n in plans_in(found) if isinstance(n, UnresolvedRelation)}
    assert names == {
        ("spark_catalog", "home", "t"),
        ("q",),
        ("d", "u"),
        ("spark_catalog", "home", "v"),
    }
