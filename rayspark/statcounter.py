"""Count, mean, variance and extremes of numbers, mergeable."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from typing import Any

import numpy as np


class StatCounter:
    """Running statistics that can be merged: Welford's method, in Chan's parallel form.

    Values are numbers, or numpy arrays of one shape, for which every statistic is an array.

    Parameters
    ----------
    values : iterable of numbers, optional
        First values.

    Examples
    --------
    >>> from rayspark.statcounter import StatCounter
    >>> left, right = StatCounter([1.0, 2.0]), StatCounter([3.0, 4.0])
    >>> left.mergeStats(right)
    (count: 4, mean: 2.5, stdev: 1.118033988749895, max: 4.0, min: 1.0)
    >>> left.sampleVariance()
    1.6666666666666667
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        self.n = 0
        self.mu: float = 0.0
        self.m2: float = 0.0
        """Sum of squared distances from the mean."""
        self._max: Any = float("-inf")
        self._min: Any = float("inf")
        for value in values or ():
            self.merge(value)

    @property
    def maxValue(self) -> Any:
        """Largest value: a numpy float, as PySpark has it, once there are values."""
        return _as_numpy(self._max) if self.n else self._max

    @property
    def minValue(self) -> Any:
        """Smallest value; likewise."""
        return _as_numpy(self._min) if self.n else self._min

    def merge(self, value: Any) -> StatCounter:
        """Add one value; returns this counter."""
        delta = value - self.mu
        self.n += 1
        self.mu += delta / self.n
        self.m2 += delta * (value - self.mu)
        self._max = _larger(self._max, value)
        self._min = _smaller(self._min, value)
        return self

    def mergeStats(self, other: StatCounter) -> StatCounter:
        """Add what another counter has seen; returns this counter.

        Raises
        ------
        TypeError
            If ``other`` is not a StatCounter.
        """
        if not isinstance(other, StatCounter):
            raise TypeError(f"Can only merge StatCounter but got {type(other)}")
        if other.n == 0:
            return self
        if self.n == 0:
            self.n, self.mu, self.m2 = other.n, other.mu, other.m2
            self._max, self._min = other._max, other._min
            return self
        mine, theirs = self.n, other.n
        total = mine + theirs
        delta = other.mu - self.mu
        self.m2 = self.m2 + other.m2 + (delta * delta * mine * theirs) / total
        # The larger side moves by a small step: exact where the counts differ much.
        if theirs * 10 < mine:
            self.mu = self.mu + (delta * theirs) / total
        elif mine * 10 < theirs:
            self.mu = other.mu - (delta * mine) / total
        else:
            self.mu = (self.mu * mine + other.mu * theirs) / total
        self._max = _larger(self._max, other._max)
        self._min = _smaller(self._min, other._min)
        self.n = total
        return self

    def copy(self) -> StatCounter:
        """An independent counter with the same contents."""
        return copy.deepcopy(self)

    def count(self) -> int:
        """How many values were seen."""
        return int(self.n)

    def mean(self) -> float:
        """Mean; 0.0 of no values."""
        return self.mu

    def sum(self) -> float:
        """Sum of the values."""
        return self.n * self.mu

    def min(self) -> Any:
        """Smallest value; infinity of no values."""
        return self.minValue

    def max(self) -> Any:
        """Largest value; minus infinity of no values."""
        return self.maxValue

    def variance(self) -> float:
        """Variance of the values as a whole population; NaN of no values."""
        return math.nan if self.n == 0 else self.m2 / self.n

    def sampleVariance(self) -> float:
        """Variance estimated from a sample (divides by n - 1); NaN below two values."""
        return math.nan if self.n <= 1 else self.m2 / (self.n - 1)

    def stdev(self) -> Any:
        """Square root of :meth:`variance`."""
        return _sqrt(self.variance())

    def sampleStdev(self) -> Any:
        """Square root of :meth:`sampleVariance`."""
        return _sqrt(self.sampleVariance())

    def asDict(self, sample: bool = False) -> dict[str, float]:
        """All statistics by name.

        Parameters
        ----------
        sample : bool
            False, the default, gives the deviation and variance of a *sample*, True those of the
            population. That is the wrong way round, and how PySpark does it.
        """
        return {
            "count": self.count(),
            "mean": self.mean(),
            "sum": self.sum(),
            "min": self.min(),
            "max": self.max(),
            "stdev": self.stdev() if sample else self.sampleStdev(),
            "variance": self.variance() if sample else self.sampleVariance(),
        }

    def __repr__(self) -> str:
        return (
            f"(count: {self.count()}, mean: {self.mean()}, stdev: {self.stdev()}, "
            f"max: {self.max()}, min: {self.min()})"
        )


def _larger(left: Any, right: Any) -> Any:
    """The larger one, NaN if either is; plain floats do not pay for numpy."""
    if isinstance(left, float) and isinstance(right, int | float):
        return float(right) if right > left or right != right else left
    return np.maximum(left, right)


def _smaller(left: Any, right: Any) -> Any:
    if isinstance(left, float) and isinstance(right, int | float):
        return float(right) if right < left or right != right else left
    return np.minimum(left, right)


def _sqrt(value: Any) -> Any:
    return np.sqrt(value)


def _as_numpy(value: Any) -> Any:
    return np.float64(value) if isinstance(value, float) else value
