"""The block framing of Hadoop's Lz4Codec and SnappyCodec.

A file is a row of *blocks*: the number of plain bytes (4 bytes, big endian), then *chunks* (number
of compressed bytes, then the compressed bytes) until the plain bytes are complete. It differs from
the frame formats that the command line tools ``lz4`` and ``snzip`` write.
"""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING, Any, Literal

import lz4.block

from rayspark.storage.files.failures import corrupt_file

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["lz4", "snappy"]

# Hadoop's readers hold one block in a buffer of 256 KiB: no block of ours is larger.
_BLOCK = 128 * 1024
_SNAPPY_FRAME = b"\xff\x06\x00\x00sNaPpY"


class Prefixed:
    """A stream with bytes put back before it; it knows how far it was read."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._head, self._stream = head, stream
        self.offset = 0

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes, or all."""
        if size < 0:
            data, self._head = self._head + self._stream.read(), b""
        else:
            data, self._head = self._head[:size], self._head[size:]
            if len(data) < size:
                data += self._stream.read(size - len(data))
        self.offset += len(data)
        return data

    def exactly(self, size: int, path: str, kind: Kind) -> bytes:
        """Read ``size`` bytes or raise the error for a truncated file."""
        data = self.read(size)
        if len(data) < size:
            raise corrupt_file(path, kind, "the file ends inside a block (truncated)", self.offset)
        return data


def read_blocks(stream: Prefixed, path: str, kind: Kind) -> Iterator[bytes]:
    """Yield the plain bytes of each chunk."""
    while head := stream.read(4):
        if kind == "snappy" and head == _SNAPPY_FRAME[:4]:
            raise corrupt_file(
                path, kind, "it is in snappy's own framing, and Hadoop's block framing is expected"
            )
        head += stream.exactly(4 - len(head), path, kind)
        left: int = struct.unpack(">I", head)[0]
        while left:
            start = stream.offset
            (size,) = struct.unpack(">I", stream.exactly(4, path, kind))
            packed = stream.exactly(size, path, kind)
            try:
                plain = _decompress(packed, left, kind)
            except (
                lz4.block.LZ4BlockError,
                OSError,
                ValueError,
            ) as error:  # Arrow's are ValueErrors
                raise corrupt_file(path, kind, str(error), start) from error
            if not 0 < len(plain) <= left:
                raise corrupt_file(path, kind, "a chunk does not fit into its block", start)
            left -= len(plain)
            yield plain


def _decompress(packed: bytes, most: int, kind: Kind) -> bytes:
    if kind == "lz4":
        return bytes(lz4.block.decompress(packed, uncompressed_size=most))
    size, shift = 0, 0
    for byte in packed[:5]:
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if size > most:
        raise ValueError("a chunk is larger than its block")
    return bytes(_snappy().decompress(packed, size, asbytes=True))


def _snappy() -> Any:
    # Imported here because only snappy files need it: it is 0.12 s of everybody's start otherwise.
    from pyarrow import Codec

    return Codec("snappy")


class BlockWriter:
    """Writes the framing; every block is one chunk."""

    def __init__(self, raw: IO[bytes], kind: Kind) -> None:
        self._raw, self._kind = raw, kind
        self._pending = bytearray()

    def write(self, data: bytes, /) -> int:
        """Take plain bytes."""
        self._pending += data
        while len(self._pending) >= _BLOCK:
            self._emit(bytes(self._pending[:_BLOCK]))
            del self._pending[:_BLOCK]
        return len(data)

    def close(self) -> None:
        """Write the last block; the raw stream stays open."""
        if self._pending:
            self._emit(bytes(self._pending))
            self._pending.clear()

    def _emit(self, plain: bytes) -> None:
        if self._kind == "lz4":
            packed = lz4.block.compress(plain, store_size=False)
        else:
            packed = _snappy().compress(plain, asbytes=True)
        self._raw.write(struct.pack(">II", len(plain), len(packed)) + packed)
