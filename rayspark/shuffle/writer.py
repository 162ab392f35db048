"""Map side of a shuffle: records are combined, placed, batched and encoded.

Memory is bounded: buckets are encoded as soon as they hold a batch, and the combining dictionary is
flushed downstream (partially combined, which is always legal) when it grows beyond its budget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from rayspark.serializers import encode
from rayspark.shuffle.blocks import Segment
from rayspark.shuffle.spec import ShuffleSpec

CHUNK = 1 << 15
"""Records placed at a time."""
FIRST_CHUNK = 64
"""The first chunk is small, to learn how heavy records are before many are held."""
BATCH_BYTES = 4 << 20
"""Aim for the bytes of one encoded segment: large enough to be few, small enough to stream."""


class MapWriter:
    """Collects the segments of one map task."""

    def __init__(self, spec: ShuffleSpec, map_id: int, reduce_base: int = 0) -> None:
        self._spec = spec
        self._map_id = map_id
        self._buckets: list[list[Any]] = [[] for _ in range(spec.partitioner.num_partitions)]
        self._limit = FIRST_CHUNK
        self.segments: list[Segment] = []
        self.records = 0
        self.bytes = 0

    def write(self, records: Iterable[Any]) -> None:
        """Place every record; ends with every bucket encoded."""
        iterator = iter(records)
        chunk_size = FIRST_CHUNK
        while chunk := list(islice(iterator, chunk_size)):
            self._place(chunk)
            chunk_size = CHUNK if self._limit > CHUNK else max(FIRST_CHUNK, self._limit)
        for reduce_id, bucket in enumerate(self._buckets):
            if bucket:
                self._flush(reduce_id, bucket)

    def _place(self, chunk: list[Any]) -> None:
        partitioner, buckets = self._spec.partitioner, self._buckets
        if set(map(type, chunk)) != {tuple}:
            chunk = [(key, value) for key, value in chunk]
        if partitioner.num_partitions == 1:
            partitioner.assign(chunk[:1])
            buckets[0].extend(chunk if self._spec.keyed else [v for _, v in chunk])
            if len(buckets[0]) >= self._limit:
                self._flush(0, buckets[0])
            return
        placed = partitioner.assign(chunk)
        appends = [bucket.append for bucket in buckets]
        try:
            if self._spec.keyed:
                for reduce_id, record in zip(placed, chunk, strict=True):
                    appends[reduce_id](record)
            else:
                for reduce_id, (_, value) in zip(placed, chunk, strict=True):
                    appends[reduce_id](value)
        except (IndexError, TypeError) as error:
            raise _nonsense(partitioner.num_partitions, placed, chunk) from error
        limit = self._limit
        for reduce_id, bucket in enumerate(buckets):
            if len(bucket) >= limit:
                self._flush(reduce_id, bucket)

    def _flush(self, reduce_id: int, bucket: list[Any]) -> None:
        frame = encode(bucket)
        size = frame.nbytes
        self.segments.append(Segment(reduce_id, self._map_id, frame))
        self.records += len(bucket)
        self.bytes += size
        per_record = max(1, size // len(bucket))
        self._limit = max(16, min(1 << 17, BATCH_BYTES // per_record))
        if frame.buffers:
            # The frame refers to the records' own memory, so a new list takes the bucket's place.
            self._buckets[reduce_id] = []
        else:
            bucket.clear()


def _nonsense(n: int, placed: Sequence[Any], chunk: Sequence[Any]) -> Exception:
    for where, record in zip(placed, chunk, strict=True):
        if type(where) is not int or not 0 <= where < n:
            return ValueError(
                f"the partitioner put key {record[0]!r} into partition {where!r}, but this shuffle "
                f"has partitions 0 to {n - 1}: a partition function must return an int"
            )
    return RuntimeError("a shuffle record could not be placed")


def combine(
    records: Iterable[Any],
    create: Callable[[Any], Any] | None,
    merge: Callable[[Any, Any], Any],
    is_full: Callable[[], bool],
) -> Iterator[tuple[Any, Any]]:
    """Combine values by key before they are sent; flush the dictionary whenever it ``is_full``."""
    iterator = iter(records)
    combined: dict[Any, Any] = {}
    while True:
        size = len(combined)
        chunk = list(islice(iterator, CHUNK))
        if not chunk:
            break
        fold(combined, chunk, create, merge)
        if len(combined) > size and is_full():
            yield from combined.items()
            combined = {}
    yield from combined.items()


def fold(
    into: dict[Any, Any],
    pairs: Iterable[Any],
    create: Callable[[Any], Any] | None,
    merge: Callable[[Any, Any], Any],
) -> None:
    """Fold pairs into a dictionary: the hot loop of every aggregation by key."""
    if create is None:
        for k, v in pairs:
            if k in into:
                into[k] = merge(into[k], v)
            else:
                into[k] = v
    else:
        for k, v in pairs:
            if k in into:
                into[k] = merge(into[k], v)
            else:
                into[k] = create(v)
