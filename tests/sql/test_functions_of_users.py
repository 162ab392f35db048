"""Functions and table functions written in Python: how they are made, and what they give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from rayspark.datatypes import parse_ddl
from rayspark.errors import (
    AnalysisException,
    PySparkAttributeError,
    PySparkException,
    PySparkTypeError,
)
from rayspark.sql import SparkSession
from rayspark.sql import functions as F
from rayspark.sql.functions import arrow_udf, udf, udtf
from rayspark.sql.types import IntegerType, LongType, StringType
from rayspark.sql.udtf import (
    AnalyzeResult,
    OrderingColumn,
    PartitioningColumn,
    SelectedColumn,
    SkipRestOfInputTableException,
)


def plus(x: int, by: int = 1) -> int:
    """Add."""
    return x + by


@pytest.mark.parametrize(
    "made",
    [
        udf(plus, "int"),
        udf("int")(plus),
        udf(returnType=IntegerType())(plus),
        udf(IntegerType())(plus),
    ],
)
def test_every_way_to_make_a_udf(made: Any) -> None:
    assert made.returnType == IntegerType()
    assert (made.__name__, made.__doc__, made.func) == ("plus", "Add.", plus)
    assert made.deterministic
    assert not made.asNondeterministic().deterministic


def test_the_default_type_is_text() -> None:
    assert udf(plus).returnType == StringType()


def test_named_arguments_and_sql(spark: SparkSession) -> None:
    f = udf(plus, "long")
    assert spark.range(1).select(f("id", by=F.lit(5)).alias("n")).first() == (5,)
    registered = spark.udf.register("plus5", lambda x: x + 5, "long")
    assert spark.sql("SELECT plus5(2)").first() == (7,)
    assert spark.range(1).select(registered("id")).columns == ["plus5(id)"]
    with pytest.raises(PySparkTypeError) as error:
        spark.udf.register("again", f, "int")
    assert error.value.getCondition() == "CANNOT_SPECIFY_RETURN_TYPE_FOR_UDF"


def test_hints_say_how_an_arrow_udf_is_called(spark: SparkSession) -> None:
    @arrow_udf("long")
    def batch(a: pa.Array) -> pa.Array:
        return pa.compute.add(a, 1)

    @arrow_udf("long")
    def batches(parts: Iterator[pa.Array]) -> Iterator[pa.Array]:
        for part in parts:
            yield pa.compute.multiply(part, 2)

    @arrow_udf("long")
    def whole(a: pa.Array) -> int:
        return pa.compute.sum(a).as_py()

    assert (batch.evalType, batches.evalType, whole.evalType) == (250, 251, 252)
    assert spark.range(2).select(batch("id"), batches("id")).collect() == [(1, 0), (2, 2)]
    assert spark.range(4).agg(whole("id")).first() == (6,)


def test_hints_that_mean_nothing_are_an_error() -> None:
    def odd(a: int) -> int:
        return a

    with pytest.raises(PySparkException) as error:
        arrow_udf(odd, "long")
    assert error.value.getCondition() == "UNSUPPORTED_SIGNATURE"
    with pytest.raises(PySparkTypeError) as missing:
        arrow_udf(odd)
    assert missing.value.getCondition() == "CANNOT_BE_NONE"


class Count:
    def eval(self, n: int) -> Iterator[tuple[int, str]]:
        for i in range(n):
            yield i, "x" * i

    def terminate(self) -> Iterator[tuple[int, str]]:
        yield -1, "end"


def test_a_table_function(spark: SparkSession) -> None:
    f = udtf(Count, returnType="i int, s string")
    assert f(F.lit(2)).collect() == [(0, ""), (1, "x"), (-1, "end")]
    spark.udtf.register("count_up", f)
    assert spark.sql("SELECT i FROM count_up(1)").collect() == [(0,), (-1,)]


def test_a_table_function_over_a_table(spark: SparkSession) -> None:
    @udtf(returnType="total long")
    class Total:
        def __init__(self) -> None:
            self.total = 0

        def eval(self, row: Any) -> None:
            self.total += row["id"]

        def terminate(self) -> Iterator[tuple[int]]:
            yield (self.total,)

    assert Total(spark.range(5).asTable().withSinglePartition()).collect() == [(10,)]


def test_classes_that_are_no_table_functions() -> None:
    class Empty:
        pass

    for cls, kind, condition in (
        (Empty, "a int", "INVALID_UDTF_NO_EVAL"),
        (Count, None, "INVALID_UDTF_RETURN_TYPE"),
    ):
        with pytest.raises(PySparkAttributeError) as error:
            udtf(cls, returnType=kind)
        assert error.value.getCondition() == condition


def test_rows_of_the_wrong_width_are_told(spark: SparkSession) -> None:
    @udtf(returnType="a int, b int")
    class Odd:
        def eval(self) -> Iterator[tuple[int]]:
            yield (1,)

    with pytest.raises(PySparkException, match="must yield rows of 2 columns"):
        Odd().collect()


def test_map_in_arrow(spark: SparkSession) -> None:
    def names(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.record_batch({"n": pa.array([str(v) for v in batch.column(0).to_pylist()])})

    frame = spark.range(2).mapInArrow(names, "n string")
    assert frame.schema.fields[0].dataType == StringType()
    assert frame.collect() == [("0",), ("1",)]
    assert spark.range(1).schema.fields[0].dataType == LongType()


def test_rows_of_a_part_come_in_order_and_the_rest_can_be_skipped(spark: SparkSession) -> None:
    @udtf(returnType="k string, v int")
    class First:
        def eval(self, row: Any) -> Iterator[tuple[str, int]]:
            yield row["k"], row["v"]
            raise SkipRestOfInputTableException("enough")

    rows = [("a", 3), ("b", 1), ("a", 2), ("a", 5)]
    table = spark.createDataFrame(rows, "k string, v int").asTable().partitionBy("k")
    assert First(table.orderBy("v")).orderBy("k").collect() == [("a", 2), ("b", 1)]
    assert First(table.orderBy(F.desc("v"))).orderBy("k").collect() == [("a", 5), ("b", 1)]


def test_values_are_rows_of_one_column_and_arguments_have_names(spark: SparkSession) -> None:
    class Numbers:
        def eval(self, n: int, start: int = 0) -> Iterator[int]:
            yield from range(start, n)

    spark.udtf.register("numbers", udtf(Numbers, returnType="i int"))
    assert spark.sql("SELECT * FROM numbers(n => 3, start => 1)").collect() == [(1,), (2,)]


def test_an_analysis_that_fails_is_told(spark: SparkSession) -> None:
    @udtf
    class Odd:
        @staticmethod
        def analyze(n: Any) -> Any:
            raise ValueError("no such columns")

        def eval(self, n: int) -> Iterator[tuple[int]]:
            yield (n,)

    with pytest.raises(AnalysisException, match="no such columns") as error:
        Odd(F.lit(1))
    assert error.value.getCondition() == "TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON"


def asking(**asked: Any) -> Any:
    """A table function whose ``analyze`` asks for its input so; it gives what each instance saw."""

    @udtf
    class Seen:
        def __init__(self, analyzed: AnalyzeResult) -> None:
            self.rows: list[tuple[Any, ...]] = []
            self.single = analyzed.withSinglePartition

        @staticmethod
        def analyze(*given: Any) -> AnalyzeResult:
            return AnalyzeResult(parse_ddl("rows string, single boolean"), **asked)

        def eval(self, row: Any) -> None:
            self.rows.append(tuple(row))

        def terminate(self) -> Iterator[tuple[str, bool]]:
            yield str(self.rows), self.single

    return Seen


K, V = PartitioningColumn("k"), OrderingColumn("v", ascending=False)


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        (
            {"partitionBy": [K], "orderBy": [V]},
            [("[('a', 2), ('a', 1)]", False), ("[('b', 3)]", False)],
        ),
        (
            {"withSinglePartition": True, "orderBy": [V]},
            [("[('b', 3), ('a', 2), ('a', 1)]", True)],
        ),
        (
            {
                "withSinglePartition": True,
                "orderBy": [V],
                "select": [SelectedColumn("v"), SelectedColumn("upper(k)", "u")],
            },
            [("[(3, 'B'), (2, 'A'), (1, 'A')]", True)],
        ),
    ],
)
def test_the_input_is_as_analyze_asks(spark: SparkSession, asked: Any, seen: Any) -> None:
    table = spark.createDataFrame([("a", 1), ("b", 3), ("a", 2)], "k string, v int")
    assert sorted(asking(**asked)(table.asTable()).collect()) == seen


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ({"partitionBy": [K]}, "INCOMPATIBLE_WITH_CALL"),
        ({"withSinglePartition": True}, "INCOMPATIBLE_WITH_CALL"),
        ({"withSinglePartition": True, "partitionBy": [K]}, "INVALID"),
        ({"orderBy": [V]}, "INVALID"),
    ],
)
def test_what_analyze_asks_fits_the_call(spark: SparkSession, asked: Any, condition: str) -> None:
    table = spark.createDataFrame([("a", 1)], "k string, v int").asTable()
    with pytest.raises(AnalysisException) as error:
        asking(**asked)(table.partitionBy("k"))
    expected = f"TABLE_VALUED_FUNCTION_REQUIRED_METADATA_{condition}"
    assert error.value.getCondition() == expected


def test_one_table_argument(spark: SparkSession) -> None:
    table = spark.createDataFrame([("a", 1)], "k string, v int").asTable()
    with pytest.raises(AnalysisException) as error:
        asking()(table, table)
    assert error.value.getCondition() == "TABLE_VALUED_FUNCTION_TOO_MANY_TABLE_ARGUMENTS"
