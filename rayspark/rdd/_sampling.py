"""Random samples of an RDD."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from rayspark.lineage.ops import PartitionOp
from rayspark.rdd._actions import Actions
from rayspark.rdd.samplers import Interval, Poisson, Stratified

if TYPE_CHECKING:
    from rayspark.rdd import RDD

K = TypeVar("K")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)

_LARGEST_SAMPLE = sys.maxsize - int(10.0 * math.sqrt(sys.maxsize))


class Sampling(Actions[T_co]):
    """Methods that choose records at random."""

    def sample(self, withReplacement: bool, fraction: float, seed: int | None = None) -> RDD[T_co]:
        """A random sample.

        Parameters
        ----------
        withReplacement : bool
            A record may be chosen several times.
        fraction : float
            Probability of each record; with replacement, how often it is chosen on average.
        seed : int, optional
            The same seed gives the same sample. Chosen at random, once, by default.

        Raises
        ------
        ValueError
            If the fraction is negative.

        Examples
        --------
        >>> 5 < sc.range(100, numSlices=4).sample(False, 0.1, 81).count() < 15
        True
        """
        if not fraction >= 0:
            raise ValueError("Fraction must be nonnegative.")
        chosen = random.randint(0, sys.maxsize) if seed is None else seed
        sampler = Poisson(fraction, chosen) if withReplacement else Interval(0, fraction, chosen)
        return self._narrow(PartitionOp(sampler), True, determinism=self._order_sensitive())

    def randomSplit(
        self, weights: Sequence[int | float], seed: int | None = None
    ) -> list[RDD[T_co]]:
        """Divide the records at random into several RDDs.

        Parameters
        ----------
        weights : list of float
            Relative sizes.
        seed : int, optional
            The same seed gives the same division. Chosen at random by default.

        Raises
        ------
        ValueError
            If a weight is negative, or none is positive.

        Examples
        --------
        >>> left, right = sc.range(500, numSlices=1).randomSplit([2, 3], 17)
        >>> left.count() + right.count()
        500
        """
        if not all(weight >= 0 for weight in weights):
            raise ValueError("Weights must be nonnegative")
        total = float(sum(weights))
        if not total > 0:
            raise ValueError("Sum of weights must be positive")
        chosen = random.randint(0, 2**32 - 1) if seed is None else seed
        bounds = accumulate((weight / total for weight in weights), initial=0.0)
        order = self._order_sensitive()
        return [
            self._narrow(PartitionOp(Interval(low, high, chosen)), True, determinism=order)
            for low, high in pairwise(bounds)
        ]

    def takeSample(self, withReplacement: bool, num: int, seed: int | None = None) -> list[T_co]:
        """A random sample of fixed size, on the driver, in random order.

        Parameters
        ----------
        withReplacement : bool
            A record may be chosen several times.
        num : int
            How many.
        seed : int, optional
            The same seed gives the same sample.

        Raises
        ------
        ValueError
            If ``num`` is negative or absurdly large.

        Examples
        --------
        >>> len(sc.range(10).takeSample(True, 20, 1)), len(sc.range(10).takeSample(False, 15, 1))
        (20, 10)
        """
        if num < 0:
            raise ValueError("Sample size cannot be negative.")
        if num > _LARGEST_SAMPLE:
            raise ValueError(f"Sample size cannot be greater than {_LARGEST_SAMPLE}.")
        if num == 0 or self.getNumPartitions() == 0:
            return []
        total = self.count()
        if total == 0:
            return []
        source = random.Random(seed)
        if not withReplacement and num >= total:
            records = self.collect()
            source.shuffle(records)
            return records
        fraction = _fraction_for(num, total, withReplacement)
        records = self.sample(withReplacement, fraction, seed).collect()
        while len(records) < num:
            again = source.randint(0, sys.maxsize)
            records = self.sample(withReplacement, fraction, again).collect()
        source.shuffle(records)
        return records[:num]

    def sampleByKey(
        self: Sampling[tuple[K, V]],
        withReplacement: bool,
        fractions: Mapping[K, float | int],
        seed: int | None = None,
    ) -> RDD[tuple[K, V]]:
        """A random sample with a fraction of its own for each key.

        Parameters
        ----------
        withReplacement : bool
            A pair may be chosen several times.
        fractions : dict
            Fraction by key; a key that is not in it fails the job.
        seed : int, optional
            The same seed gives the same sample.

        Raises
        ------
        AssertionError
            If a fraction is negative.

        Examples
        --------
        >>> pairs = sc.parallelize([(k, n) for n in range(50) for k in "ab"])
        >>> sorted(pairs.sampleByKey(False, {"a": 1.0, "b": 0.0}, 2).countByKey().items())
        [('a', 50)]
        """
        for fraction in fractions.values():
            if not fraction >= 0.0:
                raise AssertionError(f"Negative fraction value: {fraction}")
        chosen = random.randint(0, sys.maxsize) if seed is None else seed
        sampler: Any = Stratified(fractions, withReplacement, chosen)
        return self._narrow(PartitionOp(sampler), True, determinism=self._order_sensitive())


def _fraction_for(wanted: int, total: int, replacement: bool) -> float:
    """A fraction with which a sample is large enough in 99.99% of all cases."""
    fraction = wanted / total
    if replacement:
        deviations = 9 if wanted < 12 else 5
        return fraction + deviations * math.sqrt(fraction / total)
    gamma = -math.log(0.00005) / total
    return min(1, fraction + gamma + math.sqrt(gamma * gamma + 2 * gamma * fraction))
