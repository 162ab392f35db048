"""Formats by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rayspark.catalyst.logical.command import BucketSpec
from rayspark.datatypes import ArrayType, DataType, MapType, NullType, StructType
from rayspark.errors import (
    AnalysisException,
    IllegalArgumentException,
    PySparkTypeError,
)
from rayspark.execution.sources.api import Sink, Source
from rayspark.execution.sources.commit import DirectoryCommit, SaveMode
from rayspark.execution.sources.files import FileSource, Opened, check_duplicates
from rayspark.execution.sources.options import Options, setting_flag
from rayspark.execution.sources.python_api import DataSource
from rayspark.execution.sources.sink import FileSink, Format, check_partition_columns, new_job
from rayspark.lazy import lazy_function, lazy_module
from rayspark.records import dataclass
from rayspark.storage.files.paths import locate

if TYPE_CHECKING:
    from rayspark.execution.sources import (
        arrow_sinks,
        avro,
        jdbc,
        noop,
        parquet_sink,
        python_source,
        text_sinks,
        xml,
    )
    from rayspark.execution.xml import options as xml_options
else:
    arrow_sinks = lazy_module("rayspark.execution.sources.arrow_sinks")
    avro = lazy_module("rayspark.execution.sources.avro")
    jdbc = lazy_module("rayspark.execution.sources.jdbc")
    noop = lazy_module("rayspark.execution.sources.noop")
    parquet_sink = lazy_module("rayspark.execution.sources.parquet_sink")
    python_source = lazy_module("rayspark.execution.sources.python_source")
    text_sinks = lazy_module("rayspark.execution.sources.text_sinks")
    xml = lazy_module("rayspark.execution.sources.xml")
    xml_options = lazy_module("rayspark.execution.xml.options")


class DataSourceRegistry:
    """Python data sources of a session, by name in any case."""

    def __init__(self) -> None:
        self._classes: dict[str, type[DataSource]] = {}

    def register(self, source: type[DataSource]) -> None:
        """Make one known.

        Raises
        ------
        PySparkTypeError
            If it is no data source class.
        """
        found: object = source
        if not (isinstance(found, type) and issubclass(found, DataSource)):
            raise PySparkTypeError(
                f"A data source must be a subclass of rayspark.sql.datasource.DataSource, found "
                f"{source!r}."
            )
        self._classes[source.name().lower()] = source

    def find(self, name: str) -> type[DataSource] | None:
        """The class of that name."""
        return self._classes.get(name.lower())


Opener = Callable[[Sequence[str], StructType | None, Mapping[str, str], Mapping[str, str]], Source]

READERS: dict[str, Opener] = {
    "arrow": lazy_function("rayspark.execution.sources.orc", "open_arrow"),
    "avro": lazy_function("rayspark.execution.sources.avro", "open_avro"),
    "binaryfile": lazy_function("rayspark.execution.sources.binary_file", "open_binary_file"),
    "csv": lazy_function("rayspark.execution.sources.csv", "open_csv"),
    "jdbc": lazy_function("rayspark.execution.sources.jdbc", "open_jdbc"),
    "json": lazy_function("rayspark.execution.sources.json", "open_json"),
    "orc": lazy_function("rayspark.execution.sources.orc", "open_orc"),
    "parquet": lazy_function("rayspark.execution.sources.parquet", "open_parquet"),
    "text": lazy_function("rayspark.execution.sources.text", "open_text"),
    "xml": lazy_function("rayspark.execution.sources.xml", "open_xml"),
}

_LONG_NAMES = {
    "org.apache.spark.sql.parquet": "parquet",
    "org.apache.spark.sql.execution.datasources.parquet": "parquet",
}


def short_name(format: str) -> str:
    """The format that a name or one of Spark's class names stands for."""
    lower = format.lower()
    return next((s for long, s in _LONG_NAMES.items() if lower.startswith(long)), lower)


