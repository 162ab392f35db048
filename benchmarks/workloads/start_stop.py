"""From ``import`` to the first answer, and ``stop()``."""

from __future__ import annotations

from benchmarks.workload import Bench, Figures, Workload


def measure(bench: Bench) -> Figures:
    """Run one small job: the runner times what is around it."""
    assert bench.sc.parallelize(range(8), 2).map(lambda x: x + 1).sum() == 36
    return {}


WORKLOAD = Workload(
    title="start and stop",
    measure=measure,
    engines=("ray", "local", "live", "peer"),
    lifecycle=True,
)
