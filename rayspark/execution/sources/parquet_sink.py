"""Write Parquet so that Spark reads back exactly what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from rayspark.datatypes import StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import IllegalArgumentException
from rayspark.execution.sources.options import Options
from rayspark.execution.sources.parquet_types import SPARK_SCHEMA_KEY
from rayspark.lazy import compute as pc
from rayspark.records import dataclass

GROUP_BYTES = 64 * 1024 * 1024
SPARK_VERSION = "4.3.0"
"""Whose rules the files follow; Spark looks at it to choose a calendar."""
GROUP_ROWS = 1024 * 1024

SAMPLE = 4096
"""Rows that are looked at to tell whether a column's values repeat."""

CODECS = {
    "none": ("none", ""),
    "uncompressed": ("none", ""),
    "snappy": ("snappy", ".snappy"),
    "gzip": ("gzip", ".gz"),
    "zstd": ("zstd", ".zstd"),
    "lz4": ("lz4", ".lz4hadoop"),
    "lz4_raw": ("lz4", ".lz4raw"),
    "brotli": ("brotli", ".br"),
}
"""Spark's names, with pyarrow's and what file names say."""


@dataclass(frozen=True)
class ParquetFormat:
    """Parquet files with one compression."""

    codec: str
    int96: bool = False

    @property
    def name(self) -> str:
        return "parquet"

    @property
    def extension(self) -> str:
        return CODECS[self.codec][1] + ".parquet"

    def open(self, stream: BinaryIO, schema: StructType) -> ParquetRowWriter:
        return ParquetRowWriter(stream, schema, self)

    @staticmethod
    def of(options: Options, settings: Mapping[str, str]) -> ParquetFormat:
        """The format that options and settings ask for."""
        default = settings.get("spark.sql.parquet.compression.codec", "snappy")
        codec = options.first(("compression", "parquet.compression"), default).lower()
        if codec not in CODECS:
            raise unknown_codec(codec, CODECS)
        stamp = settings.get("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        return ParquetFormat(codec, stamp.upper() == "INT96")


def unknown_codec(codec: str, known: Mapping[str, Any]) -> IllegalArgumentException:
    """The error for a compression that a format does not have."""
    return IllegalArgumentException(
        errorClass="CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
        messageParameters={"codecName": codec, "availableCodecs": ", ".join(known)},
    )


class ParquetRowWriter:
    """Writes one file; rows wait until they make a good row group."""

    def __init__(self, stream: BinaryIO, schema: StructType, format: ParquetFormat) -> None:
        self._stream, self._spark_schema, self._format = stream, schema, format
        self._schema = stored_schema(schema)
        self._waiting: list[pa.Table] = []
        self._bytes = self._rows = 0
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        columns = [
            stored_column(c, f.type) for c, f in zip(table.columns, self._schema, strict=True)
        ]
        self._waiting.append(pa.Table.from_arrays(columns, schema=self._schema))
        self._bytes += table.nbytes
        self._rows += table.num_rows
        if self._bytes >= GROUP_BYTES or self._rows >= GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        if self._waiting or self._writer is None:
            self._flush()
        assert self._writer is not None
        self._writer.close()

    def _flush(self) -> None:
        table = pa.concat_tables(self._waiting) if self._waiting else self._schema.empty_table()
        if self._writer is None:
            self._writer = self._open(table)
        if table.num_rows:
            self._writer.write_table(table, row_group_size=GROUP_ROWS)
        self._waiting, self._bytes, self._rows = [], 0, 0

    def _open(self, first: pa.Table) -> pq.ParquetWriter:
        writer = pq.ParquetWriter(
            self._stream,
            self._schema,
            compression=CODECS[self._format.codec][0],
            use_dictionary=dictionary_columns(first),
            store_schema=False,
            store_decimal_as_integer=True,
            use_deprecated_int96_timestamps=self._format.int96,
        )
        spark = {
            SPARK_SCHEMA_KEY: self._spark_schema.json(),
            "org.apache.spark.version": SPARK_VERSION,
        }
        writer.add_key_value_metadata(spark)
        return writer


def dictionary_columns(table: pa.Table) -> list[str] | bool:
    """Columns that are worth a dictionary: all but numbers that are nearly all different. For those
    it costs half the time of writing, and is given up in the end.
    """
    if any(pa.types.is_nested(f.type) or "." in f.name for f in table.schema):
        return True
    sample = table.slice(0, SAMPLE)
    return [
        name
        for name, column in zip(sample.column_names, sample.columns, strict=True)
        if not is_number(column.type)
        or len(column) < SAMPLE
        or pc.count_distinct(column).as_py() < SAMPLE * 0.8
    ]


def is_number(at: pa.DataType) -> bool:
    """Are the values numbers, days or moments?"""
    return bool(pa.types.is_primitive(at) or pa.types.is_decimal(at))


def stored_schema(schema: StructType) -> pa.Schema:
    """The Arrow schema that is written."""
    plain = to_arrow_schema(schema)
    fields = [pa.field(f.name, stored_type(f.type), f.nullable) for f in plain]
    return pa.schema(fields)


def stored_type(at: pa.DataType) -> pa.DataType:
    """Intervals are written as numbers, times in microseconds."""
    if pa.types.is_duration(at):
        return pa.int64()
    if pa.types.is_time64(at):
        return pa.time64("us")
    if pa.types.is_struct(at):
        return pa.struct([pa.field(f.name, stored_type(f.type), f.nullable) for f in at])
    if pa.types.is_map(at):
        value = at.item_field
        return pa.map_(
            pa.field("key", stored_type(at.key_type), nullable=False),
            pa.field("value", stored_type(value.type), value.nullable),
        )
    if pa.types.is_list(at):
        inner = at.value_field
        return pa.list_(pa.field("element", stored_type(inner.type), inner.nullable))
    return at


def stored_column(column: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray:
    """A column in the type that is written."""
    return column if column.type == wanted else column.cast(wanted)
