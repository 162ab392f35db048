"""Rows become Spark's Arrow data, and come back as ``collect()`` gives them."""

from __future__ import annotations

import base64
import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rayspark.datatypes import DataType, StructField, StructType, parse_ddl, parse_json_string
from rayspark.datatypes.convert import (
    batch_to_rows,
    column_to_values,
    rows_to_batch,
    values_to_column,
)
from rayspark.datatypes.verify import make_verifier
from rayspark.sql.types import (
    ArrayType,
    CharType,
    DoubleType,
    IntegerType,
    LongType,
    Row,
    StringType,
    UserDefinedType,
)

NOT_IN_SPARK = {
    # Spark's plan refuses these two types here; ours stores them as text.
    "StructType([StructField('x', CharType(3))])",
    "StructType([StructField('x', VarcharType(3))])",
    # Unverified, Spark reads a null that must not be as the bytes it finds (0); ours stays null.
    "StructType([StructField('x', ArrayType(IntegerType(), False))])",
}


def arrow_of(found: dict[str, Any]) -> pa.Table:
    return pa.ipc.open_stream(base64.b64decode(found["arrow"])).read_all()


def schema_of(found: dict[str, Any]) -> StructType:
    schema = parse_json_string(found["schema"])
    assert isinstance(schema, StructType)
    return schema


def test_sparks_arrow_data_is_collected_as_spark_collects_it(oracle: Any) -> None:
    rows = [r for r in oracle.golden("collect")["sql"] if "arrow" in r.get("value", {})]
    assert len(rows) > 40
    wrong = {}
    for row in rows:
        found = row["value"]
        got = repr(batch_to_rows(arrow_of(found), schema_of(found)))
        if got != found["rows"]:
            wrong[row["sql"]] = (found["rows"], got)
    assert not wrong, wrong


def schema_from(ddl: str) -> StructType:
    schema = parse_ddl(ddl)
    assert isinstance(schema, StructType)
    return schema


def ours(oracle: Any, data: str, schema: str, lenient: bool) -> tuple[StructType, pa.RecordBatch]:
    """What ``createDataFrame`` does with rows and an explicit schema."""
    dt = oracle.evaluate(schema)
    rows = oracle.evaluate(data)
    if isinstance(dt, str):
        dt = parse_ddl(dt)
    if isinstance(dt, DataType) and not isinstance(dt, StructType):
        if not lenient:
            for row in rows:
                make_verifier(dt, name="field value")(row)
        dt, rows = StructType([StructField("value", dt)]), [(row,) for row in rows]
    elif not lenient:
        verify = make_verifier(dt)
        for row in rows:
            verify(row)
    return dt, rows_to_batch(rows, dt, lenient=lenient)


@pytest.mark.parametrize("section", ["rows", "unverified"])
def test_python_rows_become_sparks_arrow_data_and_come_back(section: str, oracle: Any) -> None:
    wrong = {}
    for row in oracle.golden("collect")[section]:
        data, schema = row["data"], row["schema"]
        crashed = row.get("error", {}).get("class") == "Py4JJavaError"  # NumPy values, null keys
        if crashed or schema in NOT_IN_SPARK or schema.startswith("["):
            continue
        try:
            dt, batch = ours(oracle, data, schema, lenient=section == "unverified")
        except Exception as error:  # compared below
            got = oracle.normal(oracle.answer(lambda e=error: _raise(e)))
            expected = oracle.normal(row) if "error" in row else row["value"]["rows"]
            if got != expected:
                wrong[data, schema] = (expected, got)
            continue
        expected = row.get("value", row)
        table = pa.Table.from_batches([batch])
        if "error" in row:
            wrong[data, schema] = (row["error"]["class"], batch_to_rows(batch, dt))
        elif repr(batch_to_rows(batch, dt)) != expected["rows"]:
            wrong[data, schema] = (expected["rows"], batch_to_rows(batch, dt))
        elif table.schema != arrow_of(expected).schema or not _same(table, arrow_of(expected)):
            wrong[data, schema] = (arrow_of(expected), table)
    assert not wrong, wrong


def _same(ours: pa.Table, spark: pa.Table) -> bool:
    return repr(ours.to_pylist()) == repr(spark.to_pylist())


def _raise(error: Exception) -> None:
    raise error


def test_datetimes_come_out_in_a_given_zone() -> None:
    schema = schema_from("t timestamp")
    moment = datetime.datetime(2020, 7, 1, 12, tzinfo=datetime.UTC)
    batch = rows_to_batch([(moment,), (None,)], schema)
    rows = batch_to_rows(batch, schema, zone="Asia/Tokyo")
    assert rows == [(datetime.datetime(2020, 7, 1, 21),), (None,)]


def test_sliced_and_dictionary_columns_are_read_in_their_own_bounds() -> None:
    schema = schema_from("a array<int>, m map<string,int>, s struct<x: array<string>>")
    data = [([i] * i, {str(i): i}, ([str(i)],)) if i % 3 else (None, None, None) for i in range(9)]
    batch = rows_to_batch(data, schema)
    assert batch_to_rows(batch.slice(4, 3), schema) == batch_to_rows(batch, schema)[4:7]
    words = pa.array(["a", None, "a"]).dictionary_encode()
    assert column_to_values(words, StringType()) == ["a", None, "a"]


def test_rows_without_fields_keep_their_number() -> None:
    batch = rows_to_batch([(), ()], StructType())
    assert batch_to_rows(batch, StructType()) == [Row(), Row()]
    assert batch_to_rows(rows_to_batch([], schema_from("a int")), schema_from("a int")) == []


class PointType(UserDefinedType):
    @classmethod
    def sqlType(cls) -> DataType:
        return ArrayType(LongType(), False)

    @classmethod
    def module(cls) -> str:
        return __name__

    def serialize(self, obj: Point) -> list[int]:
        return [obj.x, obj.y]

    def deserialize(self, datum: list[int]) -> Point:
        return Point(*datum)


class Point:
    __UDT__ = PointType()

    def __init__(self, x: int, y: int):
        self.x, self.y = x, y


def test_user_defined_values_are_stored_as_their_sql_type() -> None:
    column = values_to_column([Point(1, 2), None], PointType())
    assert column.to_pylist() == [[1, 2], None]
    point, nothing = column_to_values(column, PointType())
    assert (point.x, point.y, nothing) == (1, 2, None)


def test_char_columns_are_text() -> None:
    assert values_to_column(["ab"], CharType(3)).type == pa.string()


def test_numpy_values_are_taken_for_what_they_hold() -> None:
    for lenient in (False, True):
        numbers = values_to_column([np.int32(3), None], IntegerType(), lenient=lenient)
        assert numbers.to_pylist() == [3, None]
        lists = values_to_column([np.array([1.5])], ArrayType(DoubleType()), lenient=lenient)
        assert lists.to_pylist() == [[1.5]]


def test_a_value_of_the_wrong_class_is_an_error_unless_lenient() -> None:
    with pytest.raises(pa.ArrowInvalid):
        values_to_column(["x"], IntegerType())
    assert values_to_column(["x"], IntegerType(), lenient=True).to_pylist() == [None]
