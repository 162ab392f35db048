"""``toPandas`` of 5 M rows, with Arrow on both sides."""

from __future__ import annotations

from pathlib import Path

from benchmarks.workload import SESSIONS, Bench, Workload
from benchmarks.workloads.etl_sort import rows
from benchmarks.workloads.frames import folder_of, scaled, write_table

ROWS = 5_000_000


def prepare(data: Path, scale: float) -> None:
    """Write the rows."""
    write_table(data, "topandas", scaled(ROWS, scale), rows)


def run(bench: Bench) -> list[int]:
    """Rows and sums of the pandas frame."""
    source = folder_of(bench.data, "topandas", scaled(ROWS, bench.scale))
    frame = bench.spark.read.parquet(str(source)).toPandas()
    return [len(frame), int(frame["id"].sum()), int(frame["text"].str.len().sum())]


WORKLOAD = Workload(
    title="toPandas of 5 M rows",
    run=run,
    prepare=prepare,
    engines=SESSIONS,
    settings={
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.driver.maxResultSize": "0",
    },
)
