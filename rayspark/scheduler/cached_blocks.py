"""The driver's hold on cached partitions: handles, sizes, and who goes first when memory is short.

A cached partition lives as long as its handles here. Memory levels count against the storage limit
of the host that holds them; when it is exceeded, the least recently used partitions of *other*
RDDs go first (Spark's rule: storing a partition never evicts its own RDD). ``MEMORY_ONLY``
partitions are dropped and recomputed on demand. Levels with disk stay: an object store spills them
itself, and where there is none (``local[n]``) they go to files. Thread-safe: executors report from
their own threads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from rayspark.ids import BlockId, HostId, RddId
from rayspark.records import dataclass
from rayspark.storage.disk import DiskBlock
from rayspark.storagelevel import StorageLevel

Spill = Callable[[BlockId, Any], DiskBlock | None]
"""Writes a partition to a file; None when there is no room for it."""


class Evicted(NamedTuple):
    """Partitions that memory has no room for."""

    dropped: list[BlockId]
    spilled: list[BlockId]
    """Still cached, under another handle."""


@dataclass(slots=True)
class CachedBlock:
    """One cached partition."""

    homes: dict[HostId, Any]
    """Handle of each copy, by the machine that holds it; the first one is read."""
    size: int
    level: StorageLevel
    counts: bool
    """Whether it takes memory for which it may have to go."""

    @property
    def handle(self) -> Any:
        """The copy that is read."""
        return next(iter(self.homes.values()))

    @property
    def on_disk(self) -> bool:
        """Does it lie in a file?"""
        return isinstance(self.handle, DiskBlock)


class CachedBlocks:
    """Handles of every cached partition, least recently used first.

    Parameters
    ----------
    limit
        Bytes per host.
    spill
        Where no object store spills partitions of levels with disk: what does.
    """

    def __init__(self, limit: int, spill: Spill | None = None) -> None:
        self._limit = limit
        self._spill = spill
        self._blocks: OrderedDict[BlockId, CachedBlock] = OrderedDict()
        self._used: dict[HostId, int] = {}
        self._lost: set[HostId] = set()
        """Machines that are gone: outcomes that come late find nothing there."""
        self._lock = threading.Lock()

    def put(
        self, block: BlockId, host: HostId, handle: Any, size: int, level: StorageLevel
    ) -> Evicted | None:
        """Take a partition in; returns those that had to go for it, ``None`` on a lost machine."""
        with self._lock:
            if host in self._lost:
                return None
            self._remove(block)
            counts = level.useMemory and (self._spill is not None or not level.useDisk)
            self._blocks[block] = CachedBlock({host: handle}, size, level, counts)
            evicted = self._charge(block, host)
            spilled = [b for b in evicted if b in self._blocks]
            if not level.useMemory and not isinstance(handle, DiskBlock):
                spilled.append(block)
        dropped = [b for b in evicted if b not in spilled]
        return Evicted(dropped, [b for b in spilled if self._to_disk(b, host)])

    def _to_disk(self, block: BlockId, host: HostId) -> bool:
        """Write a partition to a file, without holding the others up."""
        with self._lock:
            entry = self._blocks.get(block)
        file = self._spill(block, entry.handle) if self._spill and entry else None
        if file is None:
            return False
        with self._lock:
            if self._blocks.get(block) is entry:
                assert entry is not None
                entry.homes[host] = file
                return True
        file.delete()
        return False

    def add_copy(self, block: BlockId, host: HostId, handle: Any) -> list[BlockId]:
        """A copy on another machine; returns the partitions that were dropped for it."""
        with self._lock:
            entry = self._blocks.get(block)
            if entry is None or host in entry.homes or host in self._lost:
                return []
            entry.homes[host] = handle
            return self._charge(block, host)

    def drop_copy(self, block: BlockId, host: HostId) -> None:
        """Let go of the copy on this machine if there is another."""
        with self._lock:
            entry = self._blocks.get(block)
            if entry is not None and host in entry.homes and len(entry.homes) > 1:
                del entry.homes[host]
                if entry.counts:
                    self._used[host] -= entry.size

    def _charge(self, block: BlockId, host: HostId) -> list[BlockId]:
        entry = self._blocks[block]
        if not entry.counts:
            return []
        self._used[host] = self._used.get(host, 0) + entry.size
        evicted = []
        while self._used[host] > self._limit:
            victim = self._victim(host, block)
            evicted.append(victim)
            if self._blocks[victim].level.useDisk:
                self._discharge(self._blocks[victim])
            else:
                self._remove(victim)
        return evicted

    def _victim(self, host: HostId, newest: BlockId) -> BlockId:
        """Who goes: the oldest of another RDD, else the newest itself."""
        for block, entry in self._blocks.items():
            if entry.counts and host in entry.homes and block.rdd != newest.rdd:
                return block
        return newest

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

    def drop(self, blocks: Iterable[BlockId]) -> None:
        """Let go of these partitions."""
        with self._lock:
            for block in blocks:
                self._remove(block)

    def drop_host(self, host: HostId) -> list[BlockId]:
        """Forget what lay on a machine that is gone; returns partitions without another copy."""
        gone = []
        with self._lock:
            self._lost.add(host)
            for block, entry in list(self._blocks.items()):
                if host in entry.homes:
                    if len(entry.homes) == 1:
                        self._remove(block)
                        gone.append(block)
                    else:
                        del entry.homes[host]
            self._used.pop(host, None)
        return gone

    def only_on(self, host: HostId) -> dict[BlockId, Any]:
        """Partitions whose only copy is on this machine, with their handles."""
        with self._lock:
            return {b: e.handle for b, e in self._blocks.items() if list(e.homes) == [host]}

    def snapshot(self) -> Mapping[BlockId, CachedBlock]:
        """What is cached now."""
        with self._lock:
            return dict(self._blocks)

    def _remove(self, block: BlockId) -> None:
        entry = self._blocks.pop(block, None)
        if entry is None:
            return
        self._discharge(entry)
        if self._spill is not None and isinstance(entry.handle, DiskBlock):
            entry.handle.delete()

    def _discharge(self, entry: CachedBlock) -> None:
        """It takes no memory from now on."""
        if entry.counts:
            entry.counts = False
            for host in entry.homes:
                self._used[host] = self._used.get(host, 0) - entry.size
