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
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from rayspark.ids import HostId, ShuffleId


class Placed(Protocol):
    """What the book needs to know of a map status."""

    @property
    def host(self) -> HostId:
        """Machine that holds the blocks."""

    @property
    def bytes(self) -> int:
        """Their size."""


S = TypeVar("S", bound=Placed)
Sizes = npt.NDArray[np.int64]


class _Shuffle(Generic[S]):
    """The page of one shuffle."""

    __slots__ = ("bytes", "known", "seen", "sizes", "statuses", "version")

    def __init__(self, num_maps: int, num_reduces: int) -> None:
        self.statuses: list[S | None] = [None] * num_maps
        self.known = 0
        self.seen = bytearray(num_maps)
        self.version = 0
        self.bytes = 0
        self.sizes: Sizes = np.zeros(num_reduces, dtype=np.int64)

    def forget(self, map_id: int) -> bool:
        status = self.statuses[map_id]
        if status is None:
            return False
        self.statuses[map_id] = None
        self.known -= 1
        self.version += 1
        # The map's own vector was not kept (maps x reduces numbers): take its share of the totals.
        if self.bytes > 0:
            self.sizes -= (self.sizes * (status.bytes / self.bytes)).astype(np.int64)
        self.bytes -= status.bytes
        if self.known == 0:
            self.sizes[:] = 0
        return True


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

    def put(self, shuffle_id: ShuffleId, map_id: int, status: S, reduce_bytes: Any = None) -> bool:
        """Enter the output of a map task. True if that map had already succeeded once before."""
        page = self._shuffles[shuffle_id]
        page.forget(map_id)
        page.statuses[map_id] = status
        page.known += 1
        page.version += 1
        page.bytes += status.bytes
        if reduce_bytes is not None:
            page.sizes += reduce_bytes
        again = bool(page.seen[map_id])
        page.seen[map_id] = 1
        self.recomputed += again
        return again

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

    def reduce_bytes(self, shuffle_id: ShuffleId) -> Sizes:
        """Bytes per reduce partition over all maps; an estimate once map output was lost."""
        return self._shuffles[shuffle_id].sizes

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
