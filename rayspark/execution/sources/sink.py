"""Write a DataFrame as a directory of files.

A task writes its rows to files named as Spark names them (``part-00003-<job>-c000.snappy.parquet``)
and tells the driver which; see :mod:`rayspark.execution.sources.commit` for how they become
visible. With ``partition_by`` a file holds the rows of one set of values, in the directory that
names them; the columns themselves are left out. With ``buckets`` it holds rows of one bucket, which
its name tells.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

import numpy as np
import pyarrow as pa

from rayspark.catalyst.logical.command import BucketSpec
from rayspark.datatypes import (
    StructType,
)
from rayspark.errors import AnalysisException
from rayspark.errors.cleanup import after
from rayspark.execution.sources.ahead import map_ahead
from rayspark.execution.sources.commit import DirectoryCommit, WrittenFile
from rayspark.execution.sources.partition_text import partition_texts
from rayspark.execution.sources.partitions import directory_name
from rayspark.lazy import lazy_function
from rayspark.records import dataclass
from rayspark.storage.files.paths import Location
from rayspark.storage.files.removal import remove_all

if TYPE_CHECKING:
    from rayspark.execution.sources.buckets import bucket_numbers
else:
    bucket_numbers = lazy_function("rayspark.execution.sources.buckets", "bucket_numbers")

Place = tuple[str, str]
"""A directory, and the bucket as the names of its files say it: ``_00002``, or nothing."""

BUFFERED = 64 * 1024 * 1024
"""Bytes of rows that wait, over all open files, until some are written."""

MOST_OPEN = 200
"""Files of one task that are open at a time."""


class RowWriter(Protocol):
    """Writes one file."""

    def write(self, table: pa.Table) -> None:
        """Append rows."""

    def close(self) -> None:
        """End the file; the stream stays open."""


class Format(Protocol):
    """How files of a format are made. Picklable."""

    @property
    def name(self) -> str:
        """``parquet``..."""

    @property
    def extension(self) -> str:
        """``.snappy.parquet``."""

    def open(self, stream: BinaryIO, schema: StructType) -> RowWriter:
        """Begin a file."""


@dataclass(frozen=True)
class Written:
    """What a task tells the driver."""

    partition: int
    attempt: int
    rows: int
    bytes: int
    files: tuple[WrittenFile, ...]


@dataclass
class FileSink:
    """A directory of files of one format. See ``api.Sink``."""

    format: Format
    schema: StructType
    partition_by: tuple[str, ...]
    target: DirectoryCommit
    zone: str = "UTC"
    max_records: int = 0
    buckets: BucketSpec | None = None
    skip: bool = False
    """Nothing is to be written: ``ignore``, and there is something."""
    written: list[Written] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.format.name

    @property
    def divides(self) -> bool:
        """Whether the rows of a task go to several files."""
        return bool(self.partition_by) or self.buckets is not None

    @property
    def data_schema(self) -> StructType:
        """Columns in the files."""
        outside = {name.lower() for name in self.partition_by}
        return StructType([f for f in self.schema.fields if f.name.lower() not in outside])

    def begin(self) -> None:
        self.skip = not self.target.begin()

    def write(self, partition: int, attempt: int, batches: Iterator[pa.Table]) -> Written:
        if self.skip:
            return Written(partition, attempt, 0, 0, ())
        task = _Task(self, partition, self.target.attempt(partition, attempt))
        try:
            for table in batches:
                task.add(table)
            if partition == 0 and not task.rows and not self.divides:
                task.add_empty()
            return task.finish(attempt)
        except BaseException as error:
            task.abandon(error)
            raise

    def commit(self, outputs: Sequence[Written]) -> None:
        if self.skip:
            return
        outputs = list(outputs)
        if not any(o.files for o in outputs) and not self.divides:
            outputs.append(self.write(0, 1 << 30, iter(())))
        self.target.commit((self.target.attempt(o.partition, o.attempt), o.files) for o in outputs)
        self.written = outputs

    def abort(self) -> None:
        self.target.abort()


class _OpenFile:
    """One file under way, and the rows that wait for it."""

    def __init__(self, sink: FileSink, home: Location, file: WrittenFile) -> None:
        where = home
        for part in file.directory.split("/"):
            where = where.child(part) if part else where
        sink.target.make_directory(where)
        self.file, self.rows = file, 0
        self.where = where.child(file.name)
        self._stream = cast("BinaryIO", where.filesystem.open(self.where.inner, "wb"))
        self._writer = sink.format.open(self._stream, sink.data_schema)

    def write(self, table: pa.Table) -> None:
        self._writer.write(table)
        self.rows += table.num_rows

    def close(self) -> int:
        """End it; gives its size."""
        self._writer.close()
        size = self._stream.tell()
        self._stream.close()
        return size

    def abandon(self) -> None:
        self._stream.close()


class _Task:
    """One attempt of one task."""

    def __init__(self, sink: FileSink, partition: int, home: Location) -> None:
        self._sink, self._partition, self._home = sink, partition, home
        self._open: dict[Place, _OpenFile] = {}
        self._waiting: dict[Place, list[pa.Table]] = {}
        self._sizes: dict[Place, int] = {}
        """Bytes that wait; summed up once, as a table counts its own anew each time."""
        self._waiting_bytes = 0
        self._counts: dict[Place, int] = {}
        self._files: list[WrittenFile] = []
        self.rows = self._bytes = 0

    def add(self, table: pa.Table) -> None:
        self.rows += table.num_rows
        if not self._sink.divides:
            if table.num_rows:
                self._keep(("", ""), table)
            return
        for place, part in split_by_place(table, self._sink):
            self._keep(place, part)

    def add_empty(self) -> None:
        """A file without rows, so that the schema is kept."""
        self._file(("", ""))

    def finish(self, attempt: int) -> Written:
        for place in list(self._waiting):
            self._flush(place)
        # Side by side: most rows are encoded only now, and in object stores a close is an upload.
        for size in map_ahead(_OpenFile.close, self._open.values()):
            self._bytes += size
        self._files += [file.file for file in self._open.values()]
        return Written(self._partition, attempt, self.rows, self._bytes, tuple(self._files))

    def abandon(self, reason: BaseException) -> None:
        """Leave nothing behind: nobody may clean up after a task that is cancelled late."""
        for file in self._open.values():
            with after(reason):
                file.abandon()
        with after(reason):
            remove_all(self._home)

    def _keep(self, place: Place, table: pa.Table) -> None:
        self._waiting.setdefault(place, []).append(table)
        size = table.nbytes
        self._sizes[place] = self._sizes.get(place, 0) + size
        self._waiting_bytes += size
        while self._waiting_bytes > BUFFERED:
            self._flush(max(self._sizes, key=self._sizes.__getitem__))

    def _flush(self, place: Place) -> None:
        table = pa.concat_tables(self._waiting.pop(place))
        self._waiting_bytes -= self._sizes.pop(place)
        limit = self._sink.max_records
        at = 0
        while at < table.num_rows:
            file = self._file(place)
            room = limit - file.rows if limit else table.num_rows
            file.write(table.slice(at, room))
            at += room
            if limit and file.rows >= limit:
                self._close(place)

    def _file(self, place: Place) -> _OpenFile:
        found = self._open.pop(place, None)
        if found is None:
            if len(self._open) >= MOST_OPEN:
                self._close(next(iter(self._open)))
            number = self._counts.get(place, 0)
            self._counts[place] = number + 1
            directory, bucket = place
            dash = "." if self._sink.divides else "-"
            name = (
                f"part-{self._partition:05d}-{self._sink.target.job}{bucket}{dash}c{number:03d}"
                f"{self._sink.format.extension}"
            )
            found = _OpenFile(self._sink, self._home, WrittenFile(directory, name))
        self._open[place] = found  # last: the first is the one that waits longest
        return found

    def _close(self, place: Place) -> None:
        file = self._open.pop(place)
        self._bytes += file.close()
        self._files.append(file.file)


def split_by_place(table: pa.Table, sink: FileSink) -> Iterator[tuple[Place, pa.Table]]:
    """The rows of each file, without the partition columns, in their order."""
    by = {f.name.lower(): f for f in sink.schema.fields}
    fields = [by[name.lower()] for name in sink.partition_by]
    if not table.num_rows:
        return
    texts = [partition_texts(table.column(f.name), f.dataType, sink.zone) for f in fields]
    codes = np.zeros(table.num_rows, np.int64)
    for values, indices in texts:
        codes = codes * len(values) + indices.to_numpy()
    if (spec := sink.buckets) is not None:
        hashed = [table.column(name) for name in spec.columns]
        codes = codes * spec.count + bucket_numbers(hashed, spec.count)
    data = table.select(sink.data_schema.names).combine_chunks()
    # The smallest type: numpy then counts instead of comparing.
    order = np.argsort(codes.astype(np.min_scalar_type(codes.max())), kind="stable")
    ordered, data = codes[order], data.take(pa.array(order))
    starts = [0, *(np.flatnonzero(np.diff(ordered)) + 1).tolist()]
    for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True):
        code, bucket = int(ordered[start]), ""
        if spec is not None:
            code, number = divmod(code, spec.count)
            bucket = f"_{number:05d}"
        parts: list[str | None] = []
        for values, _ in reversed(texts):
            code, at = divmod(code, len(values))
            parts.insert(0, values[at])
        directory = directory_name([f.name for f in fields], parts) if fields else ""
        yield (directory, bucket), data.slice(start, end - start)


def new_job() -> str:
    """A name that no other write has."""
    return str(uuid.uuid4())


def check_partition_columns(schema: StructType, partition_by: Sequence[str]) -> None:
    """Are the partition columns there, and is a column left?

    Raises
    ------
    AnalysisException
        If not.
    """
    names = {f.name.lower() for f in schema.fields}
    for name in partition_by:
        if name.lower() not in names:
            raise AnalysisException(
                errorClass="_LEGACY_ERROR_TEMP_1155",
                messageParameters={"col": name, "schemaCatalog": schema.simpleString()},
            )
    twice = [
        n for at, n in enumerate(partition_by) if n.lower() in map(str.lower, partition_by[:at])
    ]
    if twice:
        raise AnalysisException(
            errorClass="COLUMN_ALREADY_EXISTS", messageParameters={"columnName": f"`{twice[0]}`"}
        )
    if partition_by and len({name.lower() for name in partition_by}) == len(names):
        raise AnalysisException(
            errorClass="ALL_PARTITION_COLUMNS_NOT_ALLOWED", messageParameters={}
        )
