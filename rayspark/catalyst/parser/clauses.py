"""Clauses whose grammar is Spark's own: GROUP BY, PIVOT, TABLESAMPLE, LATERAL, hints, VALUES."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import (
    ROW,
    Alias,
    Expression,
    Literal,
    NamedArgument,
    SortOrder,
    TableArgument,
    UnresolvedAttribute,
    UnresolvedFunction,
    WindowSpec,
)
from rayspark.catalyst.logical import UnresolvedRelation
from rayspark.catalyst.parser.expressions import ExpressionReader, Parsed
from rayspark.catalyst.parser.primaries import QUERY_STARTS, ROWS, call
from rayspark.catalyst.parser.windows import window_spec
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.catalyst.parser.dialect import QueryReader

Set = tuple[Expression, ...]


@dataclass(frozen=True)
class Grouping:
    """GROUP BY: expressions, and the sets of them where there are several."""

    expressions: Set
    sets: tuple[Set, ...] | None = None


@dataclass(frozen=True)
class PivotClause:
    """``PIVOT (aggregates FOR column IN (values))``."""

    aggregates: Set
    column: Expression
    values: Set


@dataclass(frozen=True)
class UnpivotClause:
    """``UNPIVOT (values FOR name IN (columns))``."""

    value_names: tuple[str, ...]
    variable: str
    columns: tuple[Set, ...]
    aliases: tuple[str | None, ...]
    include_nulls: bool
    name: str | None


@dataclass(frozen=True)
class SampleClause:
    """``TABLESAMPLE (...)``: a share of the rows, or a number of them."""

    share: float | None
    rows: Expression | None
    seed: int | None


@dataclass(frozen=True)
class TableFunction:
    """A call in FROM."""

    name: str
    args: Set


class LateralView(exp.Expression):
    """``LATERAL VIEW [OUTER] f(...) t AS a, b``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "function": True,
        "outer": False,
        "table": False,
        "columns": False,
    }


# -- GROUP BY ------------------------------------------------------------------------------------


def group_by(reader: ExpressionReader) -> Grouping:
    """What follows GROUP BY."""
    factors = reader.list_of(lambda: _grouping_element(reader))
    plain = all(len(sets) == 1 and len(sets[0]) == 1 and simple for simple, sets in factors)
    expressions = _distinct(e for _, sets in factors for chosen in sets for e in chosen)
    if reader.at(TokenType.WITH):
        reader.expect(TokenType.WITH)
        listed = tuple(e for _, sets in factors for e in sets[0])
        if reader.accept(TokenType.ROLLUP):
            return Grouping(expressions, _rollup([(e,) for e in listed]))
        reader.expect(TokenType.CUBE)
        return Grouping(expressions, _cube([(e,) for e in listed]))
    if plain and reader.at(TokenType.GROUPING_SETS):
        return Grouping(expressions, tuple(_grouping_sets(reader)))
    if plain:
        return Grouping(tuple(e for _, sets in factors for e in sets[0]))
    product = itertools.product(*(sets for _, sets in factors))
    return Grouping(expressions, tuple(_distinct(itertools.chain(*chosen)) for chosen in product))


def _grouping_element(reader: ExpressionReader) -> tuple[bool, Sequence[Set]]:
    """Whether it is one expression, and the sets that it stands for."""
    if reader.at(TokenType.GROUPING_SETS):
        return False, _grouping_sets(reader)
    if reader.at(TokenType.CUBE, TokenType.ROLLUP) and reader.next_is(TokenType.L_PAREN):
        make = _cube if reader.accept(TokenType.CUBE) else _rollup
        if make is _rollup:
            reader.expect(TokenType.ROLLUP)
        return False, make(_listed_sets(reader))
    if reader.at(TokenType.L_PAREN) and reader.next_is(TokenType.R_PAREN):
        return False, [_set(reader)]
    return True, [(reader.condition(),)]


def _grouping_sets(reader: ExpressionReader) -> list[Set]:
    reader.expect(TokenType.GROUPING_SETS)

    def element() -> Sequence[Set]:
        if reader.at(TokenType.GROUPING_SETS, TokenType.CUBE, TokenType.ROLLUP):
            return _grouping_element(reader)[1]
        return [_set(reader)]

    nested = reader.in_parentheses(lambda: reader.list_of(element))
    return [chosen for sets in nested for chosen in sets]


def _listed_sets(reader: ExpressionReader) -> list[Set]:
    return reader.in_parentheses(lambda: reader.list_of(lambda: _set(reader)))


def _set(reader: ExpressionReader) -> Set:
    """``a``, ``(a, b)`` or ``()``."""
    if reader.at(TokenType.L_PAREN) and reader.next_is(TokenType.R_PAREN):
        reader._advance(2)
        return ()
    found = reader.condition()
    if isinstance(found, UnresolvedFunction) and found.name in ROWS:
        return found.args
    return (found,)


def _rollup(parts: list[Set]) -> tuple[Set, ...]:
    return tuple(tuple(itertools.chain(*parts[:size])) for size in range(len(parts), -1, -1))


