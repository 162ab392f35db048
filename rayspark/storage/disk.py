"""Cached partitions on a machine's local disk: ``DISK_ONLY``, and on ``local[n]`` what memory has
no room for.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from rayspark.errors.faults import BlockCorrupt
from rayspark.ids import BlockId
from rayspark.records import dataclass
from rayspark.serializers import Frame
from rayspark.storage.frames import read_frames, room_on_disk, write_frame


@dataclass(frozen=True, slots=True)
class DiskBlock:
    """Handle of a cached partition in a file."""

    path: str
    nbytes: int

    @classmethod
    def write(cls, block: BlockId, frame: Frame, directory: Path) -> DiskBlock:
        """Store a partition under a name of its own.

        Raises
        ------
        DiskFull
            When the local disk has no room for it.
        """
        path = directory / f"{block}-{uuid.uuid4().hex}"
        with room_on_disk(f"The cached partition {block}", directory, frame.nbytes):
            try:
                with path.open("xb") as file:
                    write_frame(file, frame)
            except BaseException:  # a full disk, or a task that is cancelled while it writes
                path.unlink(missing_ok=True)
                raise
        return cls(str(path), frame.nbytes)

    def read(self) -> Frame | Exception:
        """The partition, or why it cannot be had (another machine's disk, a damaged file)."""
        try:
            with Path(self.path).open("rb") as file:
                return next(read_frames(file, self.path))
        except (OSError, BlockCorrupt, StopIteration) as error:
            return error

    def delete(self) -> None:
        """Remove the file."""
        Path(self.path).unlink(missing_ok=True)
