"""JSON text read as Spark reads it: paths, and values of a schema. No DuckDB in here.

>>> find_path('{"a": [{"b": 1}, {"b": 2}]}', "$.a[*].b")
'[1,2]'
>>> find_path('{"a": "x"}', "$.a")
'x'
"""

from __future__ import annotations

import decimal
import json
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegralType,
    MapType,
    StringType,
    StructType,
)
from rayspark.execution.kernels.texts import java_double


class Number(str):
    """A number as it was written."""

    __slots__ = ()


class Malformed(Exception):
    """The text is no JSON, or not of the schema's form."""


_DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number)


def parse(text: str) -> Any:
    """The text's value; numbers are :class:`Number`. Text after the value is left alone."""
    try:
        return _DECODER.raw_decode(text.lstrip(" \t\r\n"))[0]
    except (ValueError, RecursionError) as error:
        raise Malformed from error


def write(value: Any) -> str:
    """A parsed value as compact JSON, numbers as Java prints them."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Number():
            return value if value.lstrip("-").isdigit() else java_double(float(value))
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return "[" + ",".join(map(write, value)) + "]"
    members = (f"{json.dumps(k, ensure_ascii=False)}:{write(v)}" for k, v in value.items())
    return "{" + ",".join(members) + "}"


# -- paths -----------------------------------------------------------------------------------------

ANY = object()
RAW, QUOTED, FLATTEN = range(3)
_STEP = re.compile(r"\.\*|\.([^.\[]+)|\[(\d+)\]|\[\*\]|\['([^']*)'\]")
Step = Any
"""A name, a place or ``ANY``; ``ANY`` of an array is ``(ANY,)``."""


@cache
def steps_of(path: str) -> tuple[Step, ...] | None:
    """A path's steps; ``None`` if it is no path."""
    if not path.startswith("$"):
        return None
    found: list[Step] = []
    at = 1
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return None
        if step[0] == "[*]":
            found.append((ANY,))
        elif step[0] == ".*":
            found.append(ANY)
        elif step[2] is not None:
            found.append(int(step[2]))
        else:
            found.append(step[1] if step[1] is not None else step[3])
        at = step.end()
    return tuple(found)


def find_path(text: str, path: str) -> str | None:
    """``get_json_object``."""
    steps = steps_of(path)
    if steps is None:
        return None
    try:
        value = parse(text)
    except Malformed:
        return None
    out: list[str] = []
    return ",".join(out) if _walk(value, steps, RAW, out) else None


def _walk(value: Any, steps: tuple[Step, ...], style: int, out: list[str]) -> bool:
    """Hive's rules, which Spark keeps: one match of a wildcard is not put in brackets."""
    if not steps:
        if isinstance(value, str) and not isinstance(value, Number) and style == RAW:
            out.append(value)
            return True
        if isinstance(value, list) and style == FLATTEN:
            found = [_walk(item, (), style, out) for item in value]
            return any(found)
        out.append(write(value))
        return True
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict) and (isinstance(step, str) or step is ANY):
        return _walk_object(value, step, rest, style, out)
    if not isinstance(value, list):
        return False
    if isinstance(step, int):
        inner = QUOTED if rest and rest[0] == (ANY,) else style
        return step < len(value) and _walk(value[step], rest, inner, out)
    return step == (ANY,) and _walk_array(value, rest, style, out)


def _walk_object(
    value: dict[str, Any], step: Step, rest: tuple[Step, ...], style: int, out: list[str]
) -> bool:
    """``.*`` finds nothing, as in Spark."""
    member = value.get(step) if isinstance(step, str) else None
    return member is not None and _walk(member, rest, style, out)


def _walk_array(value: list[Any], rest: tuple[Step, ...], style: int, out: list[str]) -> bool:
    inner: list[str] = []
    if rest and rest[0] == (ANY,):
        found = [_walk(item, rest[1:], FLATTEN, inner) for item in value]
        out.append(f"[{','.join(inner)}]")
        return any(found)
    if style == QUOTED:
        found = [_walk(item, rest, QUOTED, inner) for item in value]
        out.append(f"[{','.join(inner)}]")
        return any(found)
    count = sum(_walk(item, rest, QUOTED if style == RAW else style, inner) for item in value)
    if count:
        joined = ",".join(inner)
        out.append(f"[{joined}]" if count > 1 else joined)
    return count > 0


# -- values of a schema ----------------------------------------------------------------------------

Reader = Callable[[Any], Any]


