"""The RDD paper's first figure: with parsed text cached, later iterations are far cheaper."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from operator import add
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.workload import Bench, Figures, Workload
from benchmarks.workloads.logistic_regression import gradient

POINTS = 500_000
FEATURES = 10
ITERATIONS = 10
PARTS = 8


def input_file(folder: Path, scale: float) -> Path:
    """Where the points of this scale lie."""
    return folder / f"points-{max(100, round(POINTS * scale))}.txt"


def write_points(folder: Path, scale: float) -> None:
    """Write labelled points as text, unless they are there."""
    path = input_file(folder, scale)
    if path.exists():
        return
    dice = np.random.default_rng(5)
    features = dice.standard_normal((max(100, round(POINTS * scale)), FEATURES))
    labels = features.sum(axis=1) > 0
    unfinished = path.with_suffix(".part")
    np.savetxt(unfinished, np.column_stack([labels, features]), fmt="%.6f")
    unfinished.rename(path)


def parse(lines: Iterator[str]) -> Iterator[np.ndarray]:
    """The lines of a partition as one matrix."""
    rows = [[float(field) for field in line.split()] for line in lines]
    if rows:
        yield np.array(rows)


def points(bench: Bench) -> Any:
    """The RDD of matrices."""
    return bench.sc.textFile(str(input_file(bench.data, bench.scale)), PARTS).mapPartitions(parse)


def iterate(blocks: Any, iterations: int = ITERATIONS) -> list[float]:
    """Seconds of each iteration of gradient descent."""
    weights = np.zeros(FEATURES)
    taken = []
    for _ in range(iterations):
        began = time.perf_counter()
        slope = blocks.map(lambda data, w=weights: gradient(data, w)).reduce(add)
        weights = weights - 1e-6 * slope
        taken.append(time.perf_counter() - began)
    return taken


def measure(bench: Bench) -> Figures:
    """Seconds of the first iteration, of later ones, and how many times cheaper they are."""
    bench.sc.parallelize(range(8), 2).count()
    first, *later = iterate(points(bench).cache())
    median = statistics.median(later)
    return {
        "first iteration s": first,
        "later iteration ms": 1000 * median,
        "later iterations are x faster": first / median,
    }


WORKLOAD = Workload(
    title="RDD paper: costly lineage, cached", measure=measure, prepare=write_points
)
