"""Spark's schema JSON, read. (Each type writes its own, in ``jsonValue``.)

A type without parts is a word (``"integer"``, ``"decimal(10,2)"``); one with parts is an object
with a ``type``.

>>> parse_json_string('{"type":"array","elementType":"long","containsNull":false}')
ArrayType(LongType(), False)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from rayspark.datatypes.atomic import (
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
from rayspark.datatypes.base import DataType, NullType, Parsers
from rayspark.datatypes.intervals import (
    AnsiIntervalType,
    CalendarIntervalType,
    DayTimeIntervalType,
    YearMonthIntervalType,
)
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.schema import StructType
from rayspark.datatypes.spatial import GeographyType, GeometryType
from rayspark.datatypes.udt import UserDefinedType
from rayspark.datatypes.variant import VariantType
from rayspark.errors import PySparkTypeError, PySparkValueError

PLAIN: dict[str, Callable[[], DataType]] = {
    "string": StringType,
    "binary": BinaryType,
    "boolean": BooleanType,
    "decimal": DecimalType,
    "float": FloatType,
    "double": DoubleType,
    "byte": ByteType,
    "short": ShortType,
    "integer": IntegerType,
    "long": LongType,
    "date": DateType,
    "timestamp": TimestampType,
    "timestamp_ntz": TimestampNTZType,
    "void": NullType,
    "variant": VariantType,
    "interval": CalendarIntervalType,
}
"""Words that stand for a type without parameters (or with its defaults)."""


def _interval(kind: type[AnsiIntervalType], match: re.Match[str]) -> DataType:
    units = {name: number for number, name in kind._fields.items()}
    return kind(units[match[1]], units[match[2]] if match[2] else None)


_CRS = r"\s*(\w+:-?\w+)\s*"
_DAY_TIME = "(day|hour|minute|second)"
PARAMETRISED: list[tuple[str, Callable[[re.Match[str]], DataType]]] = [
    (r"decimal\(\s*(\d+)\s*,\s*(-?\d+)\s*\)", lambda m: DecimalType(int(m[1]), int(m[2]))),
    (r"time\(\s*(\d+)\s*\)", lambda m: TimeType(int(m[1]))),
    (f"interval {_DAY_TIME}(?: to {_DAY_TIME})?", lambda m: _interval(DayTimeIntervalType, m)),
    (
        "interval (year|month)(?: to (year|month))?",
        lambda m: _interval(YearMonthIntervalType, m),
    ),
    (r"string\s+collate\s+(\w+)", lambda m: StringType(m[1])),
    (r"char\(\s*(\d+)\s*\)", lambda m: CharType(int(m[1]))),
    (r"varchar\(\s*(\d+)\s*\)", lambda m: VarcharType(int(m[1]))),
    (r"geometry$", lambda _: GeometryType._from_crs(GeometryType.DEFAULT_CRS)),
    (rf"geometry\({_CRS}\)", lambda m: GeometryType._from_crs(m[1])),
    (
        rf"geography(?:\((?:{_CRS})?,?\s*(\w+)?\s*\))?$",
        lambda m: GeographyType._from_crs(
            m[1] or GeographyType.DEFAULT_CRS, m[2] or GeographyType.DEFAULT_ALG
        ),
    ),
]
"""Forms with parameters, in the order they are tried."""


def parse_json_string(text: str) -> DataType:
    """The type a schema JSON text describes."""
    return parse_json_value(json.loads(text))


def parse_json_value(
    value: Any, path: str = "", collations: dict[str, str] | None = None
) -> DataType:
    """The type a schema JSON value describes.

    Parameters
    ----------
    value : str or dict
        the JSON value.
    path : str
        where the type stands in its field, for ``collations``.
    collations : dict, optional
        collation name by path.

    Raises
    ------
    PySparkValueError
        if the word or the kind of nested type is unknown.
    """
    if not isinstance(value, dict):
        return _parse_word(value, path, collations or {})
    kind = value["type"]
    if collations and path in collations:
        raise _not_collatable(kind)
    match kind:
        case "array":
            return ArrayType.fromJson(value, path, collations)
        case "map":
            return MapType.fromJson(value, path, collations)
        case "struct":
            return StructType.fromJson(value)
        case "udt":
            return UserDefinedType.fromJson(value)
        case _:
            raise PySparkValueError(
                errorClass="UNSUPPORTED_DATA_TYPE", messageParameters={"data_type": str(kind)}
            )


def _parse_word(word: str, path: str, collations: dict[str, str]) -> DataType:
    if word in PLAIN:
        if path not in collations:
            return PLAIN[word]()
        if word != "string":
            raise _not_collatable(word)
        return StringType(collations[path])
    for pattern, build in PARAMETRISED:
        if found := re.match(pattern, word):
            return build(found)
    raise PySparkValueError(
        errorClass="CANNOT_PARSE_DATATYPE", messageParameters={"msg": str(word)}
    )


def _not_collatable(kind: str) -> PySparkTypeError:
    return PySparkTypeError(
        errorClass="INVALID_JSON_DATA_TYPE_FOR_COLLATIONS", messageParameters={"jsonType": kind}
    )


Parsers.json = parse_json_value
