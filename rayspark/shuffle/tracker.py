"""The driver's book of map output: which map task's blocks lie on which machine.

Blocks lie in the object store of the *host* whose executor made them, so they survive that executor
and are lost with the host::

    tracker.register(shuffle_id, num_maps=2, num_reduces=8)
    tracker.put(shuffle_id, 0, status)  # map task 0 has finished
    tracker.missing(shuffle_id)  # [1]
    tracker.forget_host(host)  # {shuffle_id: [0]}: exactly these must run again

Only statuses and ids are kept, never lineage, and O(maps + reduces) of them: sizes per reduce
partition are kept as one vector per shuffle, not per map. Used by the scheduler's thread alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np

from rayspark.ids import HostId, ShuffleId
from rayspark.shuffle.sizes import MapOutputStatistics, Numbers, unpack


class Placed(Protocol):
    """What the book needs to know of a map status."""

    @property
    def host(self) -> HostId:
        """Machine that holds the blocks."""


S = TypeVar("S", bound=Placed)


class _Shuffle(Generic[S]):
    """The page of one shuffle."""

    __slots__ = ("counted", "known", "rows", "seen", "sizes", "statuses", "version")

    def __init__(self, num_maps: int, num_reduces: int) -> None:
        self.statuses: list[S | None] = [None] * num_maps
        self.known = 0
        self.seen = bytearray(num_maps)
        self.version = 0
        self.sizes: Numbers = np.zeros(num_reduces, dtype=np.int64)
        self.rows: Numbers | None = np.zeros(num_reduces, dtype=np.int64)
        self.counted = bytearray(num_maps)
        """Maps whose share is in the sums. It stays when output is lost: made again, it is equal,
        or all of it is dropped."""

    def forget(self, map_id: int) -> bool:
        status = self.statuses[map_id]
        if status is None:
            return False
        self.statuses[map_id] = None
        self.known -= 1
        self.version += 1
        if self.known == 0:
            self.sizes[:] = 0
            self.rows = np.zeros(len(self.sizes), dtype=np.int64)
            self.counted = bytearray(len(self.statuses))
        return True

    def count(self, map_id: int, told: bytes) -> None:
        if self.counted[map_id]:
            return
        self.counted[map_id] = 1
        sizes, rows = unpack(told, len(self.sizes))
        self.sizes += sizes
        self.rows = None if rows is None or self.rows is None else self.rows + rows


class ShuffleTracker(Generic[S]):
    """Map output of every shuffle that somebody may still read."""

    def __init__(self) -> None:
        self._shuffles: dict[ShuffleId, _Shuffle[S]] = {}
        self.recomputed = 0
        """Map outputs made again after they had been made once: what failures cost."""

    def __contains__(self, shuffle_id: ShuffleId) -> bool:
        return shuffle_id in self._shuffles

    def __len__(self) -> int:
        return len(self._shuffles)

    def register(self, shuffle_id: ShuffleId, num_maps: int, num_reduces: int) -> None:
        """Open the page of a shuffle; nothing happens if it is open already."""
        if shuffle_id not in self._shuffles:
            self._shuffles[shuffle_id] = _Shuffle(num_maps, num_reduces)

    def put(self, shuffle_id: ShuffleId, map_id: int, status: S, told: bytes | None = None) -> bool:
        """Enter the output of a map task; ``told`` are its sizes (``shuffle.sizes``). True if that
        map had already succeeded once before.
        """
        page = self._shuffles[shuffle_id]
        page.known += page.statuses[map_id] is None
        page.statuses[map_id] = status
        page.version += 1
        if told is not None:
            page.count(map_id, told)
        again = bool(page.seen[map_id])
        page.seen[map_id] = 1
        self.recomputed += again
        return again

    def move(self, shuffle_id: ShuffleId, map_id: int, status: S) -> None:
        """The output of a map task lies elsewhere from now on."""
        page = self._shuffles[shuffle_id]
        page.statuses[map_id] = status
        page.version += 1

    def status(self, shuffle_id: ShuffleId, map_id: int) -> S | None:
        """Output of one map task, if it exists."""
        page = self._shuffles.get(shuffle_id)
        return None if page is None else page.statuses[map_id]

    def statuses(self, shuffle_id: ShuffleId) -> Sequence[S | None]:
        """Output of every map task, in their order. Not a copy: do not keep it."""
        return self._shuffles[shuffle_id].statuses

    def missing(self, shuffle_id: ShuffleId) -> list[int]:
        """Map tasks without output."""
        page = self._shuffles[shuffle_id]
        if page.known == len(page.statuses):
            return []
        return [i for i, status in enumerate(page.statuses) if status is None]

    def num_known(self, shuffle_id: ShuffleId) -> int:
        """How many map tasks have output."""
        page = self._shuffles.get(shuffle_id)
        return 0 if page is None else page.known

    def is_complete(self, shuffle_id: ShuffleId) -> bool:
        """Is every map task's output there? False for a shuffle that was never registered."""
        page = self._shuffles.get(shuffle_id)
        return page is not None and page.known == len(page.statuses)

    def was_made(self, shuffle_id: ShuffleId) -> bool:
        """Has any map task ever had output, even if it is lost now?"""
        page = self._shuffles.get(shuffle_id)
        return page is not None and any(page.seen)

    def version(self, shuffle_id: ShuffleId) -> int:
        """A number that changes with every change to the shuffle's page."""
        return self._shuffles[shuffle_id].version

    def statistics(self, shuffle_id: ShuffleId) -> MapOutputStatistics:
        """Bytes and rows by reduce partition, over all maps that were made."""
        page = self._shuffles[shuffle_id]
        rows = None if page.rows is None else page.rows.tolist()
        return MapOutputStatistics(shuffle_id, page.sizes.tolist(), rows)

    def forget_maps(self, shuffle_id: ShuffleId, map_ids: Iterable[int]) -> list[int]:
        """Strike out these outputs; returns those that were there."""
        page = self._shuffles.get(shuffle_id)
        return [] if page is None else [i for i in map_ids if page.forget(i)]

    def forget_host(self, host: HostId) -> dict[ShuffleId, list[int]]:
        """Strike out everything that lay on this machine; returns what that was."""
        lost: dict[ShuffleId, list[int]] = {}
        for shuffle_id, page in self._shuffles.items():
            gone = [i for i, s in enumerate(page.statuses) if s is not None and s.host == host]
            if gone:
                lost[shuffle_id] = self.forget_maps(shuffle_id, gone)
        return lost

    def forget_shuffle(self, shuffle_id: ShuffleId) -> bool:
        """Close the page of a shuffle that nobody will read; False if there was none."""
        return self._shuffles.pop(shuffle_id, None) is not None
