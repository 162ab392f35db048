"""The RDD paper's second figure: what one dying executor costs an iterative job."""

from __future__ import annotations

import statistics

from benchmarks.workload import Bench, Figures, Workload
from benchmarks.workloads.paper_lineage import ITERATIONS, iterate, points, write_points

# Every iteration is a job of one stage, so the stage's number is the iteration's.
FAULTY = 5


def measure(bench: Bench) -> Figures:
    """Seconds of an iteration, of the one with the fault, and of those after it."""
    taken = iterate(points(bench).cache(), ITERATIONS)
    normal = statistics.median(taken[1:FAULTY])
    return {
        "normal iteration ms": 1000 * normal,
        "iteration with the fault ms": 1000 * taken[FAULTY],
        "the fault costs s": taken[FAULTY] - normal,
        "iterations after it ms": 1000 * statistics.median(taken[FAULTY + 1 :]),
    }


WORKLOAD = Workload(
    title="RDD paper: an executor is killed",
    measure=measure,
    prepare=write_points,
    engines=("ray",),
    settings={
        "spark.ray.fault.kill": f"point=start,stage={FAULTY},partition=0,action=kill,times=1"
    },
)