def reader(dt: DataType) -> Reader:
    """What makes a value of a type from a parsed one; null where it does not fit.

    Dates, times and timestamps stay text: the query casts them.
    """
    match dt:
        case StringType():
            return lambda v: v if _is_text(v) else (None if v is None else write(v))
        case BooleanType():
            return lambda v: v if isinstance(v, bool) else None
        case IntegralType():
            limit = 1 << (8 * INTEGER_BYTES[dt.typeName()] - 1)
            return lambda v: _integer(v, limit)
        case DoubleType() | FloatType():
            return _double
        case DecimalType():
            return lambda v: _decimal(v, dt)
        case BinaryType():
            return _nothing
        case ArrayType():
            item = reader(dt.elementType)
            return lambda v: _all_or_none(v, item) if isinstance(v, list) else None
        case MapType():
            part = reader(dt.valueType)
            return lambda v: _map(v, part) if isinstance(v, dict) else None
        case StructType():
            parts = [(f.name, reader(f.dataType)) for f in dt.fields]
            return lambda v: (
                {name: read(v.get(name)) for name, read in parts} if isinstance(v, dict) else None
            )
    return lambda v: v if _is_text(v) else (str(v) if isinstance(v, Number) else None)


def _nothing(_value: Any) -> None:
    """Binary values have no form in JSON here."""


def _all_or_none(values: Any, read: Reader) -> list[Any] | None:
    """All values; null where one does not fit."""
    found = [read(v) for v in values]
    fits = all(made is not None or v is None for made, v in zip(found, values, strict=True))
    return found if fits else None


def _map(value: dict[str, Any], read: Reader) -> list[tuple[str, Any]] | None:
    values = _all_or_none(list(value.values()), read)
    return None if values is None else list(zip(value, values, strict=True))


INTEGER_BYTES = {"byte": 1, "short": 2, "integer": 4, "long": 8}
"""Width of each whole type, by its name."""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _integer(value: Any, limit: int) -> int | None:
    if not isinstance(value, Number) or not value.lstrip("-").isdigit():
        return None
    number = int(value)
    return number if -limit <= number < limit else None


def _double(value: Any) -> float | None:
    if isinstance(value, Number):
        return float(value)
    if _is_text(value):
        return {"NaN": math.nan, "Infinity": math.inf, "+Infinity": math.inf, "INF": math.inf,
                "+INF": math.inf, "-Infinity": -math.inf, "-INF": -math.inf}.get(value)  # fmt: skip
    return None


def _decimal(value: Any, dt: DecimalType) -> decimal.Decimal | None:
    if not isinstance(value, str):
        return None
    try:
        with decimal.localcontext(decimal.Context(prec=80)):
            number = decimal.Decimal(value).quantize(
                decimal.Decimal(1).scaleb(-dt.scale), decimal.ROUND_HALF_UP
            )
    except decimal.InvalidOperation:
        return None
    return number if abs(number) < decimal.Decimal(10) ** (dt.precision - dt.scale) else None


def read_root(text: str, dt: DataType, read: Reader) -> Any:
    """A whole text as a value of the schema; :class:`Malformed` where it has another form."""
    if not text.strip():
        return None
    value = parse(text)
    match dt:
        case StructType():
            if not isinstance(value, dict):
                raise Malformed
        case ArrayType(elementType=StructType()) if isinstance(value, dict):
            return [read_item(dt, value)]
        case ArrayType():
            if not isinstance(value, list):
                raise Malformed
        case MapType():
            if not isinstance(value, dict):
                raise Malformed
    return read(value)


def read_item(dt: ArrayType, value: Any) -> Any:
    """One element of an array whose brackets are missing."""
    return reader(dt.elementType)(value)


# -- the schema of a text --------------------------------------------------------------------------


def infer(text: str) -> str:
    """``schema_of_json``: DDL."""
    return _ddl(_inferred(parse(text)))


Shape = Any
"""A type's name, ``("ARRAY", shape)`` or ``{field: shape}``; ``None`` for what is null."""


def _inferred(value: Any) -> Shape:
    match value:
        case None:
            return None
        case bool():
            return "BOOLEAN"
        case Number():
            if not value.lstrip("-").isdigit():
                return "DOUBLE"
            number = int(value)
            return "BIGINT" if -(1 << 63) <= number < 1 << 63 else f"DECIMAL({len(value)},0)"
        case str():
            return "STRING"
        case list():
            shape: Shape = None
            for item in value:
                shape = _common(shape, _inferred(item))
            return ("ARRAY", shape)
    return {k: _inferred(v) for k, v in value.items()}


def _common(a: Shape, b: Shape) -> Shape:
    if a is None or b is None or a == b:
        return b if a is None else a
    if isinstance(a, dict) and isinstance(b, dict):
        names = [*a, *(k for k in b if k not in a)]
        return {k: _common(a.get(k), b.get(k)) for k in names}
    if isinstance(a, tuple) and isinstance(b, tuple):
        return ("ARRAY", _common(a[1], b[1]))
    return "DOUBLE" if {a, b} == {"BIGINT", "DOUBLE"} else "STRING"


def _ddl(shape: Shape) -> str:
    match shape:
        case None:
            return "STRING"
        case str():
            return shape
        case ("ARRAY", inner):
            return f"ARRAY<{_ddl(inner)}>"
    fields = (f"{_name(k)}: {_ddl(v)}" for k, v in sorted(shape.items()))
    return f"STRUCT<{', '.join(fields)}>"


def _name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else "`" + name.replace("`", "``") + "`"
