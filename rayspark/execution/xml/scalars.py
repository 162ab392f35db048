"""Texts of XML as values of a type, as Spark reads them."""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable
from typing import Any

from rayspark.datatypes import (
    BooleanType,
    ByteType,
    CharType,
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
    VarcharType,
)
from rayspark.errors import AnalysisException
from rayspark.execution.kernels.texts import parse_moment, parse_wall_clock
from rayspark.execution.sources.datetime_patterns import pattern
from rayspark.execution.xml.options import XmlOptions

BITS = {ByteType: 8, ShortType: 16, IntegerType: 32, LongType: 64}
WHOLE = re.compile(r"([+-]?)0*(\d{1,19})", re.ASCII)
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
BEGINNING = re.compile(r"-?(?:\d[\d,]*\.?\d*|\.\d+)(?:E-?\d+)?")
"""What Java's NumberFormat reads of a text that is no number as a whole."""
WORDS = {"NaN": "nan", "Infinity": "inf", "+Infinity": "inf", "-Infinity": "-inf"}
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
WIDE = decimal.Context(prec=76, rounding=decimal.ROUND_HALF_UP)


class BadValue(Exception):
    """The text is no value of the type."""


Scalar = Callable[[str], Any]


def scalar(dt: DataType, how: XmlOptions) -> Scalar:
    """What reads texts as values of a type; it raises BadValue.

    Raises
    ------
    AnalysisException
        ``UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE``.
    """
    formats = how.formats
    match dt:
        case StringType() | CharType() | VarcharType():
            return str
        case ByteType() | ShortType() | IntegerType() | LongType():
            return _whole(BITS[type(dt)])
        case DoubleType() | FloatType():
            return _floating
        case DecimalType():
            return _decimal(dt)
        case BooleanType():
            return lambda text: _there(TRUTHS.get(text.lower()))
        case DateType():
            day = pattern(formats.date or "yyyy-MM-dd")
            return lambda text: _there(day.parse_day(text))
        case TimestampType() if formats.timestamp:
            moment = pattern(formats.timestamp)
            return lambda text: _there(moment.parse_moment(text, formats.zone))
        case TimestampType():
            return lambda text: _there(parse_moment(text, formats.zone))
        case TimestampNTZType() if formats.ntz:
            local = pattern(formats.ntz)
            return lambda text: _there(local.parse_moment(text, None))
        case TimestampNTZType():
            return lambda text: _there(parse_wall_clock(text))
        case NullType():
            return lambda _text: None
    raise AnalysisException(
        errorClass="UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
        messageParameters={
            "format": "XML",
            "columnName": "``",
            "columnType": f'"{dt.simpleString().upper()}"',
        },
    )


def _there(value: Any) -> Any:
    if value is None:
        raise BadValue
    return value


def as_whole(text: str, bits: int) -> int | None:
    """A whole number of so many bits; ``None`` if the text is none, however long it is. Spark reads
    INT and BIGINT without their sign first, so the least number is none to it.
    """
    found = WHOLE.fullmatch(text)
    if found is None:
        return None
    number, most = int(found[1] + found[2]), 1 << (bits - 1)
    least = -most if bits < 32 else 1 - most
    return number if least <= number < most else None


def _whole(bits: int) -> Scalar:
    return lambda text: _there(as_whole(text, bits))


def _floating(text: str) -> float:
    bare = text[:-1] if text[-1:] in ("f", "F", "d", "D") else text
    if NUMBER.fullmatch(bare):
        return float(bare)
    if text in WORDS:
        return float(WORDS[text])
    found = BEGINNING.match(text)
    if found is None:
        raise BadValue
    return float(found[0].replace(",", ""))


def _decimal(dt: DecimalType) -> Scalar:
    unit = decimal.Decimal(1).scaleb(-dt.scale)

    def read(text: str) -> decimal.Decimal:
        if not NUMBER.fullmatch(text):
            raise BadValue
        try:
            made = (decimal.Decimal(text) or decimal.Decimal(0)).quantize(unit, context=WIDE)
        except decimal.InvalidOperation:  # an exponent beyond all decimals
            raise BadValue from None
        if len(made.as_tuple().digits) > dt.precision:
            raise BadValue
        return made

    return read
