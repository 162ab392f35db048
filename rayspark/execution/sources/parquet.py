"""Parquet: read by DuckDB itself, file by file or by row groups, with its own filter pushdown.

Footers are looked at before a text is made: a column that a file lacks is null, one of another
type is converted where Spark does so and an error where it does not. Large files are cut at row
groups: DuckDB leaves out row groups by the range of ``file_row_number`` that a piece asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from rayspark.datatypes import (
    DataType,
    StructType,
    TimeType,
)
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import AnalysisException, SparkException
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import identifier, quote
from rayspark.execution.sources.api import Split
from rayspark.execution.sources.files import FileSource, Piece, check_duplicates, schemas
from rayspark.execution.sources.footers import footer, footers
from rayspark.execution.sources.listing import DataFile, list_source
from rayspark.execution.sources.options import (
    FILE_OPTIONS,
    Options,
    ignores_corrupt,
    setting_flag,
)
from rayspark.execution.sources.parquet_types import (
    cannot_merge,
    is_readable,
    merge_schemas,
    parquet_name,
    physical_schema,
    spark_schema,
)
from rayspark.execution.sources.private_duck import private_duck, run
from rayspark.records import dataclass
from rayspark.storage.files.paths import locate

OPTIONS = (*FILE_OPTIONS, "mergeSchema")
Shape = tuple[tuple[str, str, str], ...]
"""Of each column: its name, its text (none if the file lacks it), and its type in the file."""

MOST_SELECTS = 50
"""With more runs of files of one shape, files of one shape are read together, out of order."""
SAMPLE = 16
"""Footers that estimates look at, if there are more files."""


@dataclass(frozen=True, eq=False)
class ParquetSource(FileSource):
    """Parquet files."""

    name: ClassVar[str] = "parquet"
    splittable: ClassVar[bool] = True

    def cut(self, file: DataFile, limit: int) -> list[Piece]:
        if file.size <= limit:
            return [Piece(file, 0, file.size)]
        metadata = footer(file)
        groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
        sizes = [_compressed_bytes(group) for group in groups]
        shares = zip(even_shares(sizes, -(-file.size // limit)), groups, sizes, strict=True)
        pieces: list[Piece] = []
        first = start = 0
        for _, share in groupby(shares, itemgetter(0)):
            members = list(share)
            rows = sum(group.num_rows for _, group, _ in members)
            length = sum(size for _, _, size in members)
            if rows:
                pieces.append(Piece(file, start, length, (first, first + rows - 1)))
            first, start = first + rows, start + length
        if len(pieces) == 1:
            return [Piece(file, 0, file.size)]
        return pieces

    def estimated_rows(self) -> int | None:
        if not self.files:
            return 0
        step = max(1, len(self.files) // SAMPLE)
        sample = self.files[::step] if len(self.files) > 4 * SAMPLE else self.files
        rows: int = sum(f.num_rows for f in footers(sample))
        if len(sample) == len(self.files):
            return rows
        size = sum(file.size for file in sample)
        return int(rows * sum(file.size for file in self.files) / max(size, 1))

    def column_statistics(self, name: str) -> tuple[Any, Any, int | None] | None:
        found = super().column_statistics(name)
        if found is not None or not self.files or len(self.files) > 4 * SAMPLE:
            return found
        return _statistics(footers(self.files), name)

    def duck_sql(self, splits: Sequence[Split]) -> str | None:
        if any(not split.description.file.path.startswith("file:") for split in splits):
            return None
        return self.text(splits)

    def read(self, splits: Sequence[Split]) -> Iterator[pa.RecordBatch]:
        paths = {split.description.file.path for split in splits}
        target = to_arrow_schema(self.schema)
        if not target.names:
            return (part for split in splits for part in super(ParquetSource, self).read([split]))
        for path in paths:
            private_duck().reach(path)
        return run(self.text(splits), target)

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        """Rows without columns: the footer knows how many."""
        first, last = piece.rows or (0, footer(piece.file).num_rows - 1)
        yield pa.RecordBatch.from_arrays([pa.nulls(last - first + 1)], names=[""])

    def text(self, splits: Sequence[Split]) -> str:
        """The SELECT; files of other types than most go into a SELECT of their own."""
        shaped = [
            ((shape, piece.rows), piece)
            for piece in (split.description for split in splits)
            if (shape := self._shape(piece)) is not None
        ]
        runs = [(key, [piece for _, piece in run]) for key, run in groupby(shaped, itemgetter(0))]
        if len(runs) > MOST_SELECTS:
            together: dict[tuple[Shape, Any], list[Piece]] = {}
            for key, piece in shaped:
                together.setdefault(key, []).append(piece)
            runs = list(together.items())
        texts = [self._select(shape, pieces) for (shape, _), pieces in runs]
        return " UNION ALL ".join(texts) or self._nothing()

    def _shape(self, piece: Piece) -> Shape | None:
        """How each column that the file has is read, and so which files go together."""
        try:
            metadata = footer(piece.file)
        except SparkException as error:
            if not self.leaves_out(error, piece.file.path):
                raise
            return None
        stored = {f.name.lower(): f for f in physical_schema(metadata, self.settings).fields}
        shape = []
        for f in self.read_schema.fields:
            have = stored.get(f.name.lower())
            if have is None:
                shape.append((f.name, "", ""))
            elif not is_readable(have.dataType, f.dataType):
                raise _mismatch(piece.file, metadata, have.name, f.dataType)
            else:
                text = _read_text(have.name, f.dataType)
                shape.append((f.name, text, have.dataType.simpleString()))
        return tuple(shape)

    def _select(self, shape: Shape, pieces: Sequence[Piece]) -> str:
        paths = [quote(_literal_path(locate(p.file.path))) for p in pieces]
        relation = f"read_parquet([{', '.join(paths)}], hive_partitioning=false)"
        parts = {name: text for name, text, _ in shape}
        for f in self.schema.fields:
            if f.name not in parts:
                text = self.constant_sql(pieces, f.name, f.dataType, "file_index")
                parts[f.name] = f"CAST({text} AS {duck_type(f.dataType)})"
            elif not parts[f.name]:
                parts[f.name] = f"CAST(NULL AS {duck_type(f.dataType)})"
        text = self.select_text(parts, relation)
        tests = _bounds(pieces)
        return f"{text} WHERE {' AND '.join(tests)}" if tests else text

    def _nothing(self) -> str:
        parts = {f.name: f"CAST(NULL AS {duck_type(f.dataType)})" for f in self.schema.fields}
        return self.select_text(parts, "(SELECT 1) AS none") + " WHERE false"


def _compressed_bytes(group: pq.RowGroupMetaData) -> int:
    return sum(group.column(c).total_compressed_size for c in range(group.num_columns))


def even_shares(sizes: Sequence[int], count: int) -> list[int]:
    """To which of ``count`` shares each size belongs: neighbours, about equally much in each.

    >>> even_shares([3, 3, 3, 3, 9], 2)
    [0, 0, 0, 1, 1]
    """
    total = max(1, sum(sizes))
    shares: list[int] = []
    before = 0
    for size in sizes:
        shares.append(min(count - 1, (2 * before + size) * count // (2 * total)))
        before += size
    return shares


def _bounds(pieces: Sequence[Piece]) -> list[str]:
    """Conditions for a run of row groups, the same of each file; none for an end of the files."""
    if pieces[0].rows is None:
        return []
    first, last = pieces[0].rows
    tests = [f"file_row_number >= {first}"] if first else []
    if any(last < footer(piece.file).num_rows - 1 for piece in pieces):
        tests.append(f"file_row_number <= {last}")
    return tests


def _literal_path(where: Any) -> str:
    """A path as DuckDB takes it: its wildcards stand for themselves."""
    path: str = where.inner if where.scheme == "file" else where.path
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)


def _read_text(column: str, wanted: DataType) -> str:
    """A stored column in the DuckDB type of the schema's."""
    name = identifier(column)
    if isinstance(wanted, TimeType):
        return f"epoch_ns({name})"
    return f"CAST({name} AS {duck_type(wanted)})"


