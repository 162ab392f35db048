"""XML: each element of a name (``rowTag``) is a row.

A file is one document, read from its beginning; where it stops to be well-formed, what came before
has been read, and the rest is one malformed record, whose text is that of the whole file. With
``multiLine`` false each line is a document.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, ClassVar

import pyarrow as pa

from rayspark.datatypes import DataType, StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import SparkException
from rayspark.execution.sources.api import Split
from rayspark.execution.sources.bad_records import (
    check_corrupt_column,
    check_not_only_corrupt,
    malformed,
)
from rayspark.execution.sources.files import (
    FileSource,
    Piece,
    check_duplicates,
    empty_rows,
    schemas,
)
from rayspark.execution.sources.lines import valid_utf8, whole_file
from rayspark.execution.sources.listing import DataFile, list_source
from rayspark.execution.sources.options import Options
from rayspark.execution.sources.text_sinks import codec_of
from rayspark.execution.xml.inference import Inference
from rayspark.execution.xml.options import READ, XmlOptions, required_row_tag
from rayspark.execution.xml.records import XmlReader
from rayspark.execution.xml.tree import Node, XmlError, row_elements
from rayspark.execution.xml.writer import XmlWriter
from rayspark.records import dataclass
from rayspark.storage.files.codecs import find_codec

BATCH = 10_000
"""Rows of one batch."""
PART = 1 << 20
"""Bytes that the parser is given at a time."""

Row = tuple[dict[str, Any], bool]


def documents(path: str, how: XmlOptions) -> Iterator[bytes]:
    """The documents of a file, in UTF-8."""
    data = whole_file(path)
    if how.encoding != "utf-8":
        data = data.decode(how.encoding, "replace").encode()
    data = valid_utf8(data).removeprefix(b"\xef\xbb\xbf")
    for document in [data] if how.multi_line else data.splitlines():
        if document.strip():
            yield document


def elements(document: bytes, how: XmlOptions) -> Iterator[Node]:
    """The rows of a document; see :func:`row_elements`."""
    parts = (document[at : at + PART] for at in range(0, len(document), PART))
    return row_elements(parts, how.row_tag, how.ignore_namespace)


@dataclass(frozen=True, eq=False)
class XmlSource(FileSource):
    """XML files."""

    xml: XmlOptions | None = None
    name: ClassVar[str] = "xml"

    @property
    def how(self) -> XmlOptions:
        """The options."""
        assert self.xml is not None
        return self.xml

    def splits(self, target_bytes: int, min_splits: int) -> list[list[Split]]:
        check_not_only_corrupt(self.read_schema, self.how.corrupt)
        return super().splits(target_bytes, min_splits)

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        target = to_arrow_schema(self.read_schema)
        rows: list[dict[str, Any]] = []
        for document in documents(piece.file.path, self.how):
            for row, bad in self._rows(document):
                if bad and self.how.mode == "failfast":
                    raise malformed(piece.file.path, list(row.values()))
                if bad and self.how.mode == "dropmalformed":
                    continue
                if self.how.corrupt in target.names:
                    row[self.how.corrupt] = document.decode() if bad else None
                rows.append(row)
                if len(rows) >= BATCH:
                    yield _batch(rows, target)
                    rows = []
        if rows:
            yield _batch(rows, target)

    def _rows(self, document: bytes) -> Iterator[Row]:
        wanted = self.read_schema
        data = StructType([f for f in wanted.fields if f.name != self.how.corrupt])
        reader = XmlReader(data, self.how)
        try:
            for element in elements(document, self.how):
                yield reader.element(element)
        except XmlError:
            yield dict.fromkeys(data.names), True


def _batch(rows: list[dict[str, Any]], target: pa.Schema) -> pa.RecordBatch:
    if not target.names:
        return empty_rows(len(rows))
    columns = [pa.array([row[f.name] for row in rows], f.type) for f in target]
    return pa.RecordBatch.from_arrays(columns, schema=target)


def open_xml(
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> XmlSource:
    """Open XML files.

    Raises
    ------
    AnalysisException
        ``XML_ROW_TAG_MISSING``.
    """
    chosen = Options("xml", options, READ)
    chosen.warn_unknown("read from")
    required_row_tag(chosen)
    how = XmlOptions.of(chosen, settings)
    listing = list_source(paths, chosen, settings, schema)
    inferred = None if schema is not None else _infer(listing.files, how)
    data, partition = schemas(listing, schema, inferred)
    check_duplicates(data, settings)
    check_corrupt_column(data, how.corrupt)
    return XmlSource(chosen, settings, listing.files, data, partition, xml=how)


def _infer(files: Sequence[DataFile], how: XmlOptions) -> StructType:
    chance, inference = random.Random(1), Inference(how)

    def types() -> Iterator[DataType]:
        for file in files:
            for document in documents(file.path, how):
                try:
                    for element in elements(document, how):
                        if how.sampling >= 1 or chance.random() < how.sampling:
                            yield inference.element(element)
                except XmlError as error:
                    yield inference.malformed(error)

    try:
        return inference.schema(types())
    except XmlError as error:
        raise SparkException(
            errorClass="MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
            messageParameters={"badRecord": str(error), "failFastMode": "FAILFAST"},
        ) from error


# -- writing ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class XmlFormat:
    """XML files; see :class:`XmlWriter` for what is in them."""

    writer: XmlWriter
    codec: str
    encoding: str

    @property
    def name(self) -> str:
        return "xml"

    @property
    def extension(self) -> str:
        return ".xml" + (find_codec(self.codec).extension if self.codec else "")

    def open(self, stream: BinaryIO, schema: StructType) -> XmlRowWriter:
        return XmlRowWriter(stream, schema, self)

    @staticmethod
    def of(options: Options, settings: Mapping[str, str]) -> XmlFormat:
        """What the options ask for."""
        required_row_tag(options)
        how = XmlOptions.of(options, settings)
        return XmlFormat(XmlWriter.of(options, settings), codec_of(options), how.encoding)


class XmlRowWriter:
    """Writes one file; without rows it stays empty."""

    def __init__(self, stream: BinaryIO, schema: StructType, format: XmlFormat) -> None:
        self._schema, self._format = schema, format
        self._codec = find_codec(format.codec) if format.codec else None
        self._out: Any = self._codec.opener(stream) if self._codec else stream
        self._is_begun = False

    def write(self, table: pa.Table) -> None:
        writer = self._format.writer
        parts = []
        for batch in table.to_batches(BATCH):
            for row in batch.to_pylist():
                if not self._is_begun:
                    parts.append(writer.head())
                    self._is_begun = True
                parts.append("" if writer.indent else "\n")
                parts.append(writer.record(row, self._schema, 1))
            self._put("".join(parts))
            parts = []

    def close(self) -> None:
        if self._is_begun:
            self._put("\n" + self._format.writer.foot())
        if self._codec is not None:
            self._out.close()

    def _put(self, text: str) -> None:
        self._out.write(text.encode(self._format.encoding, "xmlcharrefreplace"))
