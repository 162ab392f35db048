"""Function calls: the name looked up, the arguments made to fit."""

from __future__ import annotations

import re
from collections.abc import Callable

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.aliases import is_generator
from rayspark.catalyst.analysis.arguments import Bind, fit, wrong_number
from rayspark.catalyst.analysis.call_checks import check_call
from rayspark.catalyst.analysis.casts import check_cast
from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.analysis.errors import (
    DOCROOT,
    error,
    mismatch,
    ordinal,
    sql_expr,
    sql_id,
    sql_type,
)
from rayspark.catalyst.analysis.extract import field
from rayspark.catalyst.analysis.naming import ORDER_FIRST, field_name
from rayspark.catalyst.analysis.operators import OPERATORS
from rayspark.catalyst.analysis.schema_arguments import SCHEMAS, with_schema
from rayspark.catalyst.expressions import (
    PATH,
    ROW,
    AggregateCall,
    Alias,
    Call,
    CaseWhen,
    Cast,
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
from rayspark.datatypes import (
    BinaryType,
    BooleanType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    ShortType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    VariantType,
)
from rayspark.datatypes.coercion import find_tightest, implicit_cast
from rayspark.errors import PySparkNotImplementedError

PRECISION_LOSS = "spark.sql.decimalOperations.allowPrecisionLoss"
NULL_FLAGGED = {"first", "last", "any_value", "first_value", "last_value"}
"""Aggregates whose second argument is what ``IGNORE NULLS`` means."""


TABLE_FUNCTIONS = {"range"}
"""Functions that stand in FROM only."""


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
    if any(is_generator(a) for a in e.args):
        raise error("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", expression=sql_expr(e))
    special = SPECIAL.get(name)
    if special is not None:
        return special(e, context, bind)
    if name in OPERATORS and len(e.args) == 2:
        loss = context.settings.get(PRECISION_LOSS, "true") == "true"
        return OPERATORS[name](e, name, (e.args[0], e.args[1]), context.ansi, loss)
    if name in ("-", "+") and len(e.args) == 1:
        row = lookup("negative" if name == "-" else "positive")
        assert row is not None
        return _row_call(e, row, context, bind)
    python = context.python_function(tuple(e.name.split(".")))
    if python is not None:
        return _python(e, python)
    row = lookup(name)
    if row is None and name in TABLE_FUNCTIONS:
        raise error("NOT_A_SCALAR_FUNCTION", functionName=sql_id((e.name,)))
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
    if row.name == "count" and not e.args:
        raise error(
            "WRONG_NUM_ARGS.WITH_SUGGESTION",
            functionName=sql_id((e.name,)),
            expectedNum=" >= 1",
            actualNum="0",
            legacyNum="0",
            legacyConfKey='"spark.sql.legacy.allowParameterlessCount"',
            legacyConfValue='"true"',
        )
    if e.ignore_nulls and row.name in NULL_FLAGGED and len(e.args) == 1:
        e = e.copy(args=(*e.args, lit(True)))
    if row.name in ORDER_FIRST and e.order:
        e = e.copy(args=(e.order[0].child, *e.args))
    args = fit(e, row, context.ansi, bind)
    shown = e.name.lower()
    made = Call(row.name, args, shown=None if shown == row.name else shown)
    if row.kind == "aggregate":
        return _aggregate(e, check_call(made, e.args))
    if e.distinct:
        raise unsupported_syntax(e.name, "DISTINCT")
    if e.filter is not None:
        raise unsupported_syntax(e.name, "FILTER CLAUSE")
    if e.order:
        raise unsupported_syntax(e.name, "WITHIN GROUP (ORDER BY ...)")
    return check_call(made, e.args)


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
        )
    if e.filter is not None and _has_aggregate(e.filter):
        inner = next(x for x in e.filter.walk() if isinstance(x, AggregateCall))
        raise error(
            "INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE",
            filterExpr=sql_expr(e.filter),
            aggExpr=sql_expr(inner),
        )
    if any(a.has(WindowCall) for a in made.args):
        raise error("_LEGACY_ERROR_TEMP_1031")
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


