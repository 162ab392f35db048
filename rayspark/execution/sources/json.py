"""JSON: a record a line, or with ``multiLine`` a record (or an array of them) a file.

Records that are plain objects of the schema's kinds are taken apart by DuckDB, many at a time.
Those that are anything else go through :mod:`json_values`, one by one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import pyarrow as pa

from rayspark.datatypes import StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import SparkException
from rayspark.execution.sources.api import Split
from rayspark.execution.sources.bad_records import (
    check_corrupt_column,
    check_not_only_corrupt,
    malformed,
)
from rayspark.execution.sources.csv_options import Formats, read_mode
from rayspark.execution.sources.files import (
    FileSource,
    Piece,
    check_duplicates,
    empty_rows,
    schemas,
)
from rayspark.execution.sources.json_fast import fast_query
from rayspark.execution.sources.json_infer import JsonInference
from rayspark.execution.sources.json_values import BadRecord, Conversions, JsonDialect, JsonReader
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
from rayspark.execution.sources.private_duck import conform, private_duck
from rayspark.lazy import compute as pc
from rayspark.records import dataclass

OPTIONS = (
    *FILE_OPTIONS, "primitivesAsString", "prefersDecimal", "allowComments",
    "allowUnquotedFieldNames", "allowSingleQuotes", "allowNumericLeadingZeros",
    "allowNonNumericNumbers", "allowBackslashEscapingAnyCharacter", "mode",
    "columnNameOfCorruptRecord", "dateFormat", "timestampFormat", "timestampNTZFormat", "multiLine",
    "allowUnquotedControlChars", "encoding", "charset", "lineSep", "samplingRatio",
    "dropFieldIfAllNull", "inferTimestamp",
)  # fmt: skip


@dataclass(frozen=True)
class JsonOptions:
    """The options of reading."""

    dialect: JsonDialect
    formats: Formats
    encoding: str
    separator: str
    multi_line: bool
    mode: str
    corrupt: str
    sampling: float
    inference: JsonInference

    @staticmethod
    def of(options: Options, settings: Mapping[str, str]) -> JsonOptions:
        """Read them."""
        dialect = JsonDialect(
            options.flag("allowSingleQuotes", default=True),
            options.flag("allowComments", default=False),
            options.flag("allowUnquotedFieldNames", default=False),
            options.flag("allowNumericLeadingZeros", default=False),
            options.flag("allowNonNumericNumbers", default=True),
            options.flag("allowBackslashEscapingAnyCharacter", default=False),
            options.flag("allowUnquotedControlChars", default=False),
        )
        formats = Formats.of(options, settings)
        mode = read_mode(options)
        corrupt = options.text(
            "columnNameOfCorruptRecord",
            settings.get("spark.sql.columnNameOfCorruptRecord", "_corrupt_record"),
        )
        ntz = settings.get("spark.sql.timestampType", "TIMESTAMP_LTZ").upper() == "TIMESTAMP_NTZ"
        inference = JsonInference(
            dialect,
            formats,
            options.flag("primitivesAsString", default=False),
            options.flag("prefersDecimal", default=False),
            options.flag("inferTimestamp", default=False),
            ntz,
            options.flag("dropFieldIfAllNull", default=False),
            mode,
            corrupt,
        )
        return JsonOptions(
            dialect,
            formats,
            check_encoding(options.first(("encoding", "charset"), "utf-8")),
            options.text("lineSep", ""),
            options.flag("multiLine", default=False),
            mode,
            corrupt,
            options.fraction("samplingRatio", 1.0),
            inference,
        )


def records(piece: Piece, how: JsonOptions) -> Iterator[pa.Array]:
    """The texts of a piece's records."""
    if how.multi_line:
        text = whole_file(piece.file.path)
        if how.encoding != "utf-8":
            text = text.decode(how.encoding, "replace").encode()
        yield pa.array([valid_utf8(text).decode().removeprefix("\ufeff")])
        return
    for block in line_blocks(piece, how.encoding, how.separator):
        yield line_array(block, how.separator or "\n")


