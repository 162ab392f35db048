"""How a column prints before analysis: ``+(a, 1)``, ``a['x']``, ``CASE WHEN =(a, 1) THEN 'x' END``.

This is the text inside ``Column<'...'>``; it shows calls as they were made. Names of result columns
are another matter: analysis makes those.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterable

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    CaseWhen,
    Cast,
    CastMode,
    Expression,
    Frame,
    FrameBound,
    Lambda,
    LambdaVariable,
    Literal,
    MultiAlias,
    NamedArgument,
    PythonUDF,
    SortOrder,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedStar,
    WindowCall,
    WindowSpec,
)
from rayspark.datatypes import DayTimeIntervalType, LongType, StringType

_SHOWN = {"isnull": "isNull", "isnotnull": "isNotNull", "isnan": "isNaN", "not": "!"}


def text_of(e: Expression) -> str:
    """The expression as ``Column<'...'>`` shows it."""
    match e:
        case Literal():
            return _literal(e)
        case UnresolvedAttribute():
            name = ".".join(f"`{p}`" if "." in p else p for p in e.parts)
            return f"lazy({name})" if e.outer else name
        case Attribute():
            return ".".join((*e.qualifier, e.name))
        case UnresolvedFunction(name="update_field" | "drop_field", args=(struct, field, *rest)):
            shown = [text_of(struct), field.sql(), *map(text_of, rest)]
            return f"{e.name}({', '.join(shown)})"
        case UnresolvedFunction():
            return f"{_SHOWN.get(e.name, e.name)}({_all(e.args)})"
        case PythonUDF():
            return e.written([text_of(a) for a in e.args])
        case NamedArgument():
            return f"{e.name} => {text_of(e.value)}"
        case UnresolvedExtract():
            return f"{text_of(e.child)}[{text_of(e.key)}]"
        case Cast():
            word = "TRY_CAST" if e.mode is CastMode.TRY else "CAST"
            return f"{word}({text_of(e.child)} AS {e.type.simpleString().upper()})"
        case Alias():
            return f"{text_of(e.child)} AS {e.name}"
        case MultiAlias():
            return f"{text_of(e.child)} AS ({', '.join(e.names)})"
        case SortOrder():
            direction = "ASC" if e.ascending else "DESC"
            return f"{text_of(e.child)} {direction} NULLS {'FIRST' if e.nulls_first else 'LAST'}"
        case CaseWhen():
            whens = [f" WHEN {text_of(when)} THEN {text_of(then)}" for when, then in e.branches]
            tail = "" if e.otherwise is None else f" ELSE {text_of(e.otherwise)}"
            return f"CASE{''.join(whens)}{tail} END"
        case Lambda():
            names = _all(e.parameters)
            return f"{names if len(e.parameters) == 1 else f'({names})'} -> {text_of(e.body)}"
        case LambdaVariable():
            return e.name
        case WindowCall():
            return f"{text_of(e.function)} OVER {_window(e.spec)}"
        case UnresolvedStar(target=target) if target:
            return ".".join([*target, "*", "*"])  # as PySpark prints it
        case UnresolvedAlias():
            return text_of(e.child)
    return e.sql()


def _all(expressions: Iterable[Expression]) -> str:
    return ", ".join(map(text_of, expressions))


def _literal(e: Literal) -> str:
    match e.value:
        case str() if isinstance(e.type, StringType):
            return "'" + e.value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        case datetime.datetime():
            shown = e.value.astimezone().replace(tzinfo=None) if e.value.tzinfo else e.value
            fraction = f"{shown.microsecond:06d}".rstrip("0") or "0"
            return f"{shown:%Y-%m-%d %H:%M:%S}.{fraction}"
        case datetime.date() | datetime.time():
            return e.value.isoformat()
        case decimal.Decimal():
            return f"{e.value:f}"
        case int() if isinstance(e.type, LongType):
            return f"{e.value}L"
        case int() if isinstance(e.type, DayTimeIntervalType):
            return _duration(e.value)
    return e.sql()


def _duration(micros: int) -> str:
    """As Java writes a ``Duration``: ``PT25H0.5S``."""
    seconds, fraction = divmod(abs(micros), 1_000_000)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    sign = "-" if micros < 0 else ""
    text = "".join(f"{sign}{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    if seconds or fraction:
        digits = f".{fraction:06d}".rstrip("0") if fraction else ""
        text += f"{sign}{seconds}{digits}S"
    return f"PT{text or '0S'}"


def _window(spec: WindowSpec) -> str:
    parts = []
    if spec.partition:
        parts.append(f"PARTITION BY {_all(spec.partition)}")
    if spec.order:
        parts.append(f"ORDER BY {_all(spec.order)}")
    if spec.frame is not None:
        parts.append(_frame(spec.frame))
    return f"({' '.join(parts)})"


def _frame(frame: Frame) -> str:
    return f"{frame.unit.upper()} BETWEEN {_bound(frame.lower)} AND {_bound(frame.upper)}"


def _bound(bound: FrameBound) -> str:
    if bound.kind == "current":
        return "CURRENT ROW"
    if bound.offset is None:
        return bound.kind.upper()
    text = text_of(bound.offset)
    return f"-{text}" if bound.kind == "preceding" else text
