"""Partitioners: which reduce partition a key belongs to.

All are pure and agree across processes and runs, strings included: Python's own ``hash(str)`` is
salted per process, so strings are placed by CRC-32 of their UTF-8 bytes.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Protocol
from zlib import crc32

import numpy as np

_HASH_BITS = 0x7FFFFFFFFFFFFFFF
_NUMERIC = frozenset({int, bool, float})
_first = itemgetter(0)


def portable_hash(x: Any) -> int:
    """Hash that every process of every run agrees on, also for ``None``, strings and tuples.

    >>> portable_hash((None, 1)) & 0xFFFF == portable_hash((None, 1)) & 0xFFFF
    True
    """
    if x is None:
        return 0
    kind = type(x)
    if kind is str:
        return crc32(x.encode("utf-8", "surrogatepass"))
    if kind is bytes:
        return crc32(x)
    if isinstance(x, tuple):
        h = 0x345678
        for item in x:
            h ^= portable_hash(item)
            h *= 1000003
            h &= _HASH_BITS
        h ^= len(x)
        return -2 if h == -1 else h
    if isinstance(x, frozenset):
        return hash(frozenset(map(portable_hash, x)))
    if isinstance(x, str):
        return crc32(str(x).encode("utf-8", "surrogatepass"))
    return hash(x)


class Partitioner(Protocol):
    """Places keyed records. Equal partitioners place equal keys alike, without a shuffle."""

    @property
    def num_partitions(self) -> int:
        """How many there are."""

    def partition_of(self, key: Any) -> int:
        """Partition of one key."""

    def assign(self, records: Sequence[Any]) -> Sequence[int]:
        """Partitions of a batch of ``(key, value)`` records."""


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
            if kinds <= _NUMERIC:
                return [hash(k) % n for k, _ in records]
            if kinds == {str}:
                return [crc32(k.encode("utf-8", "surrogatepass")) % n for k, _ in records]
        func = self.func
        return [func(k) % n for k, _ in records]


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
        placed = self._assign_numbers(records)
        if placed is None:
            return [self.partition_of(k) for k, _ in records]
        return placed

    def _assign_numbers(self, records: Sequence[Any]) -> Sequence[int] | None:
        """All keys and bounds are machine integers: one vectorised search."""
        if self.key_func is not None or not self.bounds or set(map(type, self.bounds)) != {int}:
            return None
        if set(map(type, map(_first, records))) != {int}:
            return None
        try:
            keys = np.fromiter(map(_first, records), dtype=np.int64, count=len(records))
            at = np.searchsorted(np.array(self.bounds, dtype=np.int64), keys, side="left")
        except OverflowError:
            return None
        if not self.ascending:
            at = self.num_partitions - 1 - at
        placed: list[int] = at.tolist()
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
