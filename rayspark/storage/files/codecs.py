"""Compression of whole files: which codec a name means, and streams through it both ways.

Reading goes by the file's extension (``.gz .bz2 .zst .lz4 .snappy .deflate``), writing by the
Hadoop class name that ``saveAsTextFile`` takes, or by a short name. ``.lz4`` and ``.snappy`` files
are in Hadoop's block framing (see :mod:`rayspark.storage.files.hadoop_blocks`); an ``.lz4`` file in
the frame format of the ``lz4`` tool is recognised when read.

>>> import io
>>> out = io.BytesIO()
>>> gzip_codec = find_codec("org.apache.hadoop.io.compress.GzipCodec")
>>> with gzip_codec.writer(out) as stream:
...     _ = stream.write(b"hello")
>>> b"".join(gzip_codec.blocks(io.BytesIO(out.getvalue()), "x.gz"))
b'hello'

Codecs hold no state and may be shared; a stream belongs to one task.
"""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import IO, Protocol, cast

import lz4.frame
import zstandard

from rayspark.errors import IllegalArgumentException
from rayspark.records import dataclass
from rayspark.storage.files import hadoop_blocks
from rayspark.storage.files.failures import corrupt_file

CHUNK = 256 * 1024  # compressed bytes read at a time
BLOCK = 4 * 1024 * 1024  # largest block of plain bytes handed on, however well they compress

_HADOOP = "org.apache.hadoop.io.compress."
_LZ4_FRAME = b"\x04\x22\x4d\x18"


class ByteSink(Protocol):
    """What a codec writes to, and what it gives to write on."""

    def write(self, data: bytes, /) -> int: ...
    def close(self) -> None: ...


Blocks = Callable[[IO[bytes], str], Iterator[bytes]]


@dataclass(frozen=True)
class Codec:
    """One compression format.

    Attributes
    ----------
    name, extension
        Its short name, and what file names end with.
    hadoop
        Names of the Hadoop classes that write it.
    blocks
        ``blocks(stream, path)`` yields the plain bytes in pieces; ``path`` is for messages.
    opener
        Wraps a raw binary stream for writing; closing the result leaves the raw stream open.
    """

    name: str
    extension: str
    hadoop: tuple[str, ...]
    blocks: Blocks
    opener: Callable[[IO[bytes]], ByteSink]

    def writer(self, raw: IO[bytes]) -> closing[ByteSink]:
        """A context in which plain bytes may be written; leaving it ends the compressed stream."""
        return closing(self.opener(raw))

    def __reduce__(self) -> tuple[Callable[[str], Codec], tuple[str]]:
        return find_codec, (self.name,)


class _Zlib:
    """zlib's decompressor with the face of ``bz2.BZ2Decompressor``: it keeps its input."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


class _Zstd:
    """zstandard's decompressor with the same face."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor().decompressobj()

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(data)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return True

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


_Member = _Zlib | _Zstd | bz2.BZ2Decompressor


def _gzip_blocks(stream: IO[bytes], path: str) -> Iterator[bytes]:
    return _members(stream, path, lambda: _Zlib(31), "gzip")


def _deflate_blocks(stream: IO[bytes], path: str) -> Iterator[bytes]:
    return _members(stream, path, lambda: _Zlib(15), "deflate")


def _bz2_blocks(stream: IO[bytes], path: str) -> Iterator[bytes]:
    return _members(stream, path, bz2.BZ2Decompressor, "bzip2")


def _members(
    stream: IO[bytes], path: str, new: Callable[[], _Member], what: str
) -> Iterator[bytes]:
    """Decompress a stream of one or more members (``cat a.gz b.gz`` is a valid file)."""
    member, offset, started = new(), 0, False
    while data := stream.read(CHUNK):
        offset += len(data)
        while data or not (member.eof or member.needs_input):
            try:
                plain = member.decompress(data, BLOCK)
            except (zlib.error, zstandard.ZstdError, OSError, EOFError) as error:
                raise corrupt_file(path, what, str(error), offset - len(data)) from error
            started, data = True, b""
            if plain:
                yield plain
            if member.eof:
                data, member, started = member.unused_data, new(), False
    if started:
        raise corrupt_file(
            path, what, "the file ends inside a compressed member (truncated)", offset
        )