def open_source(
    format: str,
    paths: Sequence[str],
    schema: StructType | None = None,
    options: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    python: DataSourceRegistry | None = None,
) -> Source:
    """Open a source for reading.

    Parameters
    ----------
    format
        e.g. ``"parquet"``, in any case.
    paths
        Files, directories and patterns.
    schema
        The columns, if the user names them; else they are inferred.
    options, settings
        The reader's options and the session's settings.
    python
        The session's Python data sources.

    Raises
    ------
    AnalysisException
        ``DATA_SOURCE_NOT_FOUND``, ``PATH_NOT_FOUND``, ``UNABLE_TO_INFER_SCHEMA`` ...
    """
    opener = READERS.get(short_name(format))
    if opener is None:
        found = python.find(format) if python is not None else None
        if found is None:
            raise not_found(format)
        return python_source.open_python(found, paths, schema, options or {})
    made = opener(paths, schema, options or {}, settings or {})
    if not isinstance(made, FileSource):
        return made
    roots = tuple(locate(path).path for path in paths)
    return replace(made, opened=Opened(format, roots, schema))


def opened_again(source: FileSource, settings: Mapping[str, str]) -> Source:
    """A source with the files that are there now, and the columns that it had."""
    assert source.opened is not None
    opened = source.opened
    columns = source.full_schema
    found = open_source(opened.format, opened.roots, columns, source.options.given, settings)
    assert isinstance(found, FileSource)
    if found.schema.names != columns.names:  # directories have got columns that it had not
        found = found.with_columns(columns.names)
    return replace(found, opened=opened)


def not_found(format: str) -> AnalysisException:
    """The error for a format that does not exist."""
    return AnalysisException(
        errorClass="DATA_SOURCE_NOT_FOUND", messageParameters={"provider": format}
    )


WRITE_OPTIONS = (
    "path", "compression", "maxRecordsPerFile", "partitionOverwriteMode", "timeZone",
)  # fmt: skip
"""What every format of files understands when it is written."""

MODES = {
    "error": SaveMode.ERROR,
    "errorifexists": SaveMode.ERROR,
    "default": SaveMode.ERROR,
    "append": SaveMode.APPEND,
    "overwrite": SaveMode.OVERWRITE,
    "ignore": SaveMode.IGNORE,
}


@dataclass(frozen=True)
class FileWriting:
    """How a format of files is written: its options, and what makes its files."""

    options: Callable[[], tuple[str, ...]]
    make: Callable[[Options, Mapping[str, str], StructType], Format]


WITHOUT_VOID = ("csv", "orc")
"""Formats that have no value for a column that is nothing but NULL."""

WRITERS: dict[str, FileWriting] = {
    "arrow": FileWriting(tuple, lambda options, *_: arrow_sinks.ArrowFormat.of(options)),
    "avro": FileWriting(
        lambda: ("recordName",),
        lambda options, settings, _: avro.AvroFormat.of(options, settings),
    ),
    "csv": FileWriting(
        lambda: text_sinks.CSV_OPTIONS, lambda *given: text_sinks.line_format("csv", *given)
    ),
    "json": FileWriting(
        lambda: text_sinks.JSON_OPTIONS, lambda *given: text_sinks.line_format("json", *given)
    ),
    "orc": FileWriting(
        lambda: ("orc.compress",),
        lambda options, settings, _: arrow_sinks.OrcFormat.of(options, settings),
    ),
    "parquet": FileWriting(
        lambda: ("parquet.compression",),
        lambda options, settings, _: parquet_sink.ParquetFormat.of(options, settings),
    ),
    "text": FileWriting(
        lambda: text_sinks.TEXT_OPTIONS, lambda *given: text_sinks.line_format("text", *given)
    ),
    "xml": FileWriting(
        lambda: xml_options.WRITTEN,
        lambda options, settings, _: xml.XmlFormat.of(options, settings),
    ),
}


