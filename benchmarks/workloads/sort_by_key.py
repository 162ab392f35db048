"""sortByKey of 10 million pairs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from benchmarks.workload import Bench, Workload
from benchmarks.workloads.rows import scattered_pairs

PAIRS = 10_000_000
PARTS = 8


def digest(rows: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """First key, last key, number of rows, and a sum that depends on their order."""
    first = last = None
    count = mixed = 0
    for key, value in rows:
        if first is None:
            first = key
        elif key < last:
            raise AssertionError(f"not sorted: {key} after {last}")
        last = key
        count += 1
        mixed = (mixed * 31 + key + value) & 0xFFFFFFFF
    if first is not None:
        yield first, last, count, mixed


def run(bench: Bench) -> list[int]:
    """Rows, smallest and largest key; every partition is checked to be in order."""
    total = bench.scaled(PAIRS)
    pairs = bench.sc.parallelize(range(PARTS), PARTS).flatMap(
        lambda part: scattered_pairs(part, PARTS, total)
    )
    parts = pairs.sortByKey(numPartitions=PARTS).mapPartitions(digest).collect()
    assert all(a[1] <= b[0] for a, b in pairwise(parts))
    return [sum(part[2] for part in parts), parts[0][0], parts[-1][1]]


WORKLOAD = Workload(title="sortByKey, 10 M pairs", run=run, repeats=1)
