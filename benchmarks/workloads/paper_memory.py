"""The RDD paper's third figure: no cliff as the memory for the cache shrinks.

What an iteration costs more than one with everything cached is the recomputation of the partitions
that were not kept, and nothing else: a partition of an RDD is never evicted for another of the same
RDD, so that a scan that does not fit keeps finding those that did. The misses of an iteration stand
beside its time. Two cores work on the misses, so it is the rounds of two that time goes with, one
for each core: 100 % of the memory are 0 rounds, 0 % are PARTS / 2. "ms a round" would grow from row
to row if there were a cliff; the first rounds look dear only beside a pass without any, which is a
hundred times cheaper than parsing text.
"""

from __future__ import annotations

import statistics
from math import ceil
from typing import Any

from benchmarks.workload import Bench, Figures, Workload
from benchmarks.workloads.paper_lineage import (
    FEATURES,
    PARTS,
    POINTS,
    iterate,
    points,
    write_points,
)

SHARES = (100, 90, 75, 50, 25, 0)
MEMORY_FRACTION = 0.6  # how much of an executor's memory may hold cached blocks
EXECUTORS = 2
ITERATIONS = 7


def executor_memory(cached_bytes: float) -> str:
    """The ``spark.executor.memory`` with which the executors can cache that much together."""
    return f"{max(1, int(cached_bytes / EXECUTORS / MEMORY_FRACTION) >> 20)}m"


def counted(blocks: Any, made: Any) -> Any:
    """The same blocks; each that is computed, instead of read from the cache, is counted."""

    def note(matrix: Any) -> Any:
        made.add(1)
        return matrix

    return blocks.map(note)


def measure(bench: Bench) -> Figures:
    """A later iteration with less and less of the data cached: milliseconds, misses, and what a
    round of misses costs beyond the iteration without any.
    """
    size = bench.scaled(POINTS, least=100) * (FEATURES + 1) * 8 * 1.1
    figures: Figures = {}
    hits_only = 0.0
    for share in SHARES:
        memory = executor_memory(size * (share or 100) / 100)
        bench.restart({"spark.executor.memory": memory})
        made = bench.sc.accumulator(0)
        blocks = counted(points(bench), made)
        if share:
            blocks = blocks.cache()
        iterate(blocks, 1)
        before = made.value
        usual = 1000 * statistics.median(iterate(blocks, ITERATIONS))
        misses = (made.value - before) / ITERATIONS
        rounds = ceil(misses / EXECUTORS)
        figures[f"{share} % cached: iteration ms"] = usual
        figures[f"{share} % cached: misses of {PARTS}"] = misses
        if rounds:
            figures[f"{share} % cached: ms a round of {EXECUTORS}"] = (usual - hits_only) / rounds
        else:
            hits_only = usual
    return figures


WORKLOAD = Workload(
    title="RDD paper: less and less cache memory",
    measure=measure,
    prepare=write_points,
    engines=("ray",),
    settings={"spark.memory.fraction": str(MEMORY_FRACTION)},
)
