"""Reliable checkpoints: partitions written to a file system that outlives the cluster.

A partition is written under a name of its own try and renamed into place, so a reader sees a whole
partition or none, and two tries of one task do not disturb each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from rayspark.errors.cleanup import after
from rayspark.lazy import fsspec
from rayspark.records import dataclass
from rayspark.serializers import batched, decode, encode
from rayspark.storage.frames import read_frames, write_frame

_BATCH = 1 << 14


@dataclass(frozen=True, slots=True)
class CheckpointPart:
    """Where one partition of a checkpoint lies."""

    directory: str
    split: int

    @property
    def path(self) -> str:
        """File of the partition."""
        return f"{self.directory}/part-{self.split:05d}"


def write_partition(directory: str, split: int, tid: int, records: Iterable[Any]) -> Iterator[Any]:
    """Write a partition and give its records back, read from the file just written."""
    part = CheckpointPart(directory, split)
    filesystem, path = fsspec.core.url_to_fs(part.path)
    filesystem.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    own = f"{path.rsplit('/', 1)[0]}/.part-{split:05d}-{tid}"
    try:
        with filesystem.open(own, "wb") as file:
            for batch in batched(records, _BATCH):
                write_frame(file, encode(batch))
        filesystem.mv(own, path)
    except BaseException as error:
        with after(error):
            if filesystem.exists(own):
                filesystem.rm_file(own)
        raise
    return read_partition(part)


def read_partition(part: CheckpointPart) -> Iterator[Any]:
    """Records of one partition of a checkpoint."""
    return chain.from_iterable(_batches(part))


def _batches(part: CheckpointPart) -> Iterator[list[Any]]:
    with fsspec.open(part.path, "rb") as file:
        for frame in read_frames(file, part.path):
            yield decode(frame.kind, frame.main, frame.buffers)