def open_sink(
    format: str,
    path: str,
    schema: StructType,
    mode: str = "error",
    partition_by: Sequence[str] = (),
    options: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    *,
    within: str = "",
    buckets: BucketSpec | None = None,
    python: DataSourceRegistry | None = None,
) -> Sink:
    """Open a sink.

    Parameters
    ----------
    format, path
        e.g. ``"parquet"`` and a directory.
    schema
        The columns of the rows to come, partition columns included, in any order.
    mode
        ``error``, ``append``, ``overwrite`` or ``ignore``.
    partition_by
        Columns that become directories.
    options, settings
        The writer's options and the session's settings.
    within
        With ``overwrite``: replace only what is below this partition directory (``p=1/q=2``).
    buckets
        Files are divided by them; checked already.
    python
        The session's Python data sources.

    Raises
    ------
    AnalysisException
        ``DATA_SOURCE_NOT_FOUND``, partition columns that do not exist ...
    """
    options, settings = options or {}, settings or {}
    name = short_name(format)
    if mode.lower() not in MODES:
        raise IllegalArgumentException(f"Save mode {mode!r} is none of {', '.join(MODES)}.")
    if name == "jdbc":
        return jdbc.open_jdbc_sink(schema, MODES[mode.lower()], options)
    if name == "noop":
        return noop.open_noop_sink(MODES[mode.lower()])
    writing = WRITERS.get(name)
    if writing is None:
        found = python.find(format) if python is not None else None
        if found is None:
            raise not_found(format)
        given = {**options, "path": path} if path else options
        return python_source.open_python_sink(found, schema, given, MODES[mode.lower()].value)
    chosen = Options(name, options, (*WRITE_OPTIONS, *writing.options()))
    chosen.warn_unknown("write to")
    check_partition_columns(schema, partition_by)
    check_duplicates(schema, settings)
    check_stored_types(name, schema)
    overwrite = chosen.one_of(
        "partitionOverwriteMode",
        settings.get("spark.sql.sources.partitionOverwriteMode", "static"),
        ("static", "dynamic"),
    )
    commit = DirectoryCommit(
        locate(path).path,  # executors may have been started in another directory
        new_job(),
        MODES[mode.lower()],
        dynamic=overwrite == "dynamic" and bool(partition_by),
        within=within,
        mark_success=setting_flag(
            settings, "mapreduce.fileoutputcommitter.marksuccessfuljobs", default=True
        ),
    )
    outside = {column.lower() for column in partition_by}
    data = StructType([f for f in schema.fields if f.name.lower() not in outside])
    return FileSink(
        writing.make(chosen, settings, data),
        schema,
        tuple(partition_by),
        commit,
        chosen.text("timeZone", settings.get("spark.sql.session.timeZone", "UTC")),
        chosen.number(
            "maxRecordsPerFile", int(settings.get("spark.sql.files.maxRecordsPerFile", "0"))
        ),
        buckets,
    )


def check_stored_types(format: str, schema: StructType) -> None:
    """Are there columns, of types that any file of the format can hold?

    Raises
    ------
    AnalysisException
        ``EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE``, ``UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE``.
    """
    if _has_no_column(schema):
        raise AnalysisException(
            errorClass="EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE",
            messageParameters={"format": format},
        )
    for field in schema.fields:
        if format in WITHOUT_VOID and _holds_void(field.dataType):
            raise AnalysisException(
                errorClass="UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                messageParameters={
                    "format": format.upper(),
                    "columnName": f"`{field.name}`",
                    "columnType": f'"{field.dataType.simpleString().upper()}"',
                },
            )


def _has_no_column(dt: DataType) -> bool:
    """Of the rows, or of structs in them."""
    return isinstance(dt, StructType) and (
        not dt.fields or any(_has_no_column(field.dataType) for field in dt.fields)
    )


def _holds_void(dt: DataType) -> bool:
    match dt:
        case ArrayType():
            return _holds_void(dt.elementType)
        case MapType():
            return _holds_void(dt.keyType) or _holds_void(dt.valueType)
        case StructType():
            return any(_holds_void(field.dataType) for field in dt.fields)
    return isinstance(dt, NullType)
