"""Write text, CSV and JSON: DuckDB makes each row a line, and the lines go out as one buffer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import pyarrow as pa

from rayspark.datatypes import StructType
from rayspark.execution.kernels.kernel import ArrowFunction, identifier, quote
from rayspark.execution.sources.csv_options import ESCAPES, Formats
from rayspark.execution.sources.csv_tokens import NONE
from rayspark.execution.sources.options import Options, setting_flag
from rayspark.execution.sources.parquet_sink import stored_column, stored_type, unknown_codec
from rayspark.execution.sources.private_duck import private_duck
from rayspark.execution.sources.text import check_text_schema
from rayspark.execution.sources.write_texts import WriteTexts
from rayspark.records import dataclass
from rayspark.storage.files.codecs import find_codec

CODECS = {
    "none": "", "uncompressed": "", "bzip2": "bzip2", "gzip": "gzip", "lz4": "lz4",
    "snappy": "snappy", "deflate": "deflate",
}  # fmt: skip
CSV_OPTIONS = (
    "sep", "delimiter", "quote", "escape", "charToEscapeQuoteEscaping", "escapeQuotes", "quoteAll",
    "header", "nullValue", "emptyValue", "dateFormat", "timestampFormat", "timestampNTZFormat",
    "ignoreLeadingWhiteSpace", "ignoreTrailingWhiteSpace", "lineSep", "encoding", "charset",
)  # fmt: skip
JSON_OPTIONS = (
    "dateFormat", "timestampFormat", "timestampNTZFormat", "lineSep", "encoding", "charset",
    "ignoreNullFields",
)  # fmt: skip
TEXT_OPTIONS = ("lineSep", "encoding")
_BLANKS = "".join(map(chr, range(1, 33)))


@dataclass(frozen=True)
class LineFormat:
    """Files of lines: ``query`` makes column ``line``, with its end, from the table ``rows``."""

    format: str
    suffix: str
    codec: str
    encoding: str
    query: str
    functions: Mapping[str, ArrowFunction]
    head: str = ""

    @property
    def name(self) -> str:
        return self.format

    @property
    def extension(self) -> str:
        packed = find_codec(self.codec).extension if self.codec else ""
        return self.suffix + packed

    def open(self, stream: BinaryIO, schema: StructType) -> LineWriter:
        return LineWriter(stream, self)


@dataclass(frozen=True)
class LineFormatMaker:
    """What makes a :class:`LineFormat` in each process: picklable."""

    format: str
    options: Options
    settings: Mapping[str, str]
    schema: StructType

    @property
    def name(self) -> str:
        return self.format

    @property
    def extension(self) -> str:
        return self.made().extension

    def made(self) -> LineFormat:
        """The format."""
        return MAKERS[self.format](self.options, self.settings, self.schema)

    def open(self, stream: BinaryIO, schema: StructType) -> LineWriter:
        return LineWriter(stream, MAKERS[self.format](self.options, self.settings, schema))


class LineWriter:
    """Writes one file."""

    def __init__(self, stream: BinaryIO, format: LineFormat) -> None:
        self._format = format
        self._codec = find_codec(format.codec) if format.codec else None
        self._out: Any = self._codec.opener(stream) if self._codec else stream
        if format.head:
            self._out.write(format.head.encode(format.encoding))

    def write(self, table: pa.Table) -> None:
        f = self._format
        columns = [stored_column(c, stored_type_in_duck(c.type)) for c in table.columns]
        rows = pa.table(columns, names=table.schema.names)
        for batch in private_duck().batches(f.query, {"rows": rows}, f.functions):
            data = _buffer(batch.column(0))
            self._out.write(
                data if f.encoding == "utf-8" else bytes(data).decode().encode(f.encoding)
            )

    def close(self) -> None:
        if self._codec is not None:
            self._out.close()


def stored_type_in_duck(at: pa.DataType) -> pa.DataType:
    """The Arrow type that DuckDB takes as ours: intervals and times are numbers."""
    if pa.types.is_time64(at):
        return pa.int64()
    return stored_type(at)


def _buffer(lines: pa.Array) -> memoryview:
    """The bytes of all strings, one after the other."""
    array = lines.cast(pa.large_string())
    offsets = array.buffers()[1]
    first, last = (
        int.from_bytes(offsets[8 * i : 8 * i + 8].to_pybytes(), "little")
        for i in (array.offset, array.offset + len(array))
    )
    data = array.buffers()[2]
    return memoryview(b"") if data is None else memoryview(data)[first:last]


def codec_of(options: Options) -> str:
    """Our name of the compression that is asked for; empty for none."""
    codec = options.text("compression", "none").lower()
    if codec not in CODECS:
        raise unknown_codec(codec, CODECS)
    return CODECS[codec]


def _encoding(options: Options) -> str:
    return options.first(("encoding", "charset"), "utf-8").lower().replace("utf8", "utf-8")


def csv_format(options: Options, settings: Mapping[str, str], schema: StructType) -> LineFormat:
    """CSV as univocity writes it."""
    delimiter = options.first(("sep", "delimiter"), ",")
    delimiter = ESCAPES.get(delimiter, delimiter)
    around, escape = options.char("quote", '"') or NONE, options.char("escape", "\\") or NONE
    of_escape = options.char("charToEscapeQuoteEscaping", NONE if escape == around else escape)
    quote_all = options.flag("quoteAll", default=False)
    escape_quotes = options.flag("escapeQuotes", default=True)
    left = options.flag("ignoreLeadingWhiteSpace", default=True)
    right = options.flag("ignoreTrailingWhiteSpace", default=True)
    empty = options.text("emptyValue", '""')
    null = options.text("nullValue", "")
    if quote_all and not null:
        null = f"{around}{around}"
    blanks = quote(_BLANKS)

    def field(text: str, *, first: bool) -> str:
        start = f"ltrim({text}, {blanks})" if left else text
        whole = f"rtrim({start}, {blanks})" if right else start
        found = [f"contains({start}, {quote(c)})" for c in (delimiter, "\n", "\r")]
        has = "contains" if escape_quotes else "starts_with"
        found.append(f"{has}({start}, {quote_char(around)})")
        if (
            first
        ):  # it would read as a comment to univocity, whose mark is this unless told otherwise
            found.append(f"starts_with({text}, '#')")
        inner = whole
        if of_escape != NONE and escape not in (around, NONE):
            inner = f"replace({inner}, {quote(escape)}, {quote(of_escape + escape)})"
        pair = quote_char(escape) + " || " + quote_char(around)
        inner = f"replace({inner}, {quote_char(around)}, {pair})"
        quoted = f"{quote_char(around)} || {inner} || {quote_char(around)}"
        needs = "true" if quote_all else f"({' OR '.join(found)})"
        return (
            f"CASE WHEN {text} IS NULL THEN {quote(null)} WHEN {whole} = '' THEN {quote(empty)}"
            f" WHEN {needs} THEN {quoted} ELSE {whole} END"
        )

    texts = WriteTexts(Formats.of(options, settings), "CSV")
    end = options.text("lineSep", "\n")
    strings = [
        f"{texts.scalar(identifier(f.name), f.dataType, f.name)} AS t{i}"
        for i, f in enumerate(schema.fields)
    ]
    fields = [field(f"t{i}", first=i == 0) for i in range(len(schema.fields))]
    line = f" || {quote(delimiter)} || ".join(fields)
    query = f"SELECT {line} || {quote(end)} AS line FROM (SELECT {', '.join(strings)} FROM rows)"
    head = ""
    if options.flag("header", default=False):
        names = [f"SELECT {field(quote(n), first=i == 0)}" for i, n in enumerate(schema.names)]
        found = [private_duck().table(text).column(0)[0].as_py() for text in names]
        head = delimiter.join(found) + end
    return LineFormat(
        "csv", ".csv", codec_of(options), _encoding(options), query, texts.functions, head
    )


def quote_char(char: str) -> str:
    """A character as text; DuckDB's strings cannot hold the zero character in quotes."""
    return "chr(0)" if char == NONE else quote(char)


