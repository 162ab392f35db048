"""Python values as constant expressions, and what users may pass where a column is meant."""

from __future__ import annotations

import datetime
import decimal
from enum import Enum
from typing import Any

import numpy as np

from rayspark.catalyst.expressions import (
    Expression,
    Literal,
    UnresolvedAttribute,
    UnresolvedFunction,
    UnresolvedStar,
    lit,
)
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    ByteType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    NullType,
    ShortType,
    StringType,
    StructType,
    TimestampType,
    TimeType,
    VariantType,
    VariantVal,
)
from rayspark.datatypes.infer import infer_type
from rayspark.errors import PySparkTypeError, PySparkValueError
from rayspark.sql.names import split_name

MICROSECOND = datetime.timedelta(microseconds=1)

_NUMPY: dict[str, type[DataType]] = {
    "int8": ByteType,
    "int16": ShortType,
    "int32": IntegerType,
    "int64": LongType,
    "uint8": ShortType,
    "uint16": IntegerType,
    "uint32": LongType,
    "float32": FloatType,
    "float64": DoubleType,
}


def plain(value: Any) -> Any:
    """The value of a member of an Enum; anything else as it is."""
    return value.value if isinstance(value, Enum) else value


def attribute(name: str) -> Expression:
    """A name, or a star, as written by a user: ``a``, ``t.a``, ``*``, ``t.*``."""
    if name == "*":
        return UnresolvedStar()
    if name.endswith(".*"):
        return UnresolvedStar(split_name(name[:-2]))
    return UnresolvedAttribute(split_name(name))


def literal(value: Any) -> Expression:
    """A constant: what ``lit`` makes of a Python value that is no column.

    Raises
    ------
    PySparkTypeError
        If values of its class have no type (``UNSUPPORTED_LITERAL``).
    """
    value = plain(value)
    match value:
        case None:
            return Literal(None, NullType())
        case bool() | str() | float():
            return lit(value)
        case int():
            return _integer(value)
        case list():
            return UnresolvedFunction("array", tuple(map(literal, value)))
        case np.ndarray():
            return _numpy_array(value)
        case np.generic():
            kind = _NUMPY.get(value.dtype.name)
            return literal(value.item()) if kind is None else Literal(value.item(), kind())
        case decimal.Decimal():
            return Literal(value, _decimal_type(value))
        case bytes() | bytearray():
            return Literal(bytes(value), BinaryType())
        case datetime.datetime():
            return Literal(value.astimezone(datetime.UTC), TimestampType())
        case datetime.date():
            return lit(value)
        case datetime.time():
            return Literal(value, TimeType(6))
        case datetime.timedelta():
            return Literal(value // MICROSECOND, DayTimeIntervalType())
        case VariantVal():
            return Literal(value, VariantType())
    return _nested(value)


def _nested(value: Any) -> Expression:
    """Tuples are structs, dictionaries maps."""
    match value:
        case tuple() | dict():
            found = infer_type(value)
            return Literal(_internal(value, found), found)
    raise PySparkTypeError(
        errorClass="UNSUPPORTED_LITERAL", messageParameters={"literal": repr(value)}
    )


def _internal(value: Any, dt: DataType) -> Any:
    """A nested value in the form in which :class:`Literal` holds it."""
    match dt:
        case _ if value is None:
            return None
        case StructType():
            return tuple(_internal(v, f.dataType) for v, f in zip(value, dt.fields, strict=True))
        case MapType():
            return tuple(
                (_internal(k, dt.keyType), _internal(v, dt.valueType)) for k, v in value.items()
            )
        case ArrayType():
            return tuple(_internal(v, dt.elementType) for v in value)
    found = literal(value)
    return found.value if isinstance(found, Literal) else value


def _integer(value: int) -> Literal:
    if -(1 << 63) <= value < 1 << 63:
        return lit(value)
    return Literal(decimal.Decimal(value), DecimalType(38, 0))


def _decimal_type(value: decimal.Decimal) -> DecimalType:
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int), "a NaN or an infinity is no decimal"
    scale = max(-exponent, 0)
    return DecimalType(max(len(digits) + max(exponent, 0), scale, 1), scale)


def _numpy_array(value: np.ndarray[Any, Any]) -> Expression:
    name = value.dtype.name
    if name not in _NUMPY and name != "bool":
        if value.dtype.kind in "US":
            return UnresolvedFunction(
                "array", tuple(Literal(str(v), StringType()) for v in value.tolist())
            )
        raise PySparkTypeError(
            errorClass="UNSUPPORTED_NUMPY_ARRAY_SCALAR", messageParameters={"dtype": name}
        )
    return UnresolvedFunction("array", tuple(map(literal, value)))


def no_column_in(values: Any) -> None:
    """``lit`` of a list takes constants only.

    Raises
    ------
    PySparkValueError
        ``COLUMN_IN_LIST``.
    """
    stack = [values]
    while stack:
        for member in stack.pop():
            if hasattr(type(member), "_is_column"):
                raise PySparkValueError(
                    errorClass="COLUMN_IN_LIST", messageParameters={"func_name": "lit"}
                )
            if isinstance(member, list):
                stack.append(member)
