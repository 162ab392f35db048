r"""JSON text as values of a schema, as Spark's reader takes them.

Reading follows the schema: what it does not name is skipped, what is wanted as a string and is
none is taken as it is written. A value of another kind is null and marks the record as malformed,
but keeps what else could be read; text that is no JSON gives nothing.

>>> from rayspark.datatypes import parse_ddl
>>> reader = JsonReader(parse_ddl("a int, b string"), JsonDialect(), Conversions())
>>> reader.rows('{"a": 1, "b": {"x": 1.50}}')
[({'a': 1, 'b': '{"x": 1.50}'}, False)]
>>> reader.rows('{"a": "x", "b": "y"}')
[({'a': None, 'b': 'y'}, True)]
"""

from __future__ import annotations

import base64
import binascii
import decimal
import json
import math
import re
import struct
from collections.abc import Callable
from dataclasses import field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from rayspark.datatypes import (
    ArrayType,
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
    MapType,
    NullType,
    ShortType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VarcharType,
    YearMonthIntervalType,
)
from rayspark.errors import AnalysisException
from rayspark.execution.kernels.texts import (
    parse_interval,
    parse_moment,
    parse_time,
    parse_wall_clock,
)
from rayspark.execution.sources.csv_options import Formats
from rayspark.execution.sources.datetime_patterns import pattern
from rayspark.execution.sources.text_values import parse_day
from rayspark.records import dataclass

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_BOUNDS = {ByteType: 7, ShortType: 15, IntegerType: 31, LongType: 63}
_INFINITIES = {
    "Infinity": math.inf, "+Infinity": math.inf, "+INF": math.inf,
    "-Infinity": -math.inf, "-INF": -math.inf, "NaN": math.nan,
}  # fmt: skip


@dataclass(frozen=True)
class JsonDialect:
    """What is allowed beyond JSON."""

    single_quotes: bool = True
    comments: bool = False
    unquoted_names: bool = False
    leading_zeros: bool = False
    non_numbers: bool = True
    any_escape: bool = False
    control_chars: bool = False


class BadValue(ValueError):
    """A value of the wrong kind."""


class BadRecord(ValueError):
    """Text that is no JSON."""


@dataclass(frozen=True)
class Conversions:
    """How strings and numbers become dates and times."""

    formats: Formats = field(default_factory=Formats)


_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_scan_loose = json.JSONDecoder(strict=False).scan_once  # type: ignore[attr-defined]

Scalar = Callable[[Any, str], Any]
"""Gives the value of a scalar: what JSON has, and its text."""


