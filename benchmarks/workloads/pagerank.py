"""PageRank, ten iterations on a graph of one million edges with few popular targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import add

import numpy as np

from benchmarks.workload import Bench, Workload

EDGES = 1_000_000
PER_NODE = 10
ITERATIONS = 10
PARTS = 4


def edges(part: int, total: int) -> Iterator[tuple[int, int]]:
    """Part ``part`` of the edges: targets follow a power law, every node has some."""
    nodes = max(2, total // PER_NODE)
    low, high = total * part // PARTS, total * (part + 1) // PARTS
    dice = np.random.default_rng(part)
    sources = np.arange(low, high) % nodes
    targets = (dice.random(high - low) ** 3 * nodes).astype(np.int64)
    return zip(sources.tolist(), targets.tolist(), strict=True)


def contributions(targets: Iterable[int], rank: float) -> Iterator[tuple[int, float]]:
    """A node's rank, shared among its targets."""
    targets = list(targets)
    share = rank / len(targets)
    return ((target, share) for target in targets)


def run(bench: Bench) -> list[float]:
    """Ranked nodes, the sum of ranks, and the five highest."""
    total = bench.scaled(EDGES, least=100)
    links = (
        bench.sc.parallelize(range(PARTS), PARTS)
        .flatMap(lambda part: edges(part, total))
        .groupByKey(PARTS)
        .cache()
    )
    ranks = links.mapValues(lambda _: 1.0)
    for _ in range(ITERATIONS):
        shares = links.join(ranks, PARTS).flatMap(lambda node: contributions(*node[1]))
        ranks = shares.reduceByKey(add, PARTS).mapValues(lambda total: 0.15 + 0.85 * total)
    ranks = ranks.cache()
    answer = [ranks.count(), ranks.values().sum(), *ranks.values().top(5)]
    ranks.unpersist()
    links.unpersist()
    return answer


WORKLOAD = Workload(title="PageRank, 10 iterations, 1 M edges", run=run, repeats=1)