def _cube(parts: list[Set]) -> tuple[Set, ...]:
    return tuple(
        tuple(itertools.chain(*chosen))
        for size in range(len(parts), -1, -1)
        for chosen in itertools.combinations(parts, size)
    )


def _distinct(expressions: Any) -> Set:
    return tuple(dict.fromkeys(expressions))


# -- FROM ----------------------------------------------------------------------------------------


def values_row(reader: ExpressionReader) -> Set:
    """A member of VALUES: ``(1, 'a')`` or ``1``."""
    found = reader.condition()
    if isinstance(found, UnresolvedFunction) and found.name in ROWS:
        return found.args
    return (found,)


def table_function(reader: QueryReader) -> TableFunction:
    """``range(10)``, ``explode(array(1, 2))``."""
    name = ".".join(reader.names())
    reader.expect(TokenType.L_PAREN)
    args = [] if reader.at(TokenType.R_PAREN) else reader.list_of(lambda: _argument(reader))
    reader.expect(TokenType.R_PAREN)
    return TableFunction(name, tuple(args))


def _argument(reader: QueryReader) -> Expression:
    """An argument of a table function: also ``TABLE(...)``, with a name or without."""
    if reader.at(TokenType.TABLE) and not reader.next_is(TokenType.R_PAREN, TokenType.COMMA):
        return _table_argument(reader)
    table = reader.peek(2)
    if reader.next_is(TokenType.FARROW) and table and table.token_type is TokenType.TABLE:
        name = reader.name(any_word=True)
        reader.expect(TokenType.FARROW)
        return NamedArgument(name, _table_argument(reader))
    return reader.argument()


def _table_argument(reader: QueryReader) -> TableArgument:
    """``TABLE(t) PARTITION BY a ORDER BY b``, ``TABLE(SELECT ...) WITH SINGLE PARTITION``."""
    reader.expect(TokenType.TABLE)
    if not reader.accept(TokenType.L_PAREN):
        raise reader.error_here(
            "INVALID_SQL_SYNTAX.INVALID_TABLE_FUNCTION_IDENTIFIER_ARGUMENT_MISSING_PARENTHESES",
            argumentName=".".join(f"`{part}`" for part in reader.names()),
        )
    if reader.at(*QUERY_STARTS, TokenType.L_PAREN, TokenType.TABLE):
        plan = reader.query()
    else:
        plan = UnresolvedRelation(reader.names())
    reader.expect(TokenType.R_PAREN)
    single = reader.accept_words("WITH", "SINGLE", "PARTITION")
    keys: Set = ()
    if not single and reader.at(TokenType.PARTITION_BY, TokenType.DISTRIBUTE_BY):
        reader._advance()
        keys = _one_or_several(reader, reader.condition, "PARTITION BY")
    order: tuple[SortOrder, ...] = ()
    if (single or keys) and reader.at(TokenType.ORDER_BY, TokenType.SORT_BY):
        reader._advance()
        order = _one_or_several(reader, reader.sort_order, "ORDER BY")
    return TableArgument(plan, keys, order, single)


def _one_or_several(reader: QueryReader, read: Callable[[], Any], clause: str) -> tuple[Any, ...]:
    """``a`` or ``(a, b)``. Behind a comma without parentheses only an argument with a name."""
    start = reader._index
    if reader.accept(TokenType.L_PAREN):
        several = reader.list_of(read)
        if reader.accept(TokenType.R_PAREN) and reader.at(*_AFTER_TABLE):
            return tuple(several)
        reader._retreat(start)
    one = read()
    arrow = reader.peek(2)
    if reader.at(TokenType.COMMA) and (arrow is None or arrow.token_type is not TokenType.FARROW):
        raise reader.error_here(
            "INVALID_SQL_SYNTAX.INVALID_TABLE_FUNCTION_TABLE_ARGUMENT_PARTITIONING", clause=clause
        )
    return (one,)


_AFTER_TABLE = (TokenType.R_PAREN, TokenType.COMMA, TokenType.ORDER_BY, TokenType.SORT_BY)
"""What may follow the keys or the order of a table argument."""


def lateral(reader: QueryReader) -> exp.Expr:
    """``LATERAL VIEW ...``, or ``LATERAL (query)`` and ``LATERAL f(...)`` in FROM."""
    reader.expect(TokenType.LATERAL)
    if reader.accept(TokenType.VIEW):
        return _lateral_view(reader)
    this = reader._parse_select(table=True)
    if this is None:
        if not reader.next_is(TokenType.L_PAREN):
            raise reader.error()
        this = exp.Table(this=Parsed(value=table_function(reader)))
        this.set("alias", reader._parse_table_alias())
    return exp.Lateral(this=this)


def _lateral_view(reader: QueryReader) -> exp.Expr:
    outer = reader.accept(TokenType.OUTER)
    function = table_function(reader)
    table: str | None = None
    columns: list[str] = []
    if reader.at(TokenType.VAR, TokenType.IDENTIFIER):
        table = reader.name()
    if reader.accept(TokenType.ALIAS) or reader.at(TokenType.VAR, TokenType.IDENTIFIER):
        columns = reader.list_of(lambda: reader.name(any_word=True))
    return LateralView(function=function, outer=outer, table=table, columns=columns)


