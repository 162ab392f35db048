"""Parquet's types as Spark's: what a footer says, and what may be read as what.

Spark writes its own schema into the footer; where it is there, it counts. Else Parquet's types do:
unsigned numbers take the next wider type, INT96 is a timestamp, text without annotation is BINARY.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    ByteType,
    CharType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    ShortType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VarcharType,
    VariantType,
    YearMonthIntervalType,
    parse_json_string,
)
from rayspark.datatypes.arrow import from_arrow_type
from rayspark.errors import AnalysisException
from rayspark.execution.sources.options import setting_flag

SPARK_SCHEMA_KEY = b"org.apache.spark.sql.parquet.row.metadata"

_UNSIGNED: dict[pa.DataType, DataType] = {
    pa.uint8(): ShortType(),
    pa.uint16(): IntegerType(),
    pa.uint32(): LongType(),
    pa.uint64(): DecimalType(20, 0),
}


PLAIN_OF_VIEWS = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
"""Arrow notes in a file's metadata may ask for views, which are text and bytes all the same."""


def spark_schema(metadata: pq.FileMetaData, settings: Mapping[str, str]) -> StructType:
    """The schema of a file, as ``spark.read.parquet`` shows it (before all becomes nullable)."""
    written = (metadata.metadata or {}).get(SPARK_SCHEMA_KEY)
    if written is not None:
        found = parse_json_string(written.decode())
        if isinstance(found, StructType):
            return found
    return physical_schema(metadata, settings)


def physical_schema(metadata: pq.FileMetaData, settings: Mapping[str, str]) -> StructType:
    """The schema by Parquet's types alone."""
    leaves = metadata.schema
    int96 = {
        leaves.column(i).path
        for i in range(len(leaves))
        if leaves.column(i).physical_type == "INT96"
    }
    binary_as_string = setting_flag(settings, "spark.sql.parquet.binaryAsString", default=False)
    ntz = setting_flag(settings, "spark.sql.parquet.inferTimestampNTZ.enabled", default=True)
    nanos = setting_flag(settings, "spark.sql.legacy.parquet.nanosAsLong", default=False)

    def convert(at: pa.DataType, path: str) -> DataType:
        types = pa.types
        if at in _UNSIGNED:
            return _UNSIGNED[at]
        if types.is_timestamp(at):
            if path in int96:
                return TimestampType()
            if at.unit == "ns":
                if nanos:
                    return LongType()
                adjusted = "true" if at.tz else "false"
                raise AnalysisException(
                    errorClass="PARQUET_TYPE_ILLEGAL",
                    messageParameters={"parquetType": f"INT64 (TIMESTAMP(NANOS,{adjusted}))"},
                )
            return TimestampNTZType() if at.tz is None and ntz else TimestampType()
        if types.is_duration(at):
            return LongType()
        if types.is_time(at):
            return TimeType(6)
        if types.is_binary(at) or types.is_large_binary(at) or types.is_fixed_size_binary(at):
            return StringType() if binary_as_string else BinaryType()
        if types.is_dictionary(at):
            return convert(at.value_type, path)
        if types.is_map(at):
            key = convert(at.key_type, f"{path}.key_value.key")
            value = convert(at.item_type, f"{path}.key_value.value")
            return MapType(key, value, at.item_field.nullable)
        if types.is_list(at) or types.is_large_list(at) or types.is_fixed_size_list(at):
            inner = convert(at.value_type, f"{path}.list.{at.value_field.name}")
            return ArrayType(inner, at.value_field.nullable)
        if types.is_struct(at):
            return StructType(
                [StructField(f.name, convert(f.type, f"{path}.{f.name}"), f.nullable) for f in at]
            )
        return from_arrow_type(PLAIN_OF_VIEWS.get(at, at))

    return StructType(
        [StructField(f.name, convert(f.type, f.name), f.nullable) for f in leaves.to_arrow_schema()]
    )


_INTEGRAL = (ByteType, ShortType, IntegerType)
_TEXT = (StringType, CharType, VarcharType, BinaryType)


