"""Random choice of records, reproducible: the same seed gives the same records as in PySpark.

Each partition has its own generator, seeded by the seed and the partition's number. Without
replacement, the uniform numbers are drawn by numpy from the state of Python's generator (both are
the same Mersenne twister), a chunk at a time.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from itertools import compress, islice
from typing import Any

import numpy as np

from rayspark.records import dataclass

CHUNK = 1 << 13
_FIRST_CHUNK = 64


@dataclass(frozen=True, slots=True)
class Interval:
    """Keeps each record whose uniform number is in ``[low, high)``."""

    low: float
    high: float
    seed: int

    def __call__(self, split: int, records: Iterator[Any]) -> Iterator[Any]:
        """Apply to one partition."""
        for chunk, numbers in with_uniform(self.seed, split, records):
            kept = (numbers >= self.low) & (numbers < self.high)
            yield from compress(chunk, kept.tolist())


@dataclass(frozen=True, slots=True)
class Poisson:
    """Repeats each record as often as a Poisson variable with mean ``fraction`` says."""

    fraction: float
    seed: int

    def __call__(self, split: int, records: Iterator[Any]) -> Iterator[Any]:
        """Apply to one partition."""
        source = generator(self.seed, split)
        for record in records:
            for _ in range(poisson(source, self.fraction)):
                yield record


@dataclass(frozen=True, slots=True)
class Stratified:
    """Chooses pairs with a fraction for each key."""

    fractions: Mapping[Any, float]
    replacement: bool
    seed: int

    def __call__(self, split: int, pairs: Iterator[Any]) -> Iterator[Any]:
        """Apply to one partition."""
        source, fractions = generator(self.seed, split), self.fractions
        if self.replacement:
            for key, value in pairs:
                for _ in range(poisson(source, fractions[key])):
                    yield key, value
        else:
            uniform = source.random
            for key, value in pairs:
                if uniform() < fractions[key]:
                    yield key, value


def generator(seed: int, split: int) -> random.Random:
    """The generator of one partition."""
    source = random.Random(seed ^ split)
    for _ in range(10):  # the seeds of neighbours are close to each other
        source.randint(0, 1)
    return source


def with_uniform(
    seed: int, split: int, records: Iterable[Any]
) -> Iterator[tuple[list[Any], np.ndarray[Any, np.dtype[np.float64]]]]:
    """Records in chunks, with a uniform number in [0, 1) for each."""
    _, state, _ = generator(seed, split).getstate()
    source = np.random.RandomState(0)
    words = np.array(state[:-1], dtype=np.uint32)
    source.set_state({"bit_generator": "MT19937", "state": {"key": words, "pos": state[-1]}})
    iterator, size = iter(records), _FIRST_CHUNK
    while chunk := list(islice(iterator, size)):
        yield chunk, source.random_sample(len(chunk))
        size = CHUNK


def poisson(source: random.Random, mean: float) -> int:
    """A Poisson variable, by Knuth's method; by sums of exponentials when the mean is large."""
    k = 0
    if mean < 20.0:
        limit, product = math.exp(-mean), source.random()
        while product > limit:
            k += 1
            product *= source.random()
    else:
        total = source.expovariate(mean)
        while total < 1.0:
            k += 1
            total += source.expovariate(mean)
    return k
