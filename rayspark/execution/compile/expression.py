"""An expression as the text of a DuckDB expression.

Compilation goes from the leaves upwards in a loop, so deep expressions do not overflow the stack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

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
    ExprId,
    InSubquery,
    Lambda,
    LambdaVariable,
    Literal,
    OuterReference,
    ScalarSubquery,
    SortOrder,
    SubqueryExpression,
    WindowCall,
    WindowSpec,
)
from rayspark.catalyst.expressions.window import Frame, FrameBound
from rayspark.datatypes import (
    BooleanType,
    DataType,
    DateType,
    DayTimeIntervalType,
    IntegralType,
    StringType,
    TimestampNTZType,
    TimestampType,
    VariantType,
    YearMonthIntervalType,
)
from rayspark.errors import PySparkNotImplementedError
from rayspark.execution.compile.cast import compile_cast
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.compile.depth import check_depth
from rayspark.execution.compile.literal import compile_literal
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels import Exact, Kernel, Site, kernels
from rayspark.execution.kernels.kernel import Outside, clear
from rayspark.execution.kernels.ordering import orderable

Names = Mapping[ExprId, str]
"""What each attribute is called in the text."""


OF_ROWS = (AggregateCall, WindowCall, SubqueryExpression)


def compile_expression(expression: Expression, names: Names, context: CompileContext) -> str:
    """The DuckDB text of a resolved expression whose attributes are columns called ``names``."""
    done: dict[int, str] = {}
    nodes = expression.walk_up()
    check_depth(nodes)
    for node in nodes:
        made = _compile(node, lambda e: done[id(e)], names, context)
        inside = any(isinstance(done[id(child)], Outside) for child in node.children)
        done[id(node)] = Outside(made) if inside or isinstance(node, OF_ROWS) else made
    return done[id(expression)]


def _compile(
    e: Expression, text: Callable[[Expression], str], names: Names, context: CompileContext
) -> str:
    match e:
        case Attribute():
            return names[e.id]
        case LambdaVariable():
            return lambda_name(e)
        case Literal():
            return compile_literal(e.value, e.type)
        case Alias():
            return text(e.child)
        case Cast() if isinstance(e.child.dtype, VariantType) and e.type != e.child.dtype:
            return _variant_cast(e, text(e.child), context)
        case Cast():
            return clear(
                context,
                [text(e.child)],
                lambda t: compile_cast(t[0], e.child.dtype, e.type, e.mode, context),
            )
        case CaseWhen():
            parts = [f"WHEN {text(when)} THEN {text(then)}" for when, then in e.branches]
            if e.otherwise is not None:
                parts.append(f"ELSE {text(e.otherwise)}")
            return f"CASE {' '.join(parts)} END"
        case Lambda():
            return f"lambda {', '.join(map(lambda_name, e.parameters))}: {text(e.body)}"
        case SortOrder():
            return _sort_key(e, text)
        case AggregateCall():
            return _aggregate(e, text, context)
        case WindowCall():
            return _window(e, text, context)
        case WindowSpec() | Frame() | FrameBound():
            return ""  # compiled with the window call around it
        case OuterReference():
            return f"c{e.attribute.id}"
        case SubqueryExpression():
            return _subquery(e, text, context)
        case Call():
            if e.fn.kind in ("aggregate", "window"):
                return ""  # compiled with the aggregate or window call around it
            args = [text(a) for a in e.args]
            return clear(context, args, lambda texts: compile_call(Site(e, texts, context)))
    raise PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED", messageParameters={"feature": f"expression {e.sql()}"}
    )


def _variant_cast(e: Cast, value: str, context: CompileContext) -> str:
    """The whole of a variant as another type."""
    name = "variant_get" if e.mode is CastMode.ANSI else "try_variant_get"
    path, kind = (Literal(t, StringType()) for t in ("$", e.type.simpleString()))
    made = Call(name, (e.child, path, kind), e.type)
    return compile_call(Site(made, [value, "'$'", "''"], context))


def _subquery(
    e: SubqueryExpression, text: Callable[[Expression], str], context: CompileContext
) -> str:
    """A query inside an expression; what it reads of the outer query is known there by its name."""
    assert context.subquery is not None
    query = context.subquery(e.plan)
    match e:
        case Exists():
            return f"EXISTS ({query})"
        case InSubquery(values=(value,)):
            return f"({text(value)} IN ({query}))"
        case InSubquery(values=values):
            # Rows of DuckDB are equal where both hold null; here that is neither true nor false.
            pairs = zip(values, e.plan.output, strict=True)
            equal = " AND ".join(f"{text(value)} = c{a.id}" for value, a in pairs)
            found = "WHEN bool_or(e) THEN true WHEN bool_or(e IS NULL) THEN NULL ELSE false"
            return f"(SELECT CASE {found} END FROM (SELECT ({equal}) AS e FROM ({query})))"
    assert isinstance(e, ScalarSubquery)
    return f"({query})"


def lambda_name(variable: LambdaVariable) -> str:
    """What a lambda's parameter is called in the text."""
    return f"v{variable.id}"


