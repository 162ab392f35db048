"""Whether a Python value fits a type: what ``createDataFrame(verifySchema=True)`` asks of rows.

>>> from rayspark.sql.types import ByteType
>>> make_verifier(ByteType())(12)
>>> make_verifier(ByteType())(1234)
Traceback (most recent call last):
...
rayspark.errors.exceptions.PySparkValueError: ...

A verifier is built once a schema and called once a value. Classes must match exactly: a subclass (a
NumPy scalar, a ``bool`` for an integer) is refused, as in PySpark.
"""

from __future__ import annotations

import datetime
import decimal
from array import array
from collections.abc import Callable
from typing import Any

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
from rayspark.datatypes.base import DataType
from rayspark.datatypes.intervals import DayTimeIntervalType
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.schema import StructType
from rayspark.datatypes.spatial import Geography, GeographyType, Geometry, GeometryType
from rayspark.datatypes.udt import UserDefinedType
from rayspark.datatypes.variant import VariantType
from rayspark.errors import PySparkTypeError, PySparkValueError
from rayspark.records import dataclass

Verify = Callable[[Any], None]

ACCEPTED: dict[type[DataType], tuple[type, ...]] = {
    BooleanType: (bool,),
    ByteType: (int,),
    ShortType: (int,),
    IntegerType: (int,),
    LongType: (int,),
    FloatType: (float,),
    DoubleType: (float,),
    DecimalType: (decimal.Decimal,),
    BinaryType: (bytearray, bytes),
    DateType: (datetime.date, datetime.datetime),
    TimeType: (datetime.time,),
    TimestampType: (datetime.datetime,),
    TimestampNTZType: (datetime.datetime,),
    DayTimeIntervalType: (datetime.timedelta,),
    ArrayType: (list, tuple, array),
    MapType: (dict,),
    GeometryType: (Geometry,),
    GeographyType: (Geography,),
}
"""The Python classes that each type takes, nothing derived from them."""

INTEGER_BITS: dict[type[DataType], int] = {
    ByteType: 8,
    ShortType: 16,
    IntegerType: 32,
    LongType: 64,
}
ANYTHING = (StringType, CharType, VarcharType, VariantType)
"""Types whose conversion takes any value."""


def make_verifier(dt: DataType, nullable: bool = True, name: str | None = None) -> Verify:
    """A function that returns if a value fits, and raises if it does not.

    Parameters
    ----------
    dt : DataType
        the type to fit.
    nullable : bool
        whether ``None`` fits (default true). A decimal NaN counts as ``None``.
    name : str, optional
        what errors call the place, e.g. ``field a``.

    Raises
    ------
    PySparkTypeError
        (the function) if the value's class does not fit.
    PySparkValueError
        (the function) if the value is null, out of range, or of the wrong length.
    """
    place = _Place(dt, name)
    verify = _value_verifier(dt, place)

    def check(obj: Any) -> None:
        if obj is not None and not (isinstance(obj, decimal.Decimal) and obj.is_nan()):
            verify(obj)
        elif not nullable:
            raise place.value_error("FIELD_NOT_NULLABLE")

    return check


@dataclass(frozen=True)
class _Place:
    """A type and where it stands: makes errors, with the name if there is one."""

    dt: DataType
    name: str | None

    def value_error(self, condition: str, **parameters: str) -> PySparkValueError:
        return PySparkValueError(**self._named(condition, parameters))

    def unacceptable(self, obj: Any) -> PySparkTypeError:
        parameters = {"data_type": str(self.dt), "obj": repr(obj), "obj_type": str(type(obj))}
        return PySparkTypeError(**self._named("FIELD_DATA_TYPE_UNACCEPTABLE", parameters))

    def _named(self, condition: str, parameters: dict[str, str]) -> dict[str, Any]:
        if self.name is None:
            return {"errorClass": condition, "messageParameters": parameters}
        named = {"field_name": self.name, **parameters}
        return {"errorClass": f"{condition}_WITH_NAME", "messageParameters": named}

    def check_class(self, obj: Any) -> None:
        accepted = ACCEPTED.get(type(self.dt))
        where = "" if self.name is None else f"{self.name}: "
        assert accepted is not None, f"{where}unknown datatype: {self.dt} for object {obj!r}"
        if type(obj) not in accepted:
            raise self.unacceptable(obj)


def _value_verifier(dt: DataType, place: _Place) -> Verify:
    match dt:
        case _ if isinstance(dt, ANYTHING):
            return lambda _: None
        case UserDefinedType():
            return _udt_verifier(dt, place)
        case ByteType() | ShortType() | IntegerType() | LongType():
            return _integer_verifier(INTEGER_BITS[type(dt)], place)
        case ArrayType():
            return _array_verifier(dt, place)
        case MapType():
            return _map_verifier(dt, place)
        case StructType():
            return _struct_verifier(dt, place)
        case _:
            return place.check_class


def _udt_verifier(dt: UserDefinedType, place: _Place) -> Verify:
    stored = make_verifier(dt.sqlType(), name=place.name)

    def verify(obj: Any) -> None:
        if getattr(obj, "__UDT__", None) != dt:
            raise place.value_error("FIELD_TYPE_MISMATCH", obj=str(obj), data_type=str(dt))
        stored(dt.toInternal(obj))

    return verify


def _integer_verifier(bits: int, place: _Place) -> Verify:
    lower, upper = -(1 << (bits - 1)), (1 << (bits - 1)) - 1

    def verify(obj: Any) -> None:
        place.check_class(obj)
        if not lower <= obj <= upper:
            raise PySparkValueError(
                errorClass="VALUE_OUT_OF_BOUNDS",
                messageParameters={
                    "arg_name": "obj",
                    "lower_bound": str(lower),
                    "upper_bound": str(upper),
                    "actual": str(obj),
                },
            )

    return verify


def _array_verifier(dt: ArrayType, place: _Place) -> Verify:
    element = make_verifier(dt.elementType, dt.containsNull, f"element in array {place.name}")

    def verify(obj: Any) -> None:
        place.check_class(obj)
        for item in obj:
            element(item)

    return verify


def _map_verifier(dt: MapType, place: _Place) -> Verify:
    key = make_verifier(dt.keyType, False, f"key of map {place.name}")
    value = make_verifier(dt.valueType, dt.valueContainsNull, f"value of map {place.name}")

    def verify(obj: Any) -> None:
        place.check_class(obj)
        for k, v in obj.items():
            key(k)
            value(v)

    return verify


def _struct_verifier(dt: StructType, place: _Place) -> Verify:
    suffix = "" if place.name is None else f" in {place.name}"
    fields = [
        (f.name, make_verifier(f.dataType, f.nullable, f"field {f.name}{suffix}"))
        for f in dt.fields
    ]

    def verify(obj: Any) -> None:
        if isinstance(obj, tuple | list):
            if len(obj) != len(fields):
                raise place.value_error(
                    "FIELD_STRUCT_LENGTH_MISMATCH",
                    object_length=str(len(obj)),
                    field_length=str(len(fields)),
                )
            for value, (_, check) in zip(obj, fields, strict=True):
                check(value)
            return
        values = obj if isinstance(obj, dict) else getattr(obj, "__dict__", None)
        if values is None:
            raise place.unacceptable(obj)
        for name, check in fields:
            check(values.get(name))

    return verify
