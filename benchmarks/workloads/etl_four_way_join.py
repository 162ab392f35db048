"""Four tables joined, one of them broadcast, and grouped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from benchmarks.workload import SESSIONS, Bench, Workload
from benchmarks.workloads.frames import folder_of, scaled, scattered, write_table

if TYPE_CHECKING:
    import numpy as np

LINES, ORDERS, CUSTOMERS, COUNTRIES = 10_000_000, 2_500_000, 250_000, 100


def prepare(data: Path, scale: float) -> None:
    """Write the four tables."""
    orders, customers = scaled(ORDERS, scale), scaled(CUSTOMERS, scale)

    def line(numbers: np.ndarray) -> pa.Table:
        dice = scattered(numbers)
        return pa.table({"order": dice % orders, "price": dice % 10_000 / 100})

    def order(numbers: np.ndarray) -> pa.Table:
        dice = scattered(numbers, 2)
        return pa.table({"order": numbers, "customer": dice % customers, "year": dice % 7})

    def customer(numbers: np.ndarray) -> pa.Table:
        return pa.table({"customer": numbers, "country": scattered(numbers, 5) % COUNTRIES})

    def country(numbers: np.ndarray) -> pa.Table:
        return pa.table({"country": numbers, "name": [f"country {n}" for n in numbers.tolist()]})

    write_table(data, "line", scaled(LINES, scale), line)
    write_table(data, "order", orders, order)
    write_table(data, "customer", customers, customer)
    write_table(data, "country", COUNTRIES, country)


def run(bench: Bench) -> list[float]:
    """Groups, and two sums over them."""
    functions = bench.functions
    sizes = {"line": LINES, "order": ORDERS, "customer": CUSTOMERS}
    tables = {
        name: bench.spark.read.parquet(str(folder_of(bench.data, name, scaled(size, bench.scale))))
        for name, size in sizes.items()
    }
    countries = bench.spark.read.parquet(str(folder_of(bench.data, "country", COUNTRIES)))
    grouped = (
        tables["line"]
        .join(tables["order"], "order")
        .join(tables["customer"], "customer")
        .join(functions.broadcast(countries), "country")
        .groupBy("name", "year")
        .agg(functions.sum("price").alias("total"), functions.count("*").alias("lines"))
    )
    rows = grouped.orderBy("name", "year").collect()
    return [len(rows), sum(row.total for row in rows), rows[0].lines]


WORKLOAD = Workload(
    title="four-way join of 10 M rows, one side broadcast",
    run=run,
    prepare=prepare,
    engines=SESSIONS,
)