def _mismatch(
    file: DataFile, metadata: pq.FileMetaData, column: str, wanted: DataType
) -> SparkException:
    return SparkException(
        errorClass="FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
        messageParameters={
            "path": file.path,
            "column": f"[{column}]",
            "expectedType": wanted.simpleString(),
            "actualType": parquet_name(metadata, column),
        },
    )


def _statistics(found: Sequence[pq.FileMetaData], name: str) -> tuple[Any, Any, int | None] | None:
    lows, highs, nulls = [], [], 0
    for metadata in found:
        index = next(
            (
                i
                for i in range(metadata.num_columns)
                if metadata.schema.column(i).path.lower() == name.lower()
            ),
            None,
        )
        if index is None:
            return None
        for i in range(metadata.num_row_groups):
            statistics = metadata.row_group(i).column(index).statistics
            if statistics is None or not statistics.has_min_max:
                return None
            lows.append(statistics.min)
            highs.append(statistics.max)
            nulls += statistics.null_count or 0
    return (min(lows), max(highs), nulls) if lows else None


def open_parquet(
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> ParquetSource:
    """Open Parquet files."""
    chosen = Options("parquet", options, OPTIONS)
    chosen.warn_unknown("read from")
    listing = list_source(paths, chosen, settings, schema)
    inferred = None if schema is not None else _infer(listing.files, chosen, settings)
    data, partition = schemas(listing, schema, inferred)
    check_duplicates(data, settings)
    return ParquetSource(chosen, settings, listing.files, data, partition)


def _infer(files: Sequence[DataFile], options: Options, settings: Mapping[str, str]) -> StructType:
    merge = options.flag(
        "mergeSchema",
        default=setting_flag(settings, "spark.sql.parquet.mergeSchema", default=False),
    )
    ignore = ignores_corrupt(options, settings)
    found: StructType | None = None
    for file in files:
        try:
            mine = spark_schema(footer(file), settings)
        except SparkException:
            if not ignore:
                raise
            continue
        if found is None:
            found = mine
            if not merge:
                break
            continue
        merged = merge_schemas(found, mine)
        if merged is None:
            raise cannot_merge(found, mine)
        found = merged
    if found is None:
        raise AnalysisException(
            errorClass="UNABLE_TO_INFER_SCHEMA", messageParameters={"format": "Parquet"}
        )
    return found
