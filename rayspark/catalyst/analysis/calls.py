"""Function calls: the name looked up, the arguments made to fit."""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.arguments import Bind, fit, wrong_number
from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.analysis.errors import error, sql_expr, sql_id
from rayspark.catalyst.analysis.operators import OPERATORS
from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Call,
    CaseWhen,
    Expression,
    Literal,
    NamedArgument,
    PythonFunction,
    PythonUDF,
    UnresolvedFunction,
    WindowCall,
    lit,
)
from rayspark.catalyst.functions import Fn, find_function
from rayspark.datatypes import BooleanType, StringType
from rayspark.errors import PySparkNotImplementedError

PRECISION_LOSS = "spark.sql.decimalOperations.allowPrecisionLoss"
NULL_FLAGGED = {"first", "last", "any_value", "first_value", "last_value"}
"""Aggregates whose second argument is what ``IGNORE NULLS`` means."""


def lookup(name: str) -> Fn | None:
    """The row of a built-in function; ``system.builtin.f`` is one too."""
    found = find_function(name)
    if found is None and "." in name:
        parts = name.lower().split(".")
        if parts[:-1] in (["builtin"], ["system", "builtin"]):
            return find_function(parts[-1])
    return found


def is_aggregate(e: UnresolvedFunction) -> bool:
    """Whether a call as written is of an aggregate function."""
    row = lookup(e.name)
    return row is not None and row.kind == "aggregate"


def resolve_call(e: UnresolvedFunction, context: AnalysisContext, bind: Bind) -> Expression:
    """The call of a known function; the arguments are resolved, lambdas excepted."""
    name = e.name.lower()
    special = SPECIAL.get(name)
    if special is not None:
        return special(e, context, bind)
    if name in OPERATORS and len(e.args) == 2:
        loss = context.settings.get(PRECISION_LOSS, "true") == "true"
        return OPERATORS[name](e, name, (e.args[0], e.args[1]), context.ansi, loss)
    if name in ("-", "+") and len(e.args) == 1:
        return resolve_call(e.copy(name="negative" if name == "-" else "positive"), context, bind)
    python = context.python_function(tuple(e.name.split(".")))
    if python is not None:
        return _python(e, python)
    row = lookup(name)
    if row is None:
        raise error(
            "UNRESOLVED_ROUTINE",
            routineName=sql_id(e.name.split(".")),
            searchPath=f"[{context.search_path()}]",
        )
    return _row_call(e, row, context, bind)


def _row_call(e: UnresolvedFunction, row: Fn, context: AnalysisContext, bind: Bind) -> Expression:
    if row.refused is not None:
        raise PySparkNotImplementedError(
            errorClass="NOT_IMPLEMENTED",
            messageParameters={"feature": f"function {row.name} ({row.refused})"},
        )
    if row.name in OPERATORS:  # by another name: mod(a, b)
        return OPERATORS[row.name](e, row.name, _two(e), context.ansi, True)
    if e.ignore_nulls and row.name in NULL_FLAGGED and len(e.args) == 1:
        e = e.copy(args=(*e.args, lit(True)))
    args = fit(e, row, context.ansi, bind)
    shown = e.name.lower()
    made = Call(row.name, args, shown=None if shown == row.name else shown)
    if row.kind == "aggregate":
        return _aggregate(e, made)
    if e.distinct:
        raise unsupported_syntax(e.name, "DISTINCT")
    if e.filter is not None:
        raise unsupported_syntax(e.name, "FILTER clause")
    if e.order:
        raise unsupported_syntax(e.name, "WITHIN GROUP (ORDER BY ...)")
    return made


def unsupported_syntax(name: str, syntax: str) -> Exception:
    """Only some functions have DISTINCT, FILTER..."""
    return error(
        "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
        prettyName=sql_id((name,)),
        syntax=syntax,
    )


def _two(e: UnresolvedFunction) -> tuple[Expression, Expression]:
    if len(e.args) != 2:
        raise wrong_number(e.name, 2, 2, len(e.args))
    return e.args[0], e.args[1]


def _aggregate(e: UnresolvedFunction, made: Call) -> Expression:
    if e.filter is not None and not isinstance(e.filter.dtype, BooleanType):
        raise error(
            "INVALID_AGGREGATE_FILTER.NOT_BOOLEAN",
            filterExpr=sql_expr(e.filter),
            aggFunc=sql_expr(made),
        )
    if e.filter is not None and _has_aggregate(e.filter):
        inner = next(x for x in e.filter.walk() if isinstance(x, AggregateCall))
        raise error(
            "INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE",
            filterExpr=sql_expr(e.filter),
            aggExpr=sql_expr(inner),
        )
    if any(_has_aggregate(a) for a in made.args):
        raise error("NESTED_AGGREGATE_FUNCTION")
    return AggregateCall(made, e.distinct, e.filter, e.order)


def _has_aggregate(e: Expression) -> bool:
    stack = [e]
    while stack:
        node = stack.pop()
        if isinstance(node, AggregateCall):
            return True
        if not isinstance(node, WindowCall):
            stack.extend(node.children)
    return False


def _python(e: UnresolvedFunction, function: PythonFunction) -> PythonUDF:
    if not any(isinstance(a, NamedArgument) for a in e.args):
        return PythonUDF(function, e.args)
    names = tuple(a.name if isinstance(a, NamedArgument) else None for a in e.args)
    args = tuple(a.value if isinstance(a, NamedArgument) else a for a in e.args)
    return PythonUDF(function, args, names)


# -- functions with rules of their own -----------------------------------------------------------

Special = Callable[[UnresolvedFunction, AnalysisContext, Bind], Expression]


def _if(e: UnresolvedFunction, context: AnalysisContext, _bind: Bind) -> Expression:
    if len(e.args) != 3:
        raise wrong_number("if", 3, 3, len(e.args))
    condition, then, otherwise = e.args
    made = CaseWhen(((condition, then),), otherwise, shown="if")
    return coercion.fit_case(made, context.ansi)


def _when(e: UnresolvedFunction, context: AnalysisContext, _bind: Bind) -> Expression:
    if len(e.args) < 2:
        raise wrong_number("when", 2, None, len(e.args))
    pairs = tuple(zip(e.args[0::2], e.args[1::2], strict=False))
    otherwise = e.args[-1] if len(e.args) % 2 else None
    return coercion.fit_case(CaseWhen(pairs, otherwise), context.ansi)


def _not_equal(e: UnresolvedFunction, context: AnalysisContext, bind: Bind) -> Expression:
    return Call("not", (resolve_call(e.copy(name="="), context, bind),))


def _struct(e: UnresolvedFunction, _context: AnalysisContext, _bind: Bind) -> Expression:
    """``struct(a, b + 1 AS c)``: fields take the columns' names."""
    parts: list[Expression] = []
    for at, arg in enumerate(e.args, 1):
        name = _field_name(arg) or f"col{at}"
        parts += [Literal(name, StringType()), arg.child if isinstance(arg, Alias) else arg]
    return Call("named_struct", tuple(parts), shown="struct")


def _field_name(e: Expression) -> str | None:
    match e:
        case Attribute() | Alias():
            return e.name
        case Call(name="getfield"):
            return str(e.args[1].value)  # type: ignore[attr-defined]
    return None


SPECIAL: dict[str, Special] = {
    "if": _if,
    "when": _when,
    "!=": _not_equal,
    "<>": _not_equal,
    "struct": _struct,
}
