"""Avro container files, through the package fastavro (``pip install 'rayspark[avro]'``)."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO, ClassVar

import pyarrow as pa

from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    NullType,
    ShortType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import AnalysisException, PySparkImportError, SparkException
from rayspark.execution.sources.files import (
    FileSource,
    Piece,
    check_duplicates,
    empty_rows,
    schemas,
)
from rayspark.execution.sources.listing import DataFile, list_source
from rayspark.execution.sources.options import FILE_OPTIONS, Options, ignores_corrupt
from rayspark.execution.sources.orc import infer
from rayspark.execution.sources.parquet_sink import unknown_codec
from rayspark.records import dataclass
from rayspark.storage.files.paths import open_input

ROWS = 10_000
CODECS = {"uncompressed": "null", "snappy": "snappy", "deflate": "deflate", "bzip2": "bzip2",
          "xz": "xz", "zstandard": "zstandard"}  # fmt: skip

_PRIMITIVES: dict[str, DataType] = {
    "null": NullType(), "boolean": BooleanType(), "int": IntegerType(), "long": LongType(),
    "float": FloatType(), "double": DoubleType(), "bytes": BinaryType(), "string": StringType(),
    "fixed": BinaryType(), "enum": StringType(),
}  # fmt: skip
_LOGICAL: dict[str, DataType] = {
    "date": DateType(), "timestamp-millis": TimestampType(), "timestamp-micros": TimestampType(),
    "local-timestamp-millis": TimestampNTZType(), "local-timestamp-micros": TimestampNTZType(),
}  # fmt: skip


def fastavro() -> Any:
    """The package.

    Raises
    ------
    PySparkImportError
        If it is not installed.
    """
    try:
        return importlib.import_module("fastavro")
    except ImportError as error:
        raise PySparkImportError(
            "The format avro needs the package fastavro on every node: "
            "pip install 'rayspark[avro]'."
        ) from error


@dataclass(frozen=True, eq=False)
class AvroSource(FileSource):
    """Avro files."""

    name: ClassVar[str] = "avro"

    def read_piece(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        target = to_arrow_schema(self.read_schema)
        with open_input(piece.file.path) as stream:
            rows = iter(_reader(piece.file, stream))
            while part := list(islice(rows, ROWS)):
                if not target.names:
                    yield empty_rows(len(part))
                    continue
                columns = [pa.array([row.get(f.name) for row in part], f.type) for f in target]
                yield pa.RecordBatch.from_arrays(columns, schema=target)


def _reader(file: DataFile, stream: BinaryIO) -> Any:
    try:
        return fastavro().reader(stream)
    except (ValueError, EOFError, StopIteration) as error:
        raise SparkException(
            f"Reading file {file.path} failed. It is no Avro file: {error}",
            "FAILED_READ_FILE.NO_HINT",
            {"path": file.path},
        ) from error


def _file_schema(file: DataFile) -> StructType:
    with open_input(file.path) as stream:
        found = spark_type(_reader(file, stream).writer_schema)[0]
    if not isinstance(found, StructType):
        return StructType([StructField("value", found)])
    return found


def spark_type(schema: Any) -> tuple[DataType, bool]:
    """An Avro schema as a type, and whether it may be null."""
    if isinstance(schema, list):
        branches = [b for b in schema if b != "null"]
        nullable = len(branches) < len(schema)
        if len(branches) == 1:
            return spark_type(branches[0])[0], nullable
        kinds = [spark_type(b)[0] for b in branches]
        if {type(k) for k in kinds} == {IntegerType, LongType}:
            return LongType(), nullable
        if {type(k) for k in kinds} == {FloatType, DoubleType}:
            return DoubleType(), nullable
        raise AnalysisException(
            f"Avro unions of several types cannot be read yet: {schema}. Cast them when writing."
        )
    if isinstance(schema, str):
        return _PRIMITIVES[schema], schema == "null"
    kind, logical = schema["type"], schema.get("logicalType")
    if isinstance(kind, (dict, list)):
        return spark_type(kind)
    if logical == "decimal":
        return DecimalType(schema["precision"], schema.get("scale", 0)), False
    if logical in _LOGICAL:
        return _LOGICAL[logical], False
    match kind:
        case "record":
            fields = []
            for f in schema["fields"]:
                inner, nullable = spark_type(f["type"])
                fields.append(StructField(f["name"], inner, nullable))
            return StructType(fields), False
        case "array":
            return ArrayType(*spark_type(schema["items"])), False
        case "map":
            return MapType(StringType(), *spark_type(schema["values"])), False
    return _PRIMITIVES[kind], False


def avro_schema(dt: DataType, nullable: bool, name: str, space: str = "") -> Any:
    """The Avro schema of a type, as Spark writes it."""
    found = _avro_type(dt, name, space)
    return [found, "null"] if nullable else found


def _avro_type(dt: DataType, name: str, space: str) -> Any:
    match dt:
        case StructType():
            inner = f"{space}.{name}" if space else name
            fields = [
                {"name": f.name, "type": avro_schema(f.dataType, f.nullable, f.name, inner)}
                for f in dt.fields
            ]
            record = {"type": "record", "name": name, "fields": fields}
            return record | ({"namespace": space} if space else {})
        case ArrayType():
            items = avro_schema(dt.elementType, dt.containsNull, name, space)
            return {"type": "array", "items": items}
        case MapType(keyType=StringType()):
            values = avro_schema(dt.valueType, dt.valueContainsNull, name, space)
            return {"type": "map", "values": values}
        case DecimalType():
            size = next(n for n in range(1, 17) if 2 ** (8 * n - 1) > 10**dt.precision)
            return {"type": "fixed", "name": f"{space}.{name}.fixed" if space else f"{name}.fixed",
                    "size": size, "logicalType": "decimal", "precision": dt.precision,
                    "scale": dt.scale}  # fmt: skip
        case DateType():
            return {"type": "int", "logicalType": "date"}
        case TimestampType():
            return {"type": "long", "logicalType": "timestamp-micros"}
        case TimestampNTZType():
            return {"type": "long", "logicalType": "local-timestamp-micros"}
        case ByteType() | ShortType():
            return "int"
    for word, plain in _PRIMITIVES.items():
        if type(plain) is type(dt) and word not in ("fixed", "enum"):
            return word
    raise AnalysisException(
        errorClass="UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
        messageParameters={
            "format": "Avro",
            "columnName": f"`{name}`",
            "columnType": f'"{dt.simpleString().upper()}"',
        },
    )


@dataclass(frozen=True)
class AvroFormat:
    """Avro files with one compression."""

    codec: str
    record: str = "topLevelRecord"

    @property
    def name(self) -> str:
        return "avro"

    @property
    def extension(self) -> str:
        return ".avro"

    def open(self, stream: BinaryIO, schema: StructType) -> AvroRowWriter:
        return AvroRowWriter(stream, schema, self)

    @staticmethod
    def of(options: Options, settings: Mapping[str, str]) -> AvroFormat:
        """The format that options and settings ask for."""
        default = settings.get("spark.sql.avro.compression.codec", "snappy")
        codec = options.text("compression", default).lower()
        if codec not in CODECS:
            raise unknown_codec(codec, CODECS)
        return AvroFormat(codec, options.text("recordName", "topLevelRecord"))


class AvroRowWriter:
    """Writes one file; needs cramjam's snappy only where snappy is asked for."""

    def __init__(self, stream: BinaryIO, schema: StructType, format: AvroFormat) -> None:
        package = fastavro()
        parsed = package.parse_schema(avro_schema(schema, False, format.record))
        writer = importlib.import_module("fastavro.write").Writer
        self._writer = writer(stream, parsed, codec=CODECS[format.codec])

    def write(self, table: pa.Table) -> None:
        for row in table.to_pylist(maps_as_pydicts="strict"):
            self._writer.write(row)

    def close(self) -> None:
        self._writer.flush()


def open_avro(
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> AvroSource:
    """Open Avro files."""
    chosen = Options("avro", options, (*FILE_OPTIONS, "ignoreExtension", "mode"))
    chosen.warn_unknown("read from")
    fastavro()
    listing = list_source(paths, chosen, settings, schema)
    inferred = None
    if schema is None:
        ignore = ignores_corrupt(chosen, settings)
        inferred = infer(listing.files, _file_schema, "Avro", ignore=ignore)
    data, partition = schemas(listing, schema, inferred)
    check_duplicates(data, settings)
    return AvroSource(chosen, settings, listing.files, data, partition)
