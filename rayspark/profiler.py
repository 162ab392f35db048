"""Profiling Python functions in tasks: ``Profiler`` and ``BasicProfiler``.

A profiler collects what tasks measure in an accumulator. RaySpark does not wrap every task in one
(``spark.python.profile`` is refused); use it where you want to know::

    profiler = BasicProfiler(sc)
    rdd.mapPartitions(lambda part: profiler.profile(list, map(work, part))).count()
    profiler.show(rdd.id())
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rayspark.accumulators import Accumulator, AccumulatorParam
from rayspark.errors import PySparkNotImplementedError

if TYPE_CHECKING:
    from rayspark.context import SparkContext

__all__ = ["BasicProfiler", "Profiler"]

R = TypeVar("R")


class Profiler:
    """Base of profilers: ``profile`` runs a function and measures it, ``stats`` tells.

    Parameters
    ----------
    ctx : SparkContext
        The running context.
    """

    def __init__(self, ctx: SparkContext) -> None:
        """Nothing to set up."""

    def profile(self, func: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Run ``func`` with these arguments and measure it; returns what it returns."""
        raise PySparkNotImplementedError(
            errorClass="NOT_IMPLEMENTED", messageParameters={"feature": "profile"}
        )

    def stats(self) -> pstats.Stats | None:
        """What was measured so far, or None."""
        raise PySparkNotImplementedError(
            errorClass="NOT_IMPLEMENTED", messageParameters={"feature": "stats"}
        )

    def show(self, id: int) -> None:
        """Print what was measured, under this id."""
        stats = self.stats()
        if stats:
            line = "=" * 60
            print(f"{line}\nProfile of RDD<id={id}>\n{line}")  # noqa: T201
            vars(stats)["stream"] = sys.stdout
            stats.sort_stats("time", "cumulative").print_stats()

    def dump(self, id: int, path: str) -> None:
        """Write what was measured to ``path/rdd_ID.pstats``."""
        Path(path).mkdir(parents=True, exist_ok=True)
        stats = self.stats()
        if stats:
            stats.dump_stats(os.path.join(path, f"rdd_{id}.pstats"))  # noqa: PTH118


class PStatsParam(AccumulatorParam[Any]):
    """Adds up what ``cProfile`` measured."""

    @staticmethod
    def zero(value: Any) -> None:
        """Nothing measured."""

    @staticmethod
    def addInPlace(value1: Any, value2: Any) -> Any:
        """Both, added up."""
        if value1 is None:
            return value2
        return value1.add(value2) if value2 is not None else value1


class BasicProfiler(Profiler):
    """Measures time with ``cProfile``.

    Examples
    --------
    >>> from rayspark import BasicProfiler
    >>> profiler = BasicProfiler(sc)
    >>> sc.parallelize([[3, 1], [2]], 2).map(lambda x: profiler.profile(sorted, x)).count()
    2
    >>> profiler.stats().total_calls > 0
    True
    """

    def __init__(self, ctx: SparkContext) -> None:
        self._accumulator: Accumulator[Any] = ctx.accumulator(None, PStatsParam())

    def profile(self, func: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Run ``func`` and measure it."""
        measured = cProfile.Profile()
        result = measured.runcall(func, *args, **kwargs)
        stats = pstats.Stats(measured)
        vars(stats)["stream"] = None  # a file: it cannot travel
        stats.strip_dirs()
        self._accumulator.add(stats)
        return result

    def stats(self) -> pstats.Stats | None:
        """What the tasks measured, added up; None before any did."""
        found: pstats.Stats | None = self._accumulator.value
        return found


class UDFBasicProfiler(BasicProfiler):
    """The same, for user-defined functions of SQL."""


class MemoryProfiler(Profiler):
    """There is none: memory of functions cannot be measured line by line here."""

    def __init__(self, ctx: SparkContext) -> None:
        raise PySparkNotImplementedError(
            errorClass="NOT_IMPLEMENTED",
            messageParameters={
                "feature": "MemoryProfiler (use tracemalloc inside the function instead)"
            },
        )
