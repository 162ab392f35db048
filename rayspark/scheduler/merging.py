"""Small blocks of map output become large ones while their map stage runs.

Each executor call leaves a block per group of reduce partitions. Where calls are many and write
little, their blocks *gather*, by the machine that holds them; when enough have come together, an
executor of that machine makes one of them, and the book of map output says so. What a merged block
holds lies where it lay before, so a lost machine costs the same maps. A merge is dropped when its
stage ends before it: the readers never wait for one.

A map task's output counts once: a merge takes the tries that were accepted when it began, and its
block stands for those of them that still are when it is done.
"""

from __future__ import annotations

from dataclasses import field, replace

from rayspark.ids import ExecutorId, HostId, ShuffleId
from rayspark.records import dataclass
from rayspark.scheduler.actions import MergeMapOutput
from rayspark.scheduler.config import SchedulerConfig
from rayspark.scheduler.events import MapOutputMerged
from rayspark.scheduler.tables import Tables
from rayspark.scheduler.task import CallBlocks, MapStatus

SMALL = 4
"""A block is worth merging when so many have not more than the wanted size."""


@dataclass(slots=True)
class _Pile:
    """What has gathered on one machine of one shuffle."""

    executor: ExecutorId
    """The one that wrote last."""
    calls: dict[int, CallBlocks] = field(default_factory=dict)
    size: int = 0
    """Bytes that one block of them all would have."""
    merge: MergeMapOutput | None = None
    """Under way; one at a time."""

    def is_ripe(self, config: SchedulerConfig) -> bool:
        """Has enough come together for the next merge?"""
        enough = len(self.calls) >= config.merge_fan_in or self.size >= config.merged_block_size
        return enough and self.merge is None


def is_small(blocks: CallBlocks, merged_size: int) -> bool:
    """Shall these blocks be merged with others?"""
    return 0 < blocks.size * SMALL <= merged_size


class Merging:
    """Says what is to be merged, and books what was."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._piles: dict[ShuffleId, dict[HostId, _Pile]] = {}
        self._ripe: dict[tuple[ShuffleId, HostId], None] = {}
        """Piles to look at once the events at hand are understood."""
        self._number = 0

    def __len__(self) -> int:
        return len(self._piles)

    def gather(self, shuffle_id: ShuffleId, status: MapStatus) -> None:
        """The output of a map task was accepted."""
        blocks, config = status.blocks, self._tables.config
        if not is_small(blocks, config.merged_block_size):
            return
        piles = self._piles.setdefault(shuffle_id, {})
        pile = piles.setdefault(status.host, _Pile(status.executor))
        pile.executor = status.executor
        if id(blocks) not in pile.calls:
            pile.calls[id(blocks)] = blocks
            pile.size += blocks.size
        if pile.is_ripe(config):
            self._ripe[shuffle_id, status.host] = None

    def take(self, event: MapOutputMerged) -> None:
        """A merge is done, or failed: then its parts stay as they are."""
        pile = self._piles.get(event.shuffle_id, {}).get(event.host)
        if pile is None or pile.merge is None or pile.merge.number != event.number:
            return
        parts, pile.merge = pile.merge.parts, None
        self._ripe[event.shuffle_id, event.host] = None
        if event.blocks is None:
            return
        tracker = self._tables.tracker
        for blocks, maps in parts:
            for map_id in maps:
                status = tracker.status(event.shuffle_id, map_id)
                if status is not None and status.blocks is blocks:
                    moved = replace(status, blocks=event.blocks)
                    tracker.move(event.shuffle_id, map_id, moved)

    def lose_host(self, host: HostId) -> None:
        """What has gathered on a machine is gone with it."""
        for piles in self._piles.values():
            piles.pop(host, None)

    def settle(self) -> None:
        """Drop what belongs to stages that are over; start merges of what has come together."""
        tables = self._tables
        for shuffle_id in list(self._piles):
            if shuffle_id not in tables.map_stages or tables.tracker.is_complete(shuffle_id):
                del self._piles[shuffle_id]
        ripe, self._ripe = self._ripe, {}
        for shuffle_id, host in ripe:
            pile = self._piles.get(shuffle_id, {}).get(host)
            if pile is None or not pile.is_ripe(tables.config):
                continue
            executor = self._executor_of(host, pile)
            if executor is not None:
                self._start(shuffle_id, host, executor, pile)

    def _executor_of(self, host: HostId, pile: _Pile) -> ExecutorId | None:
        """Who merges: the one that wrote last, or another of that machine."""
        machine = self._tables.machines.get(host)
        present = () if machine is None else machine.executors.values()
        staying = [executor.id for executor in present if not executor.draining]
        return pile.executor if pile.executor in staying else next(iter(staying), None)

    def _start(
        self, shuffle_id: ShuffleId, host: HostId, executor: ExecutorId, pile: _Pile
    ) -> None:
        tracker, config, size = self._tables.tracker, self._tables.config, 0
        parts: list[tuple[CallBlocks, frozenset[int]]] = []
        looked_at: list[int] = []
        for blocks in pile.calls.values():
            status_of = ((m, tracker.status(shuffle_id, m)) for m in blocks.map_ids)
            maps = frozenset(m for m, s in status_of if s is not None and s.blocks is blocks)
            looked_at.append(id(blocks))
            if maps:
                parts.append((blocks, maps))
                size += blocks.size
            if len(parts) == config.merge_fan_in or size >= config.merged_block_size:
                break
        for key in looked_at:
            pile.size -= pile.calls.pop(key).size
        if len(parts) > 1:
            self._number += 1
            pile.merge = MergeMapOutput(shuffle_id, host, executor, self._number, parts)
            self._tables.actions.append(pile.merge)
