"""Which cached partition is where: the driver's directory of blocks.

A cached block ``(rdd, split)`` lies in the object store of one or more *hosts*, where any executor
of the machine reads it (NODE_LOCAL); some *executors* also keep it deserialised in their heap
(PROCESS_LOCAL). A heap copy dies with its executor, a stored one with its host. Whoever keeps a
block in a heap only must report it dropped when that executor dies.

The directory may lag behind the truth: a task that does not find a block computes it from lineage.
Used by the scheduler's thread alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rayspark.ids import ExecutorId, HostId, RddId

Key = tuple[RddId, int]


class Locations(NamedTuple):
    """Where a block is. Dictionaries serve as ordered sets: decisions must not depend on hashes."""

    executors: dict[ExecutorId, None]
    hosts: dict[HostId, None]


NOWHERE = Locations({}, {})


class CacheDirectory:
    """Locations of every cached block."""

    def __init__(self) -> None:
        self._blocks: dict[RddId, dict[int, Locations]] = {}
        self._on_executor: dict[ExecutorId, dict[Key, None]] = {}
        self._on_host: dict[HostId, dict[Key, None]] = {}

    def put(
        self, executor: ExecutorId, host: HostId, blocks: Iterable[Key], *, in_heap: bool
    ) -> None:
        """Blocks exist on `host`, and with `in_heap` also deserialised in `executor`."""
        for rdd, split in blocks:
            where = self._blocks.setdefault(rdd, {}).setdefault(split, Locations({}, {}))
            where.hosts[host] = None
            self._on_host.setdefault(host, {})[(rdd, split)] = None
            if in_heap:
                where.executors[executor] = None
                self._on_executor.setdefault(executor, {})[(rdd, split)] = None

    def drop(self, blocks: Iterable[Key]) -> None:
        """Blocks are gone everywhere."""
        for key in blocks:
            where = self.locations(*key)
            for executor in where.executors:
                self._on_executor[executor].pop(key)
            for host in where.hosts:
                self._on_host[host].pop(key)
            self._remove(key)

    def forget_executor(self, executor: ExecutorId) -> None:
        """The executor's heap is gone."""
        for key in self._on_executor.pop(executor, {}):
            self._blocks[key[0]][key[1]].executors.pop(executor)

    def forget_host(self, host: HostId) -> list[Key]:
        """The machine's store is gone; returns the blocks that are now nowhere.

        Its executors must be forgotten first.
        """
        lost = []
        for key in self._on_host.pop(host, {}):
            where = self._blocks[key[0]][key[1]]
            where.hosts.pop(host)
            if not where.hosts:
                lost.append(key)
                self._remove(key)
        return lost

    def locations(self, rdd: RddId, split: int) -> Locations:
        """Where a block is; :data:`NOWHERE` if it is not cached."""
        return self._blocks.get(rdd, {}).get(split, NOWHERE)

    def knows(self, rdd: RddId) -> bool:
        """Is any partition of the RDD cached?"""
        return rdd in self._blocks

    def is_complete(self, rdd: RddId, num_partitions: int) -> bool:
        """Is every partition of the RDD cached?"""
        return len(self._blocks.get(rdd, ())) >= num_partitions > 0

    def is_used(self, executor: ExecutorId) -> bool:
        """Does the executor hold a cached block?"""
        return bool(self._on_executor.get(executor))

    def __len__(self) -> int:
        return sum(map(len, self._blocks.values()))

    def _remove(self, key: Key) -> None:
        splits = self._blocks.get(key[0])
        if splits is None:
            return
        splits.pop(key[1], None)
        if not splits:
            del self._blocks[key[0]]
