"""CHAR(n) and VARCHAR(n): types of a table's columns, but of no value.

What is read of such a column is a string; the column's metadata tells the type. What is written is
checked and, for CHAR, padded with blanks.
"""

from __future__ import annotations

from rayspark.datatypes.atomic import CharType, StringType, VarcharType
from rayspark.datatypes.base import DataType
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.schema import StructField, StructType

LENGTH_KEY = "__CHAR_VARCHAR_TYPE_STRING"
"""The key of metadata under which the type that a column has in its table stands."""


def without_lengths(dt: DataType) -> DataType:
    """The type of the values: strings instead of texts of some length.

    >>> without_lengths(ArrayType(VarcharType(3))).simpleString()
    'array<string>'
    """
    match dt:
        case CharType() | VarcharType():
            return StringType()
        case ArrayType():
            return ArrayType(without_lengths(dt.elementType), dt.containsNull)
        case MapType():
            key, value = without_lengths(dt.keyType), without_lengths(dt.valueType)
            return MapType(key, value, dt.valueContainsNull)
        case StructType():
            return StructType(
                [
                    StructField(f.name, without_lengths(f.dataType), f.nullable, f.metadata)
                    for f in dt.fields
                ]
            )
    return dt


def has_lengths(dt: DataType) -> bool:
    """Whether a text of some length is in a type."""
    return without_lengths(dt) != dt


def read_fields(schema: StructType) -> StructType:
    """A table's schema as queries see it."""
    return StructType(
        [
            StructField(
                f.name,
                without_lengths(f.dataType),
                f.nullable,
                {**f.metadata, LENGTH_KEY: f.dataType.simpleString()},
            )
            if has_lengths(f.dataType)
            else f
            for f in schema.fields
        ]
    )
