"""Cached partitions as the driver manages them: kept, copied, evicted, moved away, forgotten.

Every method may be called from any thread and never waits. What changes is told to the scheduler
(``BlocksStored``, ``BlocksDropped``), to the executors (``Forget``) and, if somebody listens, to
the bus (``BlockUpdated``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rayspark.events import types as ev
from rayspark.events.bus import EventBus
from rayspark.ids import BlockId, ExecutorId, HostId, RddId
from rayspark.lineage.node import Node
from rayspark.scheduler.backend import Backend, BatchOutcome, Forget
from rayspark.scheduler.cached_blocks import CachedBlocks
from rayspark.scheduler.events import BlocksDropped, BlocksStored, Event
from rayspark.scheduler.launcher import Launcher
from rayspark.storagelevel import StorageLevel


class CacheManager:
    """See the module."""

    def __init__(
        self,
        blocks: CachedBlocks,
        launcher: Launcher,
        backend: Backend,
        bus: EventBus,
        post: Callable[[Event], None],
    ) -> None:
        self.blocks = blocks
        self._launcher = launcher
        self._backend = backend
        self._bus = bus
        self._post = post
        self._levels: dict[RddId, StorageLevel] = {}

    def persist(self, node: Node, level: StorageLevel) -> None:
        """Keep the node's partitions from the next time they are computed."""
        node.marks.level = level
        self._levels[node.id] = level

    def drop_rdd(self, rdd: RddId) -> None:
        """Free every partition of an RDD."""
        if self._levels.pop(rdd, None) is None:
            return
        self._drop(self.blocks.drop_rdd(rdd))
        self._backend.forget(Forget(rdds=[rdd]))
        self._bus.post(ev.UnpersistRDD(rdd))

    def take(self, outcome: BatchOutcome) -> None:
        """Partitions that the tasks of a batch computed for the cache."""
        kept: list[BlockId] = []
        evicted: list[BlockId] = []
        for block, (handle, size) in outcome.stored.items():
            level = self._levels.get(block.rdd)
            if level is None:  # unpersisted while the task ran
                continue
            evicted += self.blocks.put(block, outcome.host, handle, size, level)
            kept.append(block)
            self._tell(outcome.executor, outcome.host, block, level, size)
            if level.replication > 1:
                self._replicate(block, handle, outcome.host)
        in_heap = set(outcome.heap)
        self._announce(outcome, [b for b in kept if b in in_heap], True)
        self._announce(outcome, [b for b in kept if b not in in_heap], False)
        self._drop(evicted)

    def _announce(self, outcome: BatchOutcome, blocks: Sequence[BlockId], in_heap: bool) -> None:
        if blocks:
            keys = [(block.rdd, block.split) for block in blocks]
            self._post(BlocksStored(outcome.executor, outcome.host, keys, in_heap))

    def _replicate(self, block: BlockId, handle: Any, home: HostId) -> None:
        """Have an executor of another machine make a copy; with one machine there is none."""
        other = self._launcher.executor_elsewhere(home, block.split)
        if other is not None:
            self._backend.copy(other[0], handle, lambda copy: self._copied(block, other, copy))

    def _copied(self, block: BlockId, place: tuple[ExecutorId, HostId], handle: Any) -> None:
        executor, host = place
        if handle is not None:
            evicted = self.blocks.add_copy(block, host, handle)
            self._post(BlocksStored(executor, host, [(block.rdd, block.split)], False))
            self._drop(evicted)

    def move_away(self, host: HostId, done: Callable[[], None]) -> None:
        """Copy every partition that lies only on this machine to others, then call ``done``."""
        waiting = dict(self.blocks.only_on(host))
        if not waiting:
            done()
            return
        for block, handle in list(waiting.items()):
            place = self._launcher.executor_elsewhere(host, block.split)
            if place is None:
                done()
                return
            self._backend.copy(
                place[0],
                handle,
                lambda copy, b=block, p=place: moved(b, p, copy),  # type: ignore[misc]
            )

        def moved(block: BlockId, place: tuple[ExecutorId, HostId], copy: Any) -> None:
            self._copied(block, place, copy)
            waiting.pop(block, None)
            if not waiting:
                done()

    def lose_host(self, host: HostId) -> None:
        """A machine is gone with what lay on it."""
        gone = self.blocks.drop_host(host)
        self._launcher.forget_blocks(gone)

    def _drop(self, blocks: Sequence[BlockId]) -> None:
        if blocks:
            self._launcher.forget_blocks(blocks)
            self._backend.forget(Forget(blocks=blocks))
            self._post(BlocksDropped([(block.rdd, block.split) for block in blocks]))

    def _tell(
        self, executor: ExecutorId, host: HostId, block: BlockId, level: StorageLevel, size: int
    ) -> None:
        if not self._bus.wants(ev.BlockUpdated):
            return
        info = ev.StorageLevelInfo(
            level.useDisk, level.useMemory, level.useOffHeap, level.deserialized, level.replication
        )
        place = ev.BlockManagerId(executor, host, 0)
        in_memory = size if level.useMemory else 0
        self._bus.post(ev.BlockUpdated(place, str(block), info, in_memory, size - in_memory))
