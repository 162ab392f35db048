"""What unnamed columns are called, and how expressions stand in messages.

Spark's "pretty" text: columns without qualifier, no casts but the user's own, constants bare. It is
written from the leaves upwards in a loop, so deep expressions do not overflow the stack.

>>> from rayspark.catalyst.expressions import Call, lit
>>> pretty(Call("+", (lit(1), Call("not", (lit(True),)))))
'(1 + (NOT true))'
"""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Call,
    CaseWhen,
    Cast,
    CastMode,
    Exists,
    Expression,
    Frame,
    FrameBound,
    InSubquery,
    Lambda,
    Literal,
    NamedArgument,
    OuterReference,
    PythonUDF,
    ScalarSubquery,
    SortOrder,
    UnresolvedAlias,
    UnresolvedExtract,
    UnresolvedFunction,
    WindowCall,
    WindowSpec,
)
from rayspark.catalyst.expressions.call import write_call
from rayspark.catalyst.expressions.reference import quote
from rayspark.datatypes import TimestampType

Text = Callable[[Expression], str]


def pretty(e: Expression, zone: str = "UTC") -> str:
    """The text of an expression; TIMESTAMP constants as seen in a time zone."""
    done: dict[int, str] = {}
    for node in e.walk_up():
        done[id(node)] = _write(node, lambda part: done[id(part)], zone)
    return done[id(e)]


def _write(e: Expression, text: Text, zone: str) -> str:
    match e:
        case Attribute():
            return e.name
        case Literal():
            return _literal(e, zone)
        case Call():
            return _call(e, text)
        case Cast():
            if e.implicit:
                return text(e.child)
            name = "TRY_CAST" if e.mode is CastMode.TRY else "CAST"
            return f"{name}({text(e.child)} AS {e.type.simpleString().upper()})"
        case Alias():
            return f"{text(e.child)} AS {quote(e.name)}"
        case UnresolvedAlias():
            return text(e.child)
        case AggregateCall():
            return _aggregate(e, text)
        case CaseWhen() | WindowSpec():
            return e._write(text)
        case WindowCall():
            nulls = " IGNORE NULLS" if e.ignore_nulls else ""
            return f"{text(e.function)}{nulls} OVER {text(e.spec)}"
        case SortOrder():
            return f"{text(e.child)} {e._suffix()}"
        case UnresolvedFunction():
            return write_call(e.name, [text(a) for a in e.args], distinct=e.distinct)
        case UnresolvedExtract():
            return f"{text(e.child)}[{text(e.key)}]"
        case NamedArgument():
            return f"{e.name} => {text(e.value)}"
        case Lambda():
            inner = ", ".join(text(part) for part in (e.body, *e.parameters))
            return f"lambdafunction({inner})"
        case PythonUDF():
            return f"{e.function.name}({', '.join(map(text, e.args))})"
        case ScalarSubquery() | Exists():
            name = "exists" if isinstance(e, Exists) else "scalarsubquery"
            return f"{name}({', '.join(a.name for a in e.outer)})"
        case InSubquery():
            values = ", ".join(map(text, e.values))
            left = values if len(e.values) == 1 else f"(named_struct({values}))"
            return f"({left} IN (listquery({', '.join(a.name for a in e.outer)})))"
        case Frame() | FrameBound() | OuterReference():
            return e.sql()
    return e.sql()


def _literal(e: Literal, zone: str) -> str:
    if isinstance(e.type, TimestampType) and e.value is not None and zone != "UTC":
        return Literal(e.value.astimezone(ZoneInfo(zone)), e.type).sql()
    return e.sql()


def _call(e: Call, text: Text) -> str:
    shown = e.shown or e.name
    if shown == "struct":
        return f"struct({', '.join(map(text, e.args[1::2]))})"
    return write_call(shown, [text(a) for a in e.args])


_ORDER_IN_ARGUMENT = {"percentile_cont", "percentile_disc", "mode"}


def _aggregate(e: AggregateCall, text: Text) -> str:
    shown = e.call.shown or e.name
    written = write_call(shown, [text(a) for a in e.args], distinct=e.distinct)
    if e.order:
        if e.name in _ORDER_IN_ARGUMENT:
            keys = ", ".join(text(o.child) + ("" if o.ascending else " DESC") for o in e.order)
        else:
            keys = ", ".join(map(text, e.order))
        written += f" WITHIN GROUP (ORDER BY {keys})"
    if e.filter is not None:
        written += f" FILTER (WHERE {text(e.filter)})"
    return written
