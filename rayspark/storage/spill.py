"""Local disk runs: what a task writes when its memory budget is full, read back by the same task.

A run is a sequence of encoded batches with a checksum each. Its file is open only while it is
written or read: a task may have hundreds of runs. Runs are deleted when their task ends, so the
task knows of a run before there is a file.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rayspark.serializers import decode, encode
from rayspark.storage.frames import read_frames, room_on_disk, write_frame


class Run:
    """One file of encoded batches, written once and then read, any number of times."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / f"run-{uuid.uuid4().hex}"
        self.bytes = 0

    def append(self, records: Sequence[Any]) -> int:
        """Write one batch; returns its bytes on disk.

        Raises
        ------
        DiskFull
            When the local disk has no room for it.
        """
        frame = encode(records)
        with (
            room_on_disk("A spilled batch of records", self.path.parent, frame.nbytes),
            self.path.open("ab") as file,
        ):
            size = write_frame(file, frame)
        self.bytes += size
        return size

    def batches(self) -> Iterator[list[Any]]:
        """Read the batches back, in order."""
        if not self.bytes:
            return
        with self.path.open("rb") as file:
            for frame in read_frames(file, str(self.path)):
                yield decode(frame.kind, frame.main, frame.buffers)

    def damage(self) -> None:
        """Change the last byte written: a rehearsal of a bad disk, for the fault injector."""
        with self.path.open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            last = file.read(1)
            file.seek(-1, os.SEEK_END)
            file.write(bytes([last[0] ^ 1]))

    def delete(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)
