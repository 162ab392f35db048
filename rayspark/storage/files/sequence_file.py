"""Hadoop sequence files of byte strings, as far as ``saveAsObjectFile`` uses them.

A file is a header (``SEQ``, version 6, class names of key and value, flags, a random 16-byte *sync
mark*), then records: record length, key length, key, value. Every ~100 KB an escape (length -1) and
the sync mark stand between two records; a split begins at the first of them at or after its start,
so splits never share a record. Keys are ``NullWritable`` (no bytes), values ``BytesWritable`` (a
length, then the bytes). Compressed sequence files are refused: Spark does not write them by
default.
"""

from __future__ import annotations

import os
import struct
from typing import IO, TYPE_CHECKING

from rayspark.storage.files.failures import changed_file, corrupt_file
from rayspark.storage.files.paths import open_input

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rayspark.storage.files.splits import FileSplit

_MAGIC = b"SEQ\x06"
_KEY = b"org.apache.hadoop.io.NullWritable"
_VALUE = b"org.apache.hadoop.io.BytesWritable"
_ESCAPE = b"\xff\xff\xff\xff"
_SYNC_SIZE = 16
_SYNC_INTERVAL = 5 * 1024 * 20
_BLOCK = 1024 * 1024


def write_values(out: IO[bytes], values: Iterable[bytes]) -> int:
    """Write a whole sequence file; return the number of records."""
    sync = os.urandom(_SYNC_SIZE)
    header = _MAGIC + _text(_KEY) + _text(_VALUE) + b"\0\0" + b"\0\0\0\0" + sync
    out.write(header)
    written, last_sync, records = len(header), len(header), 0
    for value in values:
        if written >= last_sync + _SYNC_INTERVAL:
            out.write(_ESCAPE + sync)
            written += len(_ESCAPE) + _SYNC_SIZE
            last_sync = written
        record = struct.pack(">iii", len(value) + 4, 0, len(value)) + value
        out.write(record)
        written += len(record)
        records += 1
    return records


def read_values(split: FileSplit) -> Iterator[bytes]:
    """The values of the records that the split owns.

    Raises
    ------
    SparkException
        If it is no such file, is truncated, or was changed since the job was planned.
    """
    with open_input(split.path) as stream:
        yield from _Reader(stream, split).values()


class _Reader:
    def __init__(self, stream: IO[bytes], split: FileSplit) -> None:
        self._stream, self._split = stream, split
        self._sync = self._header()

    def values(self) -> Iterator[bytes]:
        split, stream = self._split, self._stream
        if split.start and not self._seek_mark():
            return
        while head := stream.read(4):
            if head == _ESCAPE:
                if stream.tell() - len(head) >= split.end:
                    return
                if self._exactly(_SYNC_SIZE) != self._sync:
                    raise self._corrupt("a sync mark is damaged")
                continue
            record, key = struct.unpack(">ii", head + self._exactly(8 - len(head)))
            body = self._exactly(record) if record >= key + 4 >= 4 else b""
            (size,) = struct.unpack(">i", body[key : key + 4].ljust(4, b"\xff"))
            if size != len(body) - key - 4:
                raise self._corrupt("the lengths of a record do not fit together")
            yield body[key + 4 :]
        if stream.tell() < split.end:
            raise changed_file(split.path, split.file_size, stream.tell())

    def _header(self) -> bytes:
        if self._stream.read(len(_MAGIC)) != _MAGIC:
            raise corrupt_file(self._split.path, "sequence", "it is not a SequenceFile (version 6)")
        key, value = self._read_text(), self._read_text()
        if value != _VALUE:
            raise corrupt_file(
                self._split.path,
                "sequence",
                f"it holds {key.decode(errors='replace')} and {value.decode(errors='replace')}, "
                f"and only {_VALUE.decode()} values can be read, as saveAsPickleFile writes them",
            )
        if self._exactly(2) != b"\0\0":
            raise corrupt_file(
                self._split.path,
                "sequence",
                "it is compressed, which is not supported; write it with "
                "mapreduce.output.fileoutputformat.compress=false",
            )
        (pairs,) = struct.unpack(">i", self._exactly(4))
        for _ in range(2 * pairs):
            self._read_text()
        return self._exactly(_SYNC_SIZE)

    def _seek_mark(self) -> bool:
        """Move to the first escape and sync mark at or after the split's start, if it owns one."""
        mark = _ESCAPE + self._sync
        at, tail = self._split.start, b""
        self._stream.seek(at)
        while at - len(tail) < self._split.end and (data := self._stream.read(_BLOCK)):
            window = tail + data
            found = window.find(mark)
            if found >= 0:
                self._stream.seek(at - len(tail) + found)
                return True
            at += len(data)
            tail = window[-len(mark) + 1 :]
        return False

    def _read_text(self) -> bytes:
        (size,) = self._exactly(1)
        if size > 127:
            raise self._corrupt("a class name or an entry of the metadata is longer than 127 bytes")
        return self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            raise self._corrupt("the file ends inside a record (truncated)")
        return data

    def _corrupt(self, why: str) -> Exception:
        return corrupt_file(self._split.path, "sequence", why, self._stream.tell())


def _text(value: bytes) -> bytes:
    return bytes([len(value)]) + value
