"""The schema of a variant, as ``schema_of_variant`` writes it.

>>> schema_text(schema_of({"a": [1, 2.5]}))
'OBJECT<a: ARRAY<DOUBLE>>'
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rayspark.datatypes.atomic import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    LongType,
    StringType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.datatypes.base import DataType, NullType
from rayspark.datatypes.coercion import find_tightest
from rayspark.datatypes.nested import ArrayType
from rayspark.datatypes.schema import StructField, StructType
from rayspark.datatypes.variant import VariantType

KINDS: dict[type, DataType] = {
    type(None): NullType(), bool: BooleanType(), int: LongType(), float: DoubleType(),
    str: StringType(), bytes: BinaryType(), datetime.date: DateType(),
}  # fmt: skip
WHOLE = DecimalType(20, 0)
"""As which a whole number meets a decimal."""


def schema_of(value: Any) -> DataType:
    """The type of a variant's value; objects are structs."""
    match value:
        case dict():
            fields = [StructField(name, schema_of(value[name])) for name in sorted(value)]
            return StructType(fields)
        case list():
            return ArrayType(merged(map(schema_of, value)))
        case Decimal():
            _, digits, exponent = value.normalize().as_tuple()
            scale = max(-int(exponent), 0)
            return DecimalType(max(len(digits) + max(int(exponent), 0), scale), scale)
        case datetime.datetime():
            return TimestampNTZType() if value.tzinfo is None else TimestampType()
    return KINDS[type(value)]


def merged(types: Iterable[DataType]) -> DataType:
    """The type of values of all these types; of none that of null."""
    found: DataType = NullType()
    for dt in types:
        found = merge(found, dt)
    return found


def merge(a: DataType, b: DataType) -> DataType:
    """The type of values of either type: VARIANT, if nothing closer."""
    match a, b:
        case NullType(), _:
            return b
        case _, NullType():
            return a
        case StructType(), StructType():
            types = {f.name: f.dataType for f in a.fields}
            for f in b.fields:
                types[f.name] = merge(types[f.name], f.dataType) if f.name in types else f.dataType
            return StructType([StructField(name, types[name]) for name in sorted(types)])
        case ArrayType(), ArrayType():
            return ArrayType(merge(a.elementType, b.elementType))
        case (DecimalType(), DoubleType()) | (DoubleType(), DecimalType()):
            return DoubleType()
        case DecimalType(), LongType():
            return merge(a, WHOLE)
        case LongType(), DecimalType():
            return merge(WHOLE, b)
        case DecimalType(), DecimalType():
            scale = max(a.scale, b.scale)
            digits = max(a.precision - a.scale, b.precision - b.scale) + scale
            return DoubleType() if digits > 38 else DecimalType(digits, scale)
    return find_tightest(a, b, ansi=False) or VariantType()


def schema_text(dt: DataType) -> str:
    """``OBJECT<a: ARRAY<BIGINT>>``."""
    match dt:
        case StructType():
            shown = (f"{_name(f.name)}: {schema_text(f.dataType)}" for f in dt.fields)
            return f"OBJECT<{', '.join(shown)}>"
        case ArrayType():
            return f"ARRAY<{schema_text(dt.elementType)}>"
    return dt.simpleString().upper()


def _name(name: str) -> str:
    plain = name.replace("_", "a").isalnum() and name.isascii() and not name[0].isdigit()
    return name if plain else "`" + name.replace("`", "``") + "`"
