"""Cached partitions as the driver manages them: kept, copied, evicted, moved away, forgotten.

Every method may be called from any thread and never waits. What changes is told to the scheduler
(``BlocksStored``, ``BlocksDropped``), to the executors (``Forget``) and, if somebody listens, to
the bus (``BlockUpdated``).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from rayspark.events import types as ev
from rayspark.events.bus import EventBus
from rayspark.executor.batch import Forget
from rayspark.ids import BlockId, ExecutorId, HostId, RddId
from rayspark.lineage.node import Node
from rayspark.scheduler.backend import Backend, BatchOutcome
from rayspark.scheduler.cached_blocks import CachedBlocks
from rayspark.scheduler.events import BlocksDropped, BlocksStored, Event
from rayspark.scheduler.launcher import Launcher
from rayspark.storagelevel import StorageLevel

logger = logging.getLogger(__name__)

MOVE_SECONDS = 30.0
"""How long the last executor of a machine is kept for its cached partitions to be copied."""


class CacheManager:
    """See the module."""

    def __init__(
        self,
        blocks: CachedBlocks,
        launcher: Launcher,
        backend: Backend,
        bus: EventBus,
        post: Callable[[Event], None],
        forget: Callable[[Forget], None],
    ) -> None:
        self.blocks = blocks
        self._launcher = launcher
        self._backend = backend
        self._bus = bus
        self._post = post
        self._forget = forget
        self._levels: dict[RddId, StorageLevel] = {}
        self._lock = threading.Lock()

    def persist(self, node: Node, level: StorageLevel) -> None:
        """Keep the node's partitions from the next time they are computed."""
        node.marks.level = level
        self._levels[node.id] = level

    def drop_rdd(self, rdd: RddId) -> None:
        """Free every partition of an RDD."""
        with self._lock:
            if self._levels.pop(rdd, None) is None:
                return
            gone = self.blocks.drop_rdd(rdd)
        self._forget(Forget(rdds=[rdd], blocks=gone))
        if gone:
            self._post(_dropped(gone))
        self._bus.post(ev.UnpersistRDD(rdd))

    def take(self, outcome: BatchOutcome) -> None:
        """Partitions that the tasks of a batch computed for the cache, or looked for in vain."""
        self._drop(self._launcher.told(outcome.executor, outcome.missed))
        kept: list[BlockId] = []
        dropped: list[BlockId] = []
        spilled: list[BlockId] = []
        for block, (handle, size) in outcome.stored.items():
            with self._lock:
                level = self._levels.get(block.rdd)
                if level is None:  # unpersisted while the task ran
                    continue
                gone = self.blocks.put(block, outcome.host, handle, size, level)
            if gone is None:  # its machine was lost meanwhile
                continue
            dropped += gone.dropped
            spilled += gone.spilled
            kept.append(block)
            self._tell(outcome.executor, outcome.host, block, level, size)
            if level.replication > 1:
                self._replicate(block, handle, outcome.host, level)
        in_heap = set(outcome.heap)
        self._announce(outcome, [b for b in kept if b in in_heap], True)
        self._announce(outcome, [b for b in kept if b not in in_heap], False)
        self._tell_dropped(dropped)
        if spilled:
            self._forget(Forget(blocks=spilled))  # executors hold them in memory

    def _announce(self, outcome: BatchOutcome, blocks: Sequence[BlockId], in_heap: bool) -> None:
        if blocks:
            keys = [(block.rdd, block.split) for block in blocks]
            self._post(BlocksStored(outcome.executor, outcome.host, keys, in_heap))

    def _replicate(self, block: BlockId, handle: Any, home: HostId, level: StorageLevel) -> None:
        """Have executors of other machines make copies, as many as the level wants and there are
        machines.
        """
        others = self._launcher.executors_elsewhere(home, block.split)
        for place in others[: level.replication - 1]:
            self._backend.copy(place[0], handle, partial(self._copied, block, place))

    def _copied(self, block: BlockId, place: tuple[ExecutorId, HostId], handle: Any) -> None:
        executor, host = place
        if handle is not None:
            evicted = self.blocks.add_copy(block, host, handle)
            self._post(BlocksStored(executor, host, [(block.rdd, block.split)], False))
            self._tell_dropped(evicted)

    def move_away(self, host: HostId, done: Callable[[], None]) -> None:
        """Move every partition that lies only on this machine to others, then call ``done``.

        Ray's autoscaler gives a machine back only when nothing lies in its store. What cannot be
        moved stays, and is computed again if it is needed when the machine is gone.
        """
        moves = [
            (block, handle, places[0])
            for block, handle in self.blocks.only_on(host).items()
            if (places := self._launcher.executors_elsewhere(host, block.split))
        ]
        if not moves:
            done()
            return
        copies = _Copies(len(moves), done)
        for block, handle, place in moves:
            self._backend.copy(place[0], handle, self._when_moved(block, host, place, copies))

    def _when_moved(
        self, block: BlockId, home: HostId, place: tuple[ExecutorId, HostId], copies: _Copies
    ) -> Callable[[Any], None]:
        def moved(copy: Any) -> None:
            if copy is None:
                logger.warning("cached partition %s could not be copied to %s", block, place[1])
            self._copied(block, place, copy)
            self.blocks.drop_copy(block, home)
            self._forget(Forget(blocks=[block]))  # executors that know the old copy hold it
            copies.answered()

        return moved

    def lose_host(self, host: HostId) -> None:
        """A machine is gone with what lay on it."""
        self._tell_dropped(self.blocks.drop_host(host))

    def _drop(self, blocks: Sequence[BlockId]) -> None:
        self.blocks.drop(blocks)
        self._tell_dropped(blocks)

    def _tell_dropped(self, blocks: Sequence[BlockId]) -> None:
        if blocks:
            self._forget(Forget(blocks=blocks))
            self._post(_dropped(blocks))

    def _tell(
        self, executor: ExecutorId, host: HostId, block: BlockId, level: StorageLevel, size: int
    ) -> None:
        if not self._bus.wants(ev.BlockUpdated):
            return
        info = ev.StorageLevelInfo(
            level.useDisk, level.useMemory, level.useOffHeap, level.deserialized, level.replication
        )
        place = ev.BlockManagerId(executor, host)
        in_memory = size if level.useMemory else 0
        self._bus.post(ev.BlockUpdated(place, str(block), info, in_memory, size - in_memory))


class _Copies:
    """Copies under way: ``done`` is called once, after the last answer or when time is over."""

    def __init__(self, number: int, done: Callable[[], None]) -> None:
        self._left = number
        self._done: Callable[[], None] | None = done
        self._lock = threading.Lock()
        self._timer = threading.Timer(MOVE_SECONDS, self._end)
        self._timer.daemon = True
        self._timer.start()

    def answered(self) -> None:
        """One copy was made, or could not be made."""
        with self._lock:
            self._left -= 1
            over = not self._left
        if over:
            self._timer.cancel()
            self._end()

    def _end(self) -> None:
        with self._lock:
            done, self._done = self._done, None
        if done is not None:
            done()


def _dropped(blocks: Sequence[BlockId]) -> BlocksDropped:
    return BlocksDropped([(block.rdd, block.split) for block in blocks])
