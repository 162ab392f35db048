"""Which explicit casts there are, and which of them lose nothing.

Three questions: ``can_cast`` (``CAST(x AS t)``, ANSI or not), ``can_up_cast`` (nothing lost: views,
``Dataset.as``), ``can_store`` (``INSERT`` under the ANSI store policy). The table lists families;
nested types follow their parts.

>>> from rayspark.sql.types import BooleanType, DateType, IntegerType
>>> can_cast(DateType(), IntegerType()), can_cast(DateType(), IntegerType(), ansi=False)
(False, True)
"""

from __future__ import annotations

from collections.abc import Callable

from rayspark.datatypes import decimals
from rayspark.datatypes.atomic import (
    BinaryType,
    BooleanType,
    CharType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    LongType,
    StringType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VarcharType,
)
from rayspark.datatypes.base import DataType, DatetimeType, IntegralType, NullType, NumericType
from rayspark.datatypes.coercion import NUMERIC_ORDER, may_become_null
from rayspark.datatypes.intervals import (
    CalendarIntervalType,
    DayTimeIntervalType,
    YearMonthIntervalType,
)
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.schema import StructType
from rayspark.datatypes.spatial import SpatialType
from rayspark.datatypes.variant import VariantType

Allows = Callable[[DataType, DataType], bool]

FAMILIES: list[tuple[str, tuple[type[DataType], ...]]] = [
    ("text", (StringType, CharType, VarcharType)),
    ("boolean", (BooleanType,)),
    ("integral", (IntegralType,)),
    ("decimal", (DecimalType,)),
    ("float", (FloatType, DoubleType)),
    ("binary", (BinaryType,)),
    ("date", (DateType,)),
    ("timestamp", (TimestampType,)),
    ("timestamp_ntz", (TimestampNTZType,)),
    ("time", (TimeType,)),
    ("year_month", (YearMonthIntervalType,)),
    ("day_time", (DayTimeIntervalType,)),
    ("calendar", (CalendarIntervalType,)),
    ("variant", (VariantType,)),
]

NUMBERS = {"integral", "decimal", "float"}
MOMENTS = {"date", "timestamp", "timestamp_ntz"}
INTERVALS = {"year_month", "day_time"}

LEGACY: dict[str, set[str]] = {
    "text": {name for name, _ in FAMILIES},
    "boolean": NUMBERS | {"boolean", "text", "timestamp", "variant"},
    "integral": NUMBERS | INTERVALS | {"boolean", "text", "binary", "timestamp", "variant"},
    "decimal": NUMBERS | INTERVALS | {"boolean", "text", "timestamp", "variant"},
    "float": NUMBERS | {"boolean", "text", "timestamp", "variant"},
    "binary": {"text", "binary", "variant"},
    "date": NUMBERS | MOMENTS | {"boolean", "text", "variant"},
    "timestamp": NUMBERS | MOMENTS | {"boolean", "text", "time", "variant"},
    "timestamp_ntz": MOMENTS | {"text", "time", "variant"},
    "time": {"integral", "decimal", "text", "time", "timestamp", "timestamp_ntz", "variant"},
    "year_month": {"integral", "decimal", "text", "year_month"},
    "day_time": {"integral", "decimal", "text", "day_time"},
    "calendar": {"text", "calendar"},
    "variant": {
        "boolean", "text", "binary", "date", "timestamp", "timestamp_ntz", "time", "variant",
    } | NUMBERS,
}  # fmt: skip
"""From each family to which, without ANSI."""

REFUSED_BY_ANSI: dict[str, set[str]] = {
    "boolean": {"timestamp"},
    "integral": {"binary"},
    "date": NUMBERS | {"boolean"},
    "timestamp": {"boolean"},
}
"""What of these ANSI does not do."""


