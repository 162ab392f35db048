"""Statistics of RDDs of numbers."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from rayspark.rdd._actions import reduce_values
from rayspark.rdd._trees import Trees
from rayspark.records import dataclass
from rayspark.statcounter import StatCounter

S = TypeVar("S")
T_co = TypeVar("T_co", covariant=True)


class Numeric(Trees[T_co]):
    """Methods for records that are numbers (or numpy arrays, where their sum makes sense)."""

    def sum(self) -> Any:
        """Sum of the records; 0 of none.

        >>> sc.parallelize([1.0, 2.0, 3.0]).sum()
        6.0
        """
        return sum(self._run(_sum))

    def stats(self) -> StatCounter:
        """Count, mean, variance, largest and smallest in one pass.

        >>> sc.parallelize([1, 2, 3, 4], 2).stats().mean()
        2.5
        """
        parts: list[StatCounter] = self._run(_count_statistics)
        return reduce_values(StatCounter.mergeStats, parts)

    def mean(self) -> float:
        """Mean of the records.

        >>> sc.parallelize([1, 2, 3]).mean()
        2.0
        """
        return self.stats().mean()

    def variance(self) -> float:
        """Variance of the records (divides by n).

        >>> sc.parallelize([1, 2, 3, 4]).variance()
        1.25
        """
        return self.stats().variance()

    def stdev(self) -> Any:
        """Square root of :meth:`variance`.

        >>> float(sc.parallelize([1, 3]).stdev())
        1.0
        """
        return self.stats().stdev()

    def sampleVariance(self) -> float:
        """Variance estimated from a sample (divides by n - 1).

        >>> sc.parallelize([1, 2, 3]).sampleVariance()
        1.0
        """
        return self.stats().sampleVariance()

    def sampleStdev(self) -> Any:
        """Square root of :meth:`sampleVariance`.

        >>> float(sc.parallelize([1, 2, 3]).sampleStdev())
        1.0
        """
        return self.stats().sampleStdev()

    def histogram(
        self, buckets: int | list[Any] | tuple[Any, ...]
    ) -> tuple[Sequence[Any], list[int]]:
        """How many records fall between each two neighbours of a list of bounds.

        Bounds belong to the bucket above them, but the last one to the last bucket. ``None``, NaN
        and records outside are not counted.

        Parameters
        ----------
        buckets : int or list or tuple
            Sorted bounds; or a number of buckets of equal width from the smallest to the largest
            record.

        Returns
        -------
        tuple
            The bounds, and the counts.

        Raises
        ------
        ValueError, TypeError
            If the bounds are not strictly ascending, too few, or cannot be made from the records.

        Examples
        --------
        >>> sc.range(51).histogram(2)
        ([0, 25, 50], [25, 26])
        >>> sc.range(51).histogram([0, 15, 30, 45, 60])
        ([0, 15, 30, 45, 60], [15, 15, 15, 6])
        """
        if isinstance(buckets, int):
            if buckets < 1:
                raise ValueError("number of buckets must be >= 1")
            known = self.filter(_is_comparable)
            low, high = reduce_values(_wider, _flat(known._run(_range_of)))
            if low == high or buckets == 1:
                return [low, high], [known.count()]
            step = _width(low, high, buckets)
            bounds: Sequence[Any] = [*(i * step + low for i in range(buckets)), high]
            counter = _CountBuckets(bounds, step)
        elif isinstance(buckets, list | tuple):
            _check_bounds(buckets)
            bounds = buckets
            counter = _CountBuckets(bounds, _even_step(bounds))
        else:
            raise TypeError("buckets should be a list or tuple or number(int or long)")
        return bounds, reduce_values(_add, self._run(counter))


def _sum(_: int, records: Iterator[Any]) -> Any:
    return sum(records)


def _count_statistics(_: int, records: Iterator[Any]) -> StatCounter:
    return StatCounter(records)


def _is_comparable(x: Any) -> bool:
    return x is not None and not (type(x) is float and math.isnan(x))


def _range_of(_: int, records: Iterator[Any]) -> list[tuple[Any, Any]]:
    for first in records:
        low = high = first
        for x in records:
            low, high = min(low, x), max(high, x)
        return [(low, high)]
    return []


def _flat(parts: list[list[Any]]) -> list[Any]:
    return [item for part in parts for item in part]


def _wider(a: tuple[Any, Any], b: tuple[Any, Any]) -> tuple[Any, Any]:
    return min(a[0], b[0]), max(a[1], b[1])


def _add(left: list[int], right: list[int]) -> list[int]:
    return [a + b for a, b in zip(left, right, strict=True)]


def _width(low: Any, high: Any, count: int) -> Any:
    """Width of ``count`` equal buckets; a whole number where that is exact."""
    try:
        step = (high - low) / count
    except TypeError:
        raise TypeError("Can not generate buckets with non-number in RDD") from None
    if math.isinf(step):
        raise ValueError("Can not generate buckets with infinite value")
    whole = int(step)
    return whole if whole * count == high - low else (high - low) * 1.0 / count


def _check_bounds(bounds: Sequence[Any]) -> None:
    if len(bounds) < 2:
        raise ValueError("buckets should have more than one value")
    if any(b is None or (isinstance(b, float) and math.isnan(b)) for b in bounds):
        raise ValueError("can not have None or NaN in buckets")
    if sorted(bounds) != list(bounds):
        raise ValueError("buckets should be sorted")
    if len(set(bounds)) != len(bounds):
        raise ValueError("buckets should not contain duplicated values")


def _even_step(bounds: Sequence[Any]) -> Any:
    """Width of the buckets if it is the same for all (and they are numbers), else None."""
    try:
        steps = [bounds[i + 1] - bounds[i] for i in range(len(bounds) - 1)]
        if max(steps) - min(steps) < 1e-10:
            return (bounds[-1] - bounds[0]) / (len(bounds) - 1)
    except TypeError:
        pass  # strings, for example: they can be compared, not subtracted
    return None


@dataclass(frozen=True, slots=True)
class _CountBuckets:
    """Counts the records of a partition by bucket."""

    bounds: Sequence[Any]
    step: Any

    def __call__(self, split: int, records: Iterator[Any]) -> list[int]:
        bounds, step = self.bounds, self.step
        low, high = bounds[0], bounds[-1]
        counts = [0] * len(bounds)
        for x in records:
            if x is None or (isinstance(x, float) and math.isnan(x)) or x > high or x < low:
                continue
            if step is None:
                counts[bisect.bisect_right(bounds, x) - 1] += 1
            else:
                counts[int((x - low) / step)] += 1
        last = counts.pop()
        counts[-1] += last
        return counts
