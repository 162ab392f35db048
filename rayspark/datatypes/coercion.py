"""Which type two types meet in: the only such table.

Four questions, each with Spark's ANSI answer and the older, laxer one (``ansi=False``):

- ``find_tightest`` and ``find_wider``: the one type of ``coalesce(a, b)``, ``CASE``, ``UNION``,
  an array's elements.
  Tightest changes no value's meaning; wider may also turn text into numbers and widen decimals.
- ``find_comparable``: what both sides of ``=`` or ``<`` become.
- ``implicit_cast``: what a function's argument becomes.

(``arithmetic.py`` answers for ``+ - * / % div``, ``casts.py`` which explicit casts there are.)

``None`` means there is no answer: the query is a type error.

>>> from rayspark.sql.types import FloatType, IntegerType, StringType
>>> (
...     find_wider(IntegerType(), StringType(), ansi=True),
...     find_wider(IntegerType(), StringType(), ansi=False),
... )
(LongType(), StringType())
>>> find_tightest(IntegerType(), FloatType(), ansi=True)
DoubleType()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rayspark.datatypes import decimals
from rayspark.datatypes.atomic import (
    BinaryType,
    BooleanType,
    ByteType,
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
)
from rayspark.datatypes.base import (
    AtomicType,
    DataType,
    FractionalType,
    IntegralType,
    NullType,
    NumericType,
)
from rayspark.datatypes.intervals import AnsiIntervalType, CalendarIntervalType
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.schema import StructField, StructType
from rayspark.datatypes.spatial import SpatialType
from rayspark.datatypes.variant import VariantType

Meet = Callable[[DataType, DataType], DataType | None]

NUMERIC_ORDER: tuple[type[DataType], ...] = (
    ByteType,
    ShortType,
    IntegerType,
    LongType,
    FloatType,
    DoubleType,
)
"""Each number type holds (at least roughly) those before it; decimals stand apart."""

DATETIME_MEET: dict[frozenset[type[DataType]], DataType] = {
    frozenset({DateType, TimestampType}): TimestampType(),
    frozenset({DateType, TimestampNTZType}): TimestampNTZType(),
    frozenset({TimestampType, TimestampNTZType}): TimestampType(),
}

MIXED_COLLATION = "NULL"
"""Spark's name for the collation of texts of two collations: they can be carried, not compared."""

_READ_FROM_TEXT = (
    BooleanType, BinaryType, DateType, TimestampType, TimestampNTZType, TimeType, VariantType,
)  # fmt: skip


# --- one type for two ---


def find_tightest(a: DataType, b: DataType, ansi: bool = True) -> DataType | None:
    """The type both can be read as without changing a value's meaning."""
    return _meet(a, b, lambda x, y: _tightest_atom(x, y, ansi))


def find_wider(a: DataType, b: DataType, ansi: bool = True) -> DataType | None:
    """The type both can be turned into: also a wider decimal, or by reading or writing text."""
    return _meet(a, b, lambda x, y: _wider_atom(x, y, ansi))


def find_wider_of(types: Iterable[DataType], ansi: bool = True) -> DataType | None:
    """The type all can be turned into; null of none.

    Text is folded in first: the result of folding pairs must not depend on where the text stands.
    """
    ordered = sorted(types, key=lambda dt: not isinstance(dt, StringType))
    found: DataType | None = NullType()
    for dt in ordered:
        found = None if found is None else find_wider(found, dt, ansi)
    return found


def find_wider_value_of(types: Iterable[DataType], ansi: bool = True) -> DataType | None:
    """As :func:`find_wider_of`, but no text is read as another type, nor written: for VALUES."""

    def atoms(a: DataType, b: DataType) -> DataType | None:
        if isinstance(a, StringType) is not isinstance(b, StringType):
            return _tightest_atom(a, b, ansi)
        return _wider_atom(a, b, ansi)

    found: DataType | None = NullType()
    for dt in types:
        found = None if found is None else _meet(found, dt, atoms)
    return found


