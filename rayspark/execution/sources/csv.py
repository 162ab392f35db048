"""CSV: blocks of lines are cut into strings, and strings made values, block by block."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rayspark.datatypes import StringType, StructField, StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import IllegalArgumentException
from rayspark.execution.kernels.kernel import ArrowFunction, identifier, quote
from rayspark.execution.sources.ahead import map_ahead
from rayspark.execution.sources.api import Split
from rayspark.execution.sources.bad_records import (
    check_corrupt_column,
    check_not_only_corrupt,
    malformed,
)
from rayspark.execution.sources.csv_cut import CsvCutter, Cut
from rayspark.execution.sources.csv_direct import DirectReader
from rayspark.execution.sources.csv_infer import infer_types
from rayspark.execution.sources.csv_options import READ_OPTIONS, CsvOptions
from rayspark.execution.sources.csv_tokens import NONE, split_line
from rayspark.execution.sources.files import (
    FileSource,
    Piece,
    check_duplicates,
    empty_rows,
    schemas,
)
from rayspark.execution.sources.lines import is_splittable, line_blocks
from rayspark.execution.sources.listing import DataFile, list_source
from rayspark.execution.sources.options import Options
from rayspark.execution.sources.private_duck import conform, private_duck
from rayspark.execution.sources.text_values import ValueTexts
from rayspark.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

Query = tuple[str, dict[str, ArrowFunction]]
"""A text, and the functions that it calls."""


@dataclass(frozen=True, eq=False)
class CsvSource(FileSource):
    """CSV files."""

    csv: CsvOptions | None = None
    name: ClassVar[str] = "csv"
    splittable: ClassVar[bool] = True

    @property
    def how(self) -> CsvOptions:
        """The options."""
        assert self.csv is not None
        return self.csv

    def splits(self, target_bytes: int, min_splits: int) -> list[list[Split]]:
        check_not_only_corrupt(self.read_schema, self.how.corrupt)
        return super().splits(target_bytes, min_splits)

    def cut(self, file: DataFile, limit: int) -> list[Piece]:
        if self.how.multi_line or not is_splittable(file.path, self.how.encoding):
            return [Piece(file, 0, file.size)]
        return super().cut(file, limit)

    @property
    def fields(self) -> list[StructField]:
        """The columns that stand in the lines."""
        return [f for f in self.data_schema.fields if f.name != self.how.corrupt]

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        how, wanted = self.how, self.read_schema
        has_corrupt = how.corrupt in wanted.names
        wants_raw = has_corrupt or how.mode == "failfast"
        cutter = CsvCutter(
            how.dialect, max(len(self.fields), 1), raw=wants_raw, quoted_lines=how.multi_line
        )
        query = self._query(wanted)
        target = to_arrow_schema(wanted)
        direct = DirectReader(cutter, self.fields, wanted, how)

        def work(block: bytes) -> list[pa.RecordBatch]:
            batch = direct.read(block)
            if batch is not None:
                return [batch] if batch.num_rows else []
            cuts = cutter.cut(block)
            if not wanted.fields:
                return [empty_rows(cut.rows) for cut in cuts]
            return [b for c in cuts if c.rows for b in self._values(c, query, target, piece)]

        for batches in map_ahead(work, self._blocks(piece)):
            yield from batches

    def _values(
        self, cut: Cut, query: Query, target: pa.Schema, piece: Piece
    ) -> Iterator[pa.RecordBatch]:
        found = private_duck().table(query[0], {"cut": cut.table()}, query[1])
        if self.how.mode == "failfast":
            bad = found.column("bad").to_pylist()
            if True in bad:
                row = found.slice(bad.index(True), 1).drop_columns(["bad"]).to_pylist()[0]
                raise malformed(piece.file.path, list(row.values()))
            found = found.drop_columns(["bad"])
        for batch in found.to_batches():
            yield conform(batch, target)

    def _query(self, wanted: StructType) -> Query:
        """The text that makes strings values, and the functions that it calls."""
        how = self.how
        texts = ValueTexts(how.formats, how.nan, how.positive_infinity, how.negative_infinity)
        place = {f.name: i for i, f in enumerate(self.fields)}
        items, conversions, bad = [], [], []
        all_read = {f.name for f in self.fields} <= set(wanted.names)
        if all_read or not how.pruned or how.corrupt in wanted.names:
            bad.append("odd")
        for f in wanted.fields:
            if f.name == how.corrupt:
                continue
            i = place[f.name]
            conversions.append(f"nullif(c{i}, {quote(how.null_value)}) AS s{i}")
            items.append(f"{texts.value(f's{i}', f.dataType, f.name)} AS v{i}")
            if not isinstance(f.dataType, StringType):
                bad.append(f"(s{i} IS NOT NULL AND v{i} IS NULL)")
        is_bad = f"({' OR '.join(bad) or 'false'})"
        outputs = [
            f"CASE WHEN {is_bad} THEN raw END AS {identifier(f.name)}"
            if f.name == how.corrupt
            else f"v{place[f.name]} AS {identifier(f.name)}"
            for f in wanted.fields
        ]
        inner = f"SELECT odd, raw, {', '.join(conversions) or '1'} FROM cut"
        middle = f"SELECT *, {', '.join(items) or '1'} FROM ({inner})"
        where = ""
        if how.mode == "dropmalformed":
            where = f" WHERE NOT {is_bad}"
        elif how.mode == "failfast":
            outputs.append(f"{is_bad} AS bad")
        return f"SELECT {', '.join(outputs)} FROM ({middle}){where}", texts.functions

    def _blocks(self, piece: Piece) -> Iterator[bytes]:
        """The piece's blocks in lines of UTF-8, without a header."""
        how = self.how
        drop = how.header and piece.start == 0
        for block in _raw_blocks(piece, how):
            if drop:
                head, block = take_header(block, how)
                drop = head is None
                if head is not None and not how.enforce_schema:
                    self._check_header(head, piece)
            if block:
                yield block

    def _check_header(self, head: str, piece: Piece) -> None:
        names = [name.strip().lower() for name in split_line(head, self.how.dialect)]
        wanted = [f.name.lower() for f in self.fields]
        if names != wanted:
            raise IllegalArgumentException(
                "CSV header does not conform to the schema.\n"
                f" Header: {', '.join(names)}\n Schema: {', '.join(wanted)}\n"
                f"CSV file: {piece.file.path}"
            )


