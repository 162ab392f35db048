"""The options of reading and writing XML."""

from __future__ import annotations

from collections.abc import Mapping

from rayspark.errors import AnalysisException
from rayspark.execution.sources.csv_options import Formats, read_mode
from rayspark.execution.sources.lines import check_encoding
from rayspark.execution.sources.options import FILE_OPTIONS, Options
from rayspark.records import dataclass

SHARED = (
    "rowTag", "attributePrefix", "valueTag", "nullValue", "dateFormat", "timestampFormat",
    "timestampNTZFormat", "timeZone", "encoding", "charset", "locale",
)  # fmt: skip
READ = (
    *FILE_OPTIONS, *SHARED, "excludeAttribute", "ignoreSurroundingSpaces", "ignoreNamespace",
    "mode", "columnNameOfCorruptRecord", "inferSchema", "samplingRatio", "preferDate", "multiLine",
)  # fmt: skip
WRITTEN = (
    *SHARED, "rootTag", "declaration", "arrayElementName", "indent", "validateName",
)  # fmt: skip
DECLARATION = 'version="1.0" encoding="UTF-8" standalone="yes"'


@dataclass(frozen=True)
class XmlOptions:
    """How elements become rows."""

    formats: Formats
    row_tag: str = ""
    prefix: str = "_"
    value_tag: str = "_VALUE"
    null_value: str | None = None
    exclude_attributes: bool = False
    trims: bool = True
    ignore_namespace: bool = False
    mode: str = "permissive"
    corrupt: str = "_corrupt_record"
    infer: bool = True
    sampling: float = 1.0
    prefer_date: bool = True
    ntz: bool = False
    encoding: str = "utf-8"
    multi_line: bool = True

    @staticmethod
    def of(options: Options, settings: Mapping[str, str]) -> XmlOptions:
        """Read them."""
        corrupt = settings.get("spark.sql.columnNameOfCorruptRecord", "_corrupt_record")
        ntz = settings.get("spark.sql.timestampType", "TIMESTAMP_LTZ").upper() == "TIMESTAMP_NTZ"
        return XmlOptions(
            Formats.of(options, settings),
            options.text("rowTag", ""),
            options.text("attributePrefix", "_"),
            options.text("valueTag", "_VALUE"),
            options.get("nullValue"),
            options.flag("excludeAttribute", default=False),
            options.flag("ignoreSurroundingSpaces", default=True),
            options.flag("ignoreNamespace", default=False),
            read_mode(options),
            options.text("columnNameOfCorruptRecord", corrupt),
            options.flag("inferSchema", default=True),
            options.fraction("samplingRatio", 1.0),
            options.flag("preferDate", default=True),
            ntz,
            check_encoding(options.first(("encoding", "charset"), "utf-8")),
            options.flag("multiLine", default=True),
        )


def required_row_tag(options: Options) -> str:
    """The name of the elements that are rows.

    Raises
    ------
    AnalysisException
        ``XML_ROW_TAG_MISSING``.
    IllegalArgumentException
        If it is no name.
    """
    found = options.get("rowTag")
    if found is None:
        raise AnalysisException(
            errorClass="XML_ROW_TAG_MISSING", messageParameters={"rowTag": "`rowTag`"}
        )
    if not found.strip() or "<" in found or ">" in found:
        raise options.wrong("rowTag", found, "the name of an element, without angle brackets")
    return found.strip()
