"""Window functions over 10 M rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from benchmarks.workload import SESSIONS, Bench, Workload
from benchmarks.workloads.frames import folder_of, scaled, scattered, write_table

if TYPE_CHECKING:
    import numpy as np

ROWS = 10_000_000

QUERY = """
SELECT count(*), sum(step), sum(running) FROM (
  SELECT row_number() OVER w AS place, value - lag(value, 1, 0) OVER w AS step,
         sum(value) OVER w AS running
  FROM {table}
  WINDOW w AS (PARTITION BY key ORDER BY id))
WHERE place <= 50
"""


def prepare(data: Path, scale: float) -> None:
    """Write the rows."""
    keys = scaled(100_000, scale)

    def make(numbers: np.ndarray) -> pa.Table:
        dice = scattered(numbers)
        return pa.table({"key": dice % keys, "id": numbers, "value": dice % 1000})

    write_table(data, "series", scaled(ROWS, scale), make)


def run(bench: Bench) -> list[int]:
    """Rows and sums of what the windows gave."""
    source = folder_of(bench.data, "series", scaled(ROWS, bench.scale))
    bench.spark.read.parquet(str(source)).createOrReplaceTempView("series")
    return list(bench.spark.sql(QUERY.format(table="series")).first())


WORKLOAD = Workload(
    title="three window functions over 10 M rows", run=run, prepare=prepare, engines=SESSIONS
)
