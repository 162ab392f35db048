"""What an executor knows of shuffle inputs: handles of blocks, and the few blocks open right now.

The driver owns the blocks and its tracker is the truth; an executor holds handles by reduce group
and resolves them when a task reads the group, a *window* of blocks at a time: one wait for many.
Open blocks are views of shared memory; only as many bytes as ``limit`` stay open, so that the
object store may spill the others to disk.
"""

from __future__ import annotations

import sys
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from rayspark.errors.faults import FetchFailed
from rayspark.executor.batch import BlockSource, MergePart, ShuffleGroup
from rayspark.ids import ShuffleId
from rayspark.shuffle.blocks import LENGTH, MAP, RECORDS, Batch, GroupBlock, merge_blocks

WINDOWS = 4
"""Parts of the bytes that may be open; one of them is fetched at a time."""

ALL_MAPS = range(sys.maxsize)

Fetch = Callable[[Sequence[Any]], Sequence[Any]]
"""Resolves handles to blocks; an exception instance stands where one could not be had."""


class ShuffleStore:
    """Thread-safe.

    Parameters
    ----------
    fetch
        The transport's way to get blocks.
    limit
        Bytes of blocks held open for the next task of the same group.
    """

    def __init__(self, fetch: Fetch, limit: int) -> None:
        self._fetch = fetch
        self._limit = limit
        self._groups: dict[tuple[ShuffleId, int], ShuffleGroup] = {}
        self._open: OrderedDict[int, tuple[Any, GroupBlock]] = OrderedDict()
        self._open_bytes = 0
        self._lock = threading.Lock()

    def learn(self, groups: Iterable[ShuffleGroup]) -> None:
        """Take note of where map output lies; a newer version replaces an older one."""
        with self._lock:
            for group in groups:
                key = (group.shuffle_id, group.group)
                for source in self._groups[key].sources if key in self._groups else ():
                    self._close(id(source))
                self._groups[key] = group

    def forget(self, shuffle_ids: Iterable[ShuffleId]) -> None:
        """The shuffles are over: let go of handles and open blocks."""
        gone = set(shuffle_ids)
        with self._lock:
            for key in [k for k in self._groups if k[0] in gone]:
                for source in self._groups.pop(key).sources:
                    self._close(id(source))

    def read(
        self, shuffle_id: ShuffleId, group: int, reduce_id: int, maps: range = ALL_MAPS
    ) -> Iterator[tuple[int, int, Batch]]:
        """Encoded size, records and batch of each segment of a reduce partition, by map task; of
        these map tasks only.

        Raises
        ------
        FetchFailed
            When a block cannot be had or its checksum is wrong; names the map tasks to repeat.
        """
        known = self._groups.get((shuffle_id, group))
        if known is None:
            raise FetchFailed(shuffle_id, (), reduce_id, None, "no map output was announced")
        missing = tuple(map_id for map_id in known.missing if map_id in maps)
        if missing:
            raise FetchFailed(shuffle_id, missing, reduce_id, None, "map output is missing")
        wanted = known.sources
        if maps is not ALL_MAPS:
            wanted = [s for s in wanted if any(map_id in maps for map_id in s.wanted)]
        rows: list[tuple[int, GroupBlock, list[int]]] = []
        for sources, before in _windows(wanted, self._limit // WINDOWS):
            for source, block in self._blocks(shuffle_id, sources, reduce_id):
                rows.extend(_rows(source, block, reduce_id, maps))
            rows.sort(key=_map_id)
            ready = bisect_left(rows, before, key=_map_id)
            # Rows leave the list before they are decoded, so that a block that is read is let go.
            now, rows = rows[:ready], rows[ready:]
            now.reverse()
            while now:
                _, block, row = now.pop()
                yield row[LENGTH], row[RECORDS], block.records(row)

    def _blocks(
        self, shuffle_id: ShuffleId, sources: Sequence[BlockSource], reduce_id: int
    ) -> list[tuple[BlockSource, GroupBlock]]:
        """The blocks of sources; those that are not open are fetched together."""
        found: dict[int, GroupBlock] = {}
        with self._lock:
            for source in sources:
                if id(source) in self._open:
                    self._open.move_to_end(id(source))
                    found[id(source)] = self._open[id(source)][1]
        wanted = [source for source in sources if id(source) not in found]
        fetched = self._fetch([source.handle for source in wanted]) if wanted else ()
        problems = {}
        for at, (source, block) in enumerate(zip(wanted, fetched, strict=True)):
            problem = _problem(block)
            if problem is not None:
                problems[at] = problem
            elif block is not None:
                found[id(source)] = block
                self._keep_open(source, block)
        if problems:  # of all blocks at once: a lost machine shall cost one more attempt, not many
            maps = tuple(chain.from_iterable(sorted(wanted[at].wanted) for at in problems))
            raise FetchFailed(shuffle_id, maps, reduce_id, None, next(iter(problems.values())))
        return [(source, found[id(source)]) for source in sources if id(source) in found]

    def _keep_open(self, source: BlockSource, block: GroupBlock) -> None:
        with self._lock:
            if id(source) in self._open:  # another task of the group was faster
                return
            self._open[id(source)] = (source, block)
            self._open_bytes += block.nbytes
            while self._open_bytes > self._limit and len(self._open) > 1:
                self._close(next(iter(self._open)))

    def _close(self, key: int) -> None:
        closed = self._open.pop(key, None)
        if closed is not None:
            self._open_bytes -= closed[1].nbytes


def merge_groups(parts: Sequence[MergePart], fetch: Fetch) -> list[GroupBlock | None] | None:
    """Blocks of several calls as one for each group; None when one is not to be had.

    Whose output is at fault then, its readers find out.
    """
    handles = [handle for part in parts for handle in part.handles if handle is not None]
    fetched = fetch(handles)
    if any(_problem(block) for block in fetched):
        return None
    found = iter(fetched)
    groups: list[list[tuple[GroupBlock, frozenset[int]]]] = [[] for _ in parts[0].handles]
    for part in parts:
        for group, handle in zip(groups, part.handles, strict=True):
            if handle is not None:
                group.append((next(found), part.maps))
    return [merge_blocks(group) for group in groups]


def _problem(block: Any) -> str | None:
    """Why a block is of no use, if so."""
    if isinstance(block, BaseException):
        return str(block)
    if block is not None and (corrupt := block.corrupt_parts()):
        return f"checksum of shuffle block part {corrupt[0]} is wrong"
    return None


def _map_id(row: tuple[int, GroupBlock, list[int]]) -> int:
    return row[0]


def _rows(
    source: BlockSource, block: GroupBlock, reduce_id: int, maps: range
) -> Iterator[tuple[int, GroupBlock, list[int]]]:
    """What a block holds of a reduce partition: its segments, by map task."""
    valid = source.valid
    for row in block.segments(reduce_id).tolist():
        if row[MAP] in maps and (valid is None or row[MAP] in valid):
            yield row[MAP], block, row


def _windows(sources: Sequence[BlockSource], size: int) -> Iterator[tuple[list[BlockSource], int]]:
    """Blocks to be fetched together, about ``size`` bytes, in the order of their first map tasks;
    and the map task before which all is known then.

    Large map tasks have a block each, so that a reader holds one window at a time. Map tasks of
    small ones interleave: such a block is held until its last map task has been read.
    """
    window: list[BlockSource] = []
    held = 0
    by_first = sorted((min(s.wanted), at) for at, s in enumerate(sources))
    for first, at in by_first:
        source = sources[at]
        if window and held + source.size > size:
            yield window, first
            window, held = [], 0
        window.append(source)
        held += source.size
    if window:
        yield window, sys.maxsize
