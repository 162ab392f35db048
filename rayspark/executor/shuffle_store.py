"""What an executor knows of shuffle inputs: handles of blocks, and the few blocks open right now.

The driver owns the blocks and its tracker is the truth; an executor holds handles by reduce group
and resolves them when a task reads the group, a *window* of blocks at a time: one wait for many.
Open blocks are views of shared memory; only as many bytes as ``limit`` stay open, so that the
object store may spill the others to disk.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from rayspark.errors.faults import FetchFailed
from rayspark.executor.batch import BlockSource, ShuffleGroup
from rayspark.ids import ShuffleId
from rayspark.shuffle.blocks import LENGTH, MAP, RECORDS, Batch, GroupBlock

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
            wanted = [s for s in wanted if any(map_id in maps for map_id in s.map_ids)]
        for window in _windows(wanted, self._limit // WINDOWS):
            blocks = self._blocks(shuffle_id, list(chain.from_iterable(window)), reduce_id)
            for sources in window:
                yield from _segments([(s, blocks.pop(id(s))) for s in sources], reduce_id, maps)

    def _blocks(
        self, shuffle_id: ShuffleId, sources: Sequence[BlockSource], reduce_id: int
    ) -> dict[int, GroupBlock | None]:
        """Blocks by the ``id`` of their source; those that are not open are fetched together."""
        found: dict[int, GroupBlock | None] = {}
        with self._lock:
            for source in sources:
                if id(source) in self._open:
                    self._open.move_to_end(id(source))
                    found[id(source)] = self._open[id(source)][1]
        wanted = [source for source in sources if id(source) not in found]
        if not wanted:
            return found
        fetched = self._fetch([source.handle for source in wanted])
        problems = {}
        for at, (source, block) in enumerate(zip(wanted, fetched, strict=True)):
            problem = _problem(block)
            if problem is not None:
                problems[at] = problem
                continue
            found[id(source)] = block
            if block is not None:
                self._keep_open(source, block)
        if problems:  # of all blocks at once: a lost machine shall cost one more attempt, not many
            maps = tuple(chain.from_iterable(wanted[at].map_ids for at in problems))
            raise FetchFailed(shuffle_id, maps, reduce_id, None, next(iter(problems.values())))
        return found

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


def _problem(block: Any) -> str | None:
    """Why a block is of no use, if so."""
    if isinstance(block, BaseException):
        return str(block)
    if block is not None and (corrupt := block.corrupt_parts()):
        return f"checksum of shuffle block part {corrupt[0]} is wrong"
    return None


def _segments(
    blocks: Sequence[tuple[BlockSource, GroupBlock | None]], reduce_id: int, maps: range
) -> Iterator[tuple[int, int, Batch]]:
    """Segments of blocks whose map tasks interleave."""
    rows: list[tuple[int, GroupBlock, list[int]]] = []
    for source, block in blocks:
        if block is not None:
            valid = source.valid
            rows.extend(
                (row[MAP], block, row)
                for row in block.segments(reduce_id).tolist()
                if row[MAP] in maps and (valid is None or row[MAP] in valid)
            )
    rows.sort(key=lambda entry: entry[0])
    for _, block, row in rows:
        yield row[LENGTH], row[RECORDS], block.records(row)


def _windows(sources: Sequence[BlockSource], size: int) -> Iterator[list[list[BlockSource]]]:
    """Blocks to be fetched together: about ``size`` bytes, at least those that interleave."""
    window: list[list[BlockSource]] = []
    held = 0
    for together in _in_map_order(sources):
        more = sum(source.size for source in together)
        if window and held + more > size:
            yield window
            window, held = [], 0
        window.append(together)
        held += more
    if window:
        yield window


def _in_map_order(sources: Sequence[BlockSource]) -> Iterator[list[BlockSource]]:
    """Blocks in the order of their map tasks; those whose map tasks interleave come together.

    Large map tasks have a block each, so that a reader holds one at a time; only blocks of many
    small tasks interleave.
    """
    together: list[BlockSource] = []
    last = -1
    for source in sorted(sources, key=lambda s: min(s.map_ids)):
        if together and min(source.map_ids) > last:
            yield together
            together = []
        together.append(source)
        last = max(last, *source.map_ids)
    if together:
        yield together
