"""A stage of 100,000 tasks: does it block the driver, and what does it cost there?"""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator

from benchmarks.workload import Bench, Figures, Workload

TASKS = 100_000
TICK = 0.005


def nothing(rows: Iterator[int]) -> None:
    """Look at no row."""


class Heartbeat:
    """A thread that wants to run every 5 ms and notes the longest it had to wait."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        last = time.perf_counter()
        while not self._done.wait(TICK):
            now = time.perf_counter()
            self.longest = max(self.longest, now - last - TICK)
            last = now

    def stop(self) -> None:
        """Stop beating."""
        self._done.set()
        self._thread.join()


def driver_peak_mb() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(bench: Bench) -> Figures:
    """Tasks a second, driver memory on top of what it had, longest pause of a driver thread."""
    tasks = bench.scaled(TASKS, least=10)
    bench.sc.parallelize(range(100), 100).foreachPartition(nothing)
    before = driver_peak_mb()
    heart = Heartbeat()
    began = time.perf_counter()
    bench.sc.parallelize(range(tasks), tasks).foreachPartition(nothing)
    taken = time.perf_counter() - began
    heart.stop()
    return {
        "tasks/s": tasks / taken,
        "driver peak MB more": driver_peak_mb() - before,
        "longest pause of a driver thread ms": 1000 * heart.longest,
    }


WORKLOAD = Workload(title="one stage of 100,000 tasks", measure=measure, engines=("ray", "local"))
