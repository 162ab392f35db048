"""Map side of a shuffle: records are placed, batched and encoded.

Records are placed a chunk at a time. Chunks of number pairs go through as two columns; all others
as tuples. Memory is bounded: buckets are encoded as soon as they hold a batch.
"""

from __future__ import annotations

import operator
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from rayspark.columnar.pairs import PairColumns, columns, concatenate, same_kind, unzip
from rayspark.serializers import Frame, encode
from rayspark.shuffle.blocks import Segment, encode_columns
from rayspark.shuffle.keyed import check_pairs
from rayspark.shuffle.sizes import pack
from rayspark.shuffle.spec import ShuffleSpec

CHUNK = 1 << 15
"""Records placed at a time."""
FIRST_CHUNK = 64
"""The first chunk is small, to learn how heavy records are before many are held."""
HELD_BYTES = 64 << 20
"""What all buckets together may hold before they are encoded, as encoded bytes."""
BATCH_BYTES = 4 << 20
"""Aim for the bytes of one encoded segment: large enough to be few, small enough to stream."""
SMALLEST_BATCH = 16 << 10
"""Segments are not made smaller than this to keep within ``HELD_BYTES``."""
PAIR_BYTES = 16
"""Of two machine numbers."""


class MapWriter:
    """Collects the segments of one map task."""

    def __init__(
        self, spec: ShuffleSpec, map_id: int, is_full: Callable[[], bool] = lambda: False
    ) -> None:
        self._spec = spec
        self._map_id = map_id
        self._is_full = is_full
        reduces = spec.partitioner.num_partitions
        self._batch_bytes = max(SMALLEST_BATCH, min(BATCH_BYTES, HELD_BYTES // reduces))
        self._buckets: list[list[Any]] = [[] for _ in range(reduces)]
        self._columns: list[list[PairColumns]] = [[] for _ in range(reduces)]
        self._columns_held = False
        self._limit = 0
        """Records of a bucket that are worth a segment; 0 while their weight is unknown."""
        self._try_columns = spec.keyed
        self.segments: list[Segment] = []
        self.records = 0
        """Written. A record that is a table counts as its rows."""
        self.bytes = 0
        self._reduce_bytes = array("q", bytes(8 * reduces))
        self._reduce_rows = array("q", bytes(8 * reduces))

    def write(self, records: Iterable[Any]) -> None:
        """Place every record; ends with every bucket encoded."""
        iterator = iter(records)
        chunk_size = FIRST_CHUNK
        while chunk := list(islice(iterator, chunk_size)):
            self._take(chunk)
            chunk_size = CHUNK if self._try_columns else max(FIRST_CHUNK, min(CHUNK, self._limit))
        self._flush_all()

    def take_combined(self, combined: dict[Any, Any]) -> None:
        """Place a dictionary without making a tuple per entry, where it holds numbers."""
        if not combined:
            return
        keys, values = list(combined), list(combined.values())
        pairs = columns(keys, values) if self._try_columns else None
        if pairs is None or not self._place_columns(pairs):
            self._place(list(zip(keys, values, strict=True)))

    def _take(self, chunk: list[Any]) -> None:
        if self._try_columns:
            pairs = unzip(chunk)
            if pairs is not None and self._place_columns(pairs):
                return
            # What the records of a task are like does not change often: do not look again.
            self._try_columns = False
        self._place(chunk)

    # -- number pairs ------------------------------------------------------------------------

    def _place_columns(self, pairs: PairColumns) -> bool:
        """Place a chunk of columns; False when the partitioner needs the keys as objects."""
        reduces = len(self._columns)
        placed = self._spec.partitioner.assign_numbers(pairs.keys)
        if placed is None:
            return False
        if reduces == 1:
            self._add_columns(0, pairs)
            return True
        small = placed.astype(np.uint16 if reduces <= 1 << 16 else np.uint32)
        ordered = pairs.take(np.argsort(small, kind="stable"))
        ends = np.cumsum(np.bincount(small, minlength=reduces)).tolist()
        start = 0
        for reduce_id, end in enumerate(ends):
            if end > start:
                part = PairColumns(ordered.keys[start:end], ordered.values[start:end])
                self._add_columns(reduce_id, part)
            start = end
        return True

    def _add_columns(self, reduce_id: int, pairs: PairColumns) -> None:
        held = self._columns[reduce_id]
        if self._buckets[reduce_id] or (held and not same_kind(held[0], pairs)):
            self._flush(reduce_id)
            held = self._columns[reduce_id]
        held.append(pairs)
        self._columns_held = True
        if sum(len(batch.keys) for batch in held) * PAIR_BYTES >= self._batch_bytes:
            self._flush(reduce_id)

    # -- any records -------------------------------------------------------------------------

    def _place(self, chunk: list[Any]) -> None:
        partitioner, buckets = self._spec.partitioner, self._buckets
        if set(map(type, chunk)) != {tuple}:
            check_pairs(chunk)
            chunk = [(key, value) for key, value in chunk]
        if self._columns_held:  # records keep their order
            self._flush_all()
        if self._limit == 0:
            self._weigh(encode(chunk))
        touched: Iterable[int] = (0,)
        if partitioner.num_partitions == 1:
            partitioner.assign(chunk[:1])
            buckets[0].extend(chunk if self._spec.keyed else [v for _, v in chunk])
        else:
            try:
                placed = partitioner.assign(chunk)
            except (TypeError, ValueError):
                check_pairs(chunk)
                raise
            self._scatter(placed, chunk)
            touched = set(placed)
        if self._is_full():
            self._flush_all()
            return
        limit = self._limit
        for reduce_id in touched:
            if len(buckets[reduce_id]) >= limit:
                self._flush(reduce_id)

    def _weigh(self, frame: Frame) -> None:
        """Learn how many records are worth a segment."""
        self._limit = max(16, self._batch_bytes * frame.records // max(1, frame.nbytes))

    def _scatter(self, placed: Sequence[int], chunk: list[Any]) -> None:
        appends = [bucket.append for bucket in self._buckets]
        try:
            if self._spec.keyed:
                for reduce_id, record in zip(placed, chunk, strict=True):
                    appends[reduce_id](record)
            else:
                for reduce_id, (_, value) in zip(placed, chunk, strict=True):
                    appends[reduce_id](value)
        except (IndexError, TypeError) as error:
            raise _nonsense(len(appends), placed, chunk) from error

    # -- encoding ----------------------------------------------------------------------------

    def _flush_all(self) -> None:
        for reduce_id in range(len(self._buckets)):
            self._flush(reduce_id)
        self._columns_held = False

    def _flush(self, reduce_id: int) -> None:
        """Encode what a bucket holds: columns or tuples, never both."""
        if self._columns[reduce_id]:
            frame = encode_columns(concatenate(self._columns[reduce_id]))
            self._columns[reduce_id] = []
            self._add(reduce_id, frame)
        bucket = self._buckets[reduce_id]
        if not bucket:
            return
        frame = encode(bucket)
        self._weigh(frame)
        if hasattr(bucket[0], "num_rows"):
            frame = frame._replace(records=sum(table.num_rows for table in bucket))
        # Large values are not copied: the frame refers to them, and a new list takes its place.
        self._buckets[reduce_id] = []
        self._add(reduce_id, frame)

    def _add(self, reduce_id: int, frame: Frame) -> None:
        self.segments.append(Segment(reduce_id, self._map_id, frame))
        size = frame.nbytes
        self.records += frame.records
        self.bytes += size
        self._reduce_bytes[reduce_id] += size
        self._reduce_rows[reduce_id] += frame.records

    def sizes(self) -> bytes:
        """What each reduce partition got, as the driver is told."""
        return pack(self._reduce_bytes, self._reduce_rows)


def _nonsense(n: int, placed: Sequence[Any], chunk: Sequence[Any]) -> Exception:
    for where, record in zip(placed, chunk, strict=True):
        if type(where) is not int or not 0 <= where < n:
            kind = ValueError if type(where) is int else TypeError
            return kind(
                f"the partitioner put key {record[0]!r} into partition {where!r}, but this shuffle "
                f"has partitions 0 to {n - 1}: a partition function must return an int"
            )
    return RuntimeError("a shuffle record could not be placed")


def fold(
    into: dict[Any, Any],
    pairs: Iterable[Any],
    create: Callable[[Any], Any] | None,
    merge: Callable[[Any, Any], Any],
) -> None:
    """Fold pairs into a dictionary: the hot loop of every aggregation by key."""
    if create is not None:
        for k, v in pairs:
            if k in into:
                into[k] = merge(into[k], v)
            else:
                into[k] = create(v)
    elif merge is operator.add:
        for k, v in pairs:
            if k in into:
                into[k] = into[k] + v
            else:
                into[k] = v
    else:
        for k, v in pairs:
            if k in into:
                into[k] = merge(into[k], v)
            else:
                into[k] = v


def batches_of(records: Iterable[Any]) -> Iterator[Iterable[Any]]:
    """Records in pieces, as they come from a shuffle where they do, else ``CHUNK`` at a time."""
    batches = getattr(records, "batches", None)
    if batches is not None:
        for batch in batches():
            yield batch.rows() if isinstance(batch, PairColumns) else batch
        return
    iterator = iter(records)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
