"""Constants as text."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    DataType,
    MapType,
    NullType,
    StringType,
    StructType,
    TimestampType,
)
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import identifier, quote


def compile_literal(value: Any, dt: DataType) -> str:
    """A constant of a Spark type (in the form that ``catalyst.expressions.literal`` describes)."""
    if value is None:
        return "NULL" if isinstance(dt, NullType) else f"CAST(NULL AS {duck_type(dt)})"
    match dt:
        case StringType():
            return quote(str(value)) if "\0" not in str(value) else _with_zero(str(value))
        case BinaryType():
            return "'" + "".join(f"\\x{byte:02X}" for byte in bytes(value)) + "'::BLOB"
        case ArrayType():
            items = ", ".join(compile_literal(item, dt.elementType) for item in value)
            return f"CAST([{items}] AS {duck_type(dt)})"
        case MapType():
            pairs = value.items() if isinstance(value, dict) else value
            keys = ", ".join(compile_literal(key, dt.keyType) for key, _ in pairs)
            values = ", ".join(compile_literal(v, dt.valueType) for _, v in pairs)
            return f"CAST(map([{keys}], [{values}]) AS {duck_type(dt)})"
        case StructType():
            parts = ", ".join(
                f"{identifier(f.name)} := {compile_literal(v, f.dataType)}"
                for f, v in zip(dt.fields, value, strict=True)
            )
            return f"struct_pack({parts})"
        case TimestampType():
            assert isinstance(value, datetime.datetime)
            return f"TIMESTAMPTZ '{value.isoformat(' ', 'microseconds')}'"
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"CAST('{value!r}' AS {duck_type(dt)})"
        case int() if duck_type(dt) == "INTEGER":
            return str(value) if value >= 0 else f"({value})"
        case int() | decimal.Decimal():
            return (
                f"CAST('{value:f}' AS {duck_type(dt)})"
                if isinstance(value, decimal.Decimal)
                else f"CAST({value} AS {duck_type(dt)})"
            )
        case datetime.time():
            seconds = (value.hour * 60 + value.minute) * 60 + value.second
            return f"CAST({(seconds * 1_000_000 + value.microsecond) * 1000} AS BIGINT)"
        case datetime.datetime():
            return f"TIMESTAMP '{value.strftime('%Y-%m-%d %H:%M:%S.%f').zfill(26)}'"
        case datetime.date():
            return f"DATE '{value.isoformat()}'"
    raise TypeError(f"no constant of type {dt.simpleString()} from {value!r}")


def _with_zero(text: str) -> str:
    parts = [quote(part) for part in text.split("\0")]
    return "(" + " || chr(0) || ".join(parts) + ")"
