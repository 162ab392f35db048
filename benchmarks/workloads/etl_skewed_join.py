"""Join of 10 M rows with 2 M where nine rows in ten have the same key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.workload import SESSIONS, Bench, Workload
from benchmarks.workloads.frames import folder_of, scaled, scattered, write_table

ROWS = 10_000_000
KEYS = 2_000_000


def prepare(data: Path, scale: float) -> None:
    """Write both sides."""
    keys = scaled(KEYS, scale)

    def skewed(numbers: np.ndarray) -> pa.Table:
        dice = scattered(numbers)
        key = np.where(dice % 10 == 0, scattered(numbers, 7) % keys, 1)
        return pa.table({"key": key, "value": dice % 1000})

    def dimension(numbers: np.ndarray) -> pa.Table:
        return pa.table({"key": numbers, "weight": scattered(numbers, 3) % 10})

    write_table(data, "skewed", scaled(ROWS, scale), skewed)
    write_table(data, "keys", keys, dimension)


def run(bench: Bench) -> list[int]:
    """Joined rows and a weighted sum."""
    read = bench.spark.read.parquet
    facts = read(str(folder_of(bench.data, "skewed", scaled(ROWS, bench.scale))))
    keys = read(str(folder_of(bench.data, "keys", scaled(KEYS, bench.scale))))
    joined = facts.join(keys.hint("shuffle_hash"), "key")
    return list(joined.selectExpr("count(*)", "sum(value * weight)").first())


WORKLOAD = Workload(
    title="join of 10 M rows with 2 M, 90 % of them on one key",
    run=run,
    prepare=prepare,
    engines=SESSIONS,
)