def sample(reader: ExpressionReader) -> SampleClause:
    """``TABLESAMPLE (10 PERCENT) REPEATABLE (1)``."""
    reader.expect(TokenType.TABLE_SAMPLE)
    reader.expect(TokenType.L_PAREN)
    share: float | None = None
    rows: Expression | None = None
    if reader.accept_words("BUCKET"):
        part = _constant(reader)
        reader.expect_words("OUT", "OF")
        share = part / _constant(reader)
    else:
        size = reader.value()
        if reader.accept_words("PERCENT"):
            if not isinstance(size, Literal):
                raise reader.error()
            share = float(size.value) / 100
        elif reader.accept(TokenType.ROWS):
            rows = size
        else:
            raise reader.error()
    reader.expect(TokenType.R_PAREN)
    seed: int | None = None
    if reader.accept_words("REPEATABLE"):
        seed = int(reader.in_parentheses(lambda: _constant(reader)))
    return SampleClause(share, rows, seed)


def _constant(reader: ExpressionReader) -> float:
    found = reader.value()
    if not isinstance(found, Literal):
        raise reader.error(reader._prev)
    return float(found.value)


# -- PIVOT ---------------------------------------------------------------------------------------


def pivot(reader: ExpressionReader) -> PivotClause | UnpivotClause:
    """A PIVOT or UNPIVOT clause."""
    if reader.accept(TokenType.UNPIVOT):
        return _unpivot(reader)
    reader.expect(TokenType.PIVOT)
    reader.expect(TokenType.L_PAREN)
    aggregates = reader.list_of(reader.maybe_aliased)
    reader.expect(TokenType.FOR)
    if reader.at(TokenType.L_PAREN):
        names = reader.in_parentheses(lambda: reader.list_of(reader.names))
        columns: list[Expression] = [UnresolvedAttribute(name) for name in names]
        column = columns[0] if len(columns) == 1 else call(ROW, *columns)
    else:
        column = UnresolvedAttribute(reader.names())
    reader.expect(TokenType.IN)
    values = reader.in_parentheses(lambda: reader.list_of(reader.maybe_aliased))
    reader.expect(TokenType.R_PAREN)
    return PivotClause(tuple(aggregates), column, tuple(values))


def _unpivot(reader: ExpressionReader) -> UnpivotClause:
    include_nulls = reader.accept_words("INCLUDE", "NULLS")
    if not include_nulls:
        reader.accept_words("EXCLUDE", "NULLS")
    reader.expect(TokenType.L_PAREN)
    value_names = _one_or_more_names(reader)
    reader.expect(TokenType.FOR)
    variable = reader.name()
    reader.expect(TokenType.IN)
    members = reader.in_parentheses(lambda: reader.list_of(lambda: _unpivot_member(reader)))
    reader.expect(TokenType.R_PAREN)
    name: str | None = None
    if reader.accept(TokenType.ALIAS) or reader.at(TokenType.VAR, TokenType.IDENTIFIER):
        name = reader.name()
    columns, aliases = zip(*members, strict=True)
    return UnpivotClause(value_names, variable, columns, aliases, include_nulls, name)


def _one_or_more_names(reader: ExpressionReader) -> tuple[str, ...]:
    if reader.at(TokenType.L_PAREN):
        return tuple(reader.in_parentheses(lambda: reader.list_of(reader.name)))
    return (reader.name(),)


def _unpivot_member(reader: ExpressionReader) -> tuple[Set, str | None]:
    if reader.at(TokenType.L_PAREN):
        names = reader.in_parentheses(lambda: reader.list_of(reader.names))
    else:
        names = [reader.names()]
    alias: str | None = None
    if reader.accept(TokenType.ALIAS) or reader.at(TokenType.VAR, TokenType.IDENTIFIER):
        alias = reader.name()
    return tuple(UnresolvedAttribute(name) for name in names), alias


# -- WINDOW and hints ----------------------------------------------------------------------------


def named_window(reader: ExpressionReader) -> tuple[str, WindowSpec]:
    """``w AS (...)``."""
    name = reader.name()
    reader.expect(TokenType.ALIAS)
    return name, window_spec(reader)


def hints(reader: ExpressionReader) -> list[tuple[str, tuple[Any, ...]]]:
    """``BROADCAST(t), REPARTITION(10, a)``: names with arguments: numbers, names, expressions."""
    found = []
    while reader._curr:
        name = reader.name(any_word=True)
        args: list[Any] = []
        if reader.accept(TokenType.L_PAREN):
            if not reader.at(TokenType.R_PAREN):
                args = reader.list_of(reader.condition)
            reader.expect(TokenType.R_PAREN)
        found.append((name, tuple(map(_hint_argument, args))))
        reader.accept(TokenType.COMMA)
    return found


def _hint_argument(arg: Expression) -> Any:
    if isinstance(arg, Literal):
        return arg.value
    if isinstance(arg, Alias):
        return arg.child
    return arg