class JsonReader:
    """Reads records of a schema. Not for several threads at a time."""

    def __init__(self, schema: StructType, dialect: JsonDialect, how: Conversions) -> None:
        self._schema, self._dialect = schema, dialect
        self._scalars = _Scalars(how, dialect)
        self._scan = _scan_loose if dialect.control_chars else _scan
        self._fields = self._field_readers(schema)
        self._bad = False

    def rows(self, text: str) -> list[tuple[dict[str, Any], bool]]:
        """The rows of one record, each with whether it is malformed; blank text has none.

        Raises
        ------
        BadRecord
            If the text is no JSON, or no object or array of objects.
        """
        start = _space(text, 0)
        if start == len(text):
            return []
        try:
            return self._rows(text, start)
        except (ValueError, StopIteration, IndexError):
            relaxed = relax(text, self._dialect)
            if relaxed is None or relaxed == text:
                raise BadRecord(text) from None
        start = _space(relaxed, 0)
        if start == len(relaxed):
            return []
        try:
            return self._rows(relaxed, start)
        except (ValueError, StopIteration, IndexError):
            raise BadRecord(text) from None

    def _rows(self, text: str, at: int) -> list[tuple[dict[str, Any], bool]]:
        if text[at] == "{":
            self._bad = False
            row, _ = self._object(text, at, self._fields)
            return [(row, self._bad)]
        if text[at] != "[":
            raise BadRecord(text)
        rows = []
        at = _space(text, at + 1)
        while text[at] != "]":
            if text[at] != "{":
                raise BadRecord(text)
            self._bad = False
            row, at = self._object(text, at, self._fields)
            rows.append((row, self._bad))
            at = _space(text, at)
            if text[at] == ",":
                at = _space(text, at + 1)
            elif text[at] != "]":
                raise BadRecord(text)
        return rows

    def _field_readers(self, schema: StructType) -> dict[str, DataType]:
        for f in schema.fields:
            _check(f.dataType, f.name)
        return {f.name: f.dataType for f in schema.fields}

    def _object(
        self, text: str, at: int, fields: dict[str, DataType]
    ) -> tuple[dict[str, Any], int]:
        """An object's fields; those that cannot be read are null."""
        row: dict[str, Any] = dict.fromkeys(fields)
        for name, value_at in self._members(text, at):
            dt = fields.get(name)
            try:
                if dt is not None:
                    row[name], end = self._value(text, value_at, dt)
                else:
                    end = self._skip(text, value_at)
            except BadValue:
                self._bad = True
                row[name] = None
                end = self._skip(text, value_at)
            self._end = end
        return row, self._end

    def _members(self, text: str, at: int):  # type: ignore[no-untyped-def]
        """Name and place of each value of an object; ``self._end`` must be moved past it."""
        at = _space(text, at + 1)
        if text[at] == "}":
            self._end = at + 1
            return
        while True:
            if text[at] != '"':
                raise BadRecord(text)
            name, at = scanstring(text, at + 1, not self._dialect.control_chars)
            at = _space(text, at)
            if text[at] != ":":
                raise BadRecord(text)
            yield name, _space(text, at + 1)
            at = _space(text, self._end)
            if text[at] == "}":
                self._end = at + 1
                return
            if text[at] != ",":
                raise BadRecord(text)
            at = _space(text, at + 1)

    def _skip(self, text: str, at: int) -> int:
        return int(self._scan(text, at)[1])

    def _value(self, text: str, at: int, dt: DataType) -> tuple[Any, int]:
        first = text[at]
        match dt:
            case StructType():
                if first == "{":
                    return self._object(text, at, {f.name: f.dataType for f in dt.fields})
                return self._null_or_bad(text, at)
            case ArrayType():
                if first == "[":
                    return self._array(text, at, dt.elementType)
                return self._null_or_bad(text, at)
            case MapType():
                if first == "{":
                    return self._map(text, at, dt.valueType)
                return self._null_or_bad(text, at)
        value, end = self._scan(text, at)
        if value is None:
            return None, end
        return self._scalars.read(value, text[at:end], dt), end

    def _null_or_bad(self, text: str, at: int) -> tuple[Any, int]:
        value, end = self._scan(text, at)
        if value is None:
            return None, end
        raise BadValue(text[at:end])

    def _array(self, text: str, at: int, dt: DataType) -> tuple[list[Any], int]:
        items: list[Any] = []
        at = _space(text, at + 1)
        if text[at] == "]":
            return items, at + 1
        while True:
            value, at = self._value(text, at, dt)
            items.append(value)
            at = _space(text, at)
            if text[at] == "]":
                return items, at + 1
            if text[at] != ",":
                raise BadRecord(text)
            at = _space(text, at + 1)

    def _map(self, text: str, at: int, dt: DataType) -> tuple[list[tuple[str, Any]], int]:
        entries: dict[str, Any] = {}
        for name, value_at in self._members(text, at):
            entries[name], end = self._value(text, value_at, dt)
            self._end = end
        return list(entries.items()), self._end


def _space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]