def _raw_blocks(piece: Piece, how: CsvOptions) -> Iterator[bytes]:
    blocks = line_blocks(piece, how.encoding, how.separator)
    if how.multi_line:
        whole = b"".join(blocks)
        blocks = iter([whole] if whole else [])
    for block in blocks:
        yield block.replace(how.separator.encode(), b"\n") if how.separator else block


def take_header(block: bytes, how: CsvOptions) -> tuple[str | None, bytes]:
    """The first line that says something, and the block after it."""
    at = 0
    comment = how.dialect.comment.encode() if how.dialect.comment != NONE else None
    while at < len(block):
        end = block.find(b"\n", at) + 1 or len(block)
        line = block[at:end]
        at = end
        if line.strip() and not (comment and line.startswith(comment)):
            return line.decode().removesuffix("\n"), block[at:]
    return None, b""


def safe_names(tokens: Sequence[str | None], how: CsvOptions) -> list[str]:
    """Column names from a header: numbered where they are empty or stand twice."""
    lower = [token.lower() if token else token for token in tokens]
    names = []
    for i, token in enumerate(tokens):
        if token is None or token in ("", how.null_value):
            names.append(f"_c{i}")
        elif lower.count(token.lower()) > 1:
            names.append(f"{token}{i}")
        else:
            names.append(token)
    return names


def open_csv(
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> CsvSource:
    """Open CSV files."""
    chosen = Options("csv", options, READ_OPTIONS)
    chosen.warn_unknown("read from")
    how = CsvOptions.of(chosen, settings)
    listing = list_source(paths, chosen, settings, schema)
    inferred = None if schema is not None else _infer(listing.files, how, chosen, settings)
    data, partition = schemas(listing, schema, inferred)
    check_duplicates(data, settings)
    check_corrupt_column(data, how.corrupt)
    return CsvSource(chosen, settings, listing.files, data, partition, csv=how)


def _infer(
    files: Sequence[DataFile], how: CsvOptions, options: Options, settings: Mapping[str, str]
) -> StructType:
    first: list[str] | None = None
    for file in files:
        for block in _raw_blocks(Piece(file, 0, file.size), how):
            head, _ = take_header(block, replace(how, header=True))
            if head is not None:
                first = split_line(head, how.dialect)
                break
        if first is not None:
            break
    if first is None:
        return StructType()
    if len(first) > how.max_columns:
        raise IllegalArgumentException(
            f"The first line of {files[0].path} has {len(first)} columns, more than the option "
            f"maxColumns ({how.max_columns}) allows."
        )
    names = safe_names(first, how) if how.header else [f"_c{i}" for i in range(len(first))]
    strings = StructType([StructField(name, StringType()) for name in names])
    if not how.infer:
        return strings
    source = CsvSource(options, settings, tuple(files), strings, StructType(), csv=how)
    cutter = CsvCutter(how.dialect, len(names), raw=False, quoted_lines=how.multi_line)
    chance = random.Random(1)
    cuts = (
        cut
        for file in files
        for block in source._blocks(Piece(file, 0, file.size))
        for cut in cutter.cut(_sampled(block, how.sampling, chance))
        if cut.rows
    )
    types = infer_types(cuts, len(names), how, settings)
    return StructType([StructField(n, dt) for n, dt in zip(names, types, strict=True)])


def _sampled(block: bytes, ratio: float, chance: random.Random) -> bytes:
    if ratio >= 1:
        return block
    lines = block.splitlines(keepends=True)
    return b"".join(line for line in lines if chance.random() < ratio)
