"""Partitioners: which reduce partition a key belongs to.

All are pure and agree across processes and runs, see :mod:`rayspark.shuffle.hashing`.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Protocol
from zlib import crc32

import numpy as np

from rayspark.columnar.pairs import Numbers, numbers
from rayspark.records import dataclass
from rayspark.shuffle.hashing import portable_hash as portable_hash

_HASH_MODULUS = 2**61 - 1
"""Python's: larger ints are reduced by it."""
_WHOLE = frozenset({int, bool})
_first = itemgetter(0)


class Partitioner(Protocol):
    """Places keyed records. Equal partitioners place equal keys alike, without a shuffle."""

    @property
    def num_partitions(self) -> int:
        """How many there are."""

    def partition_of(self, key: Any) -> int:
        """Partition of one key."""

    def assign(self, records: Sequence[Any]) -> Sequence[int]:
        """Partitions of a batch of ``(key, value)`` records."""

    def assign_numbers(self, keys: Numbers) -> Numbers | None:
        """Partitions of a column of keys; ``None`` where that would not agree with ``assign``."""


@dataclass(frozen=True, slots=True)
class HashPartitioner:
    """``func(key) mod num_partitions``, by default with :func:`portable_hash`."""

    num_partitions: int
    func: Callable[[Any], int] = portable_hash

    def partition_of(self, key: Any) -> int:
        """See :class:`Partitioner`."""
        return self.func(key) % self.num_partitions

    def assign(self, records: Sequence[Any]) -> Sequence[int]:
        """See :class:`Partitioner`."""
        n = self.num_partitions
        if n == 1:
            return [0] * len(records)
        if self.func is portable_hash:
            kinds = set(map(type, map(_first, records)))
            if kinds <= _WHOLE:
                return [hash(k) % n for k, _ in records]
            if kinds == {float}:  # NaN: see portable_hash
                return [hash(k) % n if k == k else 0 for k, _ in records]
            if kinds == {str}:
                return [crc32(k.encode("utf-8", "surrogatepass")) % n for k, _ in records]
        func = self.func
        placed = [func(k) for k, _ in records]
        try:
            return [at % n for at in placed]
        except TypeError:
            raise _nonsense(placed, records) from None

    def assign_numbers(self, keys: Numbers) -> Numbers | None:
        """See :class:`Partitioner`. Python's ``hash`` of a small int is the int, but -2 for -1."""
        if self.func is not portable_hash or keys.dtype.kind != "i":
            return None
        if len(keys) and (keys.max() >= _HASH_MODULUS or keys.min() <= -_HASH_MODULUS):
            return None
        placed: Numbers = np.where(keys == -1, -2, keys) % self.num_partitions
        return placed


def _nonsense(placed: Sequence[Any], records: Sequence[Any]) -> TypeError:
    """The error for a partition function that returned something without a remainder."""
    at, (key, _) = next(
        pair for pair in zip(placed, records, strict=True) if not hasattr(pair[0], "__index__")
    )
    return TypeError(
        f"the partition function returned {at!r} of type {type(at).__name__} for key {key!r}: it "
        "must return an int"
    )


@dataclass(frozen=True, slots=True)
class RangePartitioner:
    """Keys up to ``bounds[i]`` go to partition i: sorted partitions are sorted as a whole."""

    num_partitions: int
    bounds: tuple[Any, ...]
    """Upper bounds of all partitions but the last, ascending, after ``key_func``."""
    ascending: bool = True
    key_func: Callable[[Any], Any] | None = None

    def partition_of(self, key: Any) -> int:
        """See :class:`Partitioner`."""
        at = bisect.bisect_left(self.bounds, self.key_func(key) if self.key_func else key)
        return at if self.ascending else self.num_partitions - 1 - at

    def assign(self, records: Sequence[Any]) -> Sequence[int]:
        """See :class:`Partitioner`."""
        return [self.partition_of(k) for k, _ in records]

    def assign_numbers(self, keys: Numbers) -> Numbers | None:
        """See :class:`Partitioner`. One vectorised search if keys and bounds are of one type."""
        bounds = None if self.key_func is not None else numbers(self.bounds)
        if bounds is None or bounds.dtype != keys.dtype:
            return None
        if keys.dtype.kind == "f" and (np.isnan(keys).any() or np.isnan(bounds).any()):
            return None
        at = np.searchsorted(bounds, keys, side="left")
        placed: Numbers = at if self.ascending else self.num_partitions - 1 - at
        return placed


@dataclass(frozen=True, slots=True)
class PositionPartitioner:
    """The key already is the partition number (``repartition``; custom placement by position)."""

    num_partitions: int

    def partition_of(self, key: Any) -> int:
        """See :class:`Partitioner`."""
        return int(key)

    def assign(self, records: Sequence[Any]) -> Sequence[int]:
        """See :class:`Partitioner`."""
        return [k for k, _ in records]

    def assign_numbers(self, keys: Numbers) -> Numbers | None:
        """See :class:`Partitioner`."""
        return keys if keys.dtype.kind == "i" else None