@dataclass(frozen=True, eq=False)
class JsonSource(FileSource):
    """JSON files."""

    json: JsonOptions | None = None
    name: ClassVar[str] = "json"
    splittable: ClassVar[bool] = True

    @property
    def how(self) -> JsonOptions:
        """The options."""
        assert self.json is not None
        return self.json

    def splits(self, target_bytes: int, min_splits: int) -> list[list[Split]]:
        check_not_only_corrupt(self.read_schema, self.how.corrupt)
        return super().splits(target_bytes, min_splits)

    def cut(self, file: DataFile, limit: int) -> list[Piece]:
        if self.how.multi_line or not is_splittable(file.path, self.how.encoding):
            return [Piece(file, 0, file.size)]
        return super().cut(file, limit)

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        how, wanted = self.how, self.read_schema
        data = StructType([f for f in wanted.fields if f.name != how.corrupt])
        slow = _SlowLane(data, wanted, how, piece)
        fast = (
            None if how.multi_line or how.corrupt in data.names else fast_query(data, how.formats)
        )
        for texts in records(piece, how):
            for start in range(0, len(texts), 100_000):
                part = texts.slice(start, 100_000)
                if fast is None:
                    yield from slow.read(part)
                else:
                    yield from self._both(part, fast, slow, to_arrow_schema(wanted))

    def _both(
        self, texts: pa.Array, fast: tuple[str, Any], slow: _SlowLane, target: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        """Plain records by DuckDB; runs of others one by one, all in their order."""
        text, functions = fast
        table = pa.table({"line": texts})
        found = private_duck().table(text, {"lines": table}, functions).combine_chunks()
        plain = found.column("plain").combine_chunks()
        if not len(plain):
            return
        values = found.drop_columns(["plain"])
        if self.how.corrupt in target.names:
            place = target.names.index(self.how.corrupt)
            values = values.add_column(place, self.how.corrupt, pa.nulls(len(plain), pa.string()))
        runs = pc.run_end_encode(plain)
        start = 0
        for end, is_plain in zip(runs.run_ends.to_pylist(), runs.values.to_pylist(), strict=True):
            if is_plain:
                for batch in values.slice(start, end - start).to_batches():
                    yield conform(batch, target) if target.names else empty_rows(end - start)
            else:
                yield from slow.read(texts.slice(start, end - start))
            start = end


class _SlowLane:
    """Records one by one."""

    def __init__(
        self, data: StructType, wanted: StructType, how: JsonOptions, piece: Piece
    ) -> None:
        self._reader = JsonReader(data, how.dialect, Conversions(how.formats))
        self._wanted, self._how, self._piece = wanted, how, piece
        self._target = to_arrow_schema(wanted)
        self._names = data.names

    def read(self, texts: pa.Array) -> Iterator[pa.RecordBatch]:
        rows: list[dict[str, Any]] = []
        for text in texts.to_pylist():
            try:
                found = self._reader.rows(text)
            except BadRecord:
                found = [(dict.fromkeys(self._names), True)]
            for row, bad in found:
                if bad and self._how.mode == "failfast":
                    raise malformed(self._piece.file.path, list(row.values()))
                if bad and self._how.mode == "dropmalformed":
                    continue
                if self._how.corrupt in self._target.names:
                    row[self._how.corrupt] = text if bad else None
                rows.append(row)
        if not rows:
            return
        if not self._target.names:
            yield empty_rows(len(rows))
            return
        columns = [array_of([row[f.name] for row in rows], f.type) for f in self._target]
        yield pa.RecordBatch.from_arrays(columns, schema=self._target)


def array_of(values: list[Any], at: pa.DataType) -> pa.Array:
    """An Arrow array; times may be numbers of the type's unit."""
    return pa.array(values, at)


def open_json(
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> JsonSource:
    """Open JSON files."""
    chosen = Options("json", options, OPTIONS)
    chosen.warn_unknown("read from")
    how = JsonOptions.of(chosen, settings)
    listing = list_source(paths, chosen, settings, schema)
    inferred = None if schema is not None else _infer(listing.files, how)
    data, partition = schemas(listing, schema, inferred)
    check_duplicates(data, settings)
    check_corrupt_column(data, how.corrupt)
    return JsonSource(chosen, settings, listing.files, data, partition, json=how)


def _infer(files: Sequence[DataFile], how: JsonOptions) -> StructType:
    chance = random.Random(1)

    def sampled() -> Iterator[str]:
        for file in files:
            for texts in records(Piece(file, 0, file.size), how):
                for text in texts.to_pylist():
                    if how.sampling >= 1 or chance.random() < how.sampling:
                        yield text

    try:
        return how.inference.schema(sampled())
    except ValueError as error:
        raise SparkException(
            errorClass="MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
            messageParameters={"badRecord": str(error), "failFastMode": "FAILFAST"},
        ) from error
