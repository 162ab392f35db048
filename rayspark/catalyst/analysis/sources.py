"""Rows that functions make: LATERAL VIEW and table functions in FROM."""

from __future__ import annotations

from rayspark.catalyst.analysis.aliases import is_generator
from rayspark.catalyst.analysis.analysis import Analysis, is_analyzed
from rayspark.catalyst.analysis.arguments import wrong_number
from rayspark.catalyst.analysis.calls import lookup
from rayspark.catalyst.analysis.errors import error, sql_expr, sql_id, sql_type
from rayspark.catalyst.analysis.generators import generate, made_columns
from rayspark.catalyst.expressions import (
    Call,
    Cast,
    Expression,
    Literal,
    NamedArgument,
    TableArgument,
    UnresolvedFunction,
)
from rayspark.catalyst.logical import (
    Generate,
    LogicalPlan,
    OneRow,
    Range,
    UnresolvedTableFunction,
)
from rayspark.datatypes.base import IntegralType


def resolve_generate(node: Generate, analysis: Analysis) -> LogicalPlan:
    """``LATERAL VIEW explode(a) t AS x``."""
    if node.made:
        return node
    resolver = analysis.resolver(analysis.scope(node.child))
    generator = resolver.resolve(node.generator)
    if not is_generator(generator):
        raise error(
            "UNSUPPORTED_GENERATOR.NOT_GENERATOR",
            functionName=sql_id((getattr(node.generator, "name", "expression"),)),
            classCanonicalName=type(generator).__name__,
        )
    made = made_columns(generator, node.names, node.qualifier)
    return generate(generator, node.child, made, node.outer, node.qualifier)


def resolve_table_function(node: UnresolvedTableFunction, analysis: Analysis) -> LogicalPlan:
    """``range(10)``, ``explode(array(1, 2))``, a user's table function."""
    resolver = analysis.resolver(analysis.scope(OneRow()))
    name = node.name.lower()
    tables = [e for e in node.args if isinstance(e, TableArgument)]
    if name == "range" and tables:
        raise error("NON_FOLDABLE_ARGUMENT", funcName="`range`", paramName="`end`",
                    paramType='"BIGINT"')  # fmt: skip
    if name == "range":
        return _range(resolver.resolve_all(node.args))
    row = lookup(name)
    if row is not None and row.kind == "generator" and tables:
        raise error("NOT_A_TABLE_FUNCTION", functionName=sql_id((node.name,)))
    if row is not None and row.kind == "generator":
        generator = resolver.resolve(UnresolvedFunction(node.name, node.args))
        assert isinstance(generator, Call)
        return generate(generator, OneRow(), made_columns(generator, node.columns))
    args = tuple(_with_table(e, analysis) for e in resolver.resolve_all(node.args))
    found = analysis.context.table_function(node.name, args)
    if found is not None:
        return found if is_analyzed(found) else analysis.inner(outer=None).run(found)
    if row is not None:
        raise error("NOT_A_TABLE_FUNCTION", functionName=sql_id((node.name,)))
    raise error("UNRESOLVABLE_TABLE_VALUED_FUNCTION", name=sql_id(node.name.split(".")))


def _with_table(e: Expression, analysis: Analysis) -> Expression:
    """An argument whose query, if it is one, is analysed."""
    match e:
        case NamedArgument(value=TableArgument()):
            return e.copy(value=_with_table(e.value, analysis))
        case TableArgument():
            return e.copy(plan=analysis.inner(outer=None, windows={}).run(e.plan))
    return e


def _range(args: tuple[Expression, ...]) -> LogicalPlan:
    if not 1 <= len(args) <= 4:
        raise wrong_number("range", 1, 4, len(args))
    values = [_integer(a) for a in args]
    if len(values) == 1:
        values = [0, *values]
    start, end, step, slices = (*values, *(1, None)[len(values) - 2 :])[:4]
    assert start is not None
    assert end is not None
    assert step is not None
    if step == 0:
        raise error(
            "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
            sqlExpr='"range"',
            exprName="step",
            valueRange="non-zero",
            currentValue="0",
        )
    return Range.of(start, end, step, slices)


def _integer(e: Expression) -> int:
    """The constant that an argument is."""
    match e:
        case Literal() if isinstance(e.type, IntegralType) and e.value is not None:
            return int(e.value)
        case Cast(child=child):
            return _integer(child)
        case Call(name="negative", args=(child,)):
            return -_integer(child)
    raise error(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
        sqlExpr='"range"',
        paramIndex="first",
        requiredType='"BIGINT"',
        inputSql=sql_expr(e),
        inputType=sql_type(e.dtype),
    )
