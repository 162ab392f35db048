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
MEMORY_FRACTION = 0.6  # how much of an executor's memory may hold cached blocks
EXECUTORS = 2


def executor_memory(cached_bytes: float) -> str:
    """The ``spark.executor.memory`` with which the executors can cache that much together."""
    return f"{max(1, int(cached_bytes / EXECUTORS / MEMORY_FRACTION) >> 20)}m"


def measure(bench: Bench) -> Figures:
    """Milliseconds of a later iteration with 100, 75, 50, 25 and 0 % of the data cached."""
    size = bench.scaled(POINTS, least=100) * (FEATURES + 1) * 8 * 1.1
    figures = {}
    for share in SHARES:
        memory = executor_memory(size * (share or 100) / 100)
        bench.restart({"spark.executor.memory": memory})
        blocks = points(bench).cache() if share else points(bench)
        taken = iterate(blocks, 6)
        figures[f"{share} % cached: iteration ms"] = 1000 * statistics.median(taken[1:])
    return figures


WORKLOAD = Workload(
    title="RDD paper: less and less cache memory",
    measure=measure,
    prepare=write_points,
    engines=("ray",),
    settings={"spark.memory.fraction": str(MEMORY_FRACTION)},
)
