"""Strings from text files as values: each type as the text of a DuckDB expression.

A string that does not fit gives null. Values in their usual form (``12``, ``2020-01-31``) are cast
by DuckDB and checked by writing them back; only what is unusual takes the slow way, through a
regular expression or a Python function, in the branch of a CASE that few rows reach.
"""

from __future__ import annotations

import re
from dataclasses import field

import pyarrow as pa

from rayspark.datatypes import (
    BinaryType,
    BooleanType,
    ByteType,
    CharType,
    DataType,
    DateType,
    DayTimeIntervalType,
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
    TimeType,
    VarcharType,
    YearMonthIntervalType,
)
from rayspark.errors import AnalysisException
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import ArrowFunction, quote
from rayspark.execution.kernels.texts import (
    DAY,
    each,
    interval_reader,
    parse_moment,
    parse_wall_clock,
    time_reader,
    timestamp_reader,
)
from rayspark.execution.kernels.zones import instant
from rayspark.execution.sources.csv_options import Formats
from rayspark.execution.sources.datetime_patterns import pattern
from rayspark.records import dataclass

_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[fFdD]?"


@dataclass
class ValueTexts:
    """Writes expressions; remembers the functions that they call."""

    formats: Formats
    nan: str = "NaN"
    positive_infinity: str = "Infinity"
    negative_infinity: str = "-Infinity"
    format_name: str = "CSV"
    functions: dict[str, ArrowFunction] = field(default_factory=dict)

    def value(self, text: str, dt: DataType, column: str) -> str:
        """The expression for a string expression ``text``, which is used several times.

        Raises
        ------
        AnalysisException
            ``UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE``.
        """
        match dt:
            case StringType() | CharType() | VarcharType():
                return text
            case BinaryType():
                return f"encode({text})"
            case ByteType() | ShortType() | IntegerType() | LongType():
                return _integral(text, duck_type(dt))
            case FloatType() | DoubleType():
                return self._floating(text, duck_type(dt))
            case DecimalType():
                return (
                    f"CASE WHEN regexp_full_match({text}, '{_NUMBER[:-7]}')"
                    f" THEN TRY_CAST({text} AS {duck_type(dt)}) END"
                )
            case BooleanType():
                return f"CASE lower({text}) WHEN 'true' THEN true WHEN 'false' THEN false END"
            case DateType():
                return self._date(text)
            case TimestampType():
                return self._timestamp(text)
            case TimestampNTZType():
                return self._ntz(text)
            case TimeType():
                return self._call(time_reader(), text)
            case YearMonthIntervalType() | DayTimeIntervalType():
                return self._call(interval_reader(dt), text)
            case NullType():
                return "CAST(NULL AS INTEGER)"
        raise AnalysisException(
            errorClass="UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
            messageParameters={
                "format": self.format_name,
                "columnName": f"`{column}`",
                "columnType": f'"{dt.simpleString().upper()}"',
            },
        )

    def _call(self, function: ArrowFunction, text: str) -> str:
        self.functions[function.name] = function
        return f"{function.name}({text})"

    def _floating(self, text: str, kind: str) -> str:
        cast = f"TRY_CAST({text} AS {kind})"
        bare = f"rtrim(trim({text}), 'fFdD')"
        return (
            f"CASE WHEN isfinite({cast}) AND NOT contains({text}, '_') THEN {cast}"
            f" WHEN {text} = {quote(self.nan)} THEN 'NaN'::{kind}"
            f" WHEN {text} = {quote(self.positive_infinity)} THEN 'Infinity'::{kind}"
            f" WHEN {text} = {quote(self.negative_infinity)} THEN '-Infinity'::{kind}"
            f" WHEN trim({text}) IN ('NaN', '+NaN', '-NaN') THEN 'NaN'::{kind}"
            f" WHEN trim({text}) IN ('Infinity', '+Infinity') THEN 'Infinity'::{kind}"
            f" WHEN trim({text}) = '-Infinity' THEN '-Infinity'::{kind}"
            f" WHEN regexp_full_match(trim({text}), '{_NUMBER}') THEN coalesce(TRY_CAST({bare} AS"
            f" {kind}), CASE WHEN starts_with({bare}, '-') THEN '-Infinity' ELSE 'Infinity' END"
            f"::{kind}) END"
        )

    def _date(self, text: str) -> str:
        if self.formats.date:
            return f"(DATE '1970-01-01' + {self._call(_pattern_days(self.formats.date), text)})"
        fast = f"TRY_CAST({text} AS DATE)"
        slow = f"(DATE '1970-01-01' + {self._call(_days(), text)})"
        return (
            f"CASE WHEN CAST({fast} AS VARCHAR) = {text} AND length({text}) = 10 THEN {fast}"
            f" WHEN {text} IS NOT NULL THEN {slow} END"
        )

    def _timestamp(self, text: str) -> str:
        zone = self.formats.zone
        if self.formats.timestamp:
            function = _pattern_moment(self.formats.timestamp, zone)
            return f"make_timestamptz({self._call(function, text)})"
        local, usual = self._usual(text)
        slow = self._call(timestamp_reader(zone), text)
        return (
            f"CASE WHEN {usual} THEN {instant(local, zone)}"
            f" WHEN {text} IS NOT NULL THEN make_timestamptz({slow}) END"
        )

    def _ntz(self, text: str) -> str:
        if self.formats.ntz:
            function = _pattern_moment(self.formats.ntz, None)
            return f"make_timestamp({self._call(function, text)})"
        local, usual = self._usual(text)
        slow = self._call(_wall_clock(), text)
        return (
            f"CASE WHEN {usual} THEN {local}"
            f" WHEN {text} IS NOT NULL THEN make_timestamp({slow}) END"
        )

    @staticmethod
    def _usual(text: str) -> tuple[str, str]:
        """``2020-01-31 12:00:00``, with T or a blank: the wall clock's time, and whether it is."""
        plain = f"replace({text}, 'T', ' ')"
        local = f"TRY_CAST({plain} AS TIMESTAMP)"
        usual = f"CAST({local} AS VARCHAR) = {plain} AND length({text}) BETWEEN 19 AND 26"
        return local, usual


