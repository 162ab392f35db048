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
    LambdaVariable,
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
from rayspark.datatypes import (
    ArrayType,
    DataType,
    DayTimeIntervalType,
    MapType,
    StructType,
    TimestampType,
)
from rayspark.datatypes.arithmetic import resolve

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
            return f"{name}({text(e.child)} AS {type_text(e.type)})"
        case Alias():
            return f"{text(e.child)} AS {quote(e.name)}"
        case UnresolvedAlias():
            return text(e.child)
        case AggregateCall():
            return _aggregate(e, text)
        case CaseWhen() | WindowSpec():
            return e._write(text)
        case WindowCall():
            shown = e.ignore_nulls and getattr(e.function, "name", "") == "nth_value"
            nulls = " ignore nulls" if shown else ""
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
        case LambdaVariable():
            return e.sql() if e.type is not None else e.name
        case PythonUDF():
            return e.written([text(a) for a in e.args])
        case ScalarSubquery() | Exists():
            name = "exists" if isinstance(e, Exists) else "scalarsubquery"
            return f"{name}({', '.join(a.name for a in e.outer)})"
        case InSubquery():
            if len(e.values) == 1:
                left = text(e.values[0])
            else:
                parts = (f"'{field_name(v) or text(v)}', {text(v)}" for v in e.values)
                left = f"named_struct({', '.join(parts)})"
            return f"({left} IN (listquery({', '.join(a.name for a in e.outer)})))"
        case Frame() | FrameBound() | OuterReference():
            return e.sql()
    return e.sql()


def _literal(e: Literal, zone: str) -> str:
    if isinstance(e.type, TimestampType) and e.value is not None and zone != "UTC":
        try:
            return Literal(e.value.astimezone(ZoneInfo(zone)), e.type).sql()
        except OverflowError:  # by way of UTC it leaves Python's years: it is as it was written
            return e.sql()
    return e.sql()


UPPER = {
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "cot", "csc",
    "degrees", "dense_rank", "exp", "expm1", "floor", "log10", "log1p", "log2", "percent_rank",
    "power", "radians", "rank", "regexp", "regexp_like", "sec", "signum", "sin", "sinh",
    "spark_partition_id", "sqrt", "tan", "tanh",
}  # fmt: skip
"""Functions that Spark writes in capitals."""
ONE_SHOWN = {
    "first", "last", "any_value", "first_value", "last_value", "mode", "approx_count_distinct",
}  # fmt: skip
"""Aggregates of which only the first argument is written."""
ORDER_FIRST = {"percentile_cont", "percentile_disc", "mode"}
"""Aggregates of the key after WITHIN GROUP (ORDER BY key): it is their first argument."""


def _call(e: Call, text: Text) -> str:
    shown = e.shown or e.name
    if shown == "struct":
        pairs = zip(e.args[0::2], e.args[1::2], strict=True)
        return f"struct({', '.join(_field(i, n, v, text) for i, (n, v) in enumerate(pairs, 1))})"
    args = [text(a) for a in e.args]
    if shown == "log" and len(args) == 1:
        return f"LOG(E(), {args[0]})"
    if shown in UPPER and (len(args) < 2 or shown not in ("ceil", "floor")):
        return write_call(shown.upper(), args)
    if shown in ("aggregate", "reduce") and len(args) == 3:
        args.append("lambdafunction(namedlambdavariable(), namedlambdavariable())")
    if e.name in ("+", "-") and len(args) == 2 and e.resolved:
        return _sum(e, args) or write_call(shown, args)
    return write_call(shown, args)


def _sum(e: Call, args: list[str]) -> str | None:
    """Dates and times with days and intervals are written otherwise than numbers."""
    moment, step = args
    first, second = (a.child if isinstance(a, Cast) and a.implicit else a for a in e.args)
    found = resolve(e.name, first.dtype, second.dtype)
    if found is None:
        return None
    match found.operation:
        case "DateAdd" | "DateSub":
            name = "date_add" if found.operation == "DateAdd" else "date_sub"
            if isinstance(second.dtype, DayTimeIntervalType):
                step = f"extractansiintervaldays({step})"
                step = f"(- {step})" if e.name == "-" else step
            return f"{name}({moment}, {step})"
        case operation if operation.endswith("Interval") and "Add" in operation:
            return f"{moment} {e.name} {step}"
    return None


def _field(at: int, name: Expression, value: Expression, text: Text) -> str:
    title = name.value if isinstance(name, Literal) else ""
    if title in (field_name(value), f"col{at}"):
        return text(value)
    return f"{text(value)} AS {quote(str(title))}"


def field_name(e: Expression) -> str | None:
    """The name that a value has by itself as a field of a struct."""
    match e:
        case Attribute() | Alias() | LambdaVariable():
            return e.name
        case Call(name="getfield", args=(_, Literal(value=name))):
            return str(name)
    return None


def type_text(dt: DataType) -> str:
    """A type in SQL: ``MAP<STRING, INT>``."""
    match dt:
        case ArrayType():
            return f"ARRAY<{type_text(dt.elementType)}>"
        case MapType():
            return f"MAP<{type_text(dt.keyType)}, {type_text(dt.valueType)}>"
        case StructType():
            fields = (
                f"{quote(f.name)}: {type_text(f.dataType)}{'' if f.nullable else ' NOT NULL'}"
                for f in dt.fields
            )
            return f"STRUCT<{', '.join(fields)}>"
    return dt.simpleString().upper()


def _aggregate(e: AggregateCall, text: Text) -> str:
    shown = e.call.shown or e.name
    args = [text(a) for a in e.args]
    if e.name in ORDER_FIRST and e.order:
        del args[0]
    if e.name in ONE_SHOWN and not e.order:
        del args[1:]
    if e.name == "mode" and e.order:
        args.clear()
    written = write_call(shown, args, distinct=e.distinct)
    if e.order:
        if e.name in ORDER_FIRST:
            keys = ", ".join(text(o.child) + ("" if o.ascending else " DESC") for o in e.order)
        else:
            keys = ", ".join(map(text, e.order))
        written += f" WITHIN GROUP (ORDER BY {keys})"
    if e.filter is not None:
        written += f" FILTER (WHERE {text(e.filter)})"
    return written