def can_cast(source: DataType, target: DataType, ansi: bool = True) -> bool:
    """Whether ``CAST(x AS target)`` is allowed."""

    def atoms(a: DataType, b: DataType) -> bool:
        x, y = _family(a), _family(b)
        if isinstance(a, CharType | VarcharType) and y == "variant":
            return False
        return y in LEGACY.get(x, ()) and not (ansi and y in REFUSED_BY_ANSI.get(x, ()))

    def inner(a: DataType, b: DataType) -> bool:
        return can_cast(a, b, ansi)

    def nulls(a: DataType, b: DataType, nullable: bool) -> bool:
        return nullable or (not ansi and may_become_null(a, b))

    match source, target:
        case (ArrayType() | MapType() | StructType(), StringType() | CharType() | VarcharType()):
            return True
        case (ArrayType(), VariantType()):
            return _holds_in_variant(source.elementType) and inner(source.elementType, target)
        case (VariantType(), ArrayType()):
            return _holds_in_variant(target.elementType) and inner(source, target.elementType)
        case (VariantType(), MapType()):
            return isinstance(target.keyType, StringType) and inner(source, target.valueType)
        case (VariantType(), StructType()):
            return all(inner(source, f.dataType) for f in target.fields)
        case (MapType(), MapType()) if not ansi and may_become_null(source.keyType, target.keyType):
            return False
        case (SpatialType(), SpatialType()) if type(source) is type(target):
            return source == target or target.srid == SpatialType.MIXED_SRID
        case _:
            return _by_parts(source, target, inner, atoms, nulls)


def can_up_cast(source: DataType, target: DataType) -> bool:
    """Whether a cast keeps every value."""
    return _by_parts(source, target, can_up_cast, _up_cast_atoms, _as_it_is)


def can_store(source: DataType, target: DataType) -> bool:
    """Whether a value may be inserted into a column (``spark.sql.storeAssignmentPolicy=ANSI``)."""
    return _by_parts(source, target, can_store, _store_atoms, _as_it_is)


def _by_parts(
    source: DataType,
    target: DataType,
    inner: Allows,
    atoms: Allows,
    nulls: Callable[[DataType, DataType, bool], bool],
) -> bool:
    """The answer by kind of type. ``nulls`` says if a part may be null after the cast."""
    match source, target:
        case _ if source == target:
            return True
        case (NullType(), _):
            return True
        case (ArrayType(), ArrayType()):
            a, b = source.elementType, target.elementType
            return inner(a, b) and (target.containsNull or not nulls(a, b, source.containsNull))
        case (MapType(), MapType()):
            a, b = source.valueType, target.valueType
            kept = target.valueContainsNull or not nulls(a, b, source.valueContainsNull)
            return inner(source.keyType, target.keyType) and inner(a, b) and kept
        case (StructType(), StructType()):
            return len(source) == len(target) and all(
                inner(f.dataType, g.dataType)
                and (g.nullable or not nulls(f.dataType, g.dataType, f.nullable))
                for f, g in zip(source.fields, target.fields, strict=True)
            )
        case _:
            return atoms(source, target)


def _as_it_is(_source: DataType, _target: DataType, nullable: bool) -> bool:
    return nullable


def _up_cast_atoms(a: DataType, b: DataType) -> bool:
    match a, b:
        case (VariantType() | ArrayType() | MapType() | StructType(), _):
            return False
        case (_, StringType()):
            return True
        case (CharType() | VarcharType(), VarcharType()):
            return a.length <= b.length
        case (IntegralType(), DecimalType()):
            return decimals.is_wider(b, decimals.HOLDING[type(a)])
        case (DecimalType(), IntegralType()):
            # A number of as many digits as the largest one may still be larger.
            return a.scale == 0 and a.precision < decimals.HOLDING[type(b)].precision
        case (DecimalType(), DecimalType()):
            return decimals.is_wider(b, a)
        case (LongType(), TimestampType()) | (TimestampType(), LongType()):
            return True
        case (
            DateType() | TimestampType() | TimestampNTZType(),
            TimestampType() | TimestampNTZType(),
        ):
            return True
        case (YearMonthIntervalType(), YearMonthIntervalType()):
            return True
        case (DayTimeIntervalType(), DayTimeIntervalType()):
            return True
        case _ if type(a) in NUMERIC_ORDER and type(b) in NUMERIC_ORDER:
            return NUMERIC_ORDER.index(type(a)) <= NUMERIC_ORDER.index(type(b))
        case _:
            return False


def _store_atoms(a: DataType, b: DataType) -> bool:
    match a, b:
        case (ArrayType() | MapType() | StructType(), _):
            return False
        case (_, StringType() | CharType() | VarcharType()):
            return True
        case (NumericType(), NumericType()):
            return True
        case (TimeType(), TimeType()):
            return a.precision <= b.precision
        case _:
            return isinstance(a, DatetimeType) and isinstance(b, DatetimeType)


def _family(dt: DataType) -> str:
    return next((name for name, classes in FAMILIES if isinstance(dt, classes)), "")


def _holds_in_variant(dt: DataType) -> bool:
    return not isinstance(dt, NullType)
