"""groupByKey of 4 million pairs into 200,000 groups."""

from __future__ import annotations

from benchmarks.workload import Bench, Workload
from benchmarks.workloads.rows import scattered_pairs

PAIRS = 4_000_000
PARTS = 8


def run(bench: Bench) -> list[int]:
    """Groups, rows in them, and the sum over groups of smallest times largest value."""
    total = bench.scaled(PAIRS, least=20)
    groups = (
        bench.sc.parallelize(range(PARTS), PARTS)
        .flatMap(lambda part: scattered_pairs(part, PARTS, total, distinct=total // 20))
        .groupByKey(PARTS)
    )
    answer = groups.mapValues(lambda values: (len(values), min(values) * max(values))).aggregate(
        (0, 0, 0),
        lambda seen, row: (seen[0] + 1, seen[1] + row[1][0], seen[2] + row[1][1]),
        lambda a, b: (a[0] + b[0], a[1] + b[1], a[2] + b[2]),
    )
    return list(answer)


WORKLOAD = Workload(title="groupByKey, 4 M pairs, 200,000 groups", run=run, repeats=1)
