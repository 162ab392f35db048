"""Values as strings for text files: each type as the text of a DuckDB expression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any

import pyarrow as pa

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
from rayspark.execution.kernels.kernel import ArrowFunction, identifier, quote
from rayspark.execution.kernels.texts import (
    each,
    interval_writer,
    java_double,
    java_float,
    time_text,
)
from rayspark.execution.kernels.zones import local_time
from rayspark.execution.sources.csv_options import Formats
from rayspark.execution.sources.datetime_patterns import pattern
from rayspark.records import dataclass

SIX = 6
"""Up to this scale Java writes decimals without an exponent."""


@dataclass
class WriteTexts:
    """Writes expressions; remembers the functions that they call."""

    formats: Formats
    format_name: str
    functions: dict[str, ArrowFunction] = field(default_factory=dict)

    def scalar(self, text: str, dt: DataType, column: str) -> str:
        """A value as a string, without quotes around it."""
        match dt:
            case StringType() | CharType() | VarcharType():
                return text
            case ByteType() | ShortType() | IntegerType() | LongType() | BooleanType():
                return f"CAST({text} AS VARCHAR)"
            case DoubleType() | FloatType():
                return self._floating(text, dt)
            case DecimalType():
                if dt.scale <= SIX:
                    return f"CAST({text} AS VARCHAR)"
                return self._call("decimal", _decimal, f"CAST({text} AS VARCHAR)", "VARCHAR")
            case DateType():
                if self.formats.date:
                    write = pattern(self.formats.date).format_day
                    days = f"datediff('day', DATE '1970-01-01', {text})"
                    return self._call(f"day_{self.formats.date}", write, days, "BIGINT")
                return f"strftime({text}, '%Y-%m-%d')"
            case TimestampType():
                return self._timestamp(text)
            case TimestampNTZType():
                if self.formats.ntz:
                    ntz = pattern(self.formats.ntz)
                    return self._call(
                        f"ntz_{ntz.text}", lambda m: ntz.format_moment(m, None),
                        f"epoch_us({text})", "BIGINT",
                    )  # fmt: skip
                return f"strftime({text}, '%Y-%m-%dT%H:%M:%S.%g')"
            case TimeType():
                return self._call("time", time_text, text, "BIGINT")
            case YearMonthIntervalType() | DayTimeIntervalType():
                function = interval_writer(dt)
                self.functions[function.name] = function
                return f"{function.name}({text})"
            case BinaryType():
                return self._call("hex", _hex, text, "BLOB")
            case NullType():
                return "CAST(NULL AS VARCHAR)"
        raise self._refused(dt, column)

    def _refused(self, dt: DataType, column: str) -> AnalysisException:
        return AnalysisException(
            errorClass="UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
            messageParameters={
                "format": self.format_name,
                "columnName": f"`{column}`",
                "columnType": f'"{dt.simpleString().upper()}"',
            },
        )

    def json(self, text: str, dt: DataType, column: str, *, nulls: bool) -> str:
        """A value as JSON; null for null. ``nulls``: write fields that are null."""
        match dt:
            case StructType():
                fields = []
                for f in dt.fields:
                    inner = self.json(
                        f"{text}.{identifier(f.name)}", f.dataType, column, nulls=nulls
                    )
                    inner = f"coalesce({inner}, 'null')" if nulls else inner
                    fields.append(f"{quote(_key(f.name))} || {inner}")
                body = f"'{{' || concat_ws(',', {', '.join(fields)}) || '}}'" if fields else "'{}'"
                return f"CASE WHEN {text} IS NOT NULL THEN {body} END"
            case ArrayType():
                x = f"x{len(text)}"
                inner = self.json(x, dt.elementType, column, nulls=nulls)
                items = f"list_transform({text}, lambda {x}: coalesce({inner}, 'null'))"
                return f"('[' || array_to_string({items}, ',') || ']')"
            case MapType():
                x = f"e{len(text)}"
                key = f"to_json({self.scalar(f'{x}.key', dt.keyType, column)})"
                inner = self.json(f"{x}.value", dt.valueType, column, nulls=nulls)
                pair = f"{key} || ':' || coalesce({inner}, 'null')"
                items = f"list_transform(map_entries({text}), lambda {x}: {pair})"
                return f"('{{' || array_to_string({items}, ',') || '}}')"
            case ByteType() | ShortType() | IntegerType() | LongType() | BooleanType():
                return self.scalar(text, dt, column)
            case DecimalType():
                return self.scalar(text, dt, column)
            case DoubleType() | FloatType():
                plain = self.scalar(text, dt, column)
                return f"CASE WHEN isfinite({text}) THEN {plain} ELSE '\"' || {plain} || '\"' END"
            case BinaryType():
                return f"'\"' || to_base64({text}) || '\"'"
        return f"CAST(to_json({self.scalar(text, dt, column)}) AS VARCHAR)"

    def _floating(self, text: str, dt: DataType) -> str:
        usual = f"{text} = 0 OR (abs({text}) >= 1e-3 AND abs({text}) < 1e7)"
        single = isinstance(dt, FloatType)
        slow = self._call(
            "float" if single else "double",
            java_float if single else java_double,
            text,
            "FLOAT" if single else "DOUBLE",
        )
        return f"CASE WHEN {usual} THEN CAST({text} AS VARCHAR) ELSE {slow} END"

    def _timestamp(self, text: str) -> str:
        zone = self.formats.zone
        if self.formats.timestamp:
            written = pattern(self.formats.timestamp)
            return self._call(
                f"moment_{zone}_{written.text}", lambda m: written.format_moment(m, zone),
                f"epoch_us({text})", "BIGINT",
            )  # fmt: skip
        local = local_time(text, zone)
        offset = f"CAST(epoch({local}) - epoch({text}) AS BIGINT)"
        east = (
            f"CASE WHEN {offset} = 0 THEN 'Z' ELSE printf('%s%02d:%02d',"
            f" CASE WHEN {offset} < 0 THEN '-' ELSE '+' END,"
            f" abs({offset}) // 3600, abs({offset}) // 60 % 60) END"
        )
        return f"(strftime({local}, '%Y-%m-%dT%H:%M:%S.%g') || {east})"

    def _call(self, name: str, one: Callable[[Any], str], text: str, kind: str) -> str:
        full = "source_write_" + name.encode().hex()
        self.functions[full] = each(full, one, (kind,), "VARCHAR", pa.string())
        return f"{full}({text})"


def _decimal(text: str) -> str:
    """As ``BigDecimal.toString``: with an exponent if the number is tiny."""
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    scale = len(text.partition(".")[2])
    exponent = len(digits or "0") - 1 - scale
    if exponent >= -SIX:
        return text
    sign = "-" if text.startswith("-") else ""
    digits = digits or "0"
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}E{exponent}"


def _hex(data: bytes) -> str:
    return "[" + " ".join(f"{byte:02X}" for byte in data) + "]"


def _key(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}":'
