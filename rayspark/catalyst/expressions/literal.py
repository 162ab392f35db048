"""Constants.

The value is held in the form in which ``collect()`` would give it: ``Decimal`` for decimals,
``datetime.date`` for dates, ``bytes`` for binary, a tuple for an array, a tuple of pairs for a map,
a tuple of the fields' values for a struct; for TIMESTAMP an aware ``datetime`` in UTC, for
TIMESTAMP_NTZ a naive one, for intervals the number of months or microseconds.
"""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from rayspark.catalyst.expressions.base import Expression
from rayspark.catalyst.tree import up_property
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    StringType,
    TimestampNTZType,
    TimestampType,
    YearMonthIntervalType,
)
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class Literal(Expression):
    """A constant of a type."""

    value: Any
    type: DataType

    @property
    def dtype(self) -> DataType:
        """Its type."""
        return self.type

    @property
    def nullable(self) -> bool:
        """Whether it is null."""
        return self.value is None

    @up_property
    def foldable(self) -> bool:
        """It is."""
        return True

    def _identity(self) -> tuple[Any, ...]:
        return (self.type.simpleString(), repr(self.value))

    def sql(self) -> str:
        """As Spark writes it; text without quotes, which is how it stands in column names."""
        value = self.value
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(self.type, (DoubleType, FloatType)):
            return _number(value)
        match value:
            case decimal.Decimal():
                assert isinstance(self.type, DecimalType)
                return f"{value:f}"
            case bytes() | bytearray() if isinstance(self.type, BinaryType):
                return f"X'{bytes(value).hex().upper()}'"
            case datetime.datetime() if isinstance(self.type, TimestampType):
                return f"TIMESTAMP '{_moment(value)}'"
            case datetime.datetime() if isinstance(self.type, TimestampNTZType):
                return f"TIMESTAMP_NTZ '{_moment(value)}'"
            case datetime.date() if isinstance(self.type, DateType):
                return f"DATE '{value.isoformat()}'"
            case int() if isinstance(self.type, YearMonthIntervalType):
                return f"INTERVAL '{_months(value, self.type)}' {_units(self.type)}"
            case int() if isinstance(self.type, DayTimeIntervalType):
                return f"INTERVAL '{_micros(value, self.type)}' {_units(self.type)}"
            case tuple():
                return "[" + ", ".join(map(str, value)) + "]"
        return str(value)

    def quoted(self) -> str:
        """As it stands in SQL text: strings in quotes."""
        if isinstance(self.type, StringType) and self.value is not None:
            return "'" + str(self.value).replace("\\", "\\\\").replace("'", "\\'") + "'"
        return self.sql()


@dataclass(frozen=True, eq=False)
class VariableReference(Literal):
    """A session variable: the constant that it was when the query was analysed."""

    name: str

    def sql(self) -> str:
        """``variablereference(system.session.x=5)``."""
        return f"variablereference(system.session.{self.name}={self._written()})"

    def _written(self) -> str:
        shown = Literal(self.value, self.type).sql()
        match self.type:
            case StringType() if self.value is not None:
                return f"'{shown}'"
            case DoubleType() if self.value is not None:
                return f"{shown}D"
            case ArrayType(elementType=kind) if self.value is not None:
                return f"ARRAY({', '.join(Literal(v, kind).sql() for v in self.value)})"
        return shown


def _number(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    magnitude = abs(value)
    if value == 0 or 1e-3 <= magnitude < 1e7:
        return repr(float(value))
    mantissa, _, exponent = f"{value!r}".partition("e")
    if not exponent:
        text = f"{decimal.Decimal(repr(value)):E}"
        mantissa, _, exponent = text.partition("E")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    if "." not in mantissa:
        mantissa += ".0"
    return f"{mantissa}E{int(exponent)}"


def _units(dt: YearMonthIntervalType | DayTimeIntervalType) -> str:
    return dt.simpleString().removeprefix("interval ").upper()


def _months(value: int, dt: YearMonthIntervalType) -> str:
    sign, months = "-" if value < 0 else "", abs(value)
    if dt.startField == dt.endField:
        return f"{sign}{months if dt.startField else months // 12}"
    return f"{sign}{months // 12}-{months % 12}"


_PER_FIELD = (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000)


def _micros(value: int, dt: DayTimeIntervalType) -> str:
    """``1 02:03:04.5``: the first field whole, the others in two digits."""
    sign, rest = "-" if value < 0 else "", abs(value)
    parts = []
    for at in range(dt.startField, dt.endField + 1):
        number, rest = divmod(rest, _PER_FIELD[at])
        parts.append(str(number) if at == 0 else f"{number:02d}")
    if dt.endField == DayTimeIntervalType.SECOND and rest:
        parts[-1] += f".{rest:06d}".rstrip("0")
    if dt.startField == 0 and len(parts) > 1:
        return f"{sign}{parts[0]} {':'.join(parts[1:])}"
    return sign + ":".join(parts)


def _moment(value: datetime.datetime) -> str:
    text = value.replace(tzinfo=None).isoformat(" ", "seconds")  # strftime drops a year's zeros
    if value.microsecond:
        text += f".{value.microsecond:06d}".rstrip("0")
    return text
