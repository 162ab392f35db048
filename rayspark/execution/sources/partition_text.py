"""The values of a partition column as they stand in directory names."""

from __future__ import annotations

import datetime
import decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from rayspark.catalyst.expressions import Literal
from rayspark.datatypes import DataType, TimestampType


def partition_texts(
    column: pa.ChunkedArray, dt: DataType, zone: str
) -> tuple[list[str | None], pa.Array]:
    """The different values as text, and for each row which it has; null is one of them."""
    encoded = column.dictionary_encode(null_encoding="encode").combine_chunks()
    texts = [_text(value, dt, zone) for value in encoded.dictionary.to_pylist()]
    return texts, encoded.indices.cast(pa.int64())


def _text(value: Any, dt: DataType, zone: str) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case datetime.datetime():
            if isinstance(dt, TimestampType):
                value = value.astimezone(ZoneInfo(zone))
            text: str = value.strftime("%Y-%m-%d %H:%M:%S").zfill(19)
            micros = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
            return text + micros
        case datetime.date():
            return str(value.isoformat())
        case decimal.Decimal():
            return f"{value:f}"
        case float():
            return Literal(value, dt).sql()
        case bytes():
            return value.decode("utf-8", "replace")
    return str(value)
