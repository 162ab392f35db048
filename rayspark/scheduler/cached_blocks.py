"""The driver's hold on cached partitions: handles, sizes, and who goes first when memory is short.

A cached partition lives as long as its handle here. Memory levels count against the storage limit
of the host that holds them; when it is exceeded, the least recently used partitions of *other*
RDDs go first (Spark's rule: storing a partition never evicts its own RDD). ``MEMORY_ONLY``
partitions are dropped and recomputed on demand; levels with disk stay: the object store spills
them itself. Thread-safe: executors report from their own threads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rayspark.ids import BlockId, ExecutorId, HostId, RddId
from rayspark.storagelevel import StorageLevel


@dataclass(frozen=True, slots=True)
class CachedBlock:
    """One cached partition."""

    handle: Any
    executor: ExecutorId
    host: HostId
    size: int
    level: StorageLevel


class CachedBlocks:
    """Handles of every cached partition, least recently used first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._blocks: OrderedDict[BlockId, CachedBlock] = OrderedDict()
        self._used: dict[HostId, int] = {}
        self._lock = threading.Lock()

    def put(self, block: BlockId, entry: CachedBlock) -> list[BlockId]:
        """Take a partition in; returns those that had to go for it."""
        with self._lock:
            self._remove(block)
            self._blocks[block] = entry
            if not _counts(entry):
                return []
            self._used[entry.host] = self._used.get(entry.host, 0) + entry.size
            return self._make_room(entry.host, block.rdd)

    def _make_room(self, host: HostId, rdd: RddId) -> list[BlockId]:
        evicted = []
        while self._used[host] > self._limit:
            victim = next(
                (
                    block
                    for block, entry in self._blocks.items()
                    if entry.host == host and _counts(entry) and block.rdd != rdd
                ),
                None,
            )
            if victim is None:  # the RDD itself is too large: its newest partition is not kept
                victim = next(reversed(self._blocks))
            self._remove(victim)
            evicted.append(victim)
        return evicted

    def handles(self, blocks: Iterable[BlockId]) -> dict[BlockId, Any]:
        """Handles of those that are cached; they count as used now."""
        found = {}
        with self._lock:
            for block in blocks:
                entry = self._blocks.get(block)
                if entry is not None:
                    found[block] = entry.handle
                    self._blocks.move_to_end(block)
        return found

    def drop_rdd(self, rdd: RddId) -> list[BlockId]:
        """Let go of every partition of an RDD."""
        with self._lock:
            gone = [block for block in self._blocks if block.rdd == rdd]
            for block in gone:
                self._remove(block)
        return gone

    def drop_host(self, host: HostId) -> list[BlockId]:
        """Forget what lay on a machine that is gone."""
        with self._lock:
            gone = [block for block, entry in self._blocks.items() if entry.host == host]
            for block in gone:
                self._remove(block)
        return gone

    def snapshot(self) -> Mapping[BlockId, CachedBlock]:
        """What is cached now."""
        with self._lock:
            return dict(self._blocks)

    def _remove(self, block: BlockId) -> None:
        entry = self._blocks.pop(block, None)
        if entry is not None and _counts(entry):
            self._used[entry.host] -= entry.size


def _counts(entry: CachedBlock) -> bool:
    """Whether the partition may be evicted for want of memory."""
    return entry.level.useMemory and not entry.level.useDisk
