"""Throughput of empty Python tasks in one stage."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.workload import Bench, Figures, Workload

TASKS = 20_000
PROBE = 400
SECONDS = 60.0


def nothing(rows: Iterator[int]) -> None:
    """Look at no row."""


def seconds_for(bench: Bench, tasks: int) -> float:
    """How long a stage of that many empty tasks takes."""
    began = time.perf_counter()
    bench.sc.parallelize(range(tasks), tasks).foreachPartition(nothing)
    return time.perf_counter() - began


def measure(bench: Bench) -> Figures:
    """Tasks a second: 20,000 tasks, or as many as a first probe says fit into a minute."""
    probe = bench.scaled(PROBE, least=4)
    seconds_for(bench, probe)
    rate = probe / seconds_for(bench, probe)
    tasks = min(bench.scaled(TASKS, least=probe), max(probe, int(rate * SECONDS)))
    return {"tasks": tasks, "tasks/s": tasks / seconds_for(bench, tasks)}


WORKLOAD = Workload(
    title="20,000 empty Python tasks in one stage",
    measure=measure,
    engines=("ray", "local", "peer"),
)
