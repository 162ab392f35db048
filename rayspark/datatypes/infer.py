"""The type of a Python value, and what two rows' types become together.

>>> infer_type([1, None]), infer_type({"a": 1.5})
(ArrayType(LongType(), True), MapType(StringType(), DoubleType(), True))

Merging is what inference over several rows needs: null gives way to anything, text swallows any
atomic type, structs merge field by field; other differences are an error, never a guess.
"""

from __future__ import annotations

import datetime
import decimal
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rayspark.datatypes.atomic import (
    BinaryType,
    BooleanType,
    ByteType,
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
)
from rayspark.datatypes.base import AtomicType, DataType, NullType
from rayspark.datatypes.intervals import DayTimeIntervalType
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.schema import StructField, StructType
from rayspark.datatypes.spatial import Geography, GeographyType, Geometry, GeometryType
from rayspark.datatypes.variant import VariantType, VariantVal
from rayspark.errors import PySparkTypeError
from rayspark.records import dataclass


@dataclass(frozen=True)
class InferOptions:
    """How to read what Python leaves open; each has a configuration key of Spark's."""

    dict_as_struct: bool = False
    """``spark.sql.pyspark.inferNestedDictAsStruct.enabled``: a dictionary is a struct, no map."""
    array_from_first_element: bool = False
    """``spark.sql.pyspark.legacy.inferArrayTypeFromFirstElement.enabled``"""
    map_from_first_pair: bool = False
    """``spark.sql.pyspark.legacy.inferMapTypeFromFirstPair.enabled``"""
    prefer_timestamp_ntz: bool = False
    """``spark.sql.timestampType = TIMESTAMP_NTZ``: a datetime without zone is no instant."""


DEFAULT = InferOptions()

_BY_CLASS: dict[type, Callable[[], DataType]] = {
    type(None): NullType,
    bool: BooleanType,
    int: LongType,
    float: DoubleType,
    str: StringType,
    bytearray: BinaryType,
    bytes: BinaryType,
    decimal.Decimal: lambda: DecimalType(38, 18),  # wide, for scales differ from row to row
    datetime.date: DateType,
    datetime.datetime: TimestampType,
    datetime.time: TimeType,
    datetime.timedelta: DayTimeIntervalType,
}
_ARRAY_FLOATS: dict[str, type[DataType]] = {"f": FloatType, "d": DoubleType, "u": StringType}
_SIGNED_BY_BITS: dict[int, type[DataType]] = {
    8: ByteType,
    16: ShortType,
    32: IntegerType,
    64: LongType,
}


def infer_type(obj: Any, options: InferOptions = DEFAULT) -> DataType:
    """The type of a value.

    Raises
    ------
    PySparkTypeError
        if its class stands for no type (``UNSUPPORTED_DATA_TYPE``), or values inside disagree.
    """
    if hasattr(obj, "__UDT__"):
        declared: DataType = obj.__UDT__
        return declared
    match obj:
        case Geography() | Geometry():
            kind = GeographyType if isinstance(obj, Geography) else GeometryType
            return kind(obj.getSrid())
        case VariantVal():
            return VariantType()
        case datetime.datetime() if options.prefer_timestamp_ntz and obj.tzinfo is None:
            return TimestampNTZType()
        case _ if type(obj) in _BY_CLASS:
            return _BY_CLASS[type(obj)]()
        case dict():
            return _infer_dict(obj, options)
        case list():
            return _infer_list(obj, options)
        case array():
            return ArrayType(_array_item(obj.typecode, obj.itemsize), False)
    try:
        return infer_schema(obj, None, _inside_struct(options))
    except TypeError:
        raise _unsupported(type(obj).__name__) from None


def infer_schema(
    row: Any, names: Sequence[str] | None = None, options: InferOptions = DEFAULT
) -> StructType:
    """The schema of one row.

    Parameters
    ----------
    row : dict, Row, named tuple, tuple, list or object with attributes
        the row. Keys of a dictionary and attributes of an object are sorted.
    names : list of str, optional
        names for a plain tuple's or list's values (default ``_1``, ``_2``...; these also fill up a
        short list).
    options : InferOptions
        how to read its values.

    Raises
    ------
    PySparkTypeError
        if it is nothing of these, or a value's type is unknown (``CANNOT_INFER_TYPE_FOR_FIELD``).
    """
    fields = []
    for name, value in _items(row, names):
        try:
            fields.append(StructField(name, infer_type(value, options), True))
        except TypeError:
            raise PySparkTypeError(
                errorClass="CANNOT_INFER_TYPE_FOR_FIELD", messageParameters={"field_name": name}
            ) from None
    return StructType(fields)


