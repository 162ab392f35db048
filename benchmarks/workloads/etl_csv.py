"""CSV in, cleaned, partitioned Parquet out, read back: 1.2 GB of orders with broken rows.

``--scale 8`` makes it 10 GB, in files of a million rows; the data is made once, below ``--data``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.workload import SESSIONS, Bench, Workload
from benchmarks.workloads.frames import folder_of, scaled, scattered, write_table

ROWS = 14_000_000
STATES = np.array(["ok", " OK", "cancelled ", "Returned", "?"])
SCHEMA = "id LONG, moment STRING, state STRING, amount STRING, customer LONG, note STRING"


def orders(numbers: np.ndarray) -> pa.Table:
    """Rows with untidy states, and amounts that are no numbers now and then."""
    dice = scattered(numbers)
    days = (np.datetime64("2024-01-01") + dice % 360).astype(str)
    amounts = (dice % 100_000 / 100).astype(str)
    amounts[dice % 97 == 0] = "n/a"
    return pa.table(
        {
            "id": numbers,
            "moment": np.char.add(days, " 12:30:00"),
            "state": STATES[dice % len(STATES)],
            "amount": amounts,
            "customer": dice % 1_000_003,
            "note": np.char.add("left at the door of house number ", (dice % 999).astype(str)),
        }
    )


def prepare(data: Path, scale: float) -> None:
    """Write the CSV files."""
    write_table(data, "orders-csv", scaled(ROWS, scale), orders, csv=True)


def run(bench: Bench) -> list[float]:
    """Rows and sums by what was read back."""
    functions = bench.functions
    col = functions.col
    source = folder_of(bench.data, "orders-csv", scaled(ROWS, bench.scale))
    target = str(bench.data / f"orders-clean-{bench.engine}")
    (
        bench.spark.read.csv(str(source), schema=SCHEMA, header=True)
        .withColumn("state", functions.lower(functions.trim("state")))
        .withColumn("amount", functions.expr("try_cast(amount AS DECIMAL(12,2))"))
        .withColumn("moment", functions.to_timestamp("moment"))
        .where(col("amount").isNotNull() & (col("state") != "?"))
        .withColumn("month", functions.month("moment"))
        .write.mode("overwrite")
        .partitionBy("month")
        .parquet(target)
    )
    clean = bench.spark.read.parquet(target)
    row = clean.agg(
        functions.count("*"), functions.sum("amount"), functions.sum("month"), functions.max("note")
    ).first()
    return [row[0], float(row[1]), row[2], row[3]]


WORKLOAD = Workload(
    title="1 GB of CSV: clean, partitioned Parquet, read back",
    run=run,
    prepare=prepare,
    repeats=1,
    engines=SESSIONS,
)
