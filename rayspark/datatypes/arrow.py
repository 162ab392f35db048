"""Types and Arrow types, both ways, nullability and field notes kept.

A timestamp's zone in Arrow is only how it is shown: the stored number is UTC microseconds. Variants
and spatial values are structs of bytes, marked in the metadata of one field, exactly as Spark's own
Arrow streams have them.

>>> from rayspark.sql.types import ArrayType, IntegerType
>>> to_arrow_type(ArrayType(IntegerType(), False))
ListType(list<element: int32 not null>)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from rayspark.datatypes.atomic import (
    BinaryType,
    BooleanType,
    ByteType,
    CharType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VarcharType,
)
from rayspark.datatypes.base import DataType, NullType
from rayspark.datatypes.intervals import (
    CalendarIntervalType,
    DayTimeIntervalType,
    YearMonthIntervalType,
)
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.schema import StructField, StructType
from rayspark.datatypes.spatial import GeographyType, GeometryType, SpatialType
from rayspark.datatypes.udt import UserDefinedType
from rayspark.datatypes.variant import VariantType
from rayspark.errors import PySparkTypeError, UnsupportedOperationException

NOTES_KEY = b"SPARK::metadata::json"
VARIANT_TYPE = pa.struct(
    [
        pa.field("value", pa.binary(), nullable=False),
        pa.field("metadata", pa.binary(), nullable=False, metadata={b"variant": b"true"}),
    ]
)
INTERVAL_MONTHS_ID = 21
"""Arrow's year-month interval: Spark's JVM writes it, pyarrow has the number but no name for it."""

_PLAIN: dict[type[DataType], pa.DataType] = {
    NullType: pa.null(),
    BooleanType: pa.bool_(),
    ByteType: pa.int8(),
    ShortType: pa.int16(),
    IntegerType: pa.int32(),
    LongType: pa.int64(),
    FloatType: pa.float32(),
    DoubleType: pa.float64(),
    StringType: pa.string(),
    CharType: pa.string(),
    VarcharType: pa.string(),
    BinaryType: pa.binary(),
    DateType: pa.date32(),
    TimeType: pa.time64("ns"),
    TimestampNTZType: pa.timestamp("us"),
    DayTimeIntervalType: pa.duration("us"),
    YearMonthIntervalType: pa.int32(),
    CalendarIntervalType: pa.month_day_nano_interval(),
    VariantType: VARIANT_TYPE,
}
_LARGE = {pa.string(): pa.large_string(), pa.binary(): pa.large_binary()}

_READ: list[tuple[Callable[[pa.DataType], bool], Callable[[], DataType]]] = [
    (pa.types.is_boolean, BooleanType),
    (pa.types.is_int8, ByteType),
    (pa.types.is_int16, ShortType),
    (pa.types.is_int32, IntegerType),
    (pa.types.is_int64, LongType),
    (pa.types.is_float32, FloatType),
    (pa.types.is_float64, DoubleType),
    (pa.types.is_string, StringType),
    (pa.types.is_large_string, StringType),
    (pa.types.is_binary, BinaryType),
    (pa.types.is_large_binary, BinaryType),
    (pa.types.is_fixed_size_binary, BinaryType),
    (pa.types.is_date32, DateType),
    (pa.types.is_time64, TimeType),
    (pa.types.is_duration, DayTimeIntervalType),
    (pa.types.is_null, NullType),
    (lambda at: at.id == INTERVAL_MONTHS_ID, YearMonthIntervalType),
    (pa.types.is_interval, CalendarIntervalType),
]


def to_arrow_type(
    dt: DataType,
    zone: str = "UTC",
    *,
    large: bool = False,
    unique_names: bool = False,
) -> pa.DataType:
    """The Arrow type that holds values of ``dt``.

    Parameters
    ----------
    dt : DataType
        the type.
    zone : str
        the zone timestamps are marked with (default UTC).
    large : bool
        use 64-bit offsets for text and bytes (default false).
    unique_names : bool
        refuse structs with two fields of one name (default false).

    Raises
    ------
    PySparkTypeError
        if Arrow has no such type.
    """

    def convert(inner: DataType) -> pa.DataType:
        return to_arrow_type(inner, zone, large=large, unique_names=unique_names)

    if plain := _PLAIN.get(type(dt)):
        return _LARGE.get(plain, plain) if large else plain
    match dt:
        case DecimalType():
            return pa.decimal128(dt.precision, dt.scale)
        case TimestampType():
            return pa.timestamp("us", tz=zone)
        case ArrayType():
            return pa.list_(_field("element", convert(dt.elementType), dt.containsNull))
        case MapType():
            # `SELECT map()` has keys of no type, so it is empty; Arrow's keys must have some type.
            keys = pa.string() if isinstance(dt.keyType, NullType) else convert(dt.keyType)
            key = pa.field("key", keys, nullable=False)
            return pa.map_(key, _field("value", convert(dt.valueType), dt.valueContainsNull))
        case StructType():
            if unique_names and len(set(dt.names)) != len(dt.names):
                raise UnsupportedOperationException(
                    errorClass="DUPLICATED_FIELD_NAME_IN_ARROW_STRUCT",
                    messageParameters={"field_names": str(dt.names)},
                )
            return pa.struct([_to_arrow_field(f, convert(f.dataType)) for f in dt.fields])
        case SpatialType():
            return _spatial_struct(dt)
        case UserDefinedType():
            return convert(dt.sqlType())
        case _:
            raise _no_counterpart(dt)


def to_arrow_schema(
    schema: StructType, zone: str = "UTC", *, large: bool = False, unique_names: bool = False
) -> pa.Schema:
    """The Arrow schema of a DataFrame schema; parameters as :func:`to_arrow_type`."""
    return pa.schema(
        [
            _to_arrow_field(
                f, to_arrow_type(f.dataType, zone, large=large, unique_names=unique_names)
            )
            for f in schema.fields
        ]
    )


def from_arrow_type(at: pa.DataType, prefer_timestamp_ntz: bool = True) -> DataType:
    """The type of values in an Arrow type; of a time, whatever its unit.

    Parameters
    ----------
    at : pyarrow.DataType
        the Arrow type; a dictionary counts as its values.
    prefer_timestamp_ntz : bool
        whether a timestamp without zone is ``TIMESTAMP_NTZ`` (default) or an instant.

    Raises
    ------
    PySparkTypeError
        if Spark has no such type.
    """
    types = pa.types
    for holds, make in _READ:
        if holds(at):
            return make()
    if types.is_decimal(at):
        return DecimalType(at.precision, at.scale)
    if types.is_timestamp(at):
        naive = at.tz is None and prefer_timestamp_ntz
        return TimestampNTZType() if naive else TimestampType()
    if types.is_dictionary(at):
        return from_arrow_type(at.value_type, prefer_timestamp_ntz)
    if types.is_list(at) or types.is_large_list(at) or types.is_fixed_size_list(at):
        element = from_arrow_type(at.value_type, prefer_timestamp_ntz)
        return ArrayType(element, at.value_field.nullable)
    if types.is_map(at):
        key = from_arrow_type(at.key_type, prefer_timestamp_ntz)
        value = from_arrow_type(at.item_type, prefer_timestamp_ntz)
        return MapType(key, value, at.item_field.nullable)
    if types.is_struct(at):
        return _marked_struct(at) or _from_fields(at, prefer_timestamp_ntz)
    raise _no_counterpart(at)


def from_arrow_schema(schema: pa.Schema, prefer_timestamp_ntz: bool = True) -> StructType:
    """The DataFrame schema of an Arrow schema; parameters as :func:`from_arrow_type`."""
    return _from_fields(schema, prefer_timestamp_ntz)


def _to_arrow_field(f: StructField, at: pa.DataType) -> pa.Field:
    notes = {NOTES_KEY: json.dumps(f.metadata).encode()} if f.metadata else None
    return _field(f.name, at, f.nullable, notes)


def _field(
    name: str, at: pa.DataType, nullable: bool, notes: dict[bytes, bytes] | None = None
) -> pa.Field:
    # `SELECT array()` has elements of no type, never null; Arrow's null type must be nullable.
    return pa.field(name, at, nullable=nullable or pa.types.is_null(at), metadata=notes)


def _from_fields(fields: Any, prefer_timestamp_ntz: bool) -> StructType:
    return StructType(
        [
            StructField(
                f.name,
                from_arrow_type(f.type, prefer_timestamp_ntz),
                f.nullable,
                json.loads((f.metadata or {}).get(NOTES_KEY, b"{}")),
            )
            for f in fields
        ]
    )


def _spatial_struct(dt: SpatialType) -> pa.DataType:
    mark = {dt.typeName().encode(): b"true", b"srid": str(dt.srid).encode()}
    return pa.struct(
        [
            pa.field("srid", pa.int32(), nullable=False),
            pa.field("wkb", pa.binary(), nullable=False, metadata=mark),
        ]
    )


def _marked_struct(at: pa.StructType) -> DataType | None:
    """The variant or spatial type that a struct stands for, if one of its fields is marked so."""
    marks = {f.name: f.metadata or {} for f in at}
    if "value" in marks and marks.get("metadata", {}).get(b"variant") == b"true":
        return VariantType()
    wkb = marks.get("wkb", {})
    kinds: tuple[type[SpatialType], ...] = (GeometryType, GeographyType)
    for kind in kinds:
        if "srid" in marks and wkb.get(kind.typeName().encode()) == b"true":
            srid = int(wkb[b"srid"])
            return kind("ANY" if srid == kind.MIXED_SRID else srid)
    return None


def _no_counterpart(dt: Any) -> PySparkTypeError:
    return PySparkTypeError(
        errorClass="UNSUPPORTED_DATA_TYPE_FOR_ARROW_CONVERSION",
        messageParameters={"data_type": str(dt)},
    )
