"""Data in this process as a relation: rows, pandas, Arrow, numpy; and RDDs of rows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rayspark.catalyst.expressions import Attribute
from rayspark.catalyst.logical import LocalRelation, LogicalPlan
from rayspark.datatypes import (
    DataType,
    StructField,
    StructType,
    TimestampType,
    VariantVal,
    parse_ddl,
)
from rayspark.datatypes.arrow import from_arrow_schema, to_arrow_schema
from rayspark.datatypes.convert import rows_to_batch
from rayspark.datatypes.infer import InferOptions, has_null_type, infer_schema, merge_type
from rayspark.datatypes.verify import make_verifier
from rayspark.errors import PySparkTypeError, PySparkValueError
from rayspark.execution.bridge import stored_rows
from rayspark.lazy import compute as pc
from rayspark.rdd import RDD
from rayspark.sql.expected import expected

if TYPE_CHECKING:
    from rayspark.execution.session_conf import SessionConf

Names = Sequence[str]


def local_relation(
    data: Any,
    schema: Any,
    sampling: float | None,
    verify: bool,
    conf: SessionConf,
) -> LogicalPlan:
    """The relation that ``createDataFrame`` makes of its arguments."""
    if isinstance(schema, str):
        schema = parse_ddl(schema)
    elif isinstance(schema, list | tuple):
        schema = [n.decode() if isinstance(n, bytes) else str(n) for n in schema]
    if _is_pandas(data):
        data = _from_pandas(data, schema)
    if isinstance(data, np.ndarray):
        data, schema = _from_numpy(data, schema)
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    if isinstance(data, pa.Table):
        return _of_table(data, schema, conf)
    if isinstance(data, RDD):
        return _of_rdd(data, schema, sampling, verify, options_of(conf))
    return _of_rows(data, schema, verify, options_of(conf))


def options_of(conf: SessionConf) -> InferOptions:
    """How types are inferred in a session."""
    prefix = "spark.sql.pyspark"
    return InferOptions(
        conf.get(f"{prefix}.inferNestedDictAsStruct.enabled") == "true",
        conf.get(f"{prefix}.legacy.inferArrayTypeFromFirstElement.enabled") == "true",
        conf.get(f"{prefix}.legacy.inferMapTypeFromFirstPair.enabled") == "true",
        conf.get("spark.sql.timestampType") == "TIMESTAMP_NTZ",
    )


def relation_of(table: pa.Table, schema: StructType) -> LocalRelation:
    """A relation over a table that has the schema's Arrow types."""
    attributes = tuple(
        Attribute(f.name, f.dataType, f.nullable, metadata=f.metadata or None)
        for f in schema.fields
    )
    return LocalRelation(attributes, table)


# -- rows ------------------------------------------------------------------------------------------


def _of_rows(data: Any, schema: Any, verify: bool, options: InferOptions) -> LocalRelation:
    try:
        rows = data if isinstance(data, list) else list(data)
    except TypeError:
        raise expected("data", "iterable", data) from None
    if any(isinstance(row, VariantVal) for row in rows):
        raise PySparkValueError("Rows cannot be of type VariantVal")
    if schema is None or isinstance(schema, list):
        inferred = _inferred(rows, schema, options)
        batch = rows_to_batch(rows, inferred, lenient=True)
        named = _renamed(inferred, schema)
    else:
        named = _struct_of(schema)
        rows = _checked(rows, schema, verify)
        batch = rows_to_batch(rows, named, lenient=not verify)
    table = pa.Table.from_batches([batch]).rename_columns(named.names)
    return relation_of(table, named)


def _struct_of(schema: Any) -> StructType:
    if isinstance(schema, StructType):
        return schema
    if isinstance(schema, DataType):
        return StructType([StructField("value", schema)])
    raise expected("schema", "list, None or StructType", schema)


def _checked(rows: list[Any], schema: DataType, verify: bool) -> list[Any]:
    """The rows, verified; values of a single column as rows."""
    single = not isinstance(schema, StructType)
    if verify:
        check = make_verifier(schema, name="field value") if single else make_verifier(schema)
        for row in rows:
            check(row)
    return [(value,) for value in rows] if single else rows


def _inferred(rows: list[Any], names: Names | None, options: InferOptions) -> StructType:
    if not rows:
        raise PySparkValueError(errorClass="CANNOT_INFER_EMPTY_SCHEMA", messageParameters={})
    schemas: list[DataType] = [infer_schema(row, names, options) for row in rows]
    found = reduce(merge_type, schemas)
    if has_null_type(found):
        raise PySparkValueError(errorClass="CANNOT_DETERMINE_TYPE", messageParameters={})
    assert isinstance(found, StructType)
    return found


def _renamed(schema: StructType, names: Names | None) -> StructType:
    fields = [
        StructField(names[i], f.dataType, f.nullable) if names and i < len(names) else f
        for i, f in enumerate(schema.fields)
    ]
    return StructType(fields)


# -- RDDs ------------------------------------------------------------------------------------------


