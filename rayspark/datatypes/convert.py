"""Python rows to Arrow and back, column by column.

Going in, a value takes its type's internal form (a datetime its microseconds, a map its entries).
Coming out, it is what PySpark's ``collect()`` gives: ``Decimal`` of the type's scale, ``bytes``,
``dict``, nested :class:`Row`, and for timestamps a datetime without zone, in the process's local
zone (or a given one).

>>> from rayspark.datatypes import parse_ddl
>>> schema = parse_ddl("a INT, b ARRAY<STRUCT<c: STRING>>")
>>> batch_to_rows(rows_to_batch([(1, [("x",), None]), {"a": 2}], schema), schema)
[Row(a=1, b=[Row(c='x'), None]), Row(a=2, b=None)]

Pure functions: any thread may call them.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from rayspark.datatypes.arrow import to_arrow_schema, to_arrow_type
from rayspark.datatypes.atomic import (
    MICROS_PER_SECOND,
    BinaryType,
    BooleanType,
    CharType,
    DecimalType,
    DoubleType,
    FloatType,
    StringType,
    TimestampType,
    TimeType,
    VarcharType,
)
from rayspark.datatypes.base import DataType, IntegralType, NullType
from rayspark.datatypes.intervals import CalendarIntervalType, YearMonthIntervalType
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.row import Row, create_row
from rayspark.datatypes.schema import StructType
from rayspark.datatypes.spatial import SpatialType
from rayspark.datatypes.udt import UserDefinedType
from rayspark.datatypes.variant import VariantType, VariantVal
from rayspark.datatypes.verify import INTEGER_BITS
from rayspark.errors import (
    ArithmeticException,
    IllegalArgumentException,
    PySparkTypeError,
    PySparkValueError,
)

Column = list[Any]

_EXACT = decimal.Context(prec=100, rounding=decimal.ROUND_HALF_UP)
"""Wide enough to round any number of 38 digits without rounding twice."""


# --- in ---


def rows_to_batch(
    rows: Sequence[Any], schema: StructType, *, zone: str = "UTC", lenient: bool = False
) -> pa.RecordBatch:
    """A batch of rows.

    Parameters
    ----------
    rows : sequence
        tuples, lists and rows (by position), dictionaries and objects (by name; missing is null),
        or ``None``.
    schema : StructType
        their schema. The rows should have been verified against it.
    zone : str
        the zone timestamps are marked with; their values do not depend on it (default UTC).
    lenient : bool
        for rows that were not verified: as Spark does, a value of the wrong class becomes null and
        an integer too large loses its high bits (default false: pyarrow raises).

    Raises
    ------
    IllegalArgumentException
        if a row has not one value a field.
    ArithmeticException
        if a decimal does not fit.
    """
    at = to_arrow_schema(schema, zone)
    columns = _transpose(rows, schema)
    if not columns:
        return pa.RecordBatch.from_struct_array(pa.array([{}] * len(rows), pa.struct([])))
    arrays = [
        values_to_column(values, f.dataType, zone=zone, lenient=lenient)
        for values, f in zip(columns, schema.fields, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=at)


def values_to_column(
    values: Sequence[Any],
    dt: DataType,
    *,
    zone: str = "UTC",
    lenient: bool = False,
    leaf: Callable[[Sequence[Any], DataType], pa.Array] | None = None,
) -> pa.Array:
    """A column of values of one type; parameters as :func:`rows_to_batch`. ``leaf`` makes the
    columns of values that hold no others (default: by this function's own rules).
    """

    def inner(parts: Sequence[Any], part: DataType) -> pa.Array:
        return values_to_column(parts, part, zone=zone, lenient=lenient, leaf=leaf)

    at = to_arrow_type(dt, zone)
    match dt:
        case StructType():
            return _struct_column(values, dt, at, inner)
        case ArrayType():
            items = [item for value in values if value is not None for item in value]
            return pa.ListArray.from_arrays(_offsets(values), inner(items, dt.elementType), type=at)
        case MapType():
            maps = [value for value in values if value is not None]
            keys = inner([k for value in maps for k in value], dt.keyType).cast(at.key_type)
            items_ = inner([v for value in maps for v in value.values()], dt.valueType)
            return pa.MapArray.from_arrays(_offsets(values), keys, items_, type=at)
        case UserDefinedType():
            stored = [None if value is None else dt.serialize(value) for value in values]
            return inner(stored, dt.sqlType())
        case _ if leaf is not None:
            return leaf(values, dt)
        case _:
            encode = _encoder(dt, lenient)
            if encode is _same or _are_plain(values, dt):
                try:
                    return pa.array(values, at)
                except (OverflowError, pa.ArrowInvalid):
                    if encode is _same:
                        raise
            return pa.array([None if value is None else encode(value) for value in values], at)


def _are_plain(values: Sequence[Any], dt: DataType) -> bool:
    """Are all values of the class that pyarrow takes as it is?"""
    match dt:
        case StringType() | CharType() | VarcharType():
            plain: type = str
        case BooleanType():
            plain = bool
        case FloatType() | DoubleType():
            plain = float
        case IntegralType():
            plain = int
        case _:
            return False
    return set(map(type, values)) <= {plain, NoneType}


def _transpose(rows: Sequence[Any], schema: StructType) -> list[Sequence[Any]]:
    width = len(schema)
    tuples = [_values_of(row, schema) for row in rows]
    for row in tuples:
        if len(row) != width:
            raise IllegalArgumentException(
                errorClass="STRUCT_ARRAY_LENGTH_MISMATCH",
                messageParameters={"expected": str(width), "actual": str(len(row))},
            )
    return list(zip(*tuples, strict=True)) if tuples else [()] * width


def _values_of(row: Any, schema: StructType) -> Sequence[Any]:
    if isinstance(row, tuple | list):
        return row
    if row is None:
        return (None,) * len(schema)
    if isinstance(row, VariantVal):
        raise PySparkValueError("Rows cannot be of type VariantVal")
    named = row if isinstance(row, dict) else getattr(row, "__dict__", None)
    if named is None:
        raise PySparkTypeError(
            errorClass="UNSUPPORTED_DATA_TYPE", messageParameters={"data_type": type(row).__name__}
        )
    return [named.get(name) for name in schema.names]


def _struct_column(
    values: Sequence[Any],
    dt: StructType,
    at: pa.StructType,
    inner: Callable[[Sequence[Any], DataType], pa.Array],
) -> pa.Array:
    missing = pa.array([value is None for value in values], pa.bool_())
    if not dt.fields:
        return pa.array([None if value is None else {} for value in values], at)
    children = [
        inner(column, f.dataType)
        for column, f in zip(_transpose(values, dt), dt.fields, strict=True)
    ]
    return pa.StructArray.from_arrays(children, fields=list(at), mask=missing)


def _offsets(values: Sequence[Any]) -> pa.Array:
    """Where each list or map starts in the flattened column; null where it is missing."""
    lengths = [0 if value is None else len(value) for value in values]
    starts: list[int | None] = list(accumulate(lengths, initial=0))
    for i, value in enumerate(values):
        if value is None:
            starts[i] = None
    return pa.array(starts, pa.int32())


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    """Any value is accepted as text, the way Spark spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _encoder(dt: DataType, lenient: bool) -> Callable[[Any], Any]:
    """What turns a value that is not ``None`` into what pyarrow takes for the type."""
    match dt:
        case StringType() | CharType() | VarcharType():
            return _text
        case BinaryType():
            return lambda value: value.encode() if isinstance(value, str) else bytes(value)
        case DecimalType():
            return _decimal_encoder(dt, lenient)
        case NullType():
            return lambda _value: None
        case BooleanType() if lenient:
            return _class_filter(bool)
        case FloatType() | DoubleType() if lenient:
            return _class_filter(float)
        case IntegralType() if lenient:
            return _wrapping_encoder(INTEGER_BITS[type(dt)])
        case _:
            return dt.toInternal if dt.needConversion() else _same


def _class_filter(accepted: type) -> Callable[[Any], Any]:
    """Null for a value of another class. A NumPy scalar is the Python value it holds."""

    def encode(value: Any) -> Any:
        value = value.item() if isinstance(value, np.generic) else value
        return value if type(value) is accepted else None

    return encode


def _wrapping_encoder(bits: int) -> Callable[[Any], int | None]:
    half, full = 1 << (bits - 1), 1 << bits
    whole = _class_filter(int)

    def encode(value: Any) -> int | None:
        number = whole(value)
        return None if number is None else (number + half) % full - half

    return encode


def _decimal_encoder(dt: DecimalType, lenient: bool) -> Callable[[Any], decimal.Decimal | None]:
    step = decimal.Decimal(1).scaleb(-dt.scale)
    limit = decimal.Decimal(10) ** (dt.precision - dt.scale)

    def encode(value: Any) -> decimal.Decimal | None:
        if not isinstance(value, decimal.Decimal) and lenient:
            return None
        if value.is_nan():
            return None
        rounded: decimal.Decimal = value.quantize(step, context=_EXACT)
        if rounded.copy_abs() >= limit:  # abs() would round to the thread's 28 digits
            raise ArithmeticException(
                errorClass="NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION",
                messageParameters={
                    "originalValue": str(value),
                    "roundedValue": str(rounded),
                    "precision": str(dt.precision),
                    "scale": str(dt.scale),
                },
            )
        return rounded

    return encode


# --- out ---


def batch_to_rows(
    batch: pa.RecordBatch | pa.Table, schema: StructType, *, zone: str | None = None
) -> list[Row]:
    """The rows of a batch or table.

    Parameters
    ----------
    batch : pyarrow.RecordBatch or pyarrow.Table
        the data, with one column a field.
    schema : StructType
        its schema; decides what Arrow leaves open (user-defined types, variants).
    zone : str, optional
        the zone of datetimes (default: the process's own, as PySpark does).

    Raises
    ------
    PySparkNotImplementedError
        if a type has no Python value (year-month and calendar intervals).
    """
    names = schema.names
    if isinstance(batch, pa.Table):
        batches = batch.to_batches()
        return [row for part in batches for row in batch_to_rows(part, schema, zone=zone)]
    columns = [
        column_to_values(column, f.dataType, zone=zone)
        for column, f in zip(batch.columns, schema.fields, strict=True)
    ]
    if not columns:
        return [create_row(names, ()) for _ in range(batch.num_rows)]
    return [create_row(names, values) for values in zip(*columns, strict=True)]


def column_to_values(column: pa.Array, dt: DataType, *, zone: str | None = None) -> Column:
    """The values of a column; parameters as :func:`batch_to_rows`."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    match dt:
        case ArrayType():
            values = column_to_values(_used_part(column, column.values), dt.elementType, zone=zone)
            return [None if span is None else values[span] for span in _spans(column)]
        case MapType():
            keys = column_to_values(_used_part(column, column.keys), dt.keyType, zone=zone)
            items = column_to_values(_used_part(column, column.items), dt.valueType, zone=zone)
            return [
                None if span is None else dict(zip(keys[span], items[span], strict=True))
                for span in _spans(column)
            ]
        case StructType():
            return _struct_values(column, dt, zone)
        case TimestampType():
            return _instants(column, zone)
        case VariantType():
            return [_variant(value) for value in column.to_pylist()]
        case SpatialType():
            return [
                v and dt.fromInternal({"srid": v["srid"], "bytes": v["wkb"]})
                for v in column.to_pylist()
            ]
        case UserDefinedType():
            stored = column_to_values(column, dt.sqlType(), zone=zone)
            return [None if value is None else dt.deserialize(value) for value in stored]
        case TimeType():
            nanos = column.cast(pa.time64("ns")).cast(pa.int64())
            return [dt.fromInternal(value) for value in nanos.to_pylist()]
        case YearMonthIntervalType() | CalendarIntervalType() if dt.needConversion():
            return [value if value is None else dt.fromInternal(value) for value in column]
        case _:
            return list(column.to_pylist())


def _used_part(column: pa.Array, values: pa.Array) -> pa.Array:
    """The elements that a (perhaps sliced) list or map column refers to."""
    start, end = column.offsets[0].as_py(), column.offsets[-1].as_py()
    return values.slice(start, end - start)


def _spans(column: pa.Array) -> Iterable[slice | None]:
    """Where each list or map lies in its used part; none where it is null."""
    offsets = column.offsets.to_pylist()
    first = offsets[0]
    valid = column.is_valid().to_pylist()
    for i, is_valid in enumerate(valid):
        yield slice(offsets[i] - first, offsets[i + 1] - first) if is_valid else None


def _struct_values(column: pa.StructArray, dt: StructType, zone: str | None) -> Column:
    names = dt.names
    valid = column.is_valid().to_pylist()
    children = [
        column_to_values(column.field(i), f.dataType, zone=zone) for i, f in enumerate(dt.fields)
    ]
    rows: Iterable[Any] = zip(*children, strict=True) if children else [()] * len(valid)
    return [
        create_row(names, values) if is_valid else None
        for is_valid, values in zip(valid, rows, strict=True)
    ]


def _variant(stored: dict[str, bytes] | None) -> VariantVal | None:
    # Byte arrays, as PySpark's collect() gives.
    if stored is None:
        return None
    return VariantVal(bytearray(stored["value"]), bytearray(stored["metadata"]))


def _instants(column: pa.Array, zone: str | None) -> Column:
    micros = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64()).to_pylist()
    if zone is None:
        from_internal = TimestampType().fromInternal
        return [from_internal(value) for value in micros]
    where = ZoneInfo(zone)

    def at_zone(value: int | None) -> datetime.datetime | None:
        if value is None:
            return None
        seconds, rest = divmod(value, MICROS_PER_SECOND)
        local = datetime.datetime.fromtimestamp(seconds, where)
        return local.replace(microsecond=rest, tzinfo=None)

    return [at_zone(value) for value in micros]