def find_comparable(
    a: DataType, b: DataType, ansi: bool = True, equality: bool = True
) -> DataType | None:
    """The type both sides of a comparison are cast to.

    Parameters
    ----------
    a, b : DataType
        the sides' types.
    ansi : bool
        ANSI rules (default) or the older ones.
    equality : bool
        ``=`` (default) or an order; without ANSI, true equals 1 but is not less than 2.
    """
    if _same_shape(a, b):
        found: DataType | None = a
    elif isinstance(a, ArrayType | MapType | StructType):
        found = find_tightest(a, b, ansi)
    elif ansi:
        found = find_wider(a, b, ansi)
    else:
        found = _legacy_comparable(a, b, equality)
    return found if found is not None and is_orderable(found) else None


def is_orderable(dt: DataType) -> bool:
    """Whether values of the type can be compared."""
    match dt:
        case ArrayType():
            return is_orderable(dt.elementType)
        case StructType():
            return all(is_orderable(f.dataType) for f in dt.fields)
        case StringType():
            return dt.collation != MIXED_COLLATION
        case MapType() | CalendarIntervalType() | VariantType() | SpatialType():
            return False
        case _:
            return True


def may_become_null(source: DataType, target: DataType) -> bool:
    """Whether a cast can give null for a value that is not."""
    match source, target:
        case (StringType(), StringType() | BinaryType()):
            return False
        case (StringType(), _):
            return True
        case (NumericType(), DecimalType()):
            held = _as_decimal(source)
            return held is None or not decimals.is_wider(target, held)
        case _:
            return False


def _meet(a: DataType, b: DataType, atoms: Meet) -> DataType | None:
    match a, b:
        case (NullType(), _):
            return b
        case (_, NullType()):
            return a
        case (ArrayType(), ArrayType()):
            element = _meet(a.elementType, b.elementType, atoms)
            if element is None:
                return None
            nulls = a.containsNull or b.containsNull
            return ArrayType(element, nulls or _some_null(a.elementType, b.elementType, element))
        case (MapType(), MapType()):
            return _meet_maps(a, b, atoms)
        case (StructType(), StructType()):
            return _meet_structs(a, b, atoms)
        case _:
            return a if a == b else atoms(a, b)


def _some_null(a: DataType, b: DataType, target: DataType) -> bool:
    return may_become_null(a, target) or may_become_null(b, target)


def _meet_maps(a: MapType, b: MapType, atoms: Meet) -> DataType | None:
    key = _meet(a.keyType, b.keyType, atoms)
    value = _meet(a.valueType, b.valueType, atoms)
    if key is None or value is None or _some_null(a.keyType, b.keyType, key):
        return None
    nulls = a.valueContainsNull or b.valueContainsNull
    return MapType(key, value, nulls or _some_null(a.valueType, b.valueType, value))


def _meet_structs(a: StructType, b: StructType, atoms: Meet) -> DataType | None:
    if [n.lower() for n in a.names] != [n.lower() for n in b.names]:
        return None
    fields = []
    for f, g in zip(a.fields, b.fields, strict=True):
        dt = _meet(f.dataType, g.dataType, atoms)
        if dt is None:
            return None
        nulls = f.nullable or g.nullable or _some_null(f.dataType, g.dataType, dt)
        fields.append(StructField(f.name, dt, nulls))
    return StructType(fields)


def _tightest_atom(a: DataType, b: DataType, ansi: bool) -> DataType | None:
    if type(a) in NUMERIC_ORDER and type(b) in NUMERIC_ORDER:
        # A float has 24 bits of precision: ANSI will not squeeze a whole number into it.
        if ansi and {type(a), type(b)} != {FloatType} and FloatType in (type(a), type(b)):
            return DoubleType()
        return max(a, b, key=lambda dt: NUMERIC_ORDER.index(type(dt)))
    if found := DATETIME_MEET.get(frozenset({type(a), type(b)})):
        return found
    match a, b:
        case (DecimalType(), IntegralType()):
            return a if decimals.is_wider(a, decimals.HOLDING[type(b)]) else None
        case (IntegralType(), DecimalType()):
            return _tightest_atom(b, a, ansi)
        case (TimeType(), TimeType()):
            return max(a, b, key=lambda dt: dt.precision)
        case (AnsiIntervalType(), AnsiIntervalType()) if type(a) is type(b):
            return _spanning(a, b)
        case (StringType(), StringType()):
            return StringType(MIXED_COLLATION)
        case (SpatialType(), SpatialType()) if type(a) is type(b):
            return type(a)("ANY")
        case _:
            return None


