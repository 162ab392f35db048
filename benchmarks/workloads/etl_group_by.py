"""Group-by with 10 M groups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from benchmarks.workload import SESSIONS, Bench, Workload
from benchmarks.workloads.frames import folder_of, scaled, scattered, write_table

if TYPE_CHECKING:
    import numpy as np

ROWS, GROUPS = 20_000_000, 10_000_000


def prepare(data: Path, scale: float) -> None:
    """Write the rows."""
    groups = scaled(GROUPS, scale)

    def make(numbers: np.ndarray) -> pa.Table:
        key = numbers % groups * 1_000_003 % (2**31 - 1)
        return pa.table({"key": key, "value": scattered(numbers) % 1000})

    write_table(data, "grouped", scaled(ROWS, scale), make)


def run(bench: Bench) -> list[int]:
    """Groups, and sums over their sums and largest."""
    source = folder_of(bench.data, "grouped", scaled(ROWS, bench.scale))
    functions = bench.functions
    groups = (
        bench.spark.read.parquet(str(source))
        .groupBy("key")
        .agg(functions.sum("value").alias("total"), functions.max("value").alias("most"))
    )
    return list(groups.selectExpr("count(*)", "sum(total)", "sum(most)").first())


WORKLOAD = Workload(title="group-by with 10 M groups", run=run, prepare=prepare, engines=SESSIONS)
