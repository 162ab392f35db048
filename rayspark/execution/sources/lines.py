r"""Text files as blocks of whole lines.

A piece of a file owns the lines that begin in it, but for its first byte: see
:mod:`rayspark.storage.files.text`, whose blocks these are, in UTF-8 and with ``\n`` for every line
end. A separator of the user's own is searched for in the same way.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import pyarrow as pa

from rayspark.errors import IllegalArgumentException
from rayspark.execution.sources.files import Piece
from rayspark.lazy import compute as pc
from rayspark.storage.files.codecs import codec_of
from rayspark.storage.files.paths import open_input
from rayspark.storage.files.splits import FileSplit
from rayspark.storage.files.text import decode, whole_line_blocks

BLOCK = 4 * 1024 * 1024


def is_splittable(path: str, encoding: str) -> bool:
    """May pieces of the file be read alone? Not if it is compressed or lines are not bytes."""
    return codec_of(path) is None and not encoding.lower().startswith(("utf-16", "utf-32"))


def check_encoding(name: str) -> str:
    """Python's name of a charset.

    Raises
    ------
    IllegalArgumentException
        If there is none of that name.
    """
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise IllegalArgumentException(
            errorClass="INVALID_PARAMETER_VALUE.CHARSET",
            messageParameters={"functionName": "`encoding`", "parameter": "`charset`",
                               "charset": name, "charsets": CHARSETS},
        ) from None  # fmt: skip


CHARSETS = "ISO-8859-1, US-ASCII, UTF-16, UTF-16BE, UTF-16LE, UTF-32, UTF-8"
"""What messages name; Python's others work, too."""


def line_blocks(piece: Piece, encoding: str = "utf-8", separator: str = "") -> Iterator[bytes]:
    r"""Blocks of whole lines that the piece owns; each line, perhaps but the last, ends in ``\n``.

    With ``separator`` lines end there, and the blocks keep it.
    """
    split = FileSplit(piece.file.path, piece.start, piece.length, piece.file.size)
    if separator:
        yield from _separated(piece, separator.encode(encoding), encoding)
        return
    if encoding.startswith(("utf-16", "utf-32")):
        text = whole_file(piece.file.path).decode(encoding, "replace").removeprefix("\ufeff")
        yield text.replace("\r\n", "\n").replace("\r", "\n").encode()
        return
    for block in whole_line_blocks(split, block=BLOCK):
        data = block if encoding == "utf-8" else block.decode(encoding, "replace").encode()
        data = valid_utf8(data)
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield data


def valid_utf8(data: bytes) -> bytes:
    """The bytes, with U+FFFD for what is malformed, as Java has it."""
    if data.isascii():
        return data
    try:
        pa.array([data], pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return decode(data).encode()
    return data


def whole_file(path: str) -> bytes:
    """A file's bytes, decompressed."""
    codec = codec_of(path)
    with open_input(path) as stream:
        return stream.read() if codec is None else b"".join(codec.blocks(stream, path))


def line_array(block: bytes, separator: str = "\n") -> pa.Array:
    """The lines of a block, without their ends."""
    if not block:
        return pa.array([], pa.string())
    kept = block.removesuffix(separator.encode())
    whole = pa.array([kept], pa.binary()).cast(pa.large_string())
    return pc.cast(pc.split_pattern(whole, separator).flatten(), pa.string())


def _separated(piece: Piece, separator: bytes, encoding: str) -> Iterator[bytes]:
    rest = b""
    for data in _owned(piece, separator):
        data = rest + data
        cut = data.rfind(separator)
        if cut < 0:
            rest = data
            continue
        cut += len(separator)
        yield _as_utf8(data[:cut], encoding)
        rest = data[cut:]
    if rest:
        yield _as_utf8(rest, encoding)


def _as_utf8(data: bytes, encoding: str) -> bytes:
    return valid_utf8(data if encoding == "utf-8" else data.decode(encoding, "replace").encode())


def _owned(piece: Piece, separator: bytes) -> Iterable[bytes]:
    """The bytes from the first separator at or after the start to that at or after the end."""
    if codec_of(piece.file.path) is not None:
        yield whole_file(piece.file.path)
        return
    with open_input(piece.file.path) as stream:
        at = _after_separator(stream, piece.start, separator) if piece.start else 0
        end = piece.start + piece.length
        last = piece.file.size
        if end < piece.file.size:
            last = _after_separator(stream, end, separator)
        stream.seek(at)
        while at < last:
            data = stream.read(min(BLOCK, last - at))
            if not data:
                return
            at += len(data)
            yield data


def _after_separator(stream: BinaryIO, start: int, separator: bytes) -> int:
    """Where the first separator that begins at or after ``start`` ends; the file's end if none."""
    stream.seek(start)
    at, data = start, b""
    while more := stream.read(BLOCK):
        data += more
        found = data.find(separator)
        if found >= 0:
            return at + found + len(separator)
        keep = len(separator) - 1
        at += len(data) - keep
        data = data[len(data) - keep :]
    return at + len(data)
