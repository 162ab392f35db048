"""A source of files: what all formats share.

The driver lists the files once; planning narrows columns and files; ``splits`` packs pieces of
files into tasks as Spark does. A format says how a list of pieces is read. Every column that is
not in the files themselves (partition columns, ``_metadata``) is added here.

A source is immutable and picklable. Tasks get :meth:`FileSource.bare`, without the list of files.
"""

from __future__ import annotations

import datetime
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import quote as quote_url

import pyarrow as pa

from rayspark.catalyst.expressions import Attribute, Expression
from rayspark.catalyst.logical.command import BucketSpec
from rayspark.datatypes import (
    DataType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import AnalysisException, SparkException
from rayspark.execution.compile.literal import compile_literal
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import identifier
from rayspark.execution.sources.api import Split
from rayspark.execution.sources.bad_records import is_malformed
from rayspark.execution.sources.listing import DataFile, Listing
from rayspark.execution.sources.options import Options, setting_flag
from rayspark.execution.sources.pruning import decide, is_decidable, shown
from rayspark.lazy import lazy_function
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.execution.sources.buckets import bucket_of_file, chosen_buckets
else:
    bucket_of_file = lazy_function("rayspark.execution.sources.buckets", "bucket_of_file")
    chosen_buckets = lazy_function("rayspark.execution.sources.buckets", "chosen_buckets")

log = logging.getLogger(__name__)

METADATA = "_metadata"
"""The hidden column of every source of files."""

METADATA_TYPE = StructType(
    [
        StructField("file_path", StringType(), False),
        StructField("file_name", StringType(), False),
        StructField("file_size", LongType(), False),
        StructField("file_block_start", LongType(), False),
        StructField("file_block_length", LongType(), False),
        StructField("file_modification_time", TimestampType(), False),
    ]
)

OPEN_COST = 4 * 1024 * 1024
"""``spark.sql.files.openCostInBytes``: what opening a file costs, in bytes read meanwhile."""

_UNSAFE = re.compile(r"[\x00-\x20\x7f\"#%<>?\[\\\]^`{|}]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of bytes of a file. ``rows``: first and last row of a run of Parquet row groups."""

    file: DataFile
    start: int
    length: int
    rows: tuple[int, int] | None = None


@dataclass(frozen=True)
class Opened:
    """What a source was opened with."""

    format: str
    roots: tuple[str, ...]
    """As :func:`locate` gives them."""
    schema: StructType | None
    """The columns, where the user named them."""


@dataclass(frozen=True, eq=False)
class FileSource:
    """Files of one format."""

    options: Options
    settings: Mapping[str, str]
    files: tuple[DataFile, ...]
    data_schema: StructType
    """Columns in the files."""
    partition_schema: StructType
    columns: tuple[str, ...] | None = None
    """What was asked for; ``None``: all."""
    filters: tuple[Expression, ...] = field(default=())
    """All that were offered and say something about files."""
    opened: Opened | None = None
    """How it was opened, to be opened again when the files have changed."""
    buckets: BucketSpec | None = None
    """How the files are divided, by their names."""

    name: ClassVar[str]
    splittable: ClassVar[bool] = False

    @property
    def full_schema(self) -> StructType:
        """All columns: those of the files, then those of directories; one name is one column, in
        the place that it has in the files and with the directories' values.
        """
        partition = {f.name.lower(): f for f in self.partition_schema.fields}
        data = [partition.get(f.name.lower(), f) for f in self.data_schema.fields]
        have = {f.name.lower() for f in data}
        return StructType([*data, *(f for k, f in partition.items() if k not in have)])

    @property
    def schema(self) -> StructType:
        full = self.full_schema
        if self.columns is None:
            return full
        known = {f.name.lower(): f for f in full.fields}
        known.setdefault(METADATA, StructField(METADATA, METADATA_TYPE, False))
        return StructType([known[name.lower()] for name in self.columns])

    @property
    def metadata_schema(self) -> StructType:
        """Hidden columns that may be asked for by name."""
        if METADATA in (f.name for f in self.full_schema.fields):
            return StructType()
        return StructType([StructField(METADATA, METADATA_TYPE, False)])

    def with_columns(self, names: Sequence[str]) -> Self:
        return replace(self, columns=tuple(names))

    def with_filters(self, filters: Sequence[Expression]) -> tuple[Self, list[Expression]]:
        partition = {f.name for f in self.partition_schema.fields}
        deciding = [f for f in filters if _names(f) <= partition and is_decidable(f)]
        rest = [f for f in filters if not any(f is d for d in deciding)]
        files = self.files
        if deciding:
            names = self.partition_schema.names
            verdicts: dict[tuple[Any, ...], bool] = {}
            for file in files:
                if file.values not in verdicts:
                    row = dict(zip(names, file.values, strict=True))
                    verdicts[file.values] = all(decide(f, row) is True for f in deciding)
            files = tuple(file for file in files if verdicts[file.values])
        if self.buckets is not None:
            chosen = chosen_buckets(filters, self.buckets, self.full_schema)
            if chosen is not None:
                kept = {None, *chosen}
                files = tuple(file for file in files if bucket_of_file(file.path) in kept)
        taken = (*self.filters, *(f for f in filters if shown(f) is not None))
        return replace(self, files=files, filters=taken), rest

    def pushed(self) -> list[str]:
        partition = {f.name for f in self.partition_schema.fields}
        return [s for f in self.filters if not _names(f) <= partition and (s := shown(f))]

    def partition_filters(self) -> list[str]:
        """Filters that chose among directories, as ``explain`` prints them."""
        partition = {f.name for f in self.partition_schema.fields}
        return [s for f in self.filters if _names(f) <= partition and (s := shown(f))]

    def estimated_rows(self) -> int | None:
        return 0 if not self.files else None

    def estimated_bytes(self) -> int | None:
        return sum(file.size for file in self.files)

    def column_statistics(self, name: str) -> tuple[Any, Any, int | None] | None:
        for i, column in enumerate(self.partition_schema.fields):
            if column.name.lower() == name.lower() and self.files:
                found = [f.values[i] for f in self.files if f.values[i] is not None]
                nulls = None if len(found) < len(self.files) else 0
                return (min(found), max(found), nulls) if found else None
        return None

    def bare(self) -> Self:
        """What a task needs: the source without its list of files."""
        return replace(self, files=(), opened=None)

    def unlisted(self) -> Self:
        """The same whenever it is listed: what caches compare, beside the relation's columns."""
        if self.opened is None:
            return self
        none = StructType()
        return replace(self, files=(), data_schema=none, partition_schema=none, columns=None)

    def reads_below(self, path: str) -> bool:
        """Whether a root of it is a path, or lies below it."""
        inside = path.rstrip("/") + "/"
        roots = () if self.opened is None else self.opened.roots
        return any(root.rstrip("/") + "/" == inside or root.startswith(inside) for root in roots)

    def splits(self, target_bytes: int, min_splits: int) -> list[list[Split]]:
        """Spark's packing: pieces of at most a task's share, the largest first, each counted with
        the cost of opening it.
        """
        open_cost = int(self.settings.get("spark.sql.files.openCostInBytes", OPEN_COST))
        files = [file for file in self.files if file.size > 0 or not self.splittable]
        total = sum(file.size + open_cost for file in files)
        limit = max(1, min(target_bytes, max(open_cost, total // max(min_splits, 1))))
        pieces = [piece for file in files for piece in self.cut(file, limit)]
        pieces.sort(key=lambda piece: -piece.length)
        tasks: list[list[Split]] = []
        filled = 0
        for piece in pieces:
            if not tasks or filled + piece.length > limit:
                tasks.append([])
                filled = 0
            rows = None if piece.rows is None else piece.rows[1] - piece.rows[0] + 1
            tasks[-1].append(Split(piece, piece.length, rows))
            filled += piece.length + open_cost
        return tasks

    def bucket_splits(self) -> list[list[Split]]:
        """One list for each bucket.

        Raises
        ------
        SparkException
            ``INVALID_BUCKET_FILE``, for a file whose name tells no bucket.
        """
        assert self.buckets is not None
        groups: list[list[Split]] = [[] for _ in range(self.buckets.count)]
        for file in self.files:
            bucket = bucket_of_file(file.path)
            if bucket is None or bucket >= len(groups):
                raise SparkException(
                    errorClass="INVALID_BUCKET_FILE",
                    messageParameters={"path": spark_url(file.path)},
                )
            groups[bucket].append(Split(Piece(file, 0, file.size), file.size))
        return groups

    def cut(self, file: DataFile, limit: int) -> list[Piece]:
        """The pieces of a file that may be read alone."""
        if not self.splittable or file.size <= limit:
            return [Piece(file, 0, file.size)]
        return [
            Piece(file, start, min(limit, file.size - start))
            for start in range(0, file.size, limit)
        ]

    def duck_sql(self, splits: Sequence[Split]) -> str | None:
        return None

    def read(self, splits: Sequence[Split]) -> Iterator[pa.RecordBatch]:
        """Reads piece by piece with :meth:`read_piece` and adds the columns of the file."""
        target = to_arrow_schema(self.schema)
        for split in splits:
            piece: Piece = split.description
            try:
                for batch in self.read_piece(piece):
                    yield self.complete(batch, piece, target)
            except (SparkException, pa.ArrowException, OSError, EOFError) as error:
                failed = read_failure(error, piece.file.path)
                if not self.leaves_out(failed, piece.file.path):
                    raise failed from error

    def leaves_out(self, error: SparkException, path: str) -> bool:
        """Do ``ignoreMissingFiles`` or ``ignoreCorruptFiles`` say to go on without (the rest of) a
        file that cannot be read?
        """
        condition = error.getCondition() or ""
        if not condition.startswith("FAILED_READ_FILE") or is_malformed(error):
            return False
        missing = condition == "FAILED_READ_FILE.FILE_NOT_EXIST"
        what = "ignoreMissingFiles" if missing else "ignoreCorruptFiles"
        default = setting_flag(self.settings, f"spark.sql.files.{what}", default=False)
        if not self.options.flag(what, default=default):
            return False
        log.warning("Left out, as %s asks: %s", what, path)
        return True

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        """The piece's rows: at least the columns of :attr:`read_schema`, in their Arrow types."""
        raise NotImplementedError(f"{self.name} reads no pieces")

    @property
    def read_schema(self) -> StructType:
        """The columns that must be read from the files."""
        outside = {f.name.lower() for f in self.partition_schema.fields}
        mine = {f.name.lower() for f in self.data_schema.fields} - outside
        return StructType([f for f in self.schema.fields if f.name.lower() in mine])

    def complete(self, batch: pa.RecordBatch, piece: Piece, target: pa.Schema) -> pa.RecordBatch:
        """Add partition and metadata columns to what was read, in the order asked for."""
        constants = self.constants(piece)
        read = {name: i for i, name in enumerate(batch.schema.names)}
        columns = [
            batch.column(read[f.name])
            if f.name in read and f.name not in constants
            else pa.repeat(pa.scalar(constants[f.name], f.type), batch.num_rows)
            for f in target
        ]
        if not columns:
            return empty_rows(batch.num_rows)
        return pa.RecordBatch.from_arrays(columns, schema=target)

    def constants(self, piece: Piece) -> dict[str, Any]:
        """The values that all rows of a piece share, by column."""
        values = dict(zip(self.partition_schema.names, piece.file.values, strict=True))
        if self.columns is not None and METADATA in self.columns:
            values.setdefault(METADATA, metadata_of(piece))
        return values

    def constant_sql(self, pieces: Sequence[Piece], name: str, dt: DataType, index: str) -> str:
        """The text of a column whose value depends only on the piece: ``index`` counts them."""
        texts = [compile_literal(self.literal(piece, name, dt), dt) for piece in pieces]
        if len(set(texts)) == 1:
            return texts[0]
        return f"([{', '.join(texts)}]::{duck_type(dt)}[])[CAST({index} AS BIGINT) + 1]"

    def literal(self, piece: Piece, name: str, dt: DataType) -> Any:
        """The constant in the form that literals have."""
        value = self.constants(piece)[name]
        return tuple(value[f.name] for f in dt.fields) if isinstance(dt, StructType) else value

    def select_text(self, parts: Mapping[str, str], relation: str) -> str:
        """``SELECT`` with the columns of :attr:`schema`; one without columns keeps its rows."""
        items = [f"{parts[f.name]} AS {identifier(f.name)}" for f in self.schema.fields]
        return f"SELECT {', '.join(items) or '1 AS one'} FROM {relation}"


def read_failure(error: Exception, path: str) -> SparkException:
    """The error as Spark's, with the file's name."""
    if isinstance(error, SparkException):
        return error
    return SparkException(
        f"Reading file {path} failed. {error}", "FAILED_READ_FILE.NO_HINT", {"path": path}
    )


def metadata_of(piece: Piece) -> dict[str, Any]:
    """The value of ``_metadata`` for the rows of a piece."""
    file = piece.file
    when = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(
        milliseconds=int(file.mtime * 1000)
    )
    return {
        "file_path": spark_path(file.path),
        "file_name": file.path.rpartition("/")[2],
        "file_size": file.size,
        "file_block_start": piece.start,
        "file_block_length": piece.length,
        "file_modification_time": when,
    }


def spark_url(path: str) -> str:
    """A file's address as ``input_file_name()`` prints it: ``file:///x/a%20b``."""
    shown = spark_path(path)
    return shown.replace("file:", "file://", 1) if shown.startswith("file:/") else shown


def spark_path(path: str) -> str:
    """A file's address as ``_metadata.file_path`` has it: ``file:/x/a%20b``. Letters of other
    alphabets stay as they are, as in Java's addresses.
    """
    scheme, _, rest = path.partition(":")
    escaped = _UNSAFE.sub(lambda found: quote_url(found[0], safe=""), rest)
    return f"{scheme}:{escaped}"


def _names(expression: Expression) -> set[str]:
    return {node.name for node in expression.walk_up() if isinstance(node, Attribute)}


def check_duplicates(schema: StructType, settings: Mapping[str, str]) -> None:
    """Refuse a schema with two columns of one name.

    Raises
    ------
    AnalysisException
        ``COLUMN_ALREADY_EXISTS``.
    """
    sensitive = settings.get("spark.sql.caseSensitive", "false").lower() == "true"
    seen: set[str] = set()
    for f in schema.fields:
        key = f.name if sensitive else f.name.lower()
        if key in seen:
            raise AnalysisException(
                errorClass="COLUMN_ALREADY_EXISTS", messageParameters={"columnName": f"`{key}`"}
            )
        seen.add(key)


def empty_rows(count: int) -> pa.RecordBatch:
    """Rows without columns: only their number is known."""
    rows = pa.StructArray.from_buffers(pa.struct([]), count, [None])
    return pa.RecordBatch.from_struct_array(rows)


def schemas(
    listing: Listing, given: StructType | None, inferred: StructType | None
) -> tuple[StructType, StructType]:
    """Data and partition schema from what the user gave or what the files say."""
    data = given if given is not None else inferred
    assert data is not None
    if given is not None:
        outside = {f.name.lower() for f in listing.partition_schema.fields}
        data = StructType([f for f in given.fields if f.name.lower() not in outside])
    return data.toNullable(), listing.partition_schema