class _Scalars:
    """Values without parts."""

    def __init__(self, how: Conversions, dialect: JsonDialect) -> None:
        self._formats, self._non_numbers = how.formats, dialect.non_numbers

    def read(self, value: Any, raw: str, dt: DataType) -> Any:
        """A JSON value (parsed, and as written) in a type.

        Raises
        ------
        BadValue
            If it has another kind.
        """
        match dt:
            case StringType() | CharType() | VarcharType():
                return value if isinstance(value, str) else raw
            case BooleanType():
                if isinstance(value, bool):
                    return value
            case ByteType() | ShortType() | IntegerType() | LongType():
                limit = 1 << _BOUNDS[type(dt)]
                if type(value) is int and -limit <= value < limit:
                    return value
            case FloatType() | DoubleType():
                return self._floating(value, isinstance(dt, FloatType))
            case DecimalType():
                return _decimal(value, raw, dt)
            case NullType():
                return None
            case BinaryType() if isinstance(value, str):
                try:
                    return base64.b64decode(value, validate=True)
                except binascii.Error:
                    raise BadValue(raw) from None
            case TimestampType() if type(value) is int:
                return value * 1_000_000
        if isinstance(value, str) and value:
            found = self._time(value, dt)
            if found is not None:
                return found
        raise BadValue(raw)

    def _floating(self, value: Any, single: bool) -> float:
        if isinstance(value, str) and self._non_numbers and value in _INFINITIES:
            return _INFINITIES[value]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise BadValue(value)
        try:
            number = float(value)
            return struct.unpack("f", struct.pack("f", number))[0] if single else number
        except OverflowError:
            return math.inf if value > 0 else -math.inf

    def _time(self, text: str, dt: DataType) -> Any:
        f = self._formats
        match dt:
            case DateType():
                return pattern(f.date).parse_day(text) if f.date else parse_day(text)
            case TimestampType():
                if f.timestamp:
                    return pattern(f.timestamp).parse_moment(text, f.zone)
                return parse_moment(text, f.zone)
            case TimestampNTZType():
                return pattern(f.ntz).parse_moment(text, None) if f.ntz else parse_wall_clock(text)
            case TimeType():
                return parse_time(text)
            case YearMonthIntervalType() | DayTimeIntervalType():
                return parse_interval(text, dt)
        return None


def _decimal(value: Any, raw: str, dt: DecimalType) -> decimal.Decimal:
    text = value if isinstance(value, str) else raw
    if isinstance(value, bool) or not text:
        raise BadValue(raw)
    try:
        with decimal.localcontext(prec=100):
            exact = decimal.Decimal(text)
            if not exact.is_finite():
                raise BadValue(raw)
            rounded = exact.quantize(decimal.Decimal(1).scaleb(-dt.scale), decimal.ROUND_HALF_UP)
    except decimal.InvalidOperation:
        raise BadValue(raw) from None
    if len(rounded.as_tuple().digits) > dt.precision and rounded:
        raise BadValue(raw)
    return rounded


def _check(dt: DataType, name: str) -> None:
    match dt:
        case StructType():
            for f in dt.fields:
                _check(f.dataType, name)
        case ArrayType():
            _check(dt.elementType, name)
        case MapType():
            _check(dt.valueType, name)
        case (
            StringType()
            | CharType()
            | VarcharType()
            | BooleanType()
            | ByteType()
            | ShortType()
            | IntegerType()
            | LongType()
            | FloatType()
            | DoubleType()
            | DecimalType()
            | NullType()
            | BinaryType()
            | TimestampType()
            | TimestampNTZType()
            | DateType()
            | TimeType()
            | YearMonthIntervalType()
            | DayTimeIntervalType()
        ):
            return
        case _:
            raise AnalysisException(
                errorClass="UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                messageParameters={
                    "format": "JSON",
                    "columnName": f"`{name}`",
                    "columnType": f'"{dt.simpleString().upper()}"',
                },
            )


_TOKEN = re.compile(
    r"""(?P<double>"(?:[^"\\]|\\.)*")|(?P<single>'(?:[^'\\]|\\.)*')|(?P<comment>//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<name>[A-Za-z_$][\w$]*)(?=\s*:)|(?P<number>(?<![\w.])-?0+(?=\d))""",
    re.DOTALL,
)


def relax(text: str, dialect: JsonDialect) -> str | None:
    """The text as strict JSON, if the dialect's liberties make it so; None if there is nothing."""

    def strict(found: re.Match[str]) -> str:
        word = found[0]
        match found.lastgroup:
            case "single" if dialect.single_quotes:
                inner = re.sub(r"\\'", "'", word[1:-1])
                return '"' + re.sub(r'(?<!\\)"', '\\"', inner) + '"'
            case "double" if dialect.any_escape:
                return re.sub(r"\\([^\"\\/bfnrtu])", r"\1", word)
            case "comment" if dialect.comments:
                return " "
            case "name" if dialect.unquoted_names:
                return f'"{word}"'
            case "number" if dialect.leading_zeros:
                return "-" if word.startswith("-") else ""
        return word

    return _TOKEN.sub(strict, text)
