"""What the options of CSV say."""

from __future__ import annotations

from collections.abc import Mapping

from rayspark.execution.sources.csv_tokens import NONE, Dialect
from rayspark.execution.sources.lines import check_encoding
from rayspark.execution.sources.options import FILE_OPTIONS, Options, setting_flag
from rayspark.records import dataclass

READ_OPTIONS = (
    *FILE_OPTIONS, "sep", "delimiter", "encoding", "charset", "quote", "escape",
    "charToEscapeQuoteEscaping", "comment", "header", "inferSchema", "preferDate",
    "enforceSchema", "ignoreLeadingWhiteSpace", "ignoreTrailingWhiteSpace", "nullValue", "nanValue",
    "positiveInf", "negativeInf", "dateFormat", "timestampFormat", "timestampNTZFormat",
    "maxColumns", "mode", "columnNameOfCorruptRecord", "multiLine",
    "samplingRatio", "emptyValue", "lineSep", "unescapedQuoteHandling", "columnPruning",

)  # fmt: skip

ESCAPES = {"\\t": "\t", "\\b": "\b", "\\r": "\r", "\\f": "\f", '\\"': '"', "\\'": "'",
            "\\\\": "\\", "\\0": "\0", "\\u0000": "\0", "\\n": "\n"}  # fmt: skip
READ_MODES = ("permissive", "dropmalformed", "failfast")
_UNESCAPED = (
    "stop_at_delimiter", "stop_at_closing_quote", "back_to_delimiter", "skip_value", "raise_error",
)  # fmt: skip


@dataclass(frozen=True)
class Formats:
    """How dates and moments stand in text files; empty: as casts read them."""

    date: str = ""
    timestamp: str = ""
    ntz: str = ""
    zone: str = "UTC"

    @staticmethod
    def of(options: Options, settings: Mapping[str, str]) -> Formats:
        """What the options ask for."""
        return Formats(
            options.text("dateFormat", ""),
            options.text("timestampFormat", ""),
            options.text("timestampNTZFormat", ""),
            options.text("timeZone", settings.get("spark.sql.session.timeZone", "UTC")),
        )


@dataclass(frozen=True)
class CsvOptions:
    """The options of reading."""

    dialect: Dialect
    formats: Formats
    header: bool
    encoding: str
    separator: str
    multi_line: bool
    mode: str
    corrupt: str
    null_value: str
    nan: str
    positive_infinity: str
    negative_infinity: str
    enforce_schema: bool
    infer: bool
    prefer_date: bool
    sampling: float
    max_columns: int
    pruned: bool

    @staticmethod
    def of(options: Options, settings: Mapping[str, str]) -> CsvOptions:
        """Read them.

        Raises
        ------
        IllegalArgumentException
            If one does not fit.
        """
        delimiter = options.first(("sep", "delimiter"), ",")
        delimiter = ESCAPES.get(delimiter, delimiter)
        if not delimiter:
            raise options.wrong("sep", delimiter, "at least one character")
        quote, escape = options.char("quote", '"') or NONE, options.char("escape", "\\") or NONE
        of_escape = options.char("charToEscapeQuoteEscaping", NONE if escape == quote else escape)
        null_value = options.text("nullValue", "")
        dialect = Dialect(
            delimiter,
            quote,
            escape,
            of_escape or NONE,
            options.flag("ignoreLeadingWhiteSpace", default=False),
            options.flag("ignoreTrailingWhiteSpace", default=False),
            null_value,
            options.text("emptyValue", ""),
            options.one_of("unescapedQuoteHandling", "stop_at_delimiter", _UNESCAPED).upper(),
            options.char("comment", NONE) or NONE,
        )
        return CsvOptions(
            dialect,
            Formats.of(options, settings),
            options.flag("header", default=False),
            check_encoding(options.first(("encoding", "charset"), "utf-8")),
            options.text("lineSep", ""),
            options.flag("multiLine", default=False),
            read_mode(options),
            options.text(
                "columnNameOfCorruptRecord",
                settings.get("spark.sql.columnNameOfCorruptRecord", "_corrupt_record"),
            ),
            null_value,
            options.text("nanValue", "NaN"),
            options.text("positiveInf", "Inf"),
            options.text("negativeInf", "-Inf"),
            options.flag("enforceSchema", default=True),
            options.flag("inferSchema", default=False),
            options.flag("preferDate", default=True),
            options.fraction("samplingRatio", 1.0),
            options.number("maxColumns", 20480, least=1),
            options.flag(
                "columnPruning",
                default=setting_flag(
                    settings, "spark.sql.csv.parser.columnPruning.enabled", default=True
                ),
            ),
        )


def read_mode(options: Options) -> str:
    """What to do with malformed records; an unknown word means PERMISSIVE, as in Spark."""
    mode = options.text("mode", "permissive").lower()
    if mode not in READ_MODES:
        raise options.wrong("mode", mode, "one of PERMISSIVE, DROPMALFORMED, FAILFAST")
    return mode