def _of_rdd(
    rdd: RDD[Any], schema: Any, sampling: float | None, verify: bool, options: InferOptions
) -> LogicalPlan:
    if schema is None or isinstance(schema, list):
        inferred = _inferred_of_rdd(rdd, sampling, schema, options)
        renamed = _renamed(inferred, schema)
        return stored_rows(rdd.map(_by_schema(inferred))._node, renamed)
    single = not isinstance(schema, StructType)
    struct = _struct_of(schema)
    rows = rdd.map(_verified(schema, single)) if verify or single else rdd
    return stored_rows(rows._node, struct)


def _verified(schema: DataType, single: bool) -> Any:
    check = make_verifier(schema, name="field value") if single else make_verifier(schema)

    def prepare(row: Any) -> Any:
        check(row)
        return (row,) if single else row

    return prepare


def _by_schema(schema: StructType) -> Any:
    names = schema.names

    def as_tuple(row: Any) -> Any:
        if isinstance(row, tuple | list):
            return tuple(row)
        values = row if isinstance(row, dict) else row.__dict__
        return tuple(values.get(name) for name in names)

    return as_tuple


def _inferred_of_rdd(
    rdd: RDD[Any], sampling: float | None, names: Names | None, options: InferOptions
) -> StructType:
    first = rdd.first()
    if hasattr(first, "__len__") and len(first) == 0:
        raise PySparkValueError(errorClass="CANNOT_INFER_EMPTY_SCHEMA", messageParameters={})
    if sampling is not None:
        seen = rdd.sample(False, float(sampling)) if sampling < 0.99 else rdd
        schemas: RDD[DataType] = seen.map(lambda row: infer_schema(row, names, options))
        merged = schemas.reduce(merge_type)
        assert isinstance(merged, StructType)
        return merged
    found: DataType = infer_schema(first, names, options)
    if has_null_type(found):
        for row in rdd.take(100)[1:]:
            found = merge_type(found, infer_schema(row, names, options))
            if not has_null_type(found):
                break
        else:
            raise PySparkValueError(errorClass="CANNOT_DETERMINE_TYPE", messageParameters={})
    assert isinstance(found, StructType)
    return found


# -- tables ----------------------------------------------------------------------------------------


def _of_table(table: pa.Table, schema: Any, conf: SessionConf) -> LocalRelation:
    prefer_ntz = conf.get("spark.sql.timestampType") == "TIMESTAMP_NTZ"
    if isinstance(schema, StructType):
        named = schema
        if len(schema.fields) != table.num_columns:
            raise PySparkValueError(
                errorClass="AXIS_LENGTH_MISMATCH",
                messageParameters={
                    "expected_length": str(table.num_columns),
                    "actual_length": str(len(schema.fields)),
                },
            )
    elif schema is None or isinstance(schema, list):
        named = _renamed(from_arrow_schema(table.schema, prefer_ntz), schema)
    else:
        raise PySparkTypeError(
            errorClass="UNSUPPORTED_DATA_TYPE_FOR_ARROW",
            messageParameters={"data_type": str(schema)},
        )
    target = to_arrow_schema(named)
    columns = [
        _fitted(column, field, f.dataType, conf.zone)
        for column, field, f in zip(table.columns, target, named.fields, strict=True)
    ]
    return relation_of(pa.Table.from_arrays(columns, schema=target), named)


def _fitted(column: pa.ChunkedArray, field: pa.Field, dt: DataType, zone: str) -> pa.ChunkedArray:
    """A column in exactly the type of the schema."""
    naive = pa.types.is_timestamp(column.type) and column.type.tz is None
    if isinstance(dt, TimestampType) and naive:
        column = pc.assume_timezone(column.cast(pa.timestamp("us"), safe=False), zone,
                                    ambiguous="earliest", nonexistent="latest")  # fmt: skip
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(field.type, safe=False)
    return column.cast(field.type)


def _is_pandas(data: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def _from_pandas(data: Any, schema: Any) -> Any:
    """A pandas DataFrame as an Arrow table; as rows where Arrow cannot tell the types.

    A copy: Arrow would go on to see what the caller writes into the frame's arrays.
    """
    named = data.copy()
    named.columns = [str(name) for name in data.columns]
    try:
        return pa.Table.from_pandas(named, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return (
            named.to_dict("records")
            if schema is None
            else list(named.itertuples(index=False, name=None))
        )


def _from_numpy(data: np.ndarray[Any, Any], schema: Any) -> tuple[pa.Table, Any]:
    """An array of one dimension as a column ``value``, of two as columns ``_1``, ``_2``..."""
    if data.ndim not in (1, 2):
        raise PySparkValueError(
            errorClass="INVALID_NDARRAY_DIMENSION", messageParameters={"dimensions": "1 or 2"}
        )
    if data.ndim == 1 or data.shape[1] == 1:
        columns, names = [data.reshape(-1).copy()], ["value"]
    else:
        columns = [data[:, i].copy() for i in range(data.shape[1])]
        names = [f"_{i + 1}" for i in range(len(columns))]
    table = pa.Table.from_arrays([pa.array(c) for c in columns], names=names)
    if isinstance(schema, DataType) and not isinstance(schema, StructType):
        schema = StructType([StructField("value", schema)])
    return table, schema
