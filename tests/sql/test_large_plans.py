"""Generated programs: thousands of branches, hundreds of inputs, too many brackets."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest

from rayspark.errors import ArithmeticException, SparkException
from rayspark.execution.compile.depth import MAX_NESTING
from rayspark.execution.duck import nesting
from rayspark.sql import Column, SparkSession
from rayspark.sql import functions as F


def test_what_would_overflow_the_stack_is_refused(spark: SparkSession) -> None:
    with pytest.raises(SparkException, match="nested too deeply"):
        spark.sql("select " + " + ".join(["id"] * MAX_NESTING) + " from range(1)").collect()


def chain(step: Callable[[Column], Column], levels: int) -> Column:
    made = F.col("id")
    for _ in range(levels):
        made = step(made)
    return made


@pytest.mark.parametrize(
    "step",
    [
        lambda c: c + 1,
        F.abs,
        lambda c: F.when(F.col("id") == 7, 1).otherwise(c),
        lambda c: F.when(c > 3, 1).otherwise(2),
    ],
)
def test_expressions_too_deep_for_duckdb_are_refused(
    spark: SparkSession, step: Callable[[Column], Column]
) -> None:
    with pytest.raises(SparkException, match="nested too deeply"):
        spark.range(3).select(chain(step, MAX_NESTING // 2 + 1)).collect()


def test_nested_cases_count_as_brackets_do() -> None:
    """Eight thousand of them end the process."""
    deep = "CASE WHEN a THEN b ELSE " * 8000 + "c" + " END" * 8000
    with pytest.raises(SparkException, match="8000 levels"):
        nesting(deep)
    assert nesting(deep.replace("CASE", '"CASE"').replace(" END", ' "END"')) == 0


def test_brackets_in_text_do_not_count() -> None:
    nesting(f"select '{'(' * 2 * MAX_NESTING}', 'it''s (', {'(1), ' * 2 * MAX_NESTING} 1")
    with pytest.raises(SparkException, match=f"{MAX_NESTING + 1} levels"):
        nesting("(" * (MAX_NESTING + 1) + ")" * (MAX_NESTING + 1))


@pytest.mark.slow
def test_a_case_of_five_thousand_branches(spark: SparkSession) -> None:
    branches = " ".join(f"WHEN id = {i} THEN {2 * i}" for i in range(5000))
    found = spark.range(4998, 5002).selectExpr(f"CASE {branches} ELSE -1 END AS c").collect()
    assert [row.c for row in found] == [9996, 9998, -1, -1]


def test_a_condition_of_hundreds_of_parts(spark: SparkSession) -> None:
    parts = [F.col("id") != i + 2 for i in range(600)]
    assert spark.range(700).where(reduce(lambda a, b: a & b, parts)).count() == 100


def test_a_sum_of_hundreds_of_terms_keeps_its_order_and_overflow(spark: SparkSession) -> None:
    chain = " + ".join(["id"] * 500)
    assert spark.range(3).selectExpr(f"{chain} AS s").agg({"s": "sum"}).first()[0] == 1500
    with pytest.raises(ArithmeticException, match="overflow"):
        spark.range(1 << 60, (1 << 60) + 1).selectExpr(f"{chain} - {chain} AS s").collect()


def test_a_thousand_aggregates(spark: SparkSession) -> None:
    sums = [F.sum(F.col("id") + i).alias(f"s{i}") for i in range(1000)]
    assert spark.range(3).agg(*sums).first()[999] == 3 + 3 * 999


def test_columns_added_one_by_one(spark: SparkSession) -> None:
    frame = spark.range(2)
    for i in range(150):
        frame = frame.withColumn(f"c{i}", F.col("id") + i)
    assert frame.where("c149 = 150").first()[150] == 150


@pytest.mark.parametrize(("word", "meaning"), [("AND", all), ("OR", any)])
def test_a_condition_is_one_chain(spark: SparkSession, word: str, meaning: Any) -> None:
    text = f" {word} ".join(f"(id = {i} OR id = 1 AND id <> {i})" for i in range(3))
    found = [row.id for row in spark.range(5).where(text).collect()]
    assert found == [
        x for x in range(5) if meaning(x == i or (x == 1 and x != i) for i in range(3))
    ]


def test_a_union_of_five_hundred(spark: SparkSession) -> None:
    assert reduce(lambda a, b: a.union(b), [spark.range(2)] * 500).count() == 1000


def test_a_table_of_two_thousand_columns(spark: SparkSession) -> None:
    wide = spark.range(3).select(*[(F.col("id") + i).alias(f"c{i}") for i in range(2000)])
    assert wide.where("c1999 > 1999").select("c0", "c1999").collect() == [(1, 2000), (2, 2001)]


@pytest.mark.parametrize("elision", ["always", "never"])
def test_python_functions_meet_exchanges(spark: SparkSession, elision: str) -> None:
    spark.conf.set("spark.sql.ray.exchangeElision", elision)
    mapped = spark.range(4, numPartitions=2).mapInPandas(lambda batches: batches, "id long")
    grouped = mapped.groupBy("id").applyInPandas(lambda group: group, "id long")
    several = [mapped.repartition(3), mapped.union(mapped).distinct(), grouped.orderBy("id")]
    for frame in several:
        assert sorted(row.id for row in frame.collect()) == [0, 1, 2, 3]
    spark.conf.unset("spark.sql.ray.exchangeElision")
