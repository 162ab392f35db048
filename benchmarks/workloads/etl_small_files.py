"""Reading 10,000 small Parquet files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from benchmarks.workload import SESSIONS, Bench, Workload
from benchmarks.workloads.frames import folder_of, scaled, scattered, write_once

FILES, ROWS_OF_EACH = 10_000, 100


def prepare(data: Path, scale: float) -> None:
    """Write the files."""
    files = scaled(FILES, scale)

    def write(folder: Path) -> None:
        for number in range(files):
            ids = np.arange(number * ROWS_OF_EACH, (number + 1) * ROWS_OF_EACH, dtype=np.int64)
            table = pa.table({"id": ids, "value": scattered(ids) % 1000})
            pyarrow.parquet.write_table(table, folder / f"part-{number:05d}.parquet")

    write_once(folder_of(data, "small-files", files), write)


def run(bench: Bench) -> list[int]:
    """Rows and a sum; the folder is listed anew."""
    source = folder_of(bench.data, "small-files", scaled(FILES, bench.scale))
    found = bench.spark.read.parquet(str(source))
    return list(found.selectExpr("count(*)", "sum(value)").first())


WORKLOAD = Workload(
    title="reading 10,000 small Parquet files", run=run, prepare=prepare, engines=SESSIONS
)
