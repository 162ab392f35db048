"""Text: a column ``value``, a row a line, or with ``wholetext`` a row a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import pyarrow as pa

from rayspark.datatypes import StringType, StructField, StructType
from rayspark.errors import AnalysisException
from rayspark.execution.sources.files import FileSource, Piece, empty_rows
from rayspark.execution.sources.lines import (
    check_encoding,
    is_splittable,
    line_array,
    line_blocks,
    valid_utf8,
    whole_file,
)
from rayspark.execution.sources.listing import DataFile, list_source
from rayspark.execution.sources.options import FILE_OPTIONS, Options
from rayspark.records import dataclass

OPTIONS = (*FILE_OPTIONS, "wholetext", "lineSep", "encoding")


@dataclass(frozen=True, eq=False)
class TextSource(FileSource):
    """Text files."""

    whole: bool = False
    separator: str = ""
    encoding: str = "utf-8"
    name: ClassVar[str] = "text"
    splittable: ClassVar[bool] = True

    def cut(self, file: DataFile, limit: int) -> list[Piece]:
        if self.whole or not is_splittable(file.path, self.encoding):
            return [Piece(file, 0, file.size)]
        return super().cut(file, limit)

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        names = self.read_schema.names
        for texts in self._texts(piece):
            if names:
                yield pa.RecordBatch.from_arrays([texts], names=names)
            else:
                yield empty_rows(len(texts))

    def _texts(self, piece: Piece) -> Iterator[pa.Array]:
        if self.whole:
            yield pa.array([valid_utf8(whole_file(piece.file.path)).decode()])
            return
        for block in line_blocks(piece, self.encoding, self.separator):
            yield line_array(block, self.separator or "\n")


def open_text(
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> TextSource:
    """Open text files.

    Raises
    ------
    AnalysisException
        If a schema is given that is not one string column (besides partition columns).
    """
    chosen = Options("text", options, OPTIONS)
    chosen.warn_unknown("read from")
    listing = list_source(paths, chosen, settings, schema)
    data = StructType([StructField("value", StringType())])
    if schema is not None:
        outside = {f.name.lower() for f in listing.partition_schema.fields}
        data = StructType([f for f in schema.fields if f.name.lower() not in outside])
        check_text_schema(data)
    return TextSource(
        chosen,
        settings,
        listing.files,
        data.toNullable(),
        listing.partition_schema,
        whole=chosen.flag("wholetext", default=False),
        separator=chosen.text("lineSep", ""),
        encoding=check_encoding(chosen.text("encoding", "utf-8")),
    )


def check_text_schema(schema: StructType) -> None:
    """Text has one column, a string."""
    if len(schema.fields) > 1 and all(isinstance(f.dataType, StringType) for f in schema.fields):
        raise AnalysisException(
            f"Text data source supports only a single column, and you have {len(schema.fields)} "
            f"columns: {', '.join(schema.names)}. Concatenate them first, or choose csv or json."
        )
    for f in schema.fields:
        if not isinstance(f.dataType, StringType):
            raise AnalysisException(
                errorClass="UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                messageParameters={
                    "format": "Text",
                    "columnName": f"`{f.name}`",
                    "columnType": f'"{f.dataType.simpleString().upper()}"',
                },
            )
