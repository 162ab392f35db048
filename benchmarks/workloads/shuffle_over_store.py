"""A shuffle of three times the size of the object store."""

from __future__ import annotations

from benchmarks.workload import Bench, Figures, Workload
from benchmarks.workloads.shuffle_payload import MAPS, arrays, shuffle

STORE_MB = 400


def measure(bench: Bench) -> Figures:
    """Seconds and GB/s; that it ends with every byte is the point."""
    per_map = bench.scaled(3 * STORE_MB // MAPS)
    megabytes = per_map * MAPS
    taken = shuffle(bench, arrays, per_map)
    return {
        "object store MB": STORE_MB,
        "data MB": megabytes,
        "seconds": taken,
        "GB/s": megabytes / 1000 / taken,
    }


WORKLOAD = Workload(
    title="shuffle of 3x the object store",
    measure=measure,
    engines=("ray",),
    memory=True,
    settings={"spark.ray.objectStoreMemory": f"{STORE_MB}m"},
)
