"""Deserialised copies of cached partitions, kept in the executor's own heap.

A copy makes the next iteration PROCESS_LOCAL: records that nobody can change are handed out as
they are; others (lists, dictionaries, objects) are kept encoded and decoded anew for each reader,
so that a task that changes its input does not change the cache. Large arrays are never copied:
readers see read-only views of one buffer. Least recently used copies go first, but none for
another partition of its own RDD, as in Spark: a loop over an RDD that is a little too large would
otherwise find each partition gone just before its turn. The block itself stays in the object store,
so a missing copy costs a decode, never a recomputation.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any

from rayspark.ids import BlockId, RddId
from rayspark.records import dataclass
from rayspark.serializers import IMMUTABLE, Frame, decode, plainness

HEAP_FACTOR = 4
"""Python objects of small records take about four times their encoded bytes (measured on pairs)."""


@dataclass(frozen=True, slots=True)
class _Entry:
    records: list[Any] | None
    frame: Frame | None
    size: int


class HeapCache:
    """LRU of cached partitions. Thread-safe: tasks of one executor share it.

    Parameters
    ----------
    limit
        Bytes; 0 keeps nothing.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: OrderedDict[BlockId, _Entry] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def put(self, block: BlockId, frame: Frame, records: list[Any] | None = None) -> bool:
        """Keep a copy of a block; ``records`` spares a decode. False when there is no room."""
        immutable = not frame.buffers and records is not None and plainness(records) == IMMUTABLE
        size = frame.nbytes * (HEAP_FACTOR if immutable else 1)
        if size > self._limit:
            return False
        entry = _Entry(records if immutable else None, None if immutable else frame, size)
        with self._lock:
            self._remove(block)
            if not self._make_room(size, block.rdd):
                return False
            self._entries[block] = entry
            self._size += size
        return True

    def _make_room(self, size: int, rdd: RddId) -> bool:
        """Drop copies of other RDDs, the least recently used first, if that is enough."""
        excess = self._size + size - self._limit
        victims = []
        if excess > 0:
            for block, entry in self._entries.items():
                if block.rdd != rdd:
                    victims.append(block)
                    excess -= entry.size
                    if excess <= 0:
                        break
        if excess > 0:
            return False
        for victim in victims:
            self._remove(victim)
        return True

    def get(self, block: BlockId) -> Iterator[Any] | None:
        """Records of a block, or ``None`` when there is no copy here."""
        with self._lock:
            entry = self._entries.get(block)
            if entry is None:
                return None
            self._entries.move_to_end(block)
        if entry.records is not None:
            return iter(entry.records)
        assert entry.frame is not None
        return iter(decode(entry.frame.kind, entry.frame.main, entry.frame.buffers, shared=True))

    def drop(self, rdds: Iterable[RddId]) -> None:
        """Forget every partition of these RDDs."""
        gone = set(rdds)
        with self._lock:
            for block in [b for b in self._entries if b.rdd in gone]:
                self._remove(block)

    def drop_blocks(self, blocks: Iterable[BlockId]) -> None:
        """Forget these partitions."""
        with self._lock:
            for block in blocks:
                self._remove(block)

    def __contains__(self, block: BlockId) -> bool:
        """Whether a copy is here."""
        return block in self._entries

    def _remove(self, block: BlockId) -> None:
        entry = self._entries.pop(block, None)
        if entry is not None:
            self._size -= entry.size
