"""Java's ``String.format`` over columns: ``format_string('%05.2f %s', a, b)``."""

from __future__ import annotations

import decimal
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rayspark.datatypes import BinaryType, BooleanType, DataType
from rayspark.datatypes.base import FractionalType, IntegralType
from rayspark.execution.compile.cast_text import text_of
from rayspark.execution.kernels.kernel import ArrowFunction, Failure
from rayspark.execution.kernels.texts import taking

if TYPE_CHECKING:
    from rayspark.execution.compile.context import CompileContext

_SPEC = re.compile(r"%(\d+\$)?([-#+ 0,(<]*)(\d+)?(\.\d+)?([a-zA-Z%])|%")


def argument(context: CompileContext, text: str, dt: DataType) -> str:
    """An argument as text; it is read again where the format wants a number."""
    return text_of(context, text, dt)


def java_format(pattern: str, values: list[Any], types: tuple[DataType, ...]) -> str:
    """The pattern with its values.

    Raises
    ------
    Failure
        INVALID_PARAMETER_VALUE, if a conversion does not fit its value.
    """
    at, last = 0, 0

    def put(found: re.Match[str]) -> str:
        nonlocal at, last
        place, flags, width, precision, kind = found.groups()
        if kind is None:
            raise _invalid(pattern[found.start() :])
        if kind in "%n":
            return _wide("%" if kind == "%" else "\n", flags, width)
        if place:
            index = int(place[:-1]) - 1
        elif "<" in flags:
            index = last
        else:
            index, at = at, at + 1
        last = index
        if index >= len(values):
            raise Failure("MISSING_FORMAT_ARGUMENT", format=found[0])
        return _one(kind, flags, width, precision, values[index], types[index])

    return _SPEC.sub(put, pattern)


def _one(kind: str, flags: str, width: str | None, precision: str | None, value: Any,
         dt: DataType) -> str:  # fmt: skip
    places = int(precision[1:]) if precision else None
    upper = kind.isupper()
    if value is None or kind.lower() in "sb":
        shown = "null" if value is None else str(value)
        if kind.lower() == "b":
            kept = isinstance(dt, BooleanType) and value is not None
            shown = shown if kept else "false" if value is None else "true"
        shown = shown[:places] if places is not None else shown
        return _wide(shown.upper() if upper else shown, flags.replace("0", ""), width)
    match kind.lower():
        case "d" if isinstance(dt, IntegralType):
            return _signed(int(value), "," if "," in flags else "", flags, width)
        case "x" | "o" if isinstance(dt, IntegralType):
            bits = 64 if dt.typeName() == "long" else 32
            shown = format(int(value) % (1 << bits), kind.lower())
            shown = ("0x" if kind.lower() == "x" else "0") + shown if "#" in flags else shown
            return _wide(shown.upper() if upper else shown, flags, width)
        case "f" if isinstance(dt, FractionalType):
            return _fraction(value, "f", 6 if places is None else places, flags, width)
        case "e" | "g" if isinstance(dt, FractionalType):
            shown = _fraction(value, kind.lower(), 6 if places is None else places, flags, width)
            return shown.upper() if upper else shown
        case "c":
            return _wide(chr(int(value)) if isinstance(dt, IntegralType) else value, flags, width)
        case "h" if not isinstance(dt, BinaryType):
            raise _unfit(kind, dt)
    raise _unfit(kind, dt)


def _unfit(kind: str, dt: DataType) -> Failure:
    return _invalid(f"%{kind} for {dt.simpleString()}")


def _invalid(value: str) -> Failure:
    return Failure(
        "INVALID_PARAMETER_VALUE.FORMAT", functionName="`format_string`", parameter="`format`",
        value=value,
    )  # fmt: skip


def _signed(value: int, comma: str, flags: str, width: str | None) -> str:
    return _framed(format(abs(value), comma), value < 0, flags, width)


def _fraction(value: str, kind: str, places: int, flags: str, width: str | None) -> str:

    if value in ("NaN", "Infinity", "-Infinity"):
        shown = value.removeprefix("-")
        return _framed(shown, value.startswith("-"), flags.replace("0", ""), width)
    number = decimal.Decimal(value)
    with decimal.localcontext(decimal.Context(prec=400, rounding=decimal.ROUND_HALF_UP)):
        size = abs(number)
        if kind == "g":
            places = max(places, 1)
            fixed = decimal.Decimal("1e-4") <= size < decimal.Decimal(10) ** places
            places = places - 1 - (size.adjusted() if fixed and size else 0)
            kind = "f" if fixed or not size else "e"
        comma = "," if "," in flags else ""
        shown = format(size, f"{comma}.{places}{kind}")
    shown = re.sub(r"e([+-])(\d)$", r"e\g<1>0\2", shown)
    return _framed(shown, number.is_signed(), flags, width)


def _framed(shown: str, negative: bool, flags: str, width: str | None) -> str:
    before, after = (
        ("-", "") if negative else ("+" if "+" in flags else " " if " " in flags else "", "")
    )
    if negative and "(" in flags:
        before, after = "(", ")"
    if "0" in flags and width:
        shown = shown.rjust(int(width) - len(before) - len(after), "0")
    return _wide(before + shown + after, flags, width)


def _wide(shown: str, flags: str, width: str | None) -> str:
    if not width:
        return shown
    size = int(width) - sum(ord(c) > 0xFFFF for c in shown)  # Java counts UTF-16
    if "-" in flags:
        return shown.ljust(size)
    return shown.rjust(size, "0" if "0" in flags else " ")


@cache
def formatter(types: tuple[DataType, ...], kinds: tuple[str, ...]) -> ArrowFunction:
    """``format_string`` for arguments of these types."""

    def run(*columns: Any) -> pa.Array:
        rows = zip(*(c.to_pylist() for c in columns), strict=True)
        return pa.array(
            [None if row[0] is None else java_format(row[0], list(row[1:]), types) for row in rows],
            pa.string(),
        )

    shape = "_".join(re.sub(r"\W", "_", t.simpleString()) for t in types)[:200]
    name = f"spark_format_{len(types)}_{shape}"
    return ArrowFunction(name, taking(run, len(kinds)), kinds, "VARCHAR")
