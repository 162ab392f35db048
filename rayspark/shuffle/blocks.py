"""Format of shuffle blocks.

One executor call runs some map tasks and returns one :class:`GroupBlock` per *group* of reduce
partitions (groups follow the executors, so references grow with calls x groups, never with maps x
reducers). A block is an index and parts::

    index   int64 (segments, 8): reduce, map, kind, part, offset, length, buffers, records
    parts   uint8 arrays; a segment is ``parts[part][offset:offset+length]`` and its out-of-band
            buffers are the ``buffers`` whole parts that follow

Large buffers stay parts of their own and are copied once, into shared memory; small segments are
joined into one part. Every part has a checksum, verified by the reader when it opens the block.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash

from rayspark.columnar.pairs import PairColumns
from rayspark.records import dataclass
from rayspark.serializers import OUT_OF_BAND_BYTES, Frame, decode

if TYPE_CHECKING:
    import numpy.typing as npt

REDUCE, MAP, KIND, PART, OFFSET, LENGTH, BUFFERS, RECORDS = range(8)

COLUMNS = 16
"""Kind of a segment that holds :class:`~rayspark.columnar.pairs.PairColumns`."""

Batch = list[Any] | PairColumns
Bytes = Any
"""One-dimensional numpy array of uint8 (numpy's stubs do not say that it is a buffer)."""


@dataclass(frozen=True, slots=True)
class GroupBlock:
    """Output of some map tasks for one group of reduce partitions."""

    index: npt.NDArray[np.int64]
    parts: Sequence[Bytes]
    checksums: Sequence[int] | None

    @property
    def nbytes(self) -> int:
        """Bytes of all parts."""
        return sum(part.nbytes for part in self.parts)

    def corrupt_parts(self) -> list[int]:
        """Numbers of the parts whose bytes are not what the map task wrote."""
        if self.checksums is None:
            return []
        return [
            number
            for number, (part, wanted) in enumerate(zip(self.parts, self.checksums, strict=True))
            if xxhash.xxh3_64_intdigest(part) != wanted
        ]

    def segments(self, reduce_id: int) -> npt.NDArray[np.int64]:
        """Index rows of one reduce partition, in the order of the map tasks."""
        column = self.index[:, REDUCE]
        rows: npt.NDArray[np.int64] = self.index[
            np.searchsorted(column, reduce_id, "left") : np.searchsorted(column, reduce_id, "right")
        ]
        return rows

    def records(self, row: Sequence[int]) -> Batch:
        """Records of one segment."""
        part, start = row[PART], row[OFFSET]
        main = memoryview(self.parts[part])[start : start + row[LENGTH]]
        buffers = self.parts[part + 1 : part + 1 + row[BUFFERS]]
        if row[KIND] == COLUMNS:
            return _decode_columns(main, buffers, row[RECORDS])
        return decode(row[KIND], main, buffers)


def encode_columns(pairs: PairColumns) -> Frame:
    """Two columns as a frame: their type letters, then the bytes (beside it when they are many)."""
    letters = (pairs.keys.dtype.char + pairs.values.dtype.char).encode()
    if pairs.keys.nbytes >= OUT_OF_BAND_BYTES:
        return Frame(COLUMNS, letters, (pairs.keys, pairs.values), len(pairs.keys))
    main = b"".join((letters, pairs.keys.tobytes(), pairs.values.tobytes()))
    return Frame(COLUMNS, main, (), len(pairs.keys))


def _decode_columns(main: memoryview, buffers: Sequence[Bytes], records: int) -> PairColumns:
    keys, values = (np.dtype(letter) for letter in bytes(main[:2]).decode())
    if buffers:
        return PairColumns(np.frombuffer(buffers[0], keys), np.frombuffer(buffers[1], values))
    return PairColumns(
        np.frombuffer(main, keys, records, 2),
        np.frombuffer(main, values, records, 2 + records * keys.itemsize),
    )


@dataclass(slots=True)
class Segment:
    """A batch of records on its way into a block."""

    reduce_id: int
    map_id: int
    frame: Frame
    damaged: bool = False
    """Set by the fault injector: the block's bytes are changed after its checksum was taken."""


def build_block(segments: Sequence[Segment], *, checksum: bool) -> GroupBlock | None:
    """Lay segments out as a block; ``None`` when there are none."""
    if not segments:
        return None
    ordered = sorted(segments, key=lambda s: (s.reduce_id, s.map_id))
    index = np.empty((len(ordered), 8), dtype=np.int64)
    parts: list[Any] = []
    small: list[bytes] = []
    small_part, small_size = -1, 0
    for row, segment in enumerate(ordered):
        frame = segment.frame
        if frame.buffers or len(frame.main) >= OUT_OF_BAND_BYTES:
            part, offset = len(parts), 0
            parts.append(frame.main)
            parts.extend(frame.buffers)
        else:
            if small_part < 0:
                small_part = len(parts)
                parts.append(b"")
            part, offset = small_part, small_size
            small.append(frame.main)
            small_size += len(frame.main)
        index[row] = (
            segment.reduce_id, segment.map_id, frame.kind, part, offset,
            len(frame.main), len(frame.buffers), frame.records,
        )  # fmt: skip
    if small_part >= 0:
        parts[small_part] = small[0] if len(small) == 1 else b"".join(small)
    arrays = [_bytes_of(part) for part in parts]
    sums = [xxhash.xxh3_64_intdigest(array) for array in arrays] if checksum else None
    if any(segment.damaged for segment in ordered):
        arrays[0] = arrays[0] ^ np.uint8(1)
    return GroupBlock(index, arrays, sums)


def merge_blocks(blocks: Iterable[tuple[GroupBlock, Collection[int]]]) -> GroupBlock | None:
    """One block of several: of each, the output of these map tasks; ``None`` when there is none.

    Parts stay as they are, with their checksums; only the index is made anew.
    """
    indexes: list[npt.NDArray[np.int64]] = []
    parts: list[Bytes] = []
    sums: list[int] = []
    for block, maps in blocks:
        rows = block.index[np.isin(block.index[:, MAP], list(maps))]
        rows[:, PART] += len(parts)
        indexes.append(rows)
        parts.extend(block.parts)
        sums.extend(block.checksums or ())
    index = np.concatenate(indexes) if indexes else np.empty((0, 8), dtype=np.int64)
    if not len(index):
        return None
    order = np.lexsort((index[:, MAP], index[:, REDUCE]))
    return GroupBlock(index[order], parts, sums or None)


def _bytes_of(buffer: Any) -> Bytes:
    raw = buffer.raw() if hasattr(buffer, "raw") else buffer
    return np.frombuffer(raw, dtype=np.uint8)


def group_of(reduce_id: int, num_reduces: int, groups: int) -> int:
    """Contiguous ranges of reduce partitions share a group."""
    return reduce_id * groups // num_reduces


def group_range(group: int, num_reduces: int, groups: int) -> range:
    """Reduce partitions of one group; inverse of :func:`group_of`."""
    return range(-(-group * num_reduces // groups), -(-(group + 1) * num_reduces // groups))
