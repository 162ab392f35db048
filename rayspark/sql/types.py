"""Data types and Row, under PySpark's address. Everything stands in ``rayspark.datatypes``."""

from __future__ import annotations

from rayspark import datatypes
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    CalendarIntervalType,
    CharType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    Geography,
    GeographyType,
    Geometry,
    GeometryType,
    IntegerType,
    LongType,
    MapType,
    NullType,
    Row,
    ShortType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VarcharType,
    VariantType,
    VariantVal,
    YearMonthIntervalType,
)

# Importable as in PySpark, though not among the names of `import *`.
AnsiIntervalType = datatypes.AnsiIntervalType
AnyTimeType = datatypes.AnyTimeType
AtomicType = datatypes.AtomicType
DatetimeType = datatypes.DatetimeType
FractionalType = datatypes.FractionalType
IntegralType = datatypes.IntegralType
NumericType = datatypes.NumericType
SpatialType = datatypes.SpatialType
UserDefinedType = datatypes.UserDefinedType
_create_row = datatypes.create_row
_parse_datatype_string = datatypes.parse_ddl
_parse_datatype_json_string = datatypes.parse_json_string

__all__ = [
    "DataType", "NullType", "CharType", "StringType", "VarcharType", "BinaryType", "BooleanType",
    "DateType", "TimeType", "TimestampType", "TimestampNTZType", "DecimalType", "DoubleType",
    "Geography", "Geometry", "FloatType", "ByteType", "IntegerType", "LongType",
    "DayTimeIntervalType", "YearMonthIntervalType", "CalendarIntervalType", "Row", "ShortType",
    "ArrayType", "MapType", "StructField", "StructType", "VariantType", "VariantVal",
    "GeographyType", "GeometryType",
]  # fmt: skip
