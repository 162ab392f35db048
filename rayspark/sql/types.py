"""Data types and Row, under PySpark's address. Everything stands in ``rayspark.datatypes``."""

from __future__ import annotations

from rayspark.datatypes import (
    AnsiIntervalType,
    AnyTimeType,
    ArrayType,
    AtomicType,
    BinaryType,
    BooleanType,
    ByteType,
    CalendarIntervalType,
    CharType,
    DataType,
    DatetimeType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    FractionalType,
    Geography,
    GeographyType,
    Geometry,
    GeometryType,
    IntegerType,
    IntegralType,
    LongType,
    MapType,
    NullType,
    NumericType,
    Row,
    ShortType,
    SpatialType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    UserDefinedType,
    VarcharType,
    VariantType,
    VariantVal,
    YearMonthIntervalType,
    create_row,
)
from rayspark.datatypes import parse_ddl as _parse_datatype_string
from rayspark.datatypes import parse_json_string as _parse_datatype_json_string

_create_row = create_row

# Importable as in PySpark, but not among the names of `import *`.
_UNLISTED = (
    AnsiIntervalType, AnyTimeType, AtomicType, DatetimeType, FractionalType, IntegralType,
    NumericType, SpatialType, UserDefinedType, _parse_datatype_string, _parse_datatype_json_string,
)  # fmt: skip

__all__ = [
    "DataType", "NullType", "CharType", "StringType", "VarcharType", "BinaryType", "BooleanType",
    "DateType", "TimeType", "TimestampType", "TimestampNTZType", "DecimalType", "DoubleType",
    "Geography", "Geometry", "FloatType", "ByteType", "IntegerType", "LongType",
    "DayTimeIntervalType", "YearMonthIntervalType", "CalendarIntervalType", "Row", "ShortType",
    "ArrayType", "MapType", "StructField", "StructType", "VariantType", "VariantVal",
    "GeographyType", "GeometryType",
]  # fmt: skip
