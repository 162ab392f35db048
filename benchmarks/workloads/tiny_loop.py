"""A hundred iterations of a tiny two-stage job: what a loop pays for planning."""

from __future__ import annotations

import time
from operator import add

from benchmarks.workload import Bench, Figures, Workload

ITERATIONS = 100


def measure(bench: Bench) -> Figures:
    """Seconds for the loop, after five iterations to warm up."""

    def step(number: int) -> None:
        pairs = bench.sc.parallelize(range(100), 2).map(lambda x: (x % 10, x + number))
        sums = dict(pairs.reduceByKey(add, 2).collect())
        assert sums[0] == 450 + 10 * number

    for number in range(5):
        step(number)
    iterations = bench.scaled(ITERATIONS)
    began = time.perf_counter()
    for number in range(iterations):
        step(number)
    taken = time.perf_counter() - began
    return {f"{iterations} iterations s": taken}


WORKLOAD = Workload(
    title="loop of a tiny two-stage job", measure=measure, engines=("ray", "local", "peer")
)
