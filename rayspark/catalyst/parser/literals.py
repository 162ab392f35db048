r"""Constants in SQL text: numbers with suffixes, strings with escapes, typed literals, intervals.

Every function takes the text as written and raises :class:`ValueError` or a condition of Spark's;
the caller knows the place.

>>> number("1.50").type.simpleString(), number("10L").type.simpleString()
('decimal(3,2)', 'bigint')
>>> text(r"'it\'s'"), text("'it''s'"), text(r"r'\d'")
("it's", "it's", '\\d')
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rayspark.catalyst.expressions import Literal
from rayspark.datatypes import (
    BinaryType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    TimestampNTZType,
    TimestampType,
    TimeType,
)
from rayspark.datatypes.ddl_lexer import unquote_text
from rayspark.errors import ParseException

_NUMBER = re.compile(r"(-?)(.*?)(L|S|Y|F|D|BD)?", re.IGNORECASE)
_INTEGERS: dict[str, tuple[DataType, int]] = {
    "Y": (ByteType(), 8),
    "S": (ShortType(), 16),
    "L": (LongType(), 64),
}
_DOUBLED = {
    "'": re.compile(r"(\\.)|''", re.DOTALL),
    '"': re.compile(r'(\\.)|""', re.DOTALL),
}
MAX_PRECISION = 38


def number(written: str) -> Literal:
    """A number, perhaps with a minus in front and a suffix: L, S, Y, F, D, BD."""
    found = _NUMBER.fullmatch(written)
    assert found is not None
    digits, suffix = found[1] + found[2], (found[3] or "").upper()
    if suffix in _INTEGERS and digits.lstrip("-").isdigit():
        return _integer(digits, *_INTEGERS[suffix])
    if suffix == "F":
        return Literal(_finite(digits, FloatType(), 3.4028234663852886e38), FloatType())
    if suffix == "D" or (not suffix and "e" in digits.lower()):
        return Literal(_finite(digits, DoubleType(), 1.7976931348623157e308), DoubleType())
    if suffix == "BD" or not digits.lstrip("-").isdigit():
        return _decimal(Decimal(digits))
    value = int(digits)
    if -(1 << 31) <= value < 1 << 31:
        return Literal(value, IntegerType())
    if -(1 << 63) <= value < 1 << 63:
        return Literal(value, LongType())
    return _decimal(Decimal(digits))


def _integer(digits: str, dtype: DataType, bits: int) -> Literal:
    value, bound = int(digits), 1 << (bits - 1)
    if not -bound <= value < bound:
        raise _out_of_range(digits, dtype, str(-bound), str(bound - 1))
    return Literal(value, dtype)


def _finite(digits: str, dtype: DataType, bound: float) -> float:
    value = float(digits)
    if abs(value) > bound:
        raise _out_of_range(digits, dtype, f"{-bound:g}", f"{bound:g}")
    return value


def _out_of_range(digits: str, dtype: DataType, low: str, high: str) -> ParseException:
    return ParseException(
        errorClass="INVALID_NUMERIC_LITERAL_RANGE",
        messageParameters={
            "rawStrippedQualifier": digits,
            "minValue": low,
            "maxValue": high,
            "typeName": dtype.simpleString(),
        },
    )


def _decimal(value: Decimal) -> Literal:
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    if exponent > 0:
        digits, exponent = digits + (0,) * exponent, 0
    precision = max(len(digits), -exponent)
    if precision > MAX_PRECISION:
        raise ParseException(
            errorClass="DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
            messageParameters={"precision": str(precision), "maxPrecision": str(MAX_PRECISION)},
        )
    return Literal(Decimal((sign, digits, exponent)), DecimalType(precision, -exponent))


def text(written: str) -> str:
    """The value of a string literal with its quotes, perhaps raw (``r'...'``)."""
    if written[0] in "rR":
        return written[2:-1]
    quote = written[0]
    if quote * 2 in written[1:-1]:
        inner = _DOUBLED[quote].sub(lambda found: found[1] or "\\" + quote, written[1:-1])
        written = f"{quote}{inner}{quote}"
    return unquote_text(written)


def binary(digits: str) -> Literal:
    """``X'1F'``; an odd number of digits gets a zero in front."""
    return Literal(bytes.fromhex("0" * (len(digits) % 2) + digits), BinaryType())


# -- dates and times -----------------------------------------------------------------------------

_DATE = re.compile(r"([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?", re.DOTALL)
_TIME_OF_DAY = r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?"
_TIMESTAMP = re.compile(
    rf"([+-]?\d{{4,6}})(?:-(\d{{1,2}})(?:-(\d{{1,2}})(?:[ T](?:{_TIME_OF_DAY})?\s*(.*))?)?)?",
    re.DOTALL,
)
_TIME = re.compile(_TIME_OF_DAY + r"(?:\s*([AaPp][Mm]))?")
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?")


def date(written: str) -> Literal:
    """``DATE '2020-1'``."""
    found = _DATE.fullmatch(written.strip())
    if found is None:
        raise ValueError(written)
    year, month, day = (int(part or 1) for part in found.groups())
    return Literal(datetime.date(year, month, day), DateType())


def timestamp(written: str, zone: str, *, with_zone: bool | None = None) -> Literal:
    """``TIMESTAMP '...'`` in a session time zone; ``with_zone=False``: TIMESTAMP_NTZ."""
    found = _TIMESTAMP.fullmatch(written.strip())
    if found is None:
        raise ValueError(written)
    year, month, day = (int(part or 1) for part in found.groups()[:3])
    hour, minute, second = (int(part or 0) for part in found.groups()[3:6])
    micros = int(((found[7] or "") + "000000")[:6])
    local = datetime.datetime(year, month, day, hour, minute, second, micros)
    if with_zone is False:
        return Literal(local, TimestampNTZType())
    place = _zone((found[8] or "").strip() or zone)
    return Literal(_in_utc(local.replace(tzinfo=place)), TimestampType())


def _in_utc(moment: datetime.datetime) -> datetime.datetime:
    """In UTC; in its own offset where that would leave Python's years 1 to 9999."""
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError:
        offset = moment.utcoffset()
        assert offset is not None
        return moment.replace(tzinfo=datetime.timezone(offset))


