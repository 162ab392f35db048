"""Global sort of 10 M rows into Parquet files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.workload import SESSIONS, Bench, Workload
from benchmarks.workloads.frames import folder_of, scaled, scattered, write_table

ROWS = 10_000_000


def rows(numbers: np.ndarray) -> pa.Table:
    """A key without order, a number and a text."""
    dice = scattered(numbers)
    return pa.table(
        {"key": dice, "id": numbers, "text": np.char.add("row ", (dice % 10_000).astype(str))}
    )


def prepare(data: Path, scale: float) -> None:
    """Write the rows."""
    write_table(data, "unsorted", scaled(ROWS, scale), rows)


def run(bench: Bench) -> list[int]:
    """Rows and sums of what was written."""
    source = folder_of(bench.data, "unsorted", scaled(ROWS, bench.scale))
    target = str(bench.data / f"sorted-{bench.engine}")
    ordered = bench.spark.read.parquet(str(source)).orderBy("key", "id")
    ordered.write.mode("overwrite").parquet(target)
    found = bench.spark.read.parquet(target)
    return list(found.selectExpr("count(*)", "sum(id)", "min(key)", "max(key)").first())


WORKLOAD = Workload(
    title="global sort of 10 M rows, to Parquet", run=run, prepare=prepare, engines=SESSIONS
)
