"""binaryFile: a row a file, with its path, time, length and content."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import pyarrow as pa

from rayspark.datatypes import (
    BinaryType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import AnalysisException
from rayspark.execution.sources.files import FileSource, Piece, empty_rows
from rayspark.execution.sources.listing import list_source
from rayspark.execution.sources.options import FILE_OPTIONS, Options
from rayspark.records import dataclass
from rayspark.storage.files.paths import open_input

SCHEMA = StructType(
    [
        StructField("path", StringType()),
        StructField("modificationTime", TimestampType()),
        StructField("length", LongType()),
        StructField("content", BinaryType()),
    ]
)


@dataclass(frozen=True, eq=False)
class BinaryFileSource(FileSource):
    """Files as they are."""

    name: ClassVar[str] = "binaryFile"

    def estimated_rows(self) -> int | None:
        return len(self.files)

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        file, wanted = piece.file, self.read_schema
        row: dict[str, Any] = {
            "path": file.path,
            "modificationTime": datetime.datetime.fromtimestamp(
                int(file.mtime * 1000) / 1000, datetime.UTC
            ),
            "length": file.size,
        }
        if "content" in wanted.names:
            with open_input(file.path) as stream:
                row["content"] = stream.read()
        if not wanted.names:
            yield empty_rows(1)
            return
        target = to_arrow_schema(wanted)
        columns = [pa.array([row[f.name]], f.type) for f in target]
        yield pa.RecordBatch.from_arrays(columns, schema=target)


def open_binary_file(
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> BinaryFileSource:
    """Open files of any content.

    Raises
    ------
    AnalysisException
        If a schema is given that is not the fixed one.
    """
    chosen = Options("binaryFile", options, FILE_OPTIONS)
    chosen.warn_unknown("read from")
    listing = list_source(paths, chosen, settings, schema)
    if schema is not None and not set(schema.names) <= {
        *SCHEMA.names,
        *listing.partition_schema.names,
    }:
        raise AnalysisException(
            f"The schema of binaryFile is {SCHEMA.simpleString()}, found {schema.simpleString()}."
        )
    return BinaryFileSource(chosen, settings, listing.files, SCHEMA, listing.partition_schema)