def _zone(name: str) -> datetime.tzinfo:
    if name in ("Z", "UTC", "GMT", "UT"):
        return datetime.UTC
    if found := _OFFSET.fullmatch(name):
        hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        offset = datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return datetime.timezone(-offset if found[1] == "-" else offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(name) from error


def time_of_day(written: str) -> Literal:
    """``TIME '12:34:56.789'``."""
    found = _TIME.fullmatch(written.strip())
    if found is None:
        raise ValueError(written)
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    micros = int(((found[4] or "") + "000000")[:6])
    if found[5]:
        if not 1 <= hour <= 12:
            raise ValueError(written)
        hour = hour % 12 + (12 if found[5].lower() == "pm" else 0)
    return Literal(datetime.time(hour, minute, second, micros), TimeType(6))


def typed(kind: str, written: str, zone: str) -> Literal:
    """``kind 'written'``: DATE, TIMESTAMP, TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIME, X.

    Raises
    ------
    ValueError
        if the text is no such value.
    """
    match kind:
        case "DATE":
            return date(written)
        case "TIMESTAMP" | "TIMESTAMP_LTZ":
            return timestamp(written, zone)
        case "TIMESTAMP_NTZ":
            return timestamp(written, zone, with_zone=False)
        case "TIME":
            return time_of_day(written)
        case "X":
            return binary(written)
    raise KeyError(kind)


TYPED = {"DATE", "TIMESTAMP", "TIMESTAMP_LTZ", "TIMESTAMP_NTZ", "TIME", "X"}
