"""The RDD paper's third figure: no cliff as the memory for the cache shrinks."""

from __future__ import annotations

import statistics

from benchmarks.workload import Bench, Figures, Workload
from benchmarks.workloads.paper_lineage import (
    FEATURES,
    POINTS,
    iterate,
    points,
    write_points,
)

SHARES = (100, 75, 50, 25, 0)
STORAGE_SHARE = 0.6  # spark.memory.fraction: how much of an executor's memory may hold the cache
RESERVED = 300 << 20  # Spark's reserved memory, which counts before the fraction
EXECUTORS = 2


def executor_memory(cached_bytes: float) -> str:
    """The ``spark.executor.memory`` with which the executors can cache that much together."""
    return f"{int(cached_bytes / EXECUTORS / STORAGE_SHARE + RESERVED) >> 20}m"


def measure(bench: Bench) -> Figures:
    """Milliseconds of a later iteration with 100, 75, 50, 25 and 0 % of the data cached."""
    size = bench.scaled(POINTS, least=100) * (FEATURES + 1) * 8 * 1.1
    figures = {}
    for share in SHARES:
        bench.restart({"spark.executor.memory": executor_memory(size * share / 100)})
        blocks = points(bench)
        if share:
            blocks = blocks.cache()
        taken = iterate(blocks, 6)
        figures[f"{share} % cached: iteration ms"] = 1000 * statistics.median(taken[1:])
    return figures


WORKLOAD = Workload(
    title="RDD paper: less and less cache memory",
    measure=measure,
    prepare=write_points,
    engines=("ray",),
)
