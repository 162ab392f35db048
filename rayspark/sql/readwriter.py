"""Reading and writing: ``spark.read``, ``df.write`` and ``df.writeTo``."""

from __future__ import annotations

from rayspark.sql.reader import DataFrameReader, OptionUtils
from rayspark.sql.writer import DataFrameWriter
from rayspark.sql.writer_v2 import DataFrameWriterV2

__all__ = ["DataFrameReader", "DataFrameWriter", "DataFrameWriterV2", "OptionUtils"]

for _public in (DataFrameReader, DataFrameWriter, DataFrameWriterV2, OptionUtils):
    _public.__module__ = __name__
