"""Deserialised copies of cached partitions, kept in the executor's own heap.

A copy makes the next iteration PROCESS_LOCAL: records that nobody can change are handed out as
they are; others (lists, dictionaries, objects) are kept encoded and decoded anew for each reader,
so that a task that changes its input does not change the cache. Large arrays are never copied:
readers see read-only views of one buffer. Least recently used copies go first; the block itself
stays in the object store, so losing a copy costs a decode, never a recomputation.
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
        """Keep a copy of a block; ``records`` spares a decode. False when it is too large."""
        immutable = not frame.buffers and records is not None and plainness(records) == IMMUTABLE
        size = frame.nbytes * (HEAP_FACTOR if immutable else 1)
        if size > self._limit:
            return False
        entry = _Entry(records if immutable else None, None if immutable else frame, size)
        with self._lock:
            self._remove(block)
            self._entries[block] = entry
            self._size += size
            while self._size > self._limit:
                _, evicted = self._entries.popitem(last=False)
                self._size -= evicted.size
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
