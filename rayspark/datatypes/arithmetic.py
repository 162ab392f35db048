"""What ``+ - * / % div`` mean for two types: the operation, what the sides become, what comes out.

Numbers meet by ``coercion``'s rules, decimals by ``decimals``. With dates, times and intervals the
sign stands for another operation; the table ``DATETIME`` lists them all.

>>> from rayspark.sql.types import DateType, IntegerType
>>> resolve("+", DateType(), IntegerType())
Arithmetic(operation='DateAdd', left=DateType(), right=IntegerType(), result=DateType())
"""

from __future__ import annotations

from rayspark.datatypes import decimals
from rayspark.datatypes.atomic import (
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
from rayspark.datatypes.base import (
    DataType,
    IntegralType,
    NullType,
    NumericType,
)
from rayspark.datatypes.coercion import find_tightest
from rayspark.datatypes.intervals import (
    CalendarIntervalType,
    DayTimeIntervalType,
    YearMonthIntervalType,
)
from rayspark.records import dataclass

OPERATIONS = {
    "+": "Add",
    "-": "Subtract",
    "*": "Multiply",
    "/": "Divide",
    "%": "Remainder",
    "div": "IntegralDivide",
}
"""Spark's name of each operation on numbers (and on two intervals of one kind)."""


@dataclass(frozen=True)
class Arithmetic:
    """An operation found for two types."""

    operation: str
    """Spark's name: ``Add``, ``DateAdd``, ``SubtractTimestamps``..."""
    left: DataType
    """What the left side is cast to."""
    right: DataType
    result: DataType


DATETIME: dict[tuple[str, str, str], tuple[str, str]] = {
    ("+", "date", "days_number"): ("DateAdd", "date"),
    ("+", "date", "days"): ("DateAdd", "date"),
    ("+", "date", "day_time"): ("TimestampAddInterval", "timestamp"),
    ("+", "date", "null"): ("TimestampAddInterval", "timestamp"),
    ("+", "date", "year_month"): ("DateAddYMInterval", "date"),
    ("+", "date", "calendar"): ("DateAddInterval", "date"),
    ("+", "timestamp", "days"): ("TimestampAddInterval", "left"),
    ("+", "timestamp", "day_time"): ("TimestampAddInterval", "left"),
    ("+", "timestamp", "calendar"): ("TimestampAddInterval", "left"),
    ("+", "timestamp", "null"): ("TimestampAddInterval", "left"),
    ("+", "timestamp", "year_month"): ("TimestampAddYMInterval", "left"),
    ("+", "text", "days"): ("TimestampAddInterval", "left"),
    ("+", "text", "day_time"): ("TimestampAddInterval", "left"),
    ("+", "text", "calendar"): ("TimestampAddInterval", "left"),
    ("-", "date", "days_number"): ("DateSub", "date"),
    ("-", "date", "days"): ("DateAdd", "date"),
    ("-", "date", "day_time"): ("TimestampAddInterval", "timestamp"),
    ("-", "date", "year_month"): ("DateAddYMInterval", "date"),
    ("-", "date", "calendar"): ("DateAddInterval", "date"),
    ("-", "date", "date"): ("SubtractDates", "day_count"),
    ("-", "date", "text"): ("SubtractDates", "day_count"),
    ("-", "text", "date"): ("SubtractDates", "day_count"),
    ("-", "date", "null"): ("SubtractDates", "day_count"),
    ("-", "null", "date"): ("SubtractDates", "day_count"),
    ("-", "date", "timestamp"): ("SubtractTimestamps", "elapsed"),
    ("-", "timestamp", "date"): ("SubtractTimestamps", "elapsed"),
    ("-", "timestamp", "timestamp"): ("SubtractTimestamps", "elapsed"),
    ("-", "timestamp", "text"): ("SubtractTimestamps", "elapsed"),
    ("-", "text", "timestamp"): ("SubtractTimestamps", "elapsed"),
    ("-", "timestamp", "null"): ("SubtractTimestamps", "elapsed"),
    ("-", "null", "timestamp"): ("SubtractTimestamps", "elapsed"),
    ("-", "timestamp", "days"): ("TimestampAddInterval", "left"),
    ("-", "timestamp", "day_time"): ("TimestampAddInterval", "left"),
    ("-", "timestamp", "calendar"): ("TimestampAddInterval", "left"),
    ("-", "timestamp", "year_month"): ("TimestampAddYMInterval", "left"),
    ("-", "text", "days"): ("TimestampAddInterval", "left"),
    ("-", "text", "day_time"): ("TimestampAddInterval", "left"),
    ("-", "text", "calendar"): ("TimestampAddInterval", "left"),
    ("-", "calendar", "null"): ("Subtract", "left"),
    ("+", "calendar", "calendar"): ("Add", "left"),
    ("-", "calendar", "calendar"): ("Subtract", "left"),
    ("+", "time", "days"): ("TimeAddInterval", "left"),
    ("+", "time", "day_time"): ("TimeAddInterval", "left"),
    ("-", "time", "days"): ("TimeAddInterval", "left"),
    ("-", "time", "day_time"): ("TimeAddInterval", "left"),
    ("-", "time", "time"): ("SubtractTimes", "hours"),
    ("*", "year_month", "factor"): ("MultiplyYMInterval", "months"),
    ("*", "days", "factor"): ("MultiplyDTInterval", "elapsed"),
    ("*", "day_time", "factor"): ("MultiplyDTInterval", "elapsed"),
    ("*", "calendar", "factor"): ("MultiplyInterval", "left"),
    ("/", "year_month", "factor"): ("DivideYMInterval", "months"),
    ("/", "days", "factor"): ("DivideDTInterval", "elapsed"),
    ("/", "day_time", "factor"): ("DivideDTInterval", "elapsed"),
    ("/", "calendar", "factor"): ("DivideInterval", "left"),
}
"""(sign, kind of the left side, kind of the right side) -> (operation, result).

Rows of ``+`` and ``*`` are also found with their sides exchanged. Where ``-`` takes an interval
off, the operation is the adding one, on the negated interval.
"""

RESULTS: dict[str, DataType] = {
    "date": DateType(),
    "timestamp": TimestampType(),
    "day_count": DayTimeIntervalType(DayTimeIntervalType.DAY),
    "elapsed": DayTimeIntervalType(),
    "hours": DayTimeIntervalType(DayTimeIntervalType.HOUR, DayTimeIntervalType.SECOND),
    "months": YearMonthIntervalType(),
}

ANSI_ONLY = {("-", "date", "text"), ("-", "timestamp", "text"), ("-", "text", "timestamp")}


def resolve(
    op: str,
    left: DataType,
    right: DataType,
    ansi: bool = True,
    allow_precision_loss: bool = True,
) -> Arithmetic | None:
    """The operation that a sign stands for between two types, or ``None`` if it is a type error.

    Parameters
    ----------
    op : str
        one of ``+ - * / % div``.
    left, right : DataType
        the sides' types.
    ansi : bool
        ANSI rules (default) or the older ones.
    allow_precision_loss : bool
        how decimals too wide are cut; see :func:`decimals.arithmetic_result`.
    """
    return (
        _datetime(op, left, right, ansi)
        or _intervals(op, left, right)
        or _numbers(op, left, right, ansi, allow_precision_loss)
    )


# --- dates, times, intervals ---


def _kinds(dt: DataType) -> tuple[str, ...]:
    """The table's words for a type, the most telling first."""
    match dt:
        case DateType():
            return ("date",)
        case TimestampType() | TimestampNTZType():
            return ("timestamp",)
        case TimeType():
            return ("time",)
        case DayTimeIntervalType(startField=0, endField=0):
            return ("days",)
        case DayTimeIntervalType():
            return ("day_time",)
        case YearMonthIntervalType():
            return ("year_month",)
        case CalendarIntervalType():
            return ("calendar",)
        case StringType():
            return ("text", "factor")
        case NullType():
            return ("null", "factor")
        case ByteType() | ShortType() | IntegerType():
            return ("days_number", "factor")
        case NumericType():
            return ("factor",)
        case _:
            return ()


def _datetime(op: str, left: DataType, right: DataType, ansi: bool) -> Arithmetic | None:
    orders = [(left, right), (right, left)] if op in "+*" else [(left, right)]
    for a, b in orders:
        for row in ((op, x, y) for x in _kinds(a) for y in _kinds(b)):
            if row not in DATETIME or (row in ANSI_ONLY and not ansi):
                continue
            operation, result = DATETIME[row]
            return Arithmetic(
                operation, *_sides(operation, a, b), RESULTS.get(result, _finer(a, b))
            )
    return None


def _finer(dt: DataType, span: DataType) -> DataType:
    """A time has the digits of the seconds that are added to it; all else stays as it is."""
    if not (isinstance(dt, TimeType) and isinstance(span, DayTimeIntervalType)):
        return dt
    seconds = span.endField == DayTimeIntervalType.SECOND
    return TimeType(max(dt.precision, 6)) if seconds else dt


def _sides(operation: str, a: DataType, b: DataType) -> tuple[DataType, DataType]:
    """What the sides are cast to: like to like, and text or null to what the operation needs."""
    match operation:
        case "SubtractDates":
            return DateType(), DateType()
        case "SubtractTimestamps":
            naive = TimestampNTZType in (type(a), type(b))
            common: DataType = TimestampNTZType() if naive else TimestampType()
            return common, common
        case "TimestampAddInterval":
            instant = a if isinstance(a, TimestampType | TimestampNTZType) else TimestampType()
            return instant, DayTimeIntervalType() if isinstance(b, NullType) else b
        case "DateAdd" if isinstance(b, DayTimeIntervalType):
            return a, IntegerType()
        case "MultiplyInterval" | "DivideInterval":
            return a, DoubleType()
        case _ if isinstance(b, StringType | NullType) and operation.endswith("Interval"):
            return a, DoubleType()
        case _:
            return a, a if isinstance(b, NullType) else b


def _intervals(op: str, left: DataType, right: DataType) -> Arithmetic | None:
    """Two intervals of one kind, or one and null."""
    if op not in ("+", "-", "div"):
        return None
    common = find_tightest(left, right)
    if not isinstance(common, DayTimeIntervalType | YearMonthIntervalType):
        return None
    result = LongType() if op == "div" else common
    return Arithmetic(OPERATIONS[op], common, common, result)


# --- numbers ---


def _numbers(
    op: str, left: DataType, right: DataType, ansi: bool, allow_precision_loss: bool
) -> Arithmetic | None:
    left, right = _read_text(left, right, ansi), _read_text(right, left, ansi)
    if op == "/" and isinstance(left, NullType):
        left = DoubleType()  # so in Spark, even over a decimal
    left, right = _fill_null(op, left, right), _fill_null(op, right, left)
    if not (isinstance(left, NumericType) and isinstance(right, NumericType)):
        return None
    if DecimalType in (type(left), type(right)):
        return _decimal_numbers(op, left, right, allow_precision_loss)
    fractions = isinstance(left, FloatType | DoubleType) or isinstance(
        right, FloatType | DoubleType
    )
    if op == "div" and fractions:
        return None
    if op in ("/", "div"):
        common: DataType | None = DoubleType() if op == "/" else LongType()
    else:
        common = find_tightest(left, right, ansi)
    return None if common is None else Arithmetic(OPERATIONS[op], common, common, common)


def _decimal_numbers(
    op: str, left: DataType, right: DataType, allow_precision_loss: bool
) -> Arithmetic | None:
    if isinstance(left, FloatType | DoubleType) or isinstance(right, FloatType | DoubleType):
        if op == "div":
            return None
        return Arithmetic(OPERATIONS[op], DoubleType(), DoubleType(), DoubleType())
    a = left if isinstance(left, DecimalType) else decimals.HOLDING[type(left)]
    b = right if isinstance(right, DecimalType) else decimals.HOLDING[type(right)]
    if op == "div":
        return Arithmetic(OPERATIONS[op], a, b, LongType())
    result = decimals.arithmetic_result(op, a, b, allow_precision_loss)
    return Arithmetic(OPERATIONS[op], a, b, result)


def _read_text(dt: DataType, other: DataType, ansi: bool) -> DataType:
    """Text beside a number is read as one: a double, or in ANSI a long beside a whole number."""
    if not isinstance(dt, StringType):
        return dt
    if not ansi:
        return DoubleType() if isinstance(other, NumericType | StringType | NullType) else dt
    if isinstance(other, NumericType):
        return LongType() if isinstance(other, IntegralType) else DoubleType()
    return dt


def _fill_null(op: str, dt: DataType, other: DataType) -> DataType:
    if not isinstance(dt, NullType):
        return dt
    if isinstance(other, NullType):
        return LongType() if op == "div" else DoubleType()
    return other
