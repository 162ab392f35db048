"""What an executor knows of shuffle inputs: handles of blocks, and the few blocks open right now.

The driver owns the blocks and its tracker is the truth; an executor holds handles by reduce group
and resolves them when a task reads the group. Open blocks are views of shared memory; only as many
bytes as ``limit`` stay open, so that the object store may spill the others to disk.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rayspark.errors.faults import FetchFailed
from rayspark.executor.batch import BlockSource, ShuffleGroup
from rayspark.ids import ShuffleId
from rayspark.shuffle.blocks import LENGTH, MAP, RECORDS, Batch, GroupBlock

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
        self, shuffle_id: ShuffleId, group: int, reduce_id: int
    ) -> Iterator[tuple[int, int, Batch]]:
        """Encoded size, records and batch of each segment of a reduce partition, by map task.

        Raises
        ------
        FetchFailed
            When a block cannot be had or its checksum is wrong; names the map tasks to repeat.
        """
        known = self._groups.get((shuffle_id, group))
        if known is None:
            raise FetchFailed(shuffle_id, (), reduce_id, None, "no map output was announced")
        if known.missing:
            raise FetchFailed(shuffle_id, known.missing, reduce_id, None, "map output is missing")
        for sources in _in_map_order(known.sources):
            yield from self._read_together(shuffle_id, sources, reduce_id)

    def _read_together(
        self, shuffle_id: ShuffleId, sources: Sequence[BlockSource], reduce_id: int
    ) -> Iterator[tuple[int, int, Batch]]:
        """Segments of blocks whose map tasks interleave."""
        rows: list[tuple[int, GroupBlock, list[int]]] = []
        for source in sources:
            block = self._block(shuffle_id, source, reduce_id)
            if block is not None:
                valid = source.valid
                rows.extend(
                    (row[MAP], block, row)
                    for row in block.segments(reduce_id).tolist()
                    if valid is None or row[MAP] in valid
                )
        rows.sort(key=lambda entry: entry[0])
        for _, block, row in rows:
            yield row[LENGTH], row[RECORDS], block.records(row)

    def _block(
        self, shuffle_id: ShuffleId, source: BlockSource, reduce_id: int
    ) -> GroupBlock | None:
        with self._lock:
            found = self._open.get(id(source))
            if found is not None:
                self._open.move_to_end(id(source))
                return found[1]
        block: GroupBlock | BaseException | None = self._fetch([source.handle])[0]
        if isinstance(block, BaseException):
            raise FetchFailed(shuffle_id, tuple(source.map_ids), reduce_id, None, str(block))
        if block is None:
            return None
        corrupt = block.corrupt_parts()
        if corrupt:
            raise FetchFailed(
                shuffle_id, tuple(source.map_ids), reduce_id, None,
                f"checksum of shuffle block part {corrupt[0]} is wrong",
            )  # fmt: skip
        with self._lock:
            if id(source) in self._open:  # another task of the group was faster
                return block
            self._open[id(source)] = (source, block)
            self._open_bytes += block.nbytes
            while self._open_bytes > self._limit and len(self._open) > 1:
                self._close(next(iter(self._open)))
        return block

    def _close(self, key: int) -> None:
        closed = self._open.pop(key, None)
        if closed is not None:
            self._open_bytes -= closed[1].nbytes


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