def _integral(text: str, kind: str) -> str:
    cast = f"TRY_CAST({text} AS {kind})"
    return (
        f"CASE WHEN CAST({cast} AS VARCHAR) = {text} THEN {cast}"
        f" WHEN regexp_full_match({text}, '[+-]?[0-9]+') THEN {cast} END"
    )


def parse_day(text: str) -> int | None:
    """Days since 1970 of a text, as a cast to DATE reads it."""
    head = re.match(r"\s*([+-]?\d+(?:-\d+){0,2})(?:[ T].*)?$", text, re.DOTALL)
    if head is None:
        return None
    found = parse_moment(head[1], None)
    return None if found is None else found // DAY


def _days() -> ArrowFunction:
    return each("source_read_date", parse_day, ("VARCHAR",), "INTEGER", pa.int32())


def _wall_clock() -> ArrowFunction:
    return each("source_read_ntz", parse_wall_clock, ("VARCHAR",), "BIGINT", pa.int64())


def _pattern_days(text: str) -> ArrowFunction:
    found = pattern(text)
    return each(f"source_day_{_key(text)}", found.parse_day, ("VARCHAR",), "INTEGER", pa.int32())


def _pattern_moment(text: str, zone: str | None) -> ArrowFunction:
    found = pattern(text)
    return each(
        f"source_moment_{_key(text)}_{_key(zone or 'none')}",
        lambda value: found.parse_moment(value, zone),
        ("VARCHAR",),
        "BIGINT",
        pa.int64(),
    )


def _key(text: str) -> str:
    return text.encode().hex()
