"""Later passes over a cached RDD of numpy blocks, against numpy alone.

The yardstick has what the engine has: the same blocks in memory, the same function, as many workers
of the same kind (processes beside Ray's executors, threads beside ``local[2]``), each with half of
the blocks. A pass of numpy and a pass of the engine take turns, so that whatever else
the machine does slows both. A pass of numpy is over when its slower worker is; what it takes to
start it and to add eight vectors is left out.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from operator import add
from typing import Any

import numpy as np

from benchmarks.workload import Bench, Figures, Workload
from benchmarks.workloads.logistic_regression import FEATURES, PARTS, block, gradient

ROWS = 2_000_000
ROUNDS = 5
PASSES = 5
WORKERS = 2
_held: dict[int, list[np.ndarray]] = {}
"""Blocks of each worker: processes have one entry, threads share the table."""


def hold(worker: int, rows: int) -> None:
    """Make a worker's blocks."""
    _held[worker] = [block(part, rows) for part in range(worker, PARTS, WORKERS)]


def plain_pass(worker: int) -> float:
    """Seconds of one pass of numpy over a worker's blocks."""
    weights = np.zeros(FEATURES)
    began = time.perf_counter()
    sum(gradient(data, weights) for data in _held[worker])
    return time.perf_counter() - began


def workers(bench: Bench) -> list[Executor]:
    """One for each core: a pool of one, so that a worker finds its own blocks."""
    if bench.engine == "local":
        return [ThreadPoolExecutor(1) for _ in range(WORKERS)]
    spawn = multiprocessing.get_context("spawn")
    return [ProcessPoolExecutor(1, spawn) for _ in range(WORKERS)]


def cached(bench: Bench, rows: int) -> Any:
    """The blocks as an RDD, computed and in the executors' memory."""
    blocks = bench.sc.parallelize(range(PARTS), PARTS).map(lambda part: block(part, rows)).cache()
    blocks.count()
    return blocks


def engine_pass(blocks: Any) -> float:
    """Seconds of one pass of the engine."""
    weights = np.zeros(FEATURES)
    began = time.perf_counter()
    blocks.map(lambda data: gradient(data, weights)).reduce(add)
    return time.perf_counter() - began


def numpy_pass(pools: list[Executor]) -> float:
    """Seconds of one pass of numpy: the slower worker's."""
    passes = [pool.submit(plain_pass, worker) for worker, pool in enumerate(pools)]
    return max(future.result() for future in passes)


def measure(bench: Bench) -> Figures:
    """Seconds of the second pass over RDDs just cached, of later ones, and of numpy."""
    rows = bench.scaled(ROWS // PARTS, least=10)
    pools = workers(bench)
    try:
        for making in [pool.submit(hold, worker, rows) for worker, pool in enumerate(pools)]:
            making.result()
        numpy_pass(pools)
        second, later, plain = [], [], []
        for _ in range(ROUNDS):
            blocks = cached(bench, rows)
            second.append(engine_pass(blocks))
            plain.append(numpy_pass(pools))
            for _ in range(PASSES):
                later.append(engine_pass(blocks))
                plain.append(numpy_pass(pools))
            blocks.unpersist()
    finally:
        for pool in pools:
            pool.shutdown()
        _held.clear()
    usual = statistics.median(plain)
    return {
        "second pass ms": 1000 * statistics.median(second),
        "later pass ms": 1000 * statistics.median(later),
        "numpy on 2 workers ms": 1000 * usual,
        "second pass, share of numpy's speed %": 100 * usual / statistics.median(second),
        "later pass, share of numpy's speed %": 100 * usual / statistics.median(later),
    }


WORKLOAD = Workload(
    title="pass over cached numpy blocks, 2 M x 20",
    measure=measure,
    engines=("ray", "local", "peer"),
)