def json_format(options: Options, settings: Mapping[str, str], schema: StructType) -> LineFormat:
    """An object a line."""
    default = setting_flag(settings, "spark.sql.jsonGenerator.ignoreNullFields", default=True)
    nulls = not options.flag("ignoreNullFields", default=default)
    texts = WriteTexts(Formats.of(options, settings), "JSON")
    fields = []
    for f in schema.fields:
        value = texts.json(f"rows.{identifier(f.name)}", f.dataType, f.name, nulls=nulls)
        value = f"coalesce({value}, 'null')" if nulls else value
        key = f.name.replace("\\", "\\\\").replace('"', '\\"')
        fields.append(f"""{quote(f'"{key}":')} || {value}""")
    end = options.text("lineSep", "\n")
    body = f"concat_ws(',', {', '.join(fields)})" if fields else "''"
    query = f"SELECT '{{' || {body} || '}}' || {quote(end)} AS line FROM rows"
    return LineFormat(
        "json", ".json", codec_of(options), _encoding(options), query, texts.functions
    )


def text_format(options: Options, _settings: Mapping[str, str], schema: StructType) -> LineFormat:
    """A string a line; null is an empty line."""
    check_text_schema(schema)
    end = options.text("lineSep", "\n")
    name = identifier(schema.names[0]) if schema.names else "''"
    query = f"SELECT coalesce({name}, '') || {quote(end)} AS line FROM rows"
    return LineFormat("text", ".txt", codec_of(options), _encoding(options), query, {})


MAKERS: dict[str, Callable[[Options, Mapping[str, str], StructType], LineFormat]] = {
    "csv": csv_format,
    "json": json_format,
    "text": text_format,
}


def line_format(
    name: str, options: Options, settings: Mapping[str, str], schema: StructType
) -> LineFormatMaker:
    """A format of lines for writing; wrong options and types are errors at once."""
    maker = LineFormatMaker(name, options, settings, schema)
    maker.made()
    return maker
