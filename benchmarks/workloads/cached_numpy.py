"""Later passes over a cached RDD of numpy blocks, against numpy alone on as many cores."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from operator import add

import numpy as np

from benchmarks.workload import Bench, Figures, Workload
from benchmarks.workloads.logistic_regression import FEATURES, PARTS, block, gradient

ROWS = 2_000_000
PASSES = 10
PROCESSES = 2


def plain_numpy(parts: range, rows: int) -> float:
    """Median seconds of one pass over these blocks in this process."""
    blocks = [block(part, rows) for part in parts]
    weights = np.zeros(FEATURES)
    taken = []
    for _ in range(PASSES):
        began = time.perf_counter()
        sum(gradient(data, weights) for data in blocks)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def measure(bench: Bench) -> Figures:
    """Seconds of a later pass, of the same in numpy, and the share of numpy's speed."""
    rows = bench.scaled(ROWS // PARTS, least=10)
    blocks = bench.sc.parallelize(range(PARTS), PARTS).map(lambda part: block(part, rows)).cache()
    weights = np.zeros(FEATURES)
    taken = []
    for _ in range(PASSES + 1):
        began = time.perf_counter()
        blocks.map(lambda data: gradient(data, weights)).reduce(add)
        taken.append(time.perf_counter() - began)
    later = statistics.median(taken[2:])
    blocks.unpersist()
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        shares = [range(start, PARTS, PROCESSES) for start in range(PROCESSES)]
        plain = max(pool.map(plain_numpy, shares, [rows] * PROCESSES))
    return {
        "second pass ms": 1000 * taken[1],
        "later pass ms": 1000 * later,
        "numpy on 2 processes ms": 1000 * plain,
        "share of numpy's speed %": 100 * plain / later,
        "second pass, share %": 100 * plain / taken[1],
    }


WORKLOAD = Workload(
    title="pass over cached numpy blocks, 2 M x 20",
    measure=measure,
    engines=("ray", "local", "peer"),
)
