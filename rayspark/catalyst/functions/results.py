"""Rules that rows name for the types and nulls of their results.

>>> from rayspark.catalyst.expressions import lit
>>> array_of(0)([lit(1)])
ArrayType(IntegerType(), False)
"""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.functions.row import Args
from rayspark.datatypes import (
    ArrayType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    IntegralType,
    LongType,
    MapType,
    StructField,
    StructType,
    YearMonthIntervalType,
)


def always(_args: Args) -> bool:
    """It may be null, whatever the arguments."""
    return True


def never(_args: Args) -> bool:
    """It is never null."""
    return False


def array_of(index: int, *, nulls: bool | None = None) -> Callable[[Args], DataType]:
    """An array of one argument's type."""
    return lambda args: ArrayType(
        args[index].dtype, args[index].nullable if nulls is None else nulls
    )


def element_type(args: Args) -> DataType:
    """What the first argument, an array, holds."""
    return array(args).elementType


def array(args: Args, index: int = 0) -> ArrayType:
    """The type of an argument that is an array."""
    found = args[index].dtype
    assert isinstance(found, ArrayType), found
    return found


def mapping(args: Args, index: int = 0) -> MapType:
    """The type of an argument that is a map."""
    found = args[index].dtype
    assert isinstance(found, MapType), found
    return found


def struct(args: Args, index: int = 0) -> StructType:
    """The type of an argument that is a struct."""
    found = args[index].dtype
    assert isinstance(found, StructType), found
    return found


def row(*fields: tuple[str, DataType, bool]) -> StructType:
    """A struct of (name, type, nullable)."""
    return StructType([StructField(name, dt, nulls) for name, dt, nulls in fields])


def sum_type(args: Args) -> DataType:
    """Ten more digits for decimals; long for whole numbers; intervals as they are."""
    match args[0].dtype:
        case DecimalType(precision=p, scale=s):
            return DecimalType(min(p + 10, 38), s)
        case IntegralType():
            return LongType()
        case YearMonthIntervalType() | DayTimeIntervalType() as interval:
            return interval
    return DoubleType()


def average_type(args: Args) -> DataType:
    """Four more digits behind the point for decimals; intervals of all fields; else double."""
    match args[0].dtype:
        case DecimalType(precision=p, scale=s):
            return DecimalType(min(p + 4, 38), min(s + 4, 38))
    return middle_type(args)


def middle_type(args: Args) -> DataType:
    """Of a value between two others: intervals of all fields, else double."""
    match args[0].dtype:
        case YearMonthIntervalType():
            return YearMonthIntervalType()
        case DayTimeIntervalType():
            return DayTimeIntervalType()
    return DoubleType()