def is_readable(stored: DataType, wanted: DataType) -> bool:
    """May values of a file's type be read as the type that the schema says? As Spark's reader."""
    if stored == wanted:
        return True
    match stored, wanted:
        case ((ByteType() | ShortType() | IntegerType()), DecimalType()):
            return wanted.precision - wanted.scale >= 10
        case LongType(), DecimalType():
            return wanted.precision - wanted.scale >= 20
        case DecimalType(), DecimalType():
            more = wanted.scale - stored.scale
            return more >= 0 and wanted.precision - stored.precision >= more
        case IntegerType(), YearMonthIntervalType():
            return True
        case LongType(), DayTimeIntervalType():
            return True
        case ArrayType(), ArrayType():
            return is_readable(stored.elementType, wanted.elementType)
        case MapType(), MapType():
            return is_readable(stored.keyType, wanted.keyType) and is_readable(
                stored.valueType, wanted.valueType
            )
        case StructType(), VariantType():
            return set(stored.names) >= {"value", "metadata"}
        case StructType(), StructType():
            have = {f.name.lower(): f for f in stored.fields}
            return all(
                is_readable(have[f.name.lower()].dataType, f.dataType)
                for f in wanted.fields
                if f.name.lower() in have
            )
    if isinstance(stored, _INTEGRAL):
        return isinstance(wanted, (*_INTEGRAL, LongType, DoubleType))
    if isinstance(stored, FloatType):
        return isinstance(wanted, DoubleType)
    if isinstance(stored, _TEXT):
        return isinstance(wanted, _TEXT)
    if isinstance(stored, DateType):
        return isinstance(wanted, TimestampNTZType)
    if isinstance(stored, (TimestampType, TimestampNTZType)):
        return isinstance(wanted, (TimestampType, TimestampNTZType))
    return isinstance(stored, TimeType) and isinstance(wanted, TimeType)


def parquet_name(metadata: pq.FileMetaData, column: str) -> str:
    """The physical type of a column, as Parquet calls it."""
    leaves = metadata.schema
    for i in range(len(leaves)):
        path = leaves.column(i).path
        if path.lower() == column.lower() or path.lower().startswith(column.lower() + "."):
            found = leaves.column(i)
            return str(found.physical_type) if path.lower() == column.lower() else "group"
    return "unknown"


def merge_types(left: DataType, right: DataType) -> DataType | None:
    """The type of a column that two files have with two types; None if there is none."""
    match left, right:
        case StructType(), StructType():
            return merge_schemas(left, right)
        case ArrayType(), ArrayType():
            inner = merge_types(left.elementType, right.elementType)
            nulls = left.containsNull or right.containsNull
            return None if inner is None else ArrayType(inner, nulls)
        case MapType(), MapType():
            key = merge_types(left.keyType, right.keyType)
            value = merge_types(left.valueType, right.valueType)
            nulls = left.valueContainsNull or right.valueContainsNull
            return None if key is None or value is None else MapType(key, value, nulls)
        case DecimalType(), DecimalType() if left.scale == right.scale:
            return left if left.precision >= right.precision else right
    return left if left == right else None


def merge_schemas(left: StructType, right: StructType) -> StructType | None:
    """The columns of both, those of ``left`` first; None if a type cannot be merged."""
    other = {f.name.lower(): f for f in right.fields}
    fields: list[StructField] = []
    for f in left.fields:
        twin = other.pop(f.name.lower(), None)
        if twin is None:
            fields.append(StructField(f.name, f.dataType, True, f.metadata))
            continue
        merged = merge_types(f.dataType, twin.dataType)
        if merged is None:
            return None
        fields.append(StructField(f.name, merged, f.nullable or twin.nullable, f.metadata))
    fields += [StructField(f.name, f.dataType, True, f.metadata) for f in other.values()]
    return StructType(fields)


def cannot_merge(left: StructType, right: StructType) -> AnalysisException:
    """The error for schemas that :func:`merge_schemas` gives None for."""
    return AnalysisException(
        errorClass="CANNOT_MERGE_SCHEMAS",
        messageParameters={"left": show(left), "right": show(right)},
    )


def show(schema: StructType) -> str:
    """A schema as one line."""
    return json.dumps(schema.simpleString()).strip('"')
