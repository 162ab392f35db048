"""reduceByKey of 10 million pairs with 5 million different keys."""

from __future__ import annotations

from operator import add

from benchmarks.workload import Bench, Workload
from benchmarks.workloads.rows import scattered_pairs

PAIRS = 10_000_000
PARTS = 8


def run(bench: Bench) -> list[int]:
    """Different keys, the sum of their values, and a checksum of the pairs."""
    total = bench.scaled(PAIRS, least=2)
    sums = (
        bench.sc.parallelize(range(PARTS), PARTS)
        .flatMap(lambda part: scattered_pairs(part, PARTS, total, distinct=total // 2))
        .reduceByKey(add, PARTS)
    )
    zero = (0, 0, 0)
    answer = sums.aggregate(
        zero,
        lambda seen, row: (seen[0] + 1, seen[1] + row[1], seen[2] ^ (row[0] * 7 + row[1])),
        lambda a, b: (a[0] + b[0], a[1] + b[1], a[2] ^ b[2]),
    )
    return list(answer)


WORKLOAD = Workload(title="reduceByKey, 10 M pairs, 5 M keys", run=run, repeats=1)
