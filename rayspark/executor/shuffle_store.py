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
    in_flight
        Bytes fetched at a time (``spark.reducer.maxSizeInFlight``); sizes are not known before a
        fetch, so it is counted in blocks of the average size seen.
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
                self._groups[group.shuffle_id, group.group] = group

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
        blocks = [self._block(shuffle_id, source, reduce_id) for source in known.sources]
        rows: list[tuple[int, int, list[int]]] = []
        for number, (source, block) in enumerate(zip(known.sources, blocks, strict=True)):
            if block is not None:
                valid = source.valid
                rows.extend(
                    (row[MAP], number, row)
                    for row in block.segments(reduce_id).tolist()
                    if valid is None or row[MAP] in valid
                )
        rows.sort(key=lambda entry: entry[0])
        for _, number, row in rows:
            chosen = blocks[number]
            assert chosen is not None
            yield row[LENGTH], row[RECORDS], chosen.records(row)

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
            self._open[id(source)] = (source, block)
            self._open_bytes += block.nbytes
            while self._open_bytes > self._limit and len(self._open) > 1:
                self._close(next(iter(self._open)))
        return block

    def _close(self, key: int) -> None:
        closed = self._open.pop(key, None)
        if closed is not None:
            self._open_bytes -= closed[1].nbytes