def _zstd_blocks(stream: IO[bytes], path: str) -> Iterator[bytes]:
    return _members(stream, path, _Zstd, "zstd")


def _lz4_blocks(stream: IO[bytes], path: str) -> Iterator[bytes]:
    head = stream.read(4)
    rest = hadoop_blocks.Prefixed(head, stream)
    if head != _LZ4_FRAME:
        return hadoop_blocks.read_blocks(rest, path, "lz4")
    return _lz4_frames(rest, path)


def _lz4_frames(stream: hadoop_blocks.Prefixed, path: str) -> Iterator[bytes]:
    with lz4.frame.LZ4FrameFile(cast("IO[bytes]", stream), "rb") as frames:
        while True:
            try:
                plain = frames.read(BLOCK)
            except (RuntimeError, EOFError) as error:
                raise corrupt_file(path, "lz4", str(error), stream.offset) from error
            if not plain:
                return
            yield plain


def _snappy_blocks(stream: IO[bytes], path: str) -> Iterator[bytes]:
    return hadoop_blocks.read_blocks(hadoop_blocks.Prefixed(b"", stream), path, "snappy")


class _ZlibWriter:
    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._inner = raw, zlib.compressobj()

    def write(self, data: bytes, /) -> int:
        self._raw.write(self._inner.compress(data))
        return len(data)

    def close(self) -> None:
        self._raw.write(self._inner.flush())


def _gzip_writer(raw: IO[bytes]) -> ByteSink:
    # No name and no time in the header: the same rows give the same bytes.
    return cast("ByteSink", gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0))


def _bz2_writer(raw: IO[bytes]) -> ByteSink:
    return cast("ByteSink", bz2.BZ2File(raw, "wb"))


def _zstd_writer(raw: IO[bytes]) -> ByteSink:
    return cast("ByteSink", zstandard.ZstdCompressor().stream_writer(raw, closefd=False))


def _lz4_writer(raw: IO[bytes]) -> ByteSink:
    return hadoop_blocks.BlockWriter(raw, "lz4")


def _snappy_writer(raw: IO[bytes]) -> ByteSink:
    return hadoop_blocks.BlockWriter(raw, "snappy")


CODECS: tuple[Codec, ...] = (
    Codec("gzip", ".gz", ("GzipCodec",), _gzip_blocks, _gzip_writer),
    Codec("bzip2", ".bz2", ("BZip2Codec",), _bz2_blocks, _bz2_writer),
    Codec("zstd", ".zst", ("ZStandardCodec",), _zstd_blocks, _zstd_writer),
    Codec("lz4", ".lz4", ("Lz4Codec",), _lz4_blocks, _lz4_writer),
    Codec("snappy", ".snappy", ("SnappyCodec",), _snappy_blocks, _snappy_writer),
    Codec("deflate", ".deflate", ("DefaultCodec", "DeflateCodec"), _deflate_blocks, _ZlibWriter),
)


def codec_of(path: str) -> Codec | None:
    """The codec that the path's extension names (in any case), or None for a plain file."""
    lower = path.lower()
    return next((codec for codec in CODECS if lower.endswith(codec.extension)), None)


def find_codec(name: str) -> Codec:
    """The codec of a Hadoop class name (``org.apache.hadoop.io.compress.GzipCodec``) or short name.

    Raises
    ------
    IllegalArgumentException
        If there is none of that name; the message lists what exists.
    """
    for codec in CODECS:
        if name == codec.name or name.removeprefix(_HADOOP) in codec.hadoop:
            return codec
    known = ", ".join(f"{_HADOOP}{codec.hadoop[0]} ({codec.name})" for codec in CODECS)
    raise IllegalArgumentException(
        errorClass="CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
        messageParameters={"codecName": repr(name), "availableCodecs": known},
    )
