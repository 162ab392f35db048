"""Spark types as DuckDB's.

TIMESTAMP is ``TIMESTAMPTZ``, TIMESTAMP_NTZ is ``TIMESTAMP``. Intervals are numbers: year-month ones
INTEGER months, day-time ones BIGINT microseconds; TIME is BIGINT nanoseconds since midnight.
VARIANT is a struct of two blobs.
"""

from __future__ import annotations

from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    CharType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    NullType,
    ShortType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VarcharType,
    VariantType,
    YearMonthIntervalType,
)
from rayspark.datatypes.intervals import CalendarIntervalType
from rayspark.errors import PySparkNotImplementedError
from rayspark.execution.kernels.kernel import identifier

PLAIN: dict[type[DataType], str] = {
    BooleanType: "BOOLEAN",
    ByteType: "TINYINT",
    ShortType: "SMALLINT",
    IntegerType: "INTEGER",
    LongType: "BIGINT",
    FloatType: "FLOAT",
    DoubleType: "DOUBLE",
    StringType: "VARCHAR",
    CharType: "VARCHAR",
    VarcharType: "VARCHAR",
    BinaryType: "BLOB",
    DateType: "DATE",
    TimestampType: "TIMESTAMPTZ",
    TimestampNTZType: "TIMESTAMP",
    TimeType: "BIGINT",
    YearMonthIntervalType: "INTEGER",
    DayTimeIntervalType: "BIGINT",
    CalendarIntervalType: "INTERVAL",
    VariantType: 'STRUCT("value" BLOB, "metadata" BLOB)',
    NullType: "INTEGER",
}


def duck_type(dt: DataType) -> str:
    """DuckDB's name of the type in which values of a Spark type are held."""
    plain = PLAIN.get(type(dt))
    if plain is not None:
        return plain
    match dt:
        case DecimalType():
            return f"DECIMAL({dt.precision},{dt.scale})"
        case ArrayType():
            return f"{duck_type(dt.elementType)}[]"
        case MapType():
            return f"MAP({duck_type(dt.keyType)}, {duck_type(dt.valueType)})"
        case StructType():
            fields = ", ".join(f"{identifier(f.name)} {duck_type(f.dataType)}" for f in dt.fields)
            return f"STRUCT({fields})" if fields else 'STRUCT("" INTEGER)'
    raise PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED", messageParameters={"feature": f"type {dt.simpleString()}"}
    )
