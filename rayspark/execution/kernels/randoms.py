"""Random numbers: Java's generators, so that a seed gives Spark's numbers.

A stream belongs to one call in one run of a compiled text over a partition, and goes on from batch
to batch: what is run again draws the same. The rows of a partition get Spark's numbers in their
order as long as one thread reads them. Without a seed the numbers come from the system's generator.
"""

from __future__ import annotations

import itertools
import math
import secrets
import threading
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from rayspark.catalyst.functions.tables.math import constant
from rayspark.datatypes import DecimalType, DoubleType, FloatType
from rayspark.execution.kernels.hashing import murmur3_bytes
from rayspark.execution.kernels.kernel import ArrowFunction, Site

MASK = (1 << 64) - 1
MOST_RUNS = 1024
"""Whose streams are kept: more than run at once."""
_numbers = itertools.count(1)


class XorShift:
    """Spark's ``XORShiftRandom``, with the methods of Java's ``Random`` on top.

    >>> round(XorShift(42).next_double(), 6)
    0.619189
    """

    def __init__(self, seed: int) -> None:
        data = (seed & MASK).to_bytes(8, "big")
        low = murmur3_bytes(data, 0x3C074A61, java=True)
        high = murmur3_bytes(data, low, java=True)
        self._state = ((high & 0xFFFFFFFF) << 32) | (low & 0xFFFFFFFF)
        self._spare: float | None = None

    def next(self, bits: int) -> int:
        """So many random bits."""
        s = self._state
        s ^= (s << 21) & MASK
        s ^= s >> 35
        s ^= (s << 4) & MASK
        self._state = s
        return s & ((1 << bits) - 1)

    def next_double(self) -> float:
        """From 0 to below 1."""
        return ((self.next(26) << 27) + self.next(27)) * 2.0**-53

    def next_gaussian(self) -> float:
        """Normally distributed: the polar method, two at a time."""
        if self._spare is not None:
            made, self._spare = self._spare, None
            return made
        while True:
            a, b = 2 * self.next_double() - 1, 2 * self.next_double() - 1
            s = a * a + b * b
            if 0 < s < 1:
                factor = math.sqrt(-2 * math.log(s) / s)
                self._spare = b * factor
                return a * factor


class Draws:
    """Draws a value for each row of a partition. It travels without the numbers drawn so far."""

    def __init__(self, draw: Callable[[XorShift], Any], seed: int, kind: pa.DataType) -> None:
        self._given = draw, seed, kind
        self._sources: dict[int, XorShift] = {}
        self._lock = threading.Lock()

    def __call__(self, rows: Any, partitions: Any, runs: Any) -> pa.Array:
        draw, seed, kind = self._given
        if not len(rows):
            return pa.array([], kind)
        run = runs[0].as_py()
        with self._lock:
            source = self._sources.get(run)
            if source is None:
                source = self._sources[run] = XorShift(seed + partitions[0].as_py())
                if len(self._sources) > MOST_RUNS:
                    del self._sources[next(iter(self._sources))]
            return pa.array([draw(source) for _ in range(len(rows))], kind)

    def __reduce__(self) -> tuple[Any, ...]:
        return Draws, self._given


def drawn(site: Site, name: str, draw: Callable[[XorShift], Any], seed: int, kind: pa.DataType,
          returns: str) -> str:  # fmt: skip
    """A call that draws a value for each row."""
    run = Draws(draw, seed, kind)
    function = ArrowFunction(
        f"{name}_{next(_numbers)}", run, ("BIGINT",) * 3, returns, volatile=True
    )
    task = [site.context.conf.get(f"task.{name}", "0") for name in ("spark_partition_id", "run")]
    return site.use(function, ROW, *task)


def seed_of(site: Site, index: int) -> int:
    """The seed that a call names, or one of the system's."""
    if len(site.args) > index:
        return constant(site.call.args[index]) or 0
    return secrets.randbits(63)


ROW = "CAST(random() AS BIGINT)"
"""An argument that differs from row to row, lest DuckDB calls a function once for all."""


def stream(site: Site, distribution: str) -> str:
    """``rand`` and ``randn``."""
    if not site.args and distribution == "uniform":
        return "random()"
    draw = XorShift.next_double if distribution == "uniform" else XorShift.next_gaussian
    return drawn(site, f"spark_{distribution}", draw, seed_of(site, 0), pa.float64(), "DOUBLE")


def uniform(site: Site) -> str:
    """``uniform(min, max, seed)``."""
    share = drawn(
        site, "spark_between", XorShift.next_double, seed_of(site, 2), pa.float64(), "DOUBLE"
    )
    low, high = (f"CAST({a} AS DOUBLE)" for a in site.args[:2])
    value = f"({low} + ({high} - {low}) * {share})"
    whole = not isinstance(site.type, (DoubleType, FloatType, DecimalType))
    return f"trunc({value})" if whole else value
