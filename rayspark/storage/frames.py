"""Encoded batches in a file: a header, a checksum and the bytes of each.

Used for spilled runs, checkpoints and cached partitions on disk.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import xxhash

from rayspark.errors.faults import BlockCorrupt, DiskFull
from rayspark.serializers import Frame

_HEADER = struct.Struct("<BIQQ")
_LENGTH = struct.Struct("<Q")


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def room_on_disk(what: str, directory: Path, needed: int) -> Iterator[None]:
    """Around whatever writes to a local disk: its being full is an error of its own.

    Raises
    ------
    DiskFull
        Instead of the ``OSError``.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        free = shutil.disk_usage(directory).free
        raise DiskFull(what, str(directory), needed, free, str(error)) from None


def write_frame(file: BinaryIO, frame: Frame) -> int:
    """Append one batch; returns the bytes written."""
    blobs = [memoryview(frame.main).cast("B"), *(memoryview(b).cast("B") for b in frame.buffers)]
    digest = xxhash.xxh3_64(_HEADER.pack(frame.kind, len(blobs), frame.records, 0))
    for blob in blobs:
        digest.update(blob)
    file.write(_HEADER.pack(frame.kind, len(blobs), frame.records, digest.intdigest()))
    for blob in blobs:
        file.write(_LENGTH.pack(len(blob)))
        file.write(blob)
    return _HEADER.size + sum(_LENGTH.size + len(blob) for blob in blobs)


def read_frames(file: BinaryIO, name: str) -> Iterator[Frame]:
    """Batches of a file, in order.

    Raises
    ------
    BlockCorrupt
        When the bytes are not those that were written, or end too early.
    """
    while header := file.read(_HEADER.size):
        if len(header) < _HEADER.size:
            raise BlockCorrupt(name, _HEADER.size, len(header))
        kind, count, records, wanted = _HEADER.unpack(header)
        blobs: list[Any] = []
        digest = xxhash.xxh3_64(_HEADER.pack(kind, count, records, 0))
        for _ in range(count):
            (length,) = _LENGTH.unpack(_read(file, _LENGTH.size, name))
            blob = _read(file, length, name)
            digest.update(blob)
            blobs.append(blob)
        if digest.intdigest() != wanted:
            raise BlockCorrupt(name, wanted, digest.intdigest())
        yield Frame(kind, blobs[0], [bytearray(b) for b in blobs[1:]], records)


def _read(file: BinaryIO, size: int, name: str) -> bytes:
    try:
        found = file.read(size)
    except (MemoryError, OverflowError):  # the size itself is damaged
        raise BlockCorrupt(name, size, 0) from None
    if len(found) < size:
        raise BlockCorrupt(name, size, len(found))
    return found
