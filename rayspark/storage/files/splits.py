"""Cut input files into one input per task, as Hadoop and Spark do.

Terms: a *split* is a run of bytes of one file; an *input partition* is the tuple of splits that one
task reads. ``sc.textFile`` makes one split a task: small files one each, large ones cut near
``min(total / minPartitions, block size)``, compressed ones never cut. ``sc.wholeTextFiles`` and
``sc.binaryFiles`` pack whole files until a partition is large enough.

One rule is ours: Spark makes a task for each file however small, which for 10,000 files means
10,000 tasks. From ``pack_threshold`` files on, neighbouring small files are packed much as Spark's
own DataFrame readers do: each counts as its bytes plus the cost of opening it. Pieces of a file
that is cut stay alone, and packing never leaves fewer partitions than ``min_partitions`` asks for.

>>> from rayspark.storage.files.paths import FileEntry
>>> [str(p[0]) for p in plan_text([FileEntry("file:/a", 25)], 2)]
['file:/a:0+12', 'file:/a:12+13']

Pure functions over picklable values; the driver plans, executors receive the partitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayspark.errors import IllegalArgumentException
from rayspark.records import dataclass
from rayspark.storage.files.codecs import codec_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rayspark.storage.files.paths import FileEntry

MIB = 1024 * 1024
SPLIT_SLOP = 1.1  # the last split of a file may be a tenth larger: no sliver for one more task
_SEQUENCE_MIN_SPLIT = 5 * 1024 * 20  # a sequence file has a sync mark about this often
PACK_THRESHOLD = 1000
MAX_PARTITION_BYTES = 128 * MIB  # spark.files.maxPartitionBytes
OPEN_COST_BYTES = 4 * MIB  # spark.files.openCostInBytes

# What Hadoop's connectors report as the block size of a file.
_BLOCK_BYTES = {"file": 32 * MIB, "s3": 32 * MIB, "s3a": 32 * MIB, "gs": 64 * MIB}
_OTHER_BLOCK_BYTES = 128 * MIB


@dataclass(frozen=True, slots=True)
class FileSplit:
    """``length`` bytes of ``path`` from ``start``; ``file_size`` is the planned file's."""

    path: str
    start: int
    length: int
    file_size: int

    @property
    def end(self) -> int:
        """The offset after its last byte."""
        return self.start + self.length

    def __str__(self) -> str:
        return f"{self.path}:{self.start}+{self.length}"


InputPartition = tuple[FileSplit, ...]


def block_size(path: str) -> int:
    """The block size of the file system that holds the path, as Hadoop sees it."""
    return _BLOCK_BYTES.get(path.partition(":")[0], _OTHER_BLOCK_BYTES)


def plan_text(
    files: Sequence[FileEntry],
    min_partitions: int,
    *,
    pack_threshold: int = PACK_THRESHOLD,
    max_partition_bytes: int = MAX_PARTITION_BYTES,
    open_cost_bytes: int = OPEN_COST_BYTES,
) -> list[InputPartition]:
    """Plan ``sc.textFile``.

    Parameters
    ----------
    min_partitions
        A wish: the goal size of a split is the total size divided by it.
    pack_threshold
        Pack small files when there are at least this many files; 0 never packs.
    max_partition_bytes, open_cost_bytes
        How large a packed partition may grow, and what opening a file costs in bytes.

    Returns
    -------
    list of InputPartition
        Empty files have no split, so no files or only empty ones give no partition.
    """
    goal = _goal(files, min_partitions)
    splits: list[FileSplit] = []
    for file in files:
        whole = codec_of(file.path) is not None
        size = file.size if whole else max(1, min(goal, block_size(file.path)))
        splits.extend(_cut(file, size))
    alone: list[InputPartition] = [(split,) for split in splits]
    if not pack_threshold or len(files) < pack_threshold:
        return alone
    packed = _pack_small(splits, max(min_partitions, 1), max_partition_bytes, open_cost_bytes)
    return packed if len(packed) >= min_partitions else alone


def plan_sequence(files: Sequence[FileEntry], min_partitions: int) -> list[InputPartition]:
    """Plan ``sc.pickleFile``: as text, but no split is smaller than one with a sync mark."""
    goal = _goal(files, min_partitions)
    return [
        (split,)
        for file in files
        for split in _cut(file, max(_SEQUENCE_MIN_SPLIT, min(goal, block_size(file.path))))
    ]


def plan_records(files: Sequence[FileEntry], record_length: int) -> list[InputPartition]:
    """Plan ``sc.binaryRecords``: splits end where a record ends.

    Raises
    ------
    IllegalArgumentException
        If ``record_length`` is not positive.
    """
    if record_length <= 0:
        raise IllegalArgumentException(
            f"recordLength must be a positive number of bytes, found {record_length}: it is the "
            "size of every record in the files."
        )
    splits: list[FileSplit] = []
    for file in files:
        blocks = block_size(file.path) // record_length * record_length
        splits.extend(_cut(file, max(record_length, blocks)))
    return [(split,) for split in splits]


def plan_whole_text(files: Sequence[FileEntry], min_partitions: int) -> list[InputPartition]:
    """Plan ``sc.wholeTextFiles``: whole files, packed up to ``total / minPartitions``."""
    total = sum(file.size for file in files)
    return _combine(files, -(-total // max(min_partitions, 1)))


def plan_binary(
    files: Sequence[FileEntry],
    min_partitions: int,
    default_parallelism: int,
    *,
    max_partition_bytes: int = MAX_PARTITION_BYTES,
    open_cost_bytes: int = OPEN_COST_BYTES,
) -> list[InputPartition]:
    """Plan ``sc.binaryFiles``: whole files, packed to what keeps every core busy."""
    cores = max(default_parallelism, min_partitions, 1)
    per_core = sum(file.size + open_cost_bytes for file in files) // cores
    return _combine(files, min(max_partition_bytes, max(open_cost_bytes, per_core)))


def _cut(file: FileEntry, size: int) -> Iterator[FileSplit]:
    start = 0
    while file.size - start > 0:
        left = file.size - start
        length = size if left / size > SPLIT_SLOP else left
        yield FileSplit(file.path, start, length, file.size)
        start += length


def _goal(files: Sequence[FileEntry], min_partitions: int) -> int:
    return sum(file.size for file in files) // max(min_partitions, 1)


def _combine(files: Sequence[FileEntry], max_bytes: int) -> list[InputPartition]:
    """Fill one partition after the other; what fills none, and empty files, make the last."""
    wholes = [FileSplit(file.path, 0, file.size, file.size) for file in files]
    partitions: list[InputPartition] = []
    current: list[FileSplit] = []
    filled = 0
    for split in wholes:
        if split.length == 0:
            continue
        current.append(split)
        filled += split.length
        if filled >= max_bytes > 0:
            partitions.append(tuple(current))
            current, filled = [], 0
    open_ones = {id(split) for split in current}
    rest = tuple(split for split in wholes if split.length == 0 or id(split) in open_ones)
    return [*partitions, rest] if rest else partitions


def _pack_small(
    splits: Sequence[FileSplit], cores: int, max_bytes: int, open_cost: int
) -> list[InputPartition]:
    per_core = sum(split.length + open_cost for split in splits) // cores
    limit = min(max_bytes, max(open_cost, per_core))
    partitions: list[InputPartition] = []
    current: list[FileSplit] = []
    filled = 0
    for split in splits:
        cost = split.length + open_cost if split.length == split.file_size else limit
        if current and filled + cost > limit:
            partitions.append(tuple(current))
            current, filled = [], 0
        current.append(split)
        filled += cost
    return [*partitions, tuple(current)] if current else partitions
