"""Kinds of types that rows of the function table name: what they accept and cast to."""

from __future__ import annotations

from rayspark.catalyst.analysis.errors import sql_type
from rayspark.catalyst.analysis.signature import Kind
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
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
    VariantType,
    YearMonthIntervalType,
)
from rayspark.datatypes.base import AtomicType, FractionalType, IntegralType, NumericType
from rayspark.datatypes.coercion import implicit_cast, is_orderable
from rayspark.datatypes.decimals import HOLDING
from rayspark.datatypes.intervals import CalendarIntervalType

CONCRETE: dict[str, DataType] = {
    "boolean": BooleanType(),
    "byte": ByteType(),
    "short": ShortType(),
    "int": IntegerType(),
    "long": LongType(),
    "float": FloatType(),
    "double": DoubleType(),
    "string": StringType(),
    "binary": BinaryType(),
    "date": DateType(),
    "timestamp": TimestampType(),
    "timestamp_ntz": TimestampNTZType(),
    "time": TimeType(),
    "variant": VariantType(),
    "ym_interval": YearMonthIntervalType(),
    "dt_interval": DayTimeIntervalType(),
}
"""Kinds of one type (of any precision, unit or collation)."""

FAMILIES: dict[str, tuple[type[DataType], ...]] = {
    "decimal": (DecimalType,),
    "interval": (YearMonthIntervalType, DayTimeIntervalType, CalendarIntervalType),
    "numeric": (NumericType,),
    "integral": (IntegralType,),
    "fractional": (FractionalType,),
    "atomic": (AtomicType,),
    "datetime": (DateType, TimestampType, TimestampNTZType),
    "array": (ArrayType,),
    "map": (MapType,),
    "struct": (StructType,),
}

SHOWN = {
    "numeric": '"NUMERIC"',
    "integral": '"INTEGRAL"',
    "fractional": '"FRACTIONAL"',
    "decimal": '"DECIMAL"',
    "array": '"ARRAY"',
    "map": '"MAP"',
    "struct": '"STRUCT"',
    "interval": '"ANSI INTERVAL"',
    "atomic": '"ATOMIC"',
    "datetime": '("DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ")',
    "orderable": '"ORDERABLE"',
    "any": '"ANY"',
    "lambda": '"FUNCTION"',
}
"""Kinds as messages name them."""


def accepts(kind: Kind, dt: DataType) -> bool:
    """Whether a type is of a kind as it is."""
    name = kind.name
    if name == "any":
        return True
    if name in CONCRETE:
        return isinstance(dt, type(CONCRETE[name]))
    if name == "orderable":
        return is_orderable(dt)
    if not isinstance(dt, FAMILIES.get(name, ())):
        return False
    match dt:
        case ArrayType() if kind.inner:
            return accepts(kind.inner[0], dt.elementType)
        case MapType() if kind.inner:
            return accepts(kind.inner[0], dt.keyType) and accepts(kind.inner[1], dt.valueType)
    return True


def implicit_target(kind: Kind, dt: DataType, ansi: bool) -> DataType | None:
    """The type of that kind to which Spark casts an argument by itself, if there is one."""
    name = kind.name
    if name == "any":
        return dt
    if name in CONCRETE:
        return implicit_cast(dt, CONCRETE[name], ansi)
    if isinstance(dt, NullType):
        return _default(kind)
    match name, dt:
        case "numeric", StringType():
            return DoubleType()
        case "decimal", NumericType():
            return HOLDING[type(dt)]
        case "decimal", StringType():
            return DecimalType(38, 18)
        case "fractional", (IntegralType() | StringType()) if not ansi:
            return DoubleType()
        case "array", ArrayType() if kind.inner:
            element = implicit_target(kind.inner[0], dt.elementType, ansi)
            return None if element is None else ArrayType(element, dt.containsNull)
    return None


def _default(kind: Kind) -> DataType | None:
    """What a bare NULL becomes."""
    inner = [k for k in map(_default, kind.inner) if k is not None]
    match kind.name:
        case "numeric" | "fractional":
            return DoubleType()
        case "integral":
            return IntegerType()
        case "decimal":
            return DecimalType(38, 18)
        case "interval":
            return DayTimeIntervalType()
        case "array":
            return ArrayType(inner[0] if inner else NullType(), True)
        case "map":
            return MapType(inner[0] if inner else NullType(), inner[1] if inner else NullType())
        case "struct":
            return StructType([])
        case "datetime":
            return DateType()
        case "orderable" | "atomic":
            return NullType()
    return CONCRETE.get(kind.name)


def shown_kind(kind: Kind) -> str:
    """A kind as messages name it."""
    if kind.name in CONCRETE:
        return sql_type(CONCRETE[kind.name])
    if kind.inner and kind.name == "array" and not kind.variables():
        inner = shown_kind(kind.inner[0]).strip('"')
        return f'"ARRAY<{inner}>"'
    return SHOWN.get(kind.name, f'"{kind.name.upper()}"')