def _wider_atom(a: DataType, b: DataType, ansi: bool) -> DataType | None:
    if (found := _tightest_atom(a, b, ansi)) is not None:
        return found
    match a, b:
        case (DecimalType(), FloatType() | DoubleType()) | (
            FloatType() | DoubleType(),
            DecimalType(),
        ):
            return DoubleType()
        case (DecimalType(), _) | (_, DecimalType()) if (x := _as_decimal(a)) and (
            y := _as_decimal(b)
        ):
            return decimals.wider(x, y)
        case (StringType(), _):
            return _with_text(a, b, ansi)
        case (_, StringType()):
            return _with_text(b, a, ansi)
        case _:
            return None


def _with_text(text: StringType, other: DataType, ansi: bool) -> DataType | None:
    """Text beside another type: ANSI reads the text, the older rules write the other as text."""
    match other:
        case BooleanType() | BinaryType() if not ansi:
            return None
        case AtomicType() if not ansi:
            return text
        case IntegralType():
            return LongType()
        case FractionalType():
            return DoubleType()
        case _:
            return other if isinstance(other, _READ_FROM_TEXT) else None


def _legacy_comparable(a: DataType, b: DataType, equality: bool) -> DataType | None:
    match a, b:
        case (StringType(), DecimalType(scale=scale)) if scale > 0:
            return DoubleType()
        case (DecimalType(scale=scale), StringType()) if scale > 0:
            return DoubleType()
        case (StringType(), _) if isinstance(b, NumericType | _COMPARED_WITH_TEXT):
            return b
        case (_, StringType()) if isinstance(a, NumericType | _COMPARED_WITH_TEXT):
            return a
        case (StringType(), AtomicType()) | (AtomicType(), StringType()):
            return find_tightest(a, b, ansi=False)
        case (BooleanType(), NumericType()) if equality:
            return b
        case (NumericType(), BooleanType()) if equality:
            return a
        case _:
            return find_wider(a, b, ansi=False)


_COMPARED_WITH_TEXT = (
    BooleanType | BinaryType | DateType | TimestampType | TimestampNTZType | TimeType
)


def _same_shape(a: DataType, b: DataType) -> bool:
    """Equal but for the names of struct fields, which comparison does not look at."""
    match a, b:
        case (StructType(), StructType()):
            return len(a) == len(b) and all(
                _same_shape(f.dataType, g.dataType) for f, g in zip(a.fields, b.fields, strict=True)
            )
        case (ArrayType(), ArrayType()):
            return _same_shape(a.elementType, b.elementType)
        case _:
            return a == b


def _spanning(a: AnsiIntervalType, b: AnsiIntervalType) -> AnsiIntervalType:
    """The interval from the greater first unit to the smaller last one."""
    return type(a)(min(a.startField, b.startField), max(a.endField, b.endField))


def _as_decimal(dt: DataType) -> DecimalType | None:
    return dt if isinstance(dt, DecimalType) else decimals.HOLDING.get(type(dt))


# --- a function's argument ---


def implicit_cast(dt: DataType, target: DataType, ansi: bool = True) -> DataType | None:
    """The type an argument of type ``dt`` is cast to where a function asks for ``target``.

    That is ``target``, or ``dt`` itself where it is as good (text of another collation), or
    ``None`` if the call is a type error.
    """
    match dt, target:
        case _ if dt == target:
            return dt
        case (NullType(), _):
            return target
        case (StringType(), StringType()):
            return dt
        case (ArrayType(), ArrayType()):
            element = implicit_cast(dt.elementType, target.elementType, ansi)
            return None if element is None else ArrayType(element, dt.containsNull)
        case (NumericType(), NumericType()):
            return target
        case (DateType() | TimestampType() | TimestampNTZType(), _) if isinstance(
            target, DateType | TimestampType | TimestampNTZType
        ):
            return target
        case (TimeType(), TimestampType() | TimestampNTZType()):
            return target
        case (StringType(), BooleanType()):
            return target if ansi else None
        case (StringType(), AtomicType()):
            return target
        case (AtomicType(), StringType()):
            return target
        case (CalendarIntervalType(), StringType()) if ansi:
            return target
        case _:
            return None