def merge_type(a: DataType, b: DataType, place: str | None = None) -> DataType:
    """The type that holds values of both.

    Parameters
    ----------
    a, b : DataType
        the types.
    place : str, optional
        where they stand.

    Raises
    ------
    PySparkTypeError
        if there is none (``CANNOT_MERGE_TYPE``).
    """
    match a, b:
        case (NullType(), _):
            return b
        case (_, NullType()):
            return a
        case (TimestampType(), TimestampNTZType()) | (TimestampNTZType(), TimestampType()):
            return TimestampType()
        case (GeometryType(), GeometryType()):
            return a if a.srid == b.srid else GeometryType("ANY")
        case (GeographyType(), GeographyType()):
            return a if a.srid == b.srid else GeographyType("ANY")
        case (AtomicType(), StringType()):
            return b
        case (StringType(), AtomicType()):
            return a
        case _ if type(a) is not type(b):
            raise PySparkTypeError(
                errorClass="CANNOT_MERGE_TYPE",
                messageParameters={"data_type1": type(a).__name__, "data_type2": type(b).__name__},
            )
        case (StructType(), StructType()):
            return _merge_struct(a, b, place)
        case (ArrayType(), ArrayType()):
            inside = f"element in array {place}"
            return ArrayType(merge_type(a.elementType, b.elementType, inside), True)
        case (MapType(), MapType()):
            key = merge_type(a.keyType, b.keyType, f"key of map {place}")
            return MapType(key, merge_type(a.valueType, b.valueType, f"value of map {place}"), True)
        case _:
            return a


def merge_types(types: Iterable[DataType]) -> DataType:
    """The type that holds values of all; null of none."""
    found: DataType = NullType()
    for dt in types:
        found = merge_type(found, dt)
    return found


def has_null_type(dt: DataType) -> bool:
    """Whether some part of the type is still unknown (all values seen were ``None``)."""
    match dt:
        case StructType():
            return any(has_null_type(f.dataType) for f in dt.fields)
        case ArrayType():
            return has_null_type(dt.elementType)
        case MapType():
            return has_null_type(dt.keyType) or has_null_type(dt.valueType)
        case _:
            return isinstance(dt, NullType)


def _items(row: Any, names: Sequence[str] | None) -> Iterable[tuple[str, Any]]:
    if isinstance(row, dict):
        return sorted(row.items())
    if isinstance(row, tuple | list):
        named = getattr(row, "__fields__", None) or getattr(row, "_fields", None)
        if named is not None:
            return zip(named, tuple(row), strict=False)
        given = list(names or ())
        given += [f"_{i}" for i in range(len(given) + 1, len(row) + 1)]
        return zip(given, row, strict=False)
    if hasattr(row, "__dict__"):
        return sorted(row.__dict__.items())
    raise PySparkTypeError(
        errorClass="CANNOT_INFER_SCHEMA_FOR_TYPE",
        messageParameters={"data_type": type(row).__name__},
    )


def _inside_list(options: InferOptions) -> InferOptions:
    # PySpark 4.3 hands its last two flags to list elements one place too early, so that the
    # timestamp preference arrives as the map one. Programs see the inferred types, so we infer the
    # same.
    return InferOptions(
        options.dict_as_struct, options.array_from_first_element, options.prefer_timestamp_ntz
    )


def _inside_struct(options: InferOptions) -> InferOptions:
    # Likewise, the map flag does not reach into rows.
    return InferOptions(
        options.dict_as_struct,
        options.array_from_first_element,
        prefer_timestamp_ntz=options.prefer_timestamp_ntz,
    )


def _infer_dict(obj: dict[Any, Any], options: InferOptions) -> DataType:
    full = [(k, v) for k, v in obj.items() if k is not None and v is not None]
    if options.dict_as_struct:
        return StructType([StructField(k, infer_type(v, options), True) for k, v in full])
    if options.map_from_first_pair:
        if not full:
            return MapType(NullType(), NullType(), True)
        key, value = full[0]
        return MapType(infer_type(key, options), infer_type(value, options), True)
    keys = [infer_type(k, options) for k in obj if k is not None]
    values = [infer_type(v, options) for v in obj.values() if v is not None]
    return MapType(merge_types(keys), merge_types(values), True)


def _infer_list(obj: list[Any], options: InferOptions) -> DataType:
    inside = _inside_list(options)
    looked_at = obj[:1] if options.array_from_first_element else obj
    return ArrayType(merge_types(infer_type(v, inside) for v in looked_at), True)


def _array_item(code: str, itemsize: int) -> DataType:
    """The type of ``array.array`` items. Unsigned ones take the next wider type."""
    if code in _ARRAY_FLOATS:
        return _ARRAY_FLOATS[code]()
    bits = itemsize * 8 if code in "bhil" else itemsize * 16
    if code not in "bhilBHIL" or bits not in _SIGNED_BY_BITS:
        raise _unsupported(f"array({code})")
    return _SIGNED_BY_BITS[bits]()


def _merge_struct(a: StructType, b: StructType, place: str | None) -> StructType:
    suffix = f" in {place}" if place else ""
    others = {f.name: f.dataType for f in b.fields}
    merged = [
        StructField(
            f.name,
            merge_type(f.dataType, others.pop(f.name, NullType()), f"field {f.name}{suffix}"),
        )
        for f in a.fields
    ]
    return StructType(merged + [StructField(name, dt) for name, dt in others.items()])


def _unsupported(name: str) -> PySparkTypeError:
    return PySparkTypeError(
        errorClass="UNSUPPORTED_DATA_TYPE", messageParameters={"data_type": name}
    )
