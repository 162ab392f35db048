"""Arrow tables on their way into DuckDB and out of it.

Inside DuckDB some types are held as numbers (see ``compile.types``), and columns are called
``c<id>``; outside, tables have exactly the Arrow schema of the Spark schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from rayspark.catalyst.expressions import Attribute
from rayspark.datatypes import (
    ArrayType,
    DataType,
    DayTimeIntervalType,
    MapType,
    NullType,
    StructType,
    TimeType,
)
from rayspark.datatypes.arrow import to_arrow_type
from rayspark.lazy import compute as pc

NO_COLUMN = "c0"
"""Stands in a table that has rows but no columns."""


def column_name(attribute: Attribute) -> str:
    """What an attribute is called inside."""
    return f"c{attribute.id}"


def into_duck(table: pa.Table, attributes: Sequence[Attribute]) -> pa.Table:
    """A table with Spark's Arrow types, whose columns are ``attributes`` in order, as DuckDB is to
    see it.
    """
    if not attributes:
        return pa.table({NO_COLUMN: pa.nulls(table.num_rows, pa.int8())})
    columns = [inward(column, a.type) for column, a in zip(table.columns, attributes, strict=True)]
    return pa.Table.from_arrays(columns, [column_name(a) for a in attributes])


def schema_in_duck(attributes: Sequence[Attribute]) -> pa.Schema:
    """The Arrow schema of rows inside."""
    if not attributes:
        return pa.schema([pa.field(NO_COLUMN, pa.int8())])
    return pa.schema([pa.field(column_name(a), inner_type(a.type)) for a in attributes])


def out_of_duck(table: pa.Table, attributes: Sequence[Attribute], schema: pa.Schema) -> pa.Table:
    """A table as DuckDB gave it, with the Arrow schema that Spark's schema has."""
    if not attributes:
        return pa.Table.from_batches(
            [pa.RecordBatch.from_struct_array(pa.array([{}] * table.num_rows, pa.struct([])))],
            schema,
        )
    columns = [
        convert(column, field.type) for column, field in zip(table.columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def inward(column: Any, dt: DataType) -> Any:
    """A column in the type that DuckDB is to see."""
    if not needs_change(dt):
        return column
    return convert(column, inner_type(dt))


def convert(column: Any, target: pa.DataType) -> Any:
    """A column in another Arrow type of the same physical values."""
    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([convert(chunk, target) for chunk in column.chunks], target)
    if column.type == target:
        return column
    if pa.types.is_struct(target):
        parts = [
            convert(part, field.type) for part, field in zip(column.flatten(), target, strict=True)
        ]
        mask = column.is_null() if column.null_count else None
        return pa.StructArray.from_arrays(parts, fields=list(target), mask=mask)
    if pa.types.is_list(target):
        mask = column.is_null() if column.null_count else None
        column = column if column.offset == 0 else pa.concat_arrays([column])
        values = convert(column.values, target.value_type)
        return pa.ListArray.from_arrays(column.offsets, values, target, mask=mask)
    if pa.types.is_map(target):
        column = column if column.offset == 0 else pa.concat_arrays([column])
        mask = column.is_null() if column.null_count else None
        return pa.MapArray.from_arrays(
            column.offsets,
            convert(column.keys, target.key_type),
            convert(column.items, target.item_type),
            target,
            mask=mask,
        )
    if pa.types.is_null(target):
        return pa.nulls(len(column))
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), target)
    if {column.type.id, target.id} <= _SAME_BITS:
        return column.view(target)
    return pc.cast(column, target)


_SAME_BITS = {
    pa.int64().id,
    pa.duration("us").id,
    pa.time64("ns").id,
    pa.timestamp("us").id,
}


def needs_change(dt: DataType) -> bool:
    """Whether a type is held differently inside."""
    match dt:
        case ArrayType():
            return needs_change(dt.elementType)
        case MapType():
            return needs_change(dt.keyType) or needs_change(dt.valueType)
        case StructType():
            return any(needs_change(f.dataType) for f in dt.fields)
    return isinstance(dt, (DayTimeIntervalType, TimeType, NullType))


def inner_type(dt: DataType) -> pa.DataType:
    """The Arrow type in which DuckDB is to see values of a Spark type."""
    match dt:
        case DayTimeIntervalType() | TimeType():
            return pa.int64()
        case NullType():
            return pa.int32()
        case ArrayType():
            return pa.list_(pa.field("element", inner_type(dt.elementType)))
        case MapType():
            return pa.map_(inner_type(dt.keyType), inner_type(dt.valueType))
        case StructType():
            return pa.struct([pa.field(f.name, inner_type(f.dataType)) for f in dt.fields])
    return to_arrow_type(dt)
