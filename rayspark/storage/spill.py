"""Local disk runs: what a task writes when its memory budget is full, read back by the same task.

A run is a sequence of encoded batches with a checksum each. Runs are deleted when their task ends.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import xxhash

from rayspark.errors.faults import BlockCorrupt
from rayspark.serializers import decode, encode

_HEADER = struct.Struct("<BIQQ")
_LENGTH = struct.Struct("<Q")


class Run:
    """One file of encoded batches, written once and then read, any number of times."""

    def __init__(self, directory: Path) -> None:
        descriptor, name = tempfile.mkstemp(prefix="run-", dir=directory)
        self.path = Path(name)
        self._file: BinaryIO = open(descriptor, "wb")  # noqa: SIM115, PTH123
        self.bytes = 0

    def append(self, records: Sequence[Any]) -> int:
        """Write one batch; returns its bytes on disk."""
        frame = encode(records)
        blobs = [frame.main, *(memoryview(b).cast("B") for b in frame.buffers)]
        digest = xxhash.xxh3_64()
        for blob in blobs:
            digest.update(blob)
        self._file.write(
            _HEADER.pack(frame.kind, len(blobs), frame.records, digest.intdigest())
        )
        for blob in blobs:
            self._file.write(_LENGTH.pack(len(blob)))
            self._file.write(blob)
        size = _HEADER.size + sum(_LENGTH.size + len(blob) for blob in blobs)
        self.bytes += size
        return size

    def batches(self) -> Iterator[list[Any]]:
        """Read the batches back, in order.

        Raises
        ------
        BlockCorrupt
            When the bytes on disk are not those that were written.
        """
        self._file.flush()
        with self.path.open("rb") as file:
            while header := file.read(_HEADER.size):
                kind, count, _, wanted = _HEADER.unpack(header)
                blobs = []
                digest = xxhash.xxh3_64()
                for _ in range(count):
                    (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
                    blob = file.read(length)
                    digest.update(blob)
                    blobs.append(blob)
                if digest.intdigest() != wanted:
                    raise BlockCorrupt(str(self.path), wanted, digest.intdigest())
                yield decode(kind, blobs[0], [bytearray(b) for b in blobs[1:]])

    def delete(self) -> None:
        """Close and remove the file."""
        self._file.close()
        self.path.unlink(missing_ok=True)
