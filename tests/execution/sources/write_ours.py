"""Write the typed rows with our writers, for ``tools/harvest_sources.py DIRECTORY`` to read."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
from sources_kit import GOLDEN, UTC, write_table

from rayspark.datatypes import StructType
from rayspark.execution.sources import open_source

CASES: dict[str, tuple[str, ...]] = {
    "parquet": ("ym",), "parquet-zstd": ("ym",), "parquet-partitioned": ("ym",),
    "orc": ("iv", "ym", "n", "dt"), "json": (), "csv": ("arr", "m", "st", "bin"),
}  # fmt: skip
"""Directories by format, and the columns left out: PySpark collects no year-month intervals; ORC
has no intervals, and pyarrow writes its times in nanoseconds and its dates in another calendar."""

MORE: dict[str, dict[str, object]] = {
    "parquet-zstd": {"options": {"compression": "zstd"}},
    "parquet-partitioned": {"partition_by": ["dt", "bo"]},
}


def typed() -> tuple[pa.Table, StructType]:
    """Rows of every type, as Spark wrote them."""
    source = open_source("parquet", [str(GOLDEN / "typed.parquet")], None, {}, UTC)
    batches = [b for task in source.splits(1 << 30, 1) for b in source.read(task)]
    return pa.Table.from_batches(batches), source.schema


def write_all(root: Path) -> None:
    """One directory a case."""
    table, schema = typed()
    for name, left_out in CASES.items():
        fields = [f for f in schema.fields if f.name not in left_out]
        write_table(
            name.partition("-")[0],
            str(root / name),
            table.select([f.name for f in fields]),
            StructType(fields),
            **MORE.get(name, {}),
        )


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
