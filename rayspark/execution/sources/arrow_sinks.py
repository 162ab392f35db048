"""Write ORC files and Arrow IPC files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

import pyarrow as pa
from pyarrow import ipc, orc

from rayspark.datatypes import StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.execution.sources.options import Options
from rayspark.execution.sources.parquet_sink import stored_column, stored_schema, unknown_codec
from rayspark.records import dataclass

ORC_CODECS = {"none": "uncompressed", "uncompressed": "uncompressed", "snappy": "snappy",
              "zlib": "zlib", "lz4": "lz4", "zstd": "zstd"}  # fmt: skip
ARROW_CODECS = {"none": None, "uncompressed": None, "lz4": "lz4", "zstd": "zstd"}


@dataclass(frozen=True)
class OrcFormat:
    """ORC files with one compression."""

    codec: str

    @property
    def name(self) -> str:
        return "orc"

    @property
    def extension(self) -> str:
        plain = ORC_CODECS[self.codec] == "uncompressed"
        return ".orc" if plain else f".{self.codec}.orc"

    def open(self, stream: BinaryIO, schema: StructType) -> OrcRowWriter:
        return OrcRowWriter(stream, schema, ORC_CODECS[self.codec])

    @staticmethod
    def of(options: Options, settings: Mapping[str, str]) -> OrcFormat:
        """The format that options and settings ask for."""
        default = settings.get("spark.sql.orc.compression.codec", "zstd")
        codec = options.first(("compression", "orc.compress"), default).lower()
        if codec not in ORC_CODECS:
            raise unknown_codec(codec, ORC_CODECS)
        return OrcFormat(codec)


class OrcRowWriter:
    """Writes one file; without rows, a file that holds the schema."""

    def __init__(self, stream: BinaryIO, schema: StructType, codec: str) -> None:
        self._schema = stored_schema(schema)
        self._writer = orc.ORCWriter(stream, compression=codec)
        self._empty = True

    def write(self, table: pa.Table) -> None:
        columns = [
            stored_column(c, f.type) for c, f in zip(table.columns, self._schema, strict=True)
        ]
        self._writer.write(pa.Table.from_arrays(columns, schema=self._schema))
        self._empty = False

    def close(self) -> None:
        if self._empty:
            self._writer.write(self._schema.empty_table())
        self._writer.close()


@dataclass(frozen=True)
class ArrowFormat:
    """Arrow IPC files."""

    codec: str

    @property
    def name(self) -> str:
        return "arrow"

    @property
    def extension(self) -> str:
        return ".arrow"

    def open(self, stream: BinaryIO, schema: StructType) -> ArrowRowWriter:
        return ArrowRowWriter(stream, schema, ARROW_CODECS[self.codec])

    @staticmethod
    def of(options: Options) -> ArrowFormat:
        """The format that options ask for."""
        codec = options.text("compression", "zstd").lower()
        if codec not in ARROW_CODECS:
            raise unknown_codec(codec, ARROW_CODECS)
        return ArrowFormat(codec)


class ArrowRowWriter:
    """Writes one file."""

    def __init__(self, stream: BinaryIO, schema: StructType, codec: str | None) -> None:
        self._schema = to_arrow_schema(schema)
        options = ipc.IpcWriteOptions(compression=codec)
        self._writer = ipc.new_file(stream, self._schema, options=options)

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table.cast(self._schema))

    def close(self) -> None:
        self._writer.close()
