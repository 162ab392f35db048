"""Types and Arrow types, under PySpark's names."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from rayspark.datatypes import DataType, StructType, arrow

__all__ = ["from_arrow_schema", "from_arrow_type", "to_arrow_schema", "to_arrow_type"]


def to_arrow_type(
    dt: DataType,
    *,
    error_on_duplicated_field_names_in_struct: bool = False,
    timezone: str | None = None,
    prefers_large_types: bool = False,
) -> pa.DataType:
    """The Arrow type of a type."""
    return arrow.to_arrow_type(
        dt,
        timezone or "UTC",
        large=prefers_large_types,
        unique_names=error_on_duplicated_field_names_in_struct,
    )


def to_arrow_schema(
    schema: StructType,
    *,
    error_on_duplicated_field_names_in_struct: bool = False,
    timezone: str | None = None,
    prefers_large_types: bool = False,
) -> pa.Schema:
    """The Arrow schema of a schema."""
    return arrow.to_arrow_schema(
        schema,
        timezone or "UTC",
        large=prefers_large_types,
        unique_names=error_on_duplicated_field_names_in_struct,
    )


def from_arrow_type(at: pa.DataType, prefer_timestamp_ntz: bool = True) -> DataType:
    """The type of an Arrow type."""
    return arrow.from_arrow_type(at, prefer_timestamp_ntz)


def from_arrow_schema(arrow_schema: pa.Schema, prefer_timestamp_ntz: bool = True) -> StructType:
    """The schema of an Arrow schema."""
    return arrow.from_arrow_schema(arrow_schema, prefer_timestamp_ntz)


def is_variant(at: Any) -> bool:
    """Whether an Arrow struct stands for a variant."""
    return _marked(at, "metadata", b"variant")


def is_geometry(at: Any) -> bool:
    """Whether an Arrow struct stands for a geometry."""
    return _marked(at, "wkb", b"geometry")


def is_geography(at: Any) -> bool:
    """Whether an Arrow struct stands for a geography."""
    return _marked(at, "wkb", b"geography")


def _marked(at: Any, name: str, mark: bytes) -> bool:
    if not pa.types.is_struct(at):
        return False
    return any(f.name == name and mark in (f.metadata or {}) for f in at)
