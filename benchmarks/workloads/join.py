"""Join of two RDDs of 2 million pairs; three quarters of the keys meet."""

from __future__ import annotations

from benchmarks.workload import Bench, Workload
from benchmarks.workloads.rows import scattered_pairs

PAIRS = 2_000_000
PARTS = 8


def run(bench: Bench) -> list[int]:
    """Joined rows and a checksum."""
    total = bench.scaled(PAIRS, least=4)
    parts = bench.sc.parallelize(range(PARTS), PARTS)
    distinct = total + total // 4
    left = parts.flatMap(lambda part: scattered_pairs(part, PARTS, total, distinct))
    right = parts.flatMap(
        lambda part: scattered_pairs(part, PARTS, total, distinct, salt=total // 4)
    )
    answer = left.join(right, PARTS).aggregate(
        (0, 0),
        lambda seen, row: (seen[0] + 1, seen[1] + row[0] * 3 + row[1][0] - row[1][1]),
        lambda a, b: (a[0] + b[0], a[1] + b[1]),
    )
    return list(answer)


WORKLOAD = Workload(title="join, 2 M x 2 M", run=run, repeats=1)
