"""Queries that once lost rows, doubled them or saw what they should not: one test for each.

Expected answers are those of PySpark 4.3.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rayspark.errors import ArithmeticException, SparkRuntimeException
from rayspark.execution.duck import Duck
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.planner import Layout
from rayspark.execution.query import QueryExecution
from rayspark.execution.task import run_text
from rayspark.executor.context import TaskInterrupted
from rayspark.executor.running import RunningTasks
from rayspark.sql import SparkSession
from rayspark.sql import functions as F

SETTINGS = {
    "one query": {"spark.sql.ray.exchangeElision": "always"},
    "stages": {
        "spark.sql.ray.exchangeElision": "never",
        "spark.sql.shuffle.partitions": "3",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.autoBroadcastJoinThreshold": "-1",
    },
}


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    made = SparkSession.builder.master("local[2]").appName("rows").getOrCreate()
    yield made
    made.stop()


@pytest.fixture(params=SETTINGS)
def spark(session: SparkSession, request: pytest.FixtureRequest) -> Iterator[SparkSession]:
    for key, value in SETTINGS[request.param].items():
        session.conf.set(key, value)
    yield session
    for key in SETTINGS["stages"]:
        session.conf.unset(key)


def values(frame: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in frame.collect()), key=repr)


def test_null_keys_of_a_full_join_are_one_group(spark: SparkSession) -> None:
    right = spark.range(25, 75).withColumnRenamed("id", "j")
    joined = spark.range(50).join(right, F.col("id") == F.col("j"), "full")
    assert values(joined.where("id IS NULL").groupBy("id").count()) == [(None, 25)]
    assert joined.select("id").distinct().count() == 51


@pytest.mark.parametrize("rows", [0, 7])
def test_an_aggregation_of_constants_is_one_row(spark: SparkSession, rows: int) -> None:
    assert values(spark.range(rows).agg(F.lit(5))) == [(5,)]
    assert spark.range(7).select().distinct().count() == 1


def test_an_aggregation_whose_columns_nobody_reads_is_one_row(spark: SparkSession) -> None:
    spark.range(9).selectExpr("id", "id % 2 AS m").createOrReplaceTempView("pruned")
    assert values(spark.sql("SELECT count(*) FROM (SELECT sum(m) FROM pruned)")) == [(1,)]
    assert values(spark.sql("SELECT 1 FROM (SELECT sum(m), max(id) FROM pruned)")) == [(1,)]


def test_a_constant_gives_no_order(spark: SparkSession) -> None:
    ordered = spark.range(3).orderBy(F.lit("a"), F.desc("id"))
    assert [row.id for row in ordered.collect()] == [2, 1, 0]


NOT_IN = {
    "SELECT a FROM o WHERE a NOT IN (SELECT a FROM i WHERE a IS NOT NULL)": [(3,), (5,)],
    "SELECT a FROM o WHERE (a, b) NOT IN (SELECT a, v FROM i)": [(1,), (2,), (3,)],
    "SELECT a FROM o WHERE (a, b) NOT IN (SELECT 2, CAST(NULL AS INT))": [(1,), (3,), (5,)],
    "SELECT a FROM o WHERE (a, b) NOT IN (SELECT CAST(NULL AS INT), 99)": [
        (1,), (2,), (3,), (None,),
    ],
    "SELECT a FROM o WHERE a IN (SELECT a FROM i) OR b = 30": [(1,), (2,), (3,)],
    "SELECT a FROM o WHERE a NOT IN (SELECT a FROM i WHERE v > 999) OR b = 30": [
        (1,), (2,), (3,), (5,), (None,),
    ],
}  # fmt: skip


@pytest.mark.parametrize("query", NOT_IN)
def test_nulls_of_not_in(spark: SparkSession, query: str) -> None:
    spark.sql(
        "SELECT * FROM VALUES (1, 10), (2, 20), (3, 30), (CAST(NULL AS INT), 40), "
        "(5, CAST(NULL AS INT)) AS t(a, b)"
    ).createOrReplaceTempView("o")
    spark.sql(
        "SELECT * FROM VALUES (1, 100), (1, 5), (2, 7), (CAST(NULL AS INT), 8), "
        "(4, CAST(NULL AS INT)) AS t(a, v)"
    ).createOrReplaceTempView("i")
    assert values(spark.sql(query)) == NOT_IN[query]


def test_a_stream_of_rows_is_read_twice(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\nb\nc\n")
    lines = spark.read.text(str(tmp_path))
    assert lines.union(lines).count() == 6
    assert [row.value for row in lines.tail(2)] == ["b", "c"]


def test_a_cached_difference_is_not_the_opposite_one(spark: SparkSession) -> None:
    every = spark.range(10)
    some = every.where("id < 5")
    kept = every.exceptAll(some).cache()
    try:
        assert kept.count() == 5
        assert some.exceptAll(every).count() == 0
    finally:
        kept.unpersist()


def test_later_writes_to_arrays_are_not_seen(spark: SparkSession) -> None:
    frame, array = pd.DataFrame({"a": [1, 2, 3]}), np.array([1, 2, 3])
    of_frame, of_array = spark.createDataFrame(frame), spark.createDataFrame(array)
    frame.loc[0, "a"] = 99
    array[0] = 77
    assert values(of_frame) == values(of_array) == [(1,), (2,), (3,)]


def test_a_group_function_sees_a_column_called_key(spark: SparkSession) -> None:
    keyed = spark.range(3).select((F.col("id") * 2).alias("key"))
    same = keyed.groupBy("key").applyInPandas(lambda group: group, "key long")
    assert values(same) == [(0,), (2,), (4,)]


def test_groups_of_everything_meet(spark: SparkSession) -> None:
    def count(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"a": [len(left)], "b": [len(right)]})

    both = spark.range(5).groupBy().cogroup(spark.range(3).groupBy())
    assert values(both.applyInPandas(count, "a long, b long")) == [(5, 3)]


def test_a_group_of_zeros_is_positive(spark: SparkSession) -> None:
    zeros = "SELECT {}(-0.0D AS {}) x UNION ALL SELECT {}(0.0D AS {})"
    for kind in ("double", "float"):
        found = spark.sql(f"SELECT DISTINCT x FROM ({zeros.format('cast', kind, 'cast', kind)})")
        assert repr(values(found)) == "[(0.0,)]"


def test_an_order_of_structs_that_may_fail_to_be_made(spark: SparkSession) -> None:
    made = spark.range(3).select(F.struct(F.to_date(F.concat(F.lit("2024-01-0"), F.col("id") + 1)),
                                          "id").alias("s"))  # fmt: skip
    assert [row.s.id for row in made.orderBy(F.desc("s")).collect()] == [2, 1, 0]


def test_set_operations_of_rows_without_columns(spark: SparkSession) -> None:
    three, one = spark.range(3).select(), spark.range(1).select()
    assert three.exceptAll(one).count() == 2
    assert three.intersectAll(three).count() == 3
    assert three.intersect(one).count() == three.union(one).distinct().count() == 1


def test_records_in_a_column_are_read_with_options(spark: SparkSession) -> None:
    texts = spark.range(2).select(F.lit('{"d": "03/02/2024"}').alias("j"))
    found = texts.select(F.from_json("j", "d date", {"dateFormat": "dd/MM/yyyy"}).alias("s"))
    assert [str(row.d) for row in found.select("s.d").collect()] == ["2024-02-03"] * 2


def test_too_many_rows_of_a_scalar_query_say_so(spark: SparkSession) -> None:
    with pytest.raises(SparkRuntimeException, match="SCALAR_SUBQUERY_TOO_MANY_ROWS"):
        spark.sql("SELECT (SELECT id FROM range(3)) FROM range(2)").collect()


def test_an_error_below_a_broadcast_is_the_users(spark: SparkSession) -> None:
    divided = F.broadcast(spark.range(5).selectExpr("id", "1 / (id - 3) AS x"))
    with pytest.raises(ArithmeticException, match="DIVIDE_BY_ZERO"):
        spark.range(5).join(divided, "id").where("x > 0").collect()


def test_planning_one_query_does_not_wait_for_another(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, plan = threading.Event(), threading.Event(), QueryExecution._plan
    slow, quick = (QueryExecution(spark._state, spark.range(3)._plan) for _ in range(2))

    def held(query: QueryExecution, layout: Layout) -> PhysicalPlan:
        if query is slow:
            begun.set()
            assert go_on.wait(20)
        return plan(query, layout)

    monkeypatch.setattr(QueryExecution, "_plan", held)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: slow.physical)
        assert begun.wait(20)
        second = pool.submit(lambda: quick.physical)
        try:
            assert second.result(5).output == quick.optimized.output
        finally:
            go_on.set()
        assert first.result(5) is slow.physical


@pytest.mark.parametrize(
    ("kind", "keys"), [("double", [math.nan, math.nan, 1.0]), ("array<int>", [[1], [1], None])]
)
def test_equal_keys_of_cogroups_meet(spark: SparkSession, kind: str, keys: list[Any]) -> None:
    def count(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"a": [len(left)], "b": [len(right)]})

    left = spark.createDataFrame([(key,) for key in keys], f"k {kind}")
    right = spark.createDataFrame([(keys[0],)], f"k {kind}")
    both = left.groupBy("k").cogroup(right.groupBy("k"))
    assert values(both.applyInPandas(count, "a long, b long")) == [(1, 0), (2, 1)]


def test_a_deep_grouping_expression_is_compared(spark: SparkSession) -> None:
    deep = F.lit(0)
    for at in range(500):
        deep = F.when(F.col("id") == at, at).otherwise(deep)
    assert values(spark.range(2).groupBy(deep.alias("k")).count()) == [(0, 1), (1, 1)]


def test_a_stopped_task_ends_its_query() -> None:
    """The query would take hours; Python's own interruption waits for it."""
    duck, running, begun = Duck(1), RunningTasks(), threading.Event()
    runtime = SimpleNamespace(running=running, shared=lambda name, make: duck)
    context: Any = SimpleNamespace(_runtime=runtime, _killed=None)

    def rows() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pydict({"x": [7]})
        begun.set()  # the task's thread is inside DuckDB

    def task() -> str:
        running.start(1, context)
        try:
            reader = pa.RecordBatchReader.from_batches(pa.schema([("x", pa.int64())]), rows())
            text = "SELECT sum(range % x) FROM given, range(1000000000000)"
            run_text(context, text, {"given": reader})
        except TaskInterrupted:
            return "stopped"
        return "went on"

    pool = ThreadPoolExecutor(1)
    found = pool.submit(task)
    try:
        assert begun.wait(20)
        running.stop(1, "cancelled")
        assert found.result(10) == "stopped"
    finally:
        duck.interrupt_all()
        pool.shutdown()
