"""Stored rows (of RDDs, of caches) that queries inside expressions read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rayspark.sql import SparkSession

INSIDE = {
    "SELECT (SELECT max(id) FROM b)": [2],
    "SELECT id FROM a WHERE id IN (SELECT id FROM b)": [1, 2],
    "SELECT id FROM a WHERE id IN (SELECT id FROM b) OR id > 7": [1, 2, 8],
    "SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.id = a.id)": [1, 2],
    "SELECT (SELECT count(*) FROM b WHERE b.id < a.id OR a.id = 0) FROM a WHERE id < 3": [2, 0, 1],
}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with SparkSession.builder.master("local[2]").getOrCreate() as session:
        yield session


@pytest.fixture(params=["auto", "never", "always"])
def elision(spark: SparkSession, request: pytest.FixtureRequest) -> Iterator[None]:
    spark.conf.set("spark.sql.ray.exchangeElision", request.param)
    yield
    spark.conf.unset("spark.sql.ray.exchangeElision")


@pytest.mark.parametrize("query", INSIDE)
@pytest.mark.parametrize("kind", ["rdd", "cache"])
@pytest.mark.usefixtures("elision")
def test_inner_queries_read_stored_rows(spark: SparkSession, query: str, kind: str) -> None:
    rows = spark.createDataFrame(spark.sparkContext.parallelize([(1,), (2,)], 3), "id long")
    b = rows if kind == "rdd" else spark.range(1, 3).cache()
    b.createOrReplaceTempView("b")
    spark.range(9).createOrReplaceTempView("a")
    assert sorted(row[0] for row in spark.sql(query).collect()) == sorted(INSIDE[query])
    b.unpersist()


def test_inner_queries_read_the_rows_that_are_kept(spark: SparkSession, tmp_path: Path) -> None:
    kept = spark.range(5).selectExpr("rand() AS r").cache()
    kept.createOrReplaceTempView("kept")
    found = spark.sql("SELECT count(*) FROM kept WHERE r IN (SELECT r FROM kept)").collect()
    assert [tuple(row) for row in found] == [(5,)]
    kept.unpersist()

    path = str(tmp_path / "t")
    spark.range(5).write.parquet(path)
    table = spark.read.parquet(path).cache()
    table.createOrReplaceTempView("t")
    inside = spark.sql("SELECT * FROM range(9) WHERE id IN (SELECT id FROM t)").cache()
    assert (table.count(), inside.count()) == (5, 5)
    spark.range(3).write.mode("overwrite").parquet(path)
    assert (table.count(), inside.count()) == (3, 3)
    inside.unpersist()
    table.unpersist()
