"""Queries as several stages give what one DuckDB query gives, and leave nothing behind."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator

import pytest

from rayspark.errors import SparkException
from rayspark.sql import SparkSession
from rayspark.sql import functions as F

QUERIES = [
    "SELECT id FROM t EXCEPT SELECT id FROM t WHERE id > 5 UNION ALL SELECT 1000 ORDER BY 1",
    "SELECT g, count(*) n, sum(v) s, avg(v) a, min(v), max(v) FROM t GROUP BY g ORDER BY g",
    "SELECT count(*), sum(v) FROM t WHERE id < 0",
    "SELECT count(DISTINCT g), count(DISTINCT v) FROM t",
    "SELECT a.id, b.v FROM t a JOIN t b ON a.id = b.id + 1 ORDER BY a.id",
    "SELECT a.id, b.id FROM t a FULL JOIN t b ON a.id = b.id - 15 ORDER BY a.id, b.id",
    "SELECT id FROM t WHERE g NOT IN (SELECT g FROM t WHERE id > 17) ORDER BY id",
    "SELECT id FROM t a WHERE EXISTS (SELECT 1 FROM t b WHERE b.id = a.id + 3) ORDER BY id",
    """SELECT id FROM t WHERE g IN (SELECT g FROM t b WHERE v > (SELECT 0.5 * sum(v) / count(*)
       FROM t c WHERE c.g = b.g AND c.id > 2) AND id IN (SELECT v FROM t)) ORDER BY id""",
    "SELECT id, (SELECT max(v) FROM t b WHERE b.g = a.g) m FROM t a ORDER BY id",
    "SELECT id, (SELECT count(*) FROM t b WHERE b.v = a.id * 2 + 1) m FROM t a ORDER BY id",
    "SELECT g, id, row_number() OVER (PARTITION BY g ORDER BY id DESC) r FROM t ORDER BY g, r",
    "SELECT id FROM t ORDER BY v DESC NULLS LAST, id LIMIT 3 OFFSET 2",
    "SELECT g, v, sum(id) s FROM t GROUP BY ROLLUP (g, v) ORDER BY g, v, s",
    "SELECT DISTINCT g FROM t ORDER BY g DESC",
    "SELECT explode(sequence(1, g)) x, id FROM t WHERE id < 4 ORDER BY id, x",
    "SELECT count(*) FROM (SELECT 1 FROM t a CROSS JOIN t b LIMIT 7)",
]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = SparkSession.builder.master("local[2]").appName("stages").getOrCreate()
    rows = [(i, i % 3, None if i % 5 == 0 else i * 2) for i in range(20)]
    table = session.createDataFrame(rows, "id int, g int, v int")
    table.repartition(3).createOrReplaceTempView("t")
    yield session
    session.stop()


@pytest.fixture
def stages(spark: SparkSession) -> Iterator[None]:
    spark.conf.set("spark.sql.ray.exchangeElision", "never")
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    yield
    spark.conf.unset("spark.sql.ray.exchangeElision")
    spark.conf.unset("spark.sql.shuffle.partitions")


@pytest.mark.parametrize("query", QUERIES)
def test_stages_give_what_one_query_gives(
    spark: SparkSession, query: str, request: pytest.FixtureRequest
) -> None:
    whole = spark.sql(query).collect()
    request.getfixturevalue("stages")
    assert spark.sql(query).collect() == whole


@pytest.mark.usefixtures("stages")
@pytest.mark.parametrize("adaptive", ["true", "false"])
def test_shuffles_are_freed_with_the_plans_that_read_them(
    spark: SparkSession, adaptive: str
) -> None:
    tracker = spark.sparkContext._driver._state.tracker
    spark.conf.set("spark.sql.adaptive.enabled", adaptive)
    for _ in range(5):
        spark.range(1000).groupBy((F.col("id") % 7).alias("k")).count().collect()
    spark.conf.unset("spark.sql.adaptive.enabled")
    gc.collect()
    deadline = time.monotonic() + 5
    while tracker._shuffles and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not tracker._shuffles


def test_partitions_are_as_asked_for(spark: SparkSession) -> None:
    numbers = spark.range(0, 10, 1, 4)
    assert numbers.rdd.getNumPartitions() == 4
    assert numbers.repartition(3).rdd.getNumPartitions() == 3
    assert numbers.coalesce(2).rdd.glom().map(len).collect() == [5, 5]
    assert spark.range(3).repartition(2).count() == 3


def test_a_query_in_the_driver_is_cancelled_with_its_group(spark: SparkSession) -> None:
    context = spark.sparkContext
    raised: list[BaseException] = []

    def run() -> None:
        context.setJobGroup("slow", "a cross join that takes minutes")
        try:
            spark.range(1_000_000).crossJoin(spark.range(1_000_000)).selectExpr(
                "sum(hash(*))"
            ).collect()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive():
        context.cancelJobGroup("slow")
        thread.join(0.05)
    assert [type(error) for error in raised] == [SparkException]
    assert "cancelled job group slow" in str(raised[0])


def test_every_partition_draws_its_own_numbers_from_a_seed(spark: SparkSession) -> None:
    found = spark.range(4).selectExpr("rand(1) AS r").cache()
    # what Spark 4.3 gives on local[2]: two partitions of two rows
    assert [row.r for row in found.collect()] == [
        0.6363787615254752, 0.5993846534021868, 0.5311207224659675, 0.2861372051669987
    ]  # fmt: skip
    found.unpersist()


def test_what_is_run_again_draws_the_same_numbers(spark: SparkSession) -> None:
    rows = spark.range(0, 8, 1, 4).selectExpr("id", "rand(42) AS r", "randn(1) AS n").rdd
    assert rows.collect() == rows.collect()
