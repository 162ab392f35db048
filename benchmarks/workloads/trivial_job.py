"""Latency of the smallest job there is, warm."""

from __future__ import annotations

import statistics
import time

from benchmarks.workload import Bench, Figures, Workload

ROUNDS = 200
SECONDS = 10.0


def measure(bench: Bench) -> Figures:
    """Median and 90th percentile of up to 200 counts, after ten to warm up."""
    taken: list[float] = []
    end = time.perf_counter() + SECONDS
    for round_ in range(ROUNDS + 10):
        began = time.perf_counter()
        assert bench.sc.parallelize(range(8), 2).count() == 8
        now = time.perf_counter()
        if round_ >= 10:
            taken.append(1000 * (now - began))
        if now > end and taken:
            break
    return {"median ms": statistics.median(taken), "p90 ms": sorted(taken)[len(taken) * 9 // 10]}


WORKLOAD = Workload(
    title="trivial job: `parallelize(range(8), 2).count()`",
    measure=measure,
    engines=("ray", "local", "peer"),
)
