"""Avro in a column of bytes: not available."""

from __future__ import annotations

from rayspark.sql.column import Column
from rayspark.sql.expected import refused

_REASON = "read Avro files with spark.read.format('avro'), or decode bytes in a pandas_udf."


def from_avro(
    data: Column | str, jsonFormatSchema: str, options: dict[str, str] | None = None
) -> Column:
    """Not available: read Avro files, or decode bytes in a function of your own."""
    raise refused("from_avro", _REASON)


def to_avro(data: Column | str, jsonFormatSchema: str = "") -> Column:
    """Not available: write Avro files, or encode in a function of your own."""
    raise refused("to_avro", _REASON)
