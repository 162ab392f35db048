"""Rules that ask a source of files: which directories, which file a row is of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rayspark.catalyst.expressions import Call, InSubquery
from rayspark.catalyst.logical import Filter, Join, Relation
from rayspark.catalyst.optimizer.rules.eliminate_subquery_aliases import (
    eliminate_subquery_aliases,
)
from rayspark.catalyst.optimizer.rules.prune_partitions import PRUNE_PARTITIONS
from rayspark.catalyst.optimizer.rules.read_file_metadata import READ_FILE_METADATA
from rayspark.execution.query import QueryExecution
from rayspark.sql import SparkSession
from tests.catalyst.optimizer.plan_rig import stays


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    path = str(tmp_path_factory.mktemp("files") / "facts")
    with SparkSession.builder.master("local[1]").getOrCreate() as session:
        facts = session.range(6).selectExpr("id", "id % 3 AS p")
        facts.write.partitionBy("p").parquet(path)
        session.read.parquet(path).createOrReplaceTempView("facts")
        session.range(3).createOrReplaceTempView("days")
        yield session


def optimized(spark: SparkSession, text: str):
    return QueryExecution(spark._state, spark.sql(text)._plan).optimized


@pytest.mark.parametrize(
    ("kind", "prunes"), [("JOIN", True), ("RIGHT JOIN", True), ("LEFT JOIN", False)]
)
def test_directories_that_a_join_drops(spark: SparkSession, kind: str, prunes: bool) -> None:
    small = "(SELECT id AS d FROM days WHERE id = 1)"
    plan = optimized(spark, f"SELECT * FROM facts {kind} {small} ON CAST(p AS BIGINT) = d")
    stays(PRUNE_PARTITIONS, plan)  # the directory's own column must be compared
    plan = optimized(
        spark, f"SELECT * FROM facts {kind} (SELECT INT(d) AS d FROM {small}) ON p = d"
    )
    found = PRUNE_PARTITIONS.apply(plan)
    chosen = [
        node for node in found.walk() if isinstance(node, Filter) and node.condition.has(InSubquery)
    ]
    assert bool(chosen) is prunes
    assert all(isinstance(node.child, Relation) for node in chosen)
    assert PRUNE_PARTITIONS.apply(found) is found


def test_a_whole_side_chooses_nothing(spark: SparkSession) -> None:
    plan = optimized(spark, "SELECT * FROM facts JOIN (SELECT INT(id) AS d FROM days) ON p = d")
    assert plan.has(Join)
    stays(PRUNE_PARTITIONS, plan)


def test_the_name_of_a_rows_file_is_read_by_its_source(spark: SparkSession) -> None:
    text = "SELECT id, input_file_name() AS f FROM facts"
    plan = eliminate_subquery_aliases(QueryExecution(spark._state, spark.sql(text)._plan).analyzed)
    found = READ_FILE_METADATA.apply(plan)
    assert found.output == plan.output
    assert not any(
        isinstance(e, Call) and e.name == "input_file_name"
        for node in found.walk()
        for column in node.expressions
        for e in column.walk()
    )
    names = {Path(row.f).parent.name for row in spark.sql(text).collect()}
    assert names == {"p=0", "p=1", "p=2"}


def test_rows_of_no_file(spark: SparkSession) -> None:
    text = "SELECT id, input_file_name() AS f FROM days"
    plan = eliminate_subquery_aliases(QueryExecution(spark._state, spark.sql(text)._plan).analyzed)
    stays(READ_FILE_METADATA, plan)
    assert {row.f for row in spark.sql(text).collect()} == {""}
