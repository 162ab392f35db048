"""Hive's directory layout: ``year=2024/city=a%2Fb/part-0.parquet``, read and written.

A directory ``name=value`` gives every file below it a column. The columns' types follow from all
values of a level, as Spark finds them: INT, BIGINT, DECIMAL, DOUBLE, DATE, TIMESTAMP, else STRING.

>>> unescape("a%2Fb"), escape("a/b:c")
('a/b', 'a%2Fb%3Ac')
>>> infer_type(["1", "20000000000"]).simpleString()
'bigint'
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rayspark.datatypes import (
    BooleanType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    NullType,
    ShortType,
    StringType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.errors import SparkRuntimeException

NULL_NAME = "__HIVE_DEFAULT_PARTITION__"
"""The value that stands for null and for the empty string in a directory's name."""

_ESCAPED = {*map(chr, range(1, 32)), *"\"#%'*/:=?\\\x7f{[]^"}
_INT = re.compile(r"[+-]?\d+")
_DOUBLE = re.compile(r"[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?)")
_EXPONENT = re.compile(r"[+-]?\d+\.?\d*[eE][+-]?\d+")
_WIDEST = 38
_DATE = re.compile(r"(\d{4,})-(\d{2})-(\d{2})")
_MOMENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d*)?)?"
    r"(Z|[+-]\d{2}:\d{2})?"
)


def escape(text: str) -> str:
    """A column's name or value as part of a directory name."""
    return "".join(f"%{ord(c):02X}" if c in _ESCAPED else c for c in text)


def unescape(text: str) -> str:
    """What :func:`escape` was given."""
    return re.sub(r"%([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), text)


def parse_directory(name: str) -> tuple[str, str | None] | None:
    """Column and value of a directory's name; None if it is not of a partition."""
    column, equals, value = name.partition("=")
    if not equals or not column or not value:
        return None
    return unescape(column), None if value == NULL_NAME else unescape(value)


def infer_type(values: Iterable[str | None]) -> DataType:
    """The narrowest type that holds all the values; VOID if all are null."""
    found: DataType = NullType()
    for value in values:
        if value is not None:
            found = _wider(found, _type_of(value))
            if isinstance(found, StringType):
                break
    return found


def _type_of(value: str) -> DataType:
    if _INT.fullmatch(value):
        number = int(value)
        if -(2**31) <= number < 2**31:
            return IntegerType()
        if -(2**63) <= number < 2**63:
            return LongType()
        return _whole_decimal(value) or DoubleType()
    if _EXPONENT.fullmatch(value):
        return _whole_decimal(value) or DoubleType()
    if _DOUBLE.fullmatch(value.strip()):
        return DoubleType()
    if _DATE.fullmatch(value) and _read_date(value) is not None:
        return DateType()
    if _MOMENT.fullmatch(value) and _read_moment(value, "UTC") is not None:
        return TimestampType()
    return StringType()


def _whole_decimal(value: str) -> DataType | None:
    """The decimal type of a number without fraction, if there is one so wide."""
    _, digits, exponent = Decimal(value).as_tuple()
    if not isinstance(exponent, int) or exponent < 0 or len(digits) + exponent > _WIDEST:
        return None
    return DecimalType(len(digits) + exponent, 0)


_ORDER = (NullType, IntegerType, LongType, DecimalType, DoubleType, StringType)


def _wider(left: DataType, right: DataType) -> DataType:
    if isinstance(left, NullType) or left == right:
        return right
    times = {DateType, TimestampType}
    if type(left) in times or type(right) in times:
        return TimestampType() if {type(left), type(right)} <= times else StringType()
    if isinstance(left, DecimalType) and isinstance(right, DecimalType):
        return left if left.precision >= right.precision else right
    low, high = sorted((left, right), key=lambda dt: _ORDER.index(type(dt)))
    if isinstance(high, DecimalType) and isinstance(low, (IntegerType, LongType)):
        least = 20 if isinstance(low, LongType) else 10
        return DecimalType(max(high.precision, least), 0)
    if isinstance(high, DoubleType) and isinstance(low, DecimalType):
        return StringType()  # Spark finds no type for both
    return high


def _read_date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _read_moment(text: str, zone: str) -> datetime.datetime | None:
    found = _MOMENT.fullmatch(text)
    if found is None:
        day = _read_date(text)
        return None if day is None else datetime.datetime(
            day.year, day.month, day.day, tzinfo=ZoneInfo(zone))  # fmt: skip
    year, month, day_, hour, minute, second = (int(found[i] or 0) for i in range(1, 7))
    micros = int((found[7] or "0").ljust(6, "0"))
    offset = found[8]
    where: datetime.tzinfo = ZoneInfo(zone)
    if offset == "Z":
        where = datetime.UTC
    elif offset:
        sign = -1 if offset[0] == "-" else 1
        hours, minutes = int(offset[1:3]), int(offset[4:6])
        where = datetime.timezone(sign * datetime.timedelta(hours=hours, minutes=minutes))
    try:
        return datetime.datetime(year, month, day_, hour, minute, second, micros, where)
    except ValueError:
        return None


def read_value(text: str | None, dt: DataType, column: str, zone: str) -> Any:
    """A directory's value in the column's type, in the form that literals have.

    Raises
    ------
    SparkRuntimeException
        If the value does not fit the type that the user gave the column.
    """
    if text is None:
        return None
    value: Any = None
    try:
        match dt:
            case StringType():
                return text
            case ByteType() | ShortType() | IntegerType() | LongType():
                value = int(text)
            case DecimalType():
                value = Decimal(text)
            case DoubleType() | FloatType():
                value = float(text.rstrip("dDfF"))
            case BooleanType():
                value = {"true": True, "false": False}.get(text.lower())
            case DateType():
                value = _read_date(text)
            case TimestampType():
                value = _read_moment(text, zone)
            case TimestampNTZType():
                found = _read_moment(text, "UTC")
                value = None if found is None else found.replace(tzinfo=None)
    except (ValueError, ArithmeticError):
        value = None
    if value is None:
        raise SparkRuntimeException(
            f"The directory value {column}={text} cannot be read as {dt.simpleString()}. Give the "
            "column another type in schema(...), or turn off "
            "spark.sql.sources.partitionColumnTypeInference.enabled to read strings."
        )
    return value


def directory_name(names: Sequence[str], values: Sequence[str | None]) -> str:
    """The directory below a table's root for one set of partition values, as text."""
    return "/".join(
        f"{escape(name)}={escape(value) if value else NULL_NAME}"
        for name, value in zip(names, values, strict=True)
    )