def _sort_key(order: SortOrder, text: Callable[[Expression], str]) -> str:
    return orderable(text(order.child), order.child.dtype) + sort_suffix(order)


def sort_suffix(order: SortOrder) -> str:
    """Direction and place of nulls."""
    direction = "" if order.ascending else " DESC"
    return f"{direction} NULLS {'FIRST' if order.nulls_first else 'LAST'}"


def compile_call(site: Site) -> str:
    """The text of a call by its kernel, in the type that the function's row says."""
    kernel: Kernel | None = kernels().get(site.call.name)
    if kernel is None:
        raise PySparkNotImplementedError(
            errorClass="NOT_IMPLEMENTED",
            messageParameters={"feature": f"function {site.call.name}"},
        )
    exact = isinstance(kernel, Exact)
    body = kernel.kernel if isinstance(kernel, Exact) else kernel
    text = (
        body.format(*site.args, all=", ".join(site.args)) if isinstance(body, str) else body(site)
    )
    if exact or isinstance(site.type, (BooleanType, StringType)):
        return text
    return f"CAST({text} AS {duck_type(site.type)})"


def _aggregate(
    e: AggregateCall,
    text: Callable[[Expression], str],
    context: CompileContext,
    over: str = "",
    ignore_nulls: bool = False,
) -> str:
    """DISTINCT, FILTER, ORDER BY and OVER are put into its text by the kernel, because one function
    may be several of DuckDB's.
    """
    return compile_call(
        Site(
            e.call,
            [text(a) for a in e.args],
            context,
            aggregate=e,
            filter=None if e.filter is None else text(e.filter),
            order=[text(key) for key in e.order],
            over=over,
            ignore_nulls=ignore_nulls,
        )
    )


# -- windows ---------------------------------------------------------------------------------------


def _window(e: WindowCall, text: Callable[[Expression], str], context: CompileContext) -> str:
    call = e.function
    if isinstance(call, AggregateCall):
        spec = _mirrored(e.spec) if call.name in LAST_OF_EQUALS else e.spec
        return _aggregate(call, text, context, _over(spec, text, framed=True), e.ignore_nulls)
    assert isinstance(call, Call)
    over = _over(e.spec, text, framed=call.name == "nth_value")
    args = [text(a) for a in call.args]
    return compile_call(Site(call, args, context, over=over, ignore_nulls=e.ignore_nulls))


LAST_OF_EQUALS = {"max_by", "min_by"}
"""Of rows with equal keys they take the frame's last, and DuckDB's take the first."""
MIRRORED: dict[str, Any] = {
    "unbounded preceding": "unbounded following",
    "preceding": "following",
    "current": "current",
    "following": "preceding",
    "unbounded following": "unbounded preceding",
}


def _mirrored(spec: WindowSpec) -> WindowSpec:
    """The same frames, their rows from the last to the first."""
    if not spec.order or spec.frame is None:
        return spec
    lower, upper = (b.copy(kind=MIRRORED[b.kind]) for b in (spec.frame.upper, spec.frame.lower))
    order = tuple(
        o.copy(ascending=not o.ascending, nulls_first=not o.nulls_first) for o in spec.order
    )
    return spec.copy(order=order, frame=spec.frame.copy(lower=lower, upper=upper))


def _over(spec: WindowSpec, text: Callable[[Expression], str], *, framed: bool) -> str:
    """`` OVER (...)``. Functions that look at their place alone have no frame in DuckDB."""
    parts = []
    if spec.partition:
        parts.append("PARTITION BY " + ", ".join(map(text, spec.partition)))
    if spec.order:
        parts.append("ORDER BY " + ", ".join(_sort_key(order, text) for order in spec.order))
    if spec.frame is not None and framed:
        key = spec.order[0].child.dtype if spec.order and spec.frame.unit == "range" else None
        lower, upper = (_bound(bound, text, key) for bound in (spec.frame.lower, spec.frame.upper))
        parts.append(f"{spec.frame.unit.upper()} BETWEEN {lower} AND {upper}")
    return f" OVER ({' '.join(parts)})"


def _bound(bound: FrameBound, text: Callable[[Expression], str], key: DataType | None) -> str:
    if bound.kind == "current":
        return "CURRENT ROW"
    if bound.offset is None:
        return bound.kind.upper()
    distance = text(bound.offset)
    if isinstance(key, (DateType, TimestampType, TimestampNTZType)):
        match bound.offset.dtype:
            case DayTimeIntervalType():
                distance = f"to_microseconds({distance})"
            case YearMonthIntervalType():
                distance = f"to_months({distance})"
            case IntegralType():
                distance = f"to_days(CAST({distance} AS INTEGER))"
    return f"{distance} {bound.kind.upper()}"