def _path(e: UnresolvedFunction, _context: AnalysisContext, _bind: Bind) -> Expression:
    """``v:a.b[0]``: called as its last member."""
    value, path = e.args
    if not isinstance(value.dtype, VariantType):
        raise error("COLUMN_IS_NOT_VARIANT_TYPE")
    members: list[str] = re.findall(r"\.(\w+)|\['((?:[^'\\]|\\.)*)'\]", str(path.value))  # type: ignore[attr-defined]
    name = next(part for pair in reversed(members) for part in pair if part)
    kind = Literal("variant", StringType())
    return Alias(Call("variant_get", (value, path, kind), VariantType()), name)


def _struct(e: UnresolvedFunction, _context: AnalysisContext, _bind: Bind) -> Expression:
    """``struct(a, b + 1 AS c)``: fields take the columns' names."""
    parts: list[Expression] = []
    for at, arg in enumerate(e.args, 1):
        name = field_name(arg) or f"col{at}"
        parts += [Literal(name, StringType()), arg.child if isinstance(arg, Alias) else arg]
    return Call("named_struct", tuple(parts), shown=None if e.name == ROW else "struct")


def _named_struct(e: UnresolvedFunction, _context: AnalysisContext, _bind: Bind) -> Expression:
    if not e.args or len(e.args) % 2:
        raise error(
            "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            functionName=sql_id((e.name,)),
            expectedNum="2n (n > 0)",
            actualNum=str(len(e.args)),
            docroot=DOCROOT,
        )
    names = e.args[0::2]
    for name in names:
        if not (isinstance(name, Literal) and isinstance(name.type, StringType)):
            raise mismatch(
                "CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING",
                e,
                inputExprs=f"[{', '.join(map(sql_expr, names))}]",
            )
    return Call("named_struct", e.args)


def _map(e: UnresolvedFunction, context: AnalysisContext, _bind: Bind) -> Expression:
    """``map(k, v, ...)``: keys of one type, values of one type."""
    if len(e.args) % 2:
        raise error(
            "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            functionName=sql_id((e.name,)),
            expectedNum="2n (n > 0)",
            actualNum=str(len(e.args)),
            docroot=DOCROOT,
        )
    fitted = list(e.args)
    for first, part in ((0, "KEY"), (1, "VALUE")):
        members = e.args[first::2]
        if not members:
            continue
        target = coercion.common_type(members, context.ansi)
        if target is None:
            types = "[" + ", ".join(sql_type(m.dtype) for m in members) + "]"
            raise mismatch(
                f"CREATE_MAP_{part}_DIFF_TYPES", e, functionName=sql_id((e.name,)), dataType=types
            )
        fitted[first::2] = [coercion.cast_to(m, target, context.ansi) for m in members]
    return check_call(Call("map", tuple(fitted)), e.args)


def _element_at(e: UnresolvedFunction, context: AnalysisContext, bind: Bind) -> Expression:
    """A map's key must be of the map's type, or become it without loss."""
    row = lookup(e.name)
    assert row is not None
    if len(e.args) == 2 and isinstance(e.args[0].dtype, MapType):
        collection, key = e.args
        dt = collection.dtype
        assert isinstance(dt, MapType)
        target = find_tightest(dt.keyType, key.dtype, context.ansi)
        if target is None or not coercion.same_type(target, dt.keyType):
            raise mismatch(
                "MAP_FUNCTION_DIFF_TYPES",
                e,
                functionName=sql_id((e.name,)),
                dataType='"MAP"',
                leftType=sql_type(dt),
                rightType=sql_type(key.dtype),
            )
        e = e.copy(args=(collection, coercion.cast_to(key, target, context.ansi)))
    return _row_call(e, row, context, bind)


def _update_field(e: UnresolvedFunction, context: AnalysisContext, _bind: Bind) -> Expression:
    """``Column.withField``: the path's last struct with a field more, the structs around it with
    that one in place.
    """
    child, path, value = e.args
    assert isinstance(path, Literal)
    return _at_path(child, str(path.value).split("."), value, context, e)


def _drop_field(e: UnresolvedFunction, context: AnalysisContext, _bind: Bind) -> Expression:
    """``Column.dropFields`` of one name; a field that is not there is not missed."""
    child, path = e.args
    assert isinstance(path, Literal)
    return _at_path(child, str(path.value).split("."), None, context, e)


