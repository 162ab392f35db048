"""sortByKey of 10 million pairs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from benchmarks.workload import Bench, Workload
from benchmarks.workloads.rows import scattered_pairs

PAIRS = 10_000_000
PARTS = 8


def digest(rows: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """First key, last key, number of rows, and a checksum of a partition that must be in order."""
    head = next(rows, None)
    if head is None:
        return
    first = last = head[0]
    count, mixed = 1, head[0] * 31 ^ head[1]
    for key, value in rows:
        if key < last:
            raise AssertionError(f"not sorted: {key} after {last}")
        last = key
        count += 1
        mixed += key * 31 ^ value
    yield first, last, count, mixed


def run(bench: Bench) -> list[int]:
    """Rows, smallest and largest key, checksum; every partition is checked to be in order."""
    total = bench.scaled(PAIRS)
    pairs = bench.sc.parallelize(range(PARTS), PARTS).flatMap(
        lambda part: scattered_pairs(part, PARTS, total)
    )
    parts = pairs.sortByKey(numPartitions=PARTS).mapPartitions(digest).collect()
    assert all(a[1] <= b[0] for a, b in pairwise(parts))
    return [parts[0][0], parts[-1][1], *(sum(part[i] for part in parts) for i in (2, 3))]


WORKLOAD = Workload(title="sortByKey, 10 M pairs", run=run, repeats=1)
