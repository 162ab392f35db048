"""Helpers of these tests: rows and files in the form of the goldens."""

from __future__ import annotations

import datetime
import decimal
import json
import math
from pathlib import Path
from typing import Any

import pyarrow as pa

from rayspark.datatypes import ArrayType, MapType, StructType
from rayspark.execution.sources import open_sink

GOLDEN = Path(__file__).parents[2] / "golden" / "sources"
UTC = {"spark.sql.session.timeZone": "UTC"}


def plain(value: Any, dt: Any = None) -> Any:
    """As ``tools/harvest_sources.py`` writes the values of Spark's rows."""
    match value, dt:
        case None, _:
            return None
        case _, StructType():
            return [plain(value[f.name], f.dataType) for f in dt.fields]
        case _, ArrayType():
            return [plain(v, dt.elementType) for v in value]
        case _, MapType():
            pairs = value.items() if isinstance(value, dict) else value
            return {"map": sorted([plain(k, dt.keyType), plain(v, dt.valueType)] for k, v in pairs)}
    match value:
        case list() | tuple():
            return [plain(v) for v in value]
        case dict():
            return {k: plain(v) for k, v in value.items()}
        case float():
            return value if math.isfinite(value) else str(value)
        case datetime.datetime():
            return value.replace(tzinfo=None).isoformat()
        case decimal.Decimal():
            return f"{value.normalize():f}"
        case bytes():
            return value.hex()
        case bool() | int() | str():
            return value
    return str(value)


def rows_of(source: Any, target: int = 1 << 30, splits: int = 1) -> list[Any]:
    """All rows of a source through ``read``, in the form of the goldens."""
    found = []
    for task in source.splits(target, splits):
        for batch in source.bare().read(task):
            table = pa.Table.from_batches([batch])
            found += [plain(row, source.schema) for row in table.to_pylist()]
    return found


def write_table(format: str, path: str, table: pa.Table, schema: StructType, **more: Any) -> None:
    """Write a table in one task."""
    sink = open_sink(format, path, schema, settings=more.pop("settings", UTC), **more)
    sink.begin()
    sink.commit([sink.write(0, 0, iter([table]))])


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text())
