"""Shuffle throughput of large payloads: numpy arrays of 1 MB, and bytes of 100 KB."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.workload import Bench, Figures, Workload

MEGABYTES = 2_000
MAPS = 16
REDUCERS = 8


def arrays(part: int, megabytes: int) -> Iterator[tuple[int, np.ndarray]]:
    """Arrays of 1 MB of one map task: random bytes, made once and changed a little."""
    base = np.random.default_rng(part).integers(0, 256, 1_000_000, dtype=np.uint8)
    for number in range(megabytes):
        yield part * megabytes + number, base + np.uint8(number % 256)


def strings(part: int, megabytes: int) -> Iterator[tuple[int, bytes]]:
    """Strings of 100 KB of one map task."""
    for key, block in arrays(part, megabytes):
        raw = block.tobytes()
        for piece in range(10):
            yield key * 10 + piece, raw[piece * 100_000 : (piece + 1) * 100_000]


def shuffle(
    bench: Bench, rows: Callable[[int, int], Iterator[tuple[int, np.ndarray | bytes]]], per_map: int
) -> float:
    """Seconds to bring every payload to the reducer of its key; all bytes must arrive."""
    began = time.perf_counter()
    payloads = bench.sc.parallelize(range(MAPS), MAPS).flatMap(lambda part: rows(part, per_map))
    arrived = payloads.partitionBy(REDUCERS).map(lambda row: len(row[1])).sum()
    assert arrived == per_map * MAPS * 1_000_000, arrived
    return time.perf_counter() - began


def measure(bench: Bench) -> Figures:
    """GB/s through the whole path, making the data included; second run, pages warm."""
    per_map = bench.scaled(MEGABYTES // MAPS)
    gigabytes = per_map * MAPS / 1000
    figures = {"data MB": 1000 * gigabytes}
    for name, rows in (("numpy, 1 MB", arrays), ("bytes, 100 KB", strings)):
        shuffle(bench, rows, per_map)
        figures[f"{name}: GB/s"] = gigabytes / shuffle(bench, rows, per_map)
    return figures


WORKLOAD = Workload(title="shuffle of 2 GB in payloads", measure=measure, memory=True)
