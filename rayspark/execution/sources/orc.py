"""ORC files and Arrow IPC files: read by pyarrow, a batch a stripe or a record batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import pyarrow as pa
from pyarrow import ipc
from pyarrow import orc as pyorc

from rayspark.datatypes import DataType, StructField, StructType, TimestampType
from rayspark.datatypes.arrow import from_arrow_schema, to_arrow_schema
from rayspark.errors import AnalysisException, SparkException
from rayspark.execution.sources.adapt import adapt
from rayspark.execution.sources.files import (
    FileSource,
    Piece,
    check_duplicates,
    empty_rows,
    schemas,
)
from rayspark.execution.sources.listing import DataFile, list_source
from rayspark.execution.sources.options import (
    FILE_OPTIONS,
    Options,
    ignores_corrupt,
    setting_flag,
)
from rayspark.execution.sources.parquet_types import cannot_merge, merge_schemas
from rayspark.records import dataclass
from rayspark.storage.files.paths import open_input


@dataclass(frozen=True, eq=False)
class OrcSource(FileSource):
    """ORC files."""

    name: ClassVar[str] = "orc"

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        target = to_arrow_schema(self.read_schema)
        with open_input(piece.file.path) as stream:
            file = _opened(piece.file, lambda: pyorc.ORCFile(stream))
            if not target.names:
                yield empty_rows(file.nrows)
                return
            have = {name.lower(): name for name in file.schema.names}
            names = [have[n.lower()] for n in target.names if n.lower() in have]
            for stripe in range(file.nstripes):
                batch = file.read_stripe(stripe, names or [file.schema.names[0]])
                yield adapt(batch, target, piece.file.path)


@dataclass(frozen=True, eq=False)
class ArrowSource(FileSource):
    """Arrow IPC files, and streams in files."""

    name: ClassVar[str] = "arrow"

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        target = to_arrow_schema(self.read_schema)
        with open_input(piece.file.path) as stream:
            for batch in _opened(piece.file, lambda: _ipc(stream)):
                if target.names:
                    yield adapt(batch, target, piece.file.path)
                else:
                    yield empty_rows(batch.num_rows)


def _ipc(stream: Any) -> Iterator[pa.RecordBatch]:
    try:
        file = ipc.open_file(stream)
    except pa.ArrowInvalid:
        stream.seek(0)
        return iter(ipc.open_stream(stream))
    return (file.get_batch(i) for i in range(file.num_record_batches))


def _opened(file: DataFile, make: Callable[[], Any]) -> Any:
    try:
        return make()
    except (pa.ArrowException, OSError) as error:
        raise SparkException(
            errorClass="FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER",
            messageParameters={"path": file.path},
        ) from error


def _orc_schema(file: DataFile) -> StructType:
    with open_input(file.path) as stream:
        schema = _opened(file, lambda: pyorc.ORCFile(stream)).schema
    fields = [StructField(f.name, _orc_type(f.dataType)) for f in from_arrow_schema(schema).fields]
    return StructType(fields)


def _orc_type(dt: DataType) -> DataType:
    """ORC's timestamp without zone is Spark's TIMESTAMP."""
    return TimestampType() if dt.typeName() == "timestamp_ntz" else dt


def _arrow_schema(file: DataFile) -> StructType:
    with open_input(file.path) as stream:
        return from_arrow_schema(_opened(file, lambda: _ipc_schema(stream)))


def _ipc_schema(stream: Any) -> pa.Schema:
    try:
        return ipc.open_file(stream).schema
    except pa.ArrowInvalid:
        stream.seek(0)
        return ipc.open_stream(stream).schema


def open_orc(
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> OrcSource:
    """Open ORC files."""
    chosen = Options("orc", options, (*FILE_OPTIONS, "mergeSchema"))
    chosen.warn_unknown("read from")
    listing = list_source(paths, chosen, settings, schema)
    merge = chosen.flag(
        "mergeSchema", default=setting_flag(settings, "spark.sql.orc.mergeSchema", default=False)
    )
    ignore = ignores_corrupt(chosen, settings)
    inferred = None
    if schema is None:
        inferred = infer(listing.files, _orc_schema, "ORC", merge=merge, ignore=ignore)
    data, partition = schemas(listing, schema, inferred)
    check_duplicates(data, settings)
    return OrcSource(chosen, settings, listing.files, data, partition)


def open_arrow(
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> ArrowSource:
    """Open Arrow IPC files."""
    chosen = Options("arrow", options, FILE_OPTIONS)
    chosen.warn_unknown("read from")
    listing = list_source(paths, chosen, settings, schema)
    inferred = None
    if schema is None:
        ignore = ignores_corrupt(chosen, settings)
        inferred = infer(listing.files, _arrow_schema, "Arrow", ignore=ignore)
    data, partition = schemas(listing, schema, inferred)
    return ArrowSource(chosen, settings, listing.files, data, partition)


def infer(
    files: Sequence[DataFile],
    read: Callable[[DataFile], StructType],
    format: str,
    *,
    merge: bool = False,
    ignore: bool = False,
) -> StructType:
    """The schema of the first file, or of all merged; ``ignore`` passes over unreadable ones."""
    found: StructType | None = None
    for file in files:
        try:
            mine = read(file)
        except SparkException:
            if not ignore:
                raise
            continue
        merged = mine if found is None else merge_schemas(found, mine)
        if merged is None:
            assert found is not None
            raise cannot_merge(found, mine)
        found = merged
        if not merge:
            break
    if found is None:
        raise AnalysisException(
            errorClass="UNABLE_TO_INFER_SCHEMA", messageParameters={"format": format}
        )
    return found
