r"""Read the lines of one split exactly as Hadoop's LineRecordReader does.

A line ends with ``\n``, ``\r\n`` or ``\r``. Which split owns a line follows from one function:
``cut(x)`` is the offset after the first line end that starts at or after offset ``x`` (0 for ``x =
0``; the end of the file if there is none). The split ``[start, end)`` owns the bytes ``[cut(start),
cut(end))``, so splits that touch never lose and never double a line, wherever the planner cut.

Bytes are read in large blocks, cut after their last line end, decoded at once and split by
``str.split``: nothing in Python runs per line. Malformed UTF-8 becomes U+FFFD exactly where Java
puts it; a byte order mark at the start of the file is dropped. With ``use_unicode=False`` lines are
bytes (of what Spark would have decoded).

>>> import fsspec
>>> from rayspark.storage.files.splits import FileSplit
>>> fsspec.filesystem("memory").pipe_file("/docs-text.txt", b"one\ntwo\r\nthree")
>>> list(read_lines(FileSplit("memory://docs-text.txt", 0, 5, 13)))
['one', 'two']
>>> list(read_lines(FileSplit("memory://docs-text.txt", 5, 8, 13)))
['three']

A reader belongs to one task; nothing is shared.
"""

from __future__ import annotations

import codecs
from itertools import chain
from typing import IO, TYPE_CHECKING

from rayspark.storage.files.codecs import codec_of
from rayspark.storage.files.failures import changed_file
from rayspark.storage.files.paths import open_input

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rayspark.storage.files.splits import FileSplit

BLOCK = 256 * 1024  # small enough to stay in a core's cache: twice as fast as 4 MB
_BOM = b"\xef\xbb\xbf"
_JAVA = "rayspark_java_replace"


def decode(data: bytes) -> str:
    r"""Decode UTF-8; what is malformed becomes U+FFFD as often as Java's decoder would say it.

    >>> decode(b"a\xed\xa0\x80b")
    'a�b'
    """
    return data.decode("utf-8", _JAVA)


def _java_replacement(error: UnicodeError) -> tuple[str, int]:
    """Python and Java agree, but for an encoded surrogate, which is one mistake in Java."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data, at = error.object, error.start
    if data[at] == 0xED and 0xA0 <= data[at + 1 : at + 2].ljust(1, b"\0")[0] <= 0xBF:
        third = data[at + 2 : at + 3]
        return "\ufffd", at + (3 if third and third[0] & 0xC0 == 0x80 else 2)
    return "\ufffd", error.end


codecs.register_error(_JAVA, _java_replacement)


def read_lines(split: FileSplit, *, block: int = BLOCK) -> Iterator[str]:
    """The lines of a split, without their line ends.

    Raises
    ------
    SparkException
        If the file is gone or shorter than when the job was planned, may not be read, or is
        compressed and corrupt.
    """
    return chain.from_iterable(line_batches(split, block=block))


def line_batches(split: FileSplit, *, block: int = BLOCK) -> Iterator[list[str]]:
    """The same lines in lists, one list a block: the fastest form for a whole partition."""
    for data in _whole_lines(_owned_blocks(split, block)):
        text = decode(data)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        yield lines


def read_byte_lines(split: FileSplit, *, block: int = BLOCK) -> Iterator[bytes]:
    """The lines as UTF-8 bytes, which is what PySpark gives for ``use_unicode=False``."""
    # bytes.splitlines, unlike str.splitlines, splits exactly at \n, \r\n and \r.
    return chain.from_iterable(
        (data if data.isascii() else decode(data).encode()).splitlines()
        for data in _whole_lines(_owned_blocks(split, block))
    )


def whole_line_blocks(split: FileSplit, *, block: int = BLOCK) -> Iterator[bytes]:
    """The bytes of the split's lines in blocks that end where a line ends, as they are on disk."""
    return _whole_lines(_owned_blocks(split, block))


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut blocks anew so that each ends with a line end, except perhaps the last."""
    parts: list[bytes] = []
    for data in blocks:
        # A \r that is the last byte of a block may be the first half of \r\n: it stays behind.
        cut = data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, len(data) - 1) + 1
        if cut:
            yield b"".join([*parts, memoryview(data)[:cut]])  # one copy, of megabytes
            parts = [data[cut:]]
        elif parts and parts[-1].endswith(b"\r"):
            yield b"".join(parts)
            parts = [data]
        else:
            parts.append(data)
    if any(parts):
        yield b"".join(parts)


def _owned_blocks(split: FileSplit, block: int) -> Iterator[bytes]:
    with open_input(split.path) as stream:
        codec = codec_of(split.path)
        if codec is not None:
            blocks = codec.blocks(stream, split.path)
        else:
            blocks = _plain_blocks(stream, split, block)
        yield from _without_bom(blocks) if split.start == 0 else blocks


def _without_bom(blocks: Iterator[bytes]) -> Iterator[bytes]:
    head = b""
    for data in blocks:
        head += data
        if len(head) >= len(_BOM):
            break
    if rest := head.removeprefix(_BOM):
        yield rest
    yield from blocks


def _plain_blocks(stream: IO[bytes], split: FileSplit, block: int) -> Iterator[bytes]:
    """The bytes from ``cut(start)`` to ``cut(end)``."""
    stream.seek(split.start)
    at, data = split.start, stream.read(block)
    if split.start:
        at, data = _skip_line(stream, at, data, block)
        if at > split.end:
            return
    while data:
        if at + len(data) > split.end:
            data, cut = _cut(data, max(split.end - at, 0), stream)
            if cut:
                yield data[:cut]
                return
        yield data
        at += len(data)
        data = stream.read(block)
    if at < split.end:
        raise changed_file(split.path, split.file_size, at)


def _skip_line(stream: IO[bytes], at: int, data: bytes, block: int) -> tuple[int, bytes]:
    """Move to ``cut(at)``; ``data`` are the bytes from ``at`` on that were read already."""
    while data:
        data, cut = _cut(data, 0, stream)
        if cut:
            return at + cut, data[cut:] or stream.read(block)
        at += len(data)
        data = stream.read(block)
    return at, data


def _cut(data: bytes, start: int, stream: IO[bytes]) -> tuple[bytes, int]:
    r"""Where the first line end at or after ``start`` ends; 0 if ``data`` holds none.

    ``stream`` stands after ``data``: one more byte is taken from it when ``data`` ends between
    ``\r`` and what may be its ``\n``.
    """
    newline = data.find(b"\n", start)
    carriage = data.find(b"\r", start, newline if newline >= 0 else len(data))
    if carriage < 0:
        return data, newline + 1
    if carriage == len(data) - 1:
        data += stream.read(1)
    return data, carriage + (2 if data[carriage + 1 : carriage + 2] == b"\n" else 1)
