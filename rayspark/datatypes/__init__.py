"""Spark's data types: what they are, how they are written, inferred, checked and turned into Arrow.

    base, atomic, intervals, nested, schema, spatial, variant, udt   the types
    row                      Row
    ddl, json                a type as text, both ways
    arrow, convert           a type as an Arrow type; rows as Arrow batches; both ways
    infer, verify            the type of a Python value; whether a value fits a type
    coercion                 which type two types meet in: the only such table

``rayspark.sql.types`` shows users the public names; inside RaySpark, import from here.
"""

from __future__ import annotations

from rayspark.datatypes.atomic import (
    AnyTimeType,
    BinaryType,
    BooleanType,
    ByteType,
    CharType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VarcharType,
)
from rayspark.datatypes.base import (
    PUBLIC_MODULE,
    AtomicType,
    DataType,
    DatetimeType,
    FractionalType,
    IntegralType,
    NullType,
    NumericType,
)
from rayspark.datatypes.ddl import parse_ddl, schema_to_ddl, type_to_ddl
from rayspark.datatypes.intervals import (
    AnsiIntervalType,
    CalendarIntervalType,
    DayTimeIntervalType,
    YearMonthIntervalType,
)
from rayspark.datatypes.json import parse_json_string, parse_json_value
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.row import Row, create_row
from rayspark.datatypes.schema import StructField, StructType
from rayspark.datatypes.spatial import (
    Geography,
    GeographyType,
    Geometry,
    GeometryType,
    SpatialType,
)
from rayspark.datatypes.udt import UserDefinedType
from rayspark.datatypes.variant import VariantType, VariantVal

PUBLIC = [
    DataType, NullType, CharType, StringType, VarcharType, BinaryType, BooleanType, DateType,
    TimeType, TimestampType, TimestampNTZType, DecimalType, DoubleType, Geography, Geometry,
    FloatType, ByteType, IntegerType, LongType, DayTimeIntervalType, YearMonthIntervalType,
    CalendarIntervalType, Row, ShortType, ArrayType, MapType, StructField, StructType, VariantType,
    VariantVal, GeographyType, GeometryType, UserDefinedType, AtomicType, NumericType, IntegralType,
    FractionalType, DatetimeType, AnyTimeType, AnsiIntervalType, SpatialType,
]  # fmt: skip
"""What a user may meet in a repr, an error or a pickle: known there by its public address."""

for _public in PUBLIC:
    _public.__module__ = PUBLIC_MODULE

__all__ = [
    "DataType", "NullType", "CharType", "StringType", "VarcharType", "BinaryType", "BooleanType",
    "DateType", "TimeType", "TimestampType", "TimestampNTZType", "DecimalType", "DoubleType",
    "Geography", "Geometry", "FloatType", "ByteType", "IntegerType", "LongType",
    "DayTimeIntervalType", "YearMonthIntervalType", "CalendarIntervalType", "Row", "ShortType",
    "ArrayType", "MapType", "StructField", "StructType", "VariantType", "VariantVal",
    "GeographyType", "GeometryType", "UserDefinedType", "AtomicType", "NumericType",
    "IntegralType", "FractionalType", "DatetimeType", "AnyTimeType", "AnsiIntervalType",
    "SpatialType", "create_row", "parse_ddl", "schema_to_ddl", "type_to_ddl", "parse_json_string",
    "parse_json_value",
]  # fmt: skip