def _at_path(
    child: Expression,
    path: list[str],
    value: Expression | None,
    context: AnalysisContext,
    e: UnresolvedFunction,
) -> Expression:
    dt = child.dtype
    if not isinstance(dt, StructType):
        raise mismatch(
            "UNEXPECTED_INPUT_TYPE",
            e,
            paramIndex="first",
            requiredType='"STRUCT"',
            inputSql=sql_expr(child),
            inputType=sql_type(dt),
        )
    first, *rest = path
    fold = str if context.case_sensitive else str.lower
    found = [n for n in dt.names if fold(n) == fold(first)]
    if rest:
        if not found and value is None:
            return child
        inner = field(child, first, context.case_sensitive)
        value = _at_path(inner, rest, value, context, e)
    if value is None:
        if len(found) == len(dt.names):
            raise mismatch("CANNOT_DROP_ALL_FIELDS", e)
        names = [Literal(n, StringType()) for n in found]
        return Call("drop_field", (child, *names), shown="update_fields") if found else child
    changed = found or [first]
    for name in changed:
        args = (child, Literal(name, StringType()), value)
        child = Call("with_field", args, shown="update_fields")
    return child


def _offset(e: UnresolvedFunction, context: AnalysisContext, bind: Bind) -> Expression:
    """``lag(input, offset, default)``: the default becomes what the input is."""
    row = lookup(e.name)
    assert row is not None
    if len(e.args) == 3:
        value, offset, default = e.args
        target = implicit_cast(default.dtype, value.dtype, context.ansi)
        if target is None:
            raise mismatch(
                "UNEXPECTED_INPUT_TYPE",
                e,
                paramIndex=ordinal(3),
                requiredType=sql_type(value.dtype),
                inputSql=sql_expr(default),
                inputType=sql_type(default.dtype),
            )
        e = e.copy(args=(value, offset, coercion.cast_to(default, target, context.ansi)))
    return _row_call(e, row, context, bind)


def _to_char(e: UnresolvedFunction, context: AnalysisContext, bind: Bind) -> Expression:
    """Of a date or time it is ``date_format``."""
    if e.args and isinstance(e.args[0].dtype, (DateType, TimestampType, TimestampNTZType)):
        return resolve_call(e.copy(name="date_format"), context, bind)
    row = lookup(e.name)
    assert row is not None
    return _row_call(e, row, context, bind)


def _with_schema(e: UnresolvedFunction, context: AnalysisContext, bind: Bind) -> Expression:
    row = lookup(e.name)
    assert row is not None
    return _row_call(with_schema(e, context), row, context, bind)


CASTS: dict[str, DataType] = {
    "boolean": BooleanType(),
    "tinyint": ByteType(),
    "smallint": ShortType(),
    "int": IntegerType(),
    "bigint": LongType(),
    "float": FloatType(),
    "double": DoubleType(),
    "decimal": DecimalType(),
    "date": DateType(),
    "timestamp": TimestampType(),
    "binary": BinaryType(),
    "string": StringType(),
}
"""Types that can be called like functions: ``int('1')``."""


def _cast(e: UnresolvedFunction, context: AnalysisContext, _bind: Bind) -> Expression:
    if len(e.args) != 1:
        raise wrong_number(e.name, 1, 1, len(e.args))
    made = Cast(e.args[0], CASTS[e.name.lower()], coercion.mode(context.ansi))
    check_cast(made, context.ansi)
    return made.copy(implicit=True)


SPECIAL: dict[str, Special] = {
    **dict.fromkeys(CASTS, _cast),
    "element_at": _element_at,
    "try_element_at": _element_at,
    **dict.fromkeys(SCHEMAS, _with_schema),
    "to_char": _to_char,
    "to_varchar": _to_char,
    "lag": _offset,
    "lead": _offset,
    "named_struct": _named_struct,
    "map": _map,
    "if": _if,
    "when": _when,
    "!=": _not_equal,
    "<>": _not_equal,
    "struct": _struct,
    ROW: _struct,
    PATH: _path,
    "update_field": _update_field,
    "drop_field": _drop_field,
}
