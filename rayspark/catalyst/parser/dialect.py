"""Spark's dialect: sqlglot reads the shape of queries, our methods what is inside them.

sqlglot's parser calls its own methods for every part; those overridden here turn the part into our
expressions (:class:`~rayspark.catalyst.parser.expressions.Parsed`) or, where Spark's clause differs
from sqlglot's, into a :class:`Parsed` clause of :mod:`clauses`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.errors import ErrorLevel
from sqlglot.tokenizer_core import Token, TokenType

from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.parser import clauses, pipes
from rayspark.catalyst.parser.cursor import NAMES
from rayspark.catalyst.parser.expressions import NOT_AN_ALIAS, ExpressionReader, Parsed
from rayspark.catalyst.parser.lexer import tokenize
from rayspark.catalyst.parser.parameters import Args, Parameters, Variables
from rayspark.catalyst.parser.queries import (
    Complain,
    Planned,
    join_all,
    to_plan,
    with_common_tables,
)

T = TypeVar("T")

CLAUSES = [
    TokenType.WHERE,
    TokenType.GROUP_BY,
    TokenType.HAVING,
    TokenType.QUALIFY,
    TokenType.WINDOW,
    TokenType.CLUSTER_BY,
    TokenType.DISTRIBUTE_BY,
    TokenType.SORT_BY,
    TokenType.ORDER_BY,
    TokenType.LIMIT,
    TokenType.OFFSET,
]
"""What may follow FROM, in Spark's order; the last six may come in any order among themselves."""
ORGANIZING = CLAUSES.index(TokenType.WINDOW)
SIDES = {
    TokenType.ANTI, TokenType.CROSS, TokenType.EXCEPT, TokenType.FULL, TokenType.INNER,
    TokenType.INTERSECT, TokenType.JOIN, TokenType.LATERAL, TokenType.LEFT, TokenType.NATURAL,
    TokenType.ON, TokenType.RIGHT, TokenType.SEMI, TokenType.UNION, TokenType.USING,
}  # fmt: skip
TABLE_NAMES = NAMES - NOT_AN_ALIAS - SIDES - {TokenType.VALUES}


TABLE_ARGS = ("this", "db", "catalog")
"""What sqlglot calls the parts of a table's name, the last first."""


class QueryReader(ExpressionReader):
    """Reads whole queries of one text."""

    SUPPORTS_TABLE_QUERY = True
    TABLE_ALIAS_TOKENS = TABLE_NAMES
    ID_VAR_TOKENS = NAMES
    OPTIONAL_ALIAS_TOKEN_CTE = True
    ADD_JOIN_ON_TRUE = False
    QUERY_MODIFIER_PARSERS: ClassVar[dict[TokenType, Any]] = {
        kind: parser
        for kind, parser in ExpressionReader.QUERY_MODIFIER_PARSERS.items()
        if kind in CLAUSES
    }
    QUERY_MODIFIER_TOKENS: ClassVar[set[TokenType]] = set(QUERY_MODIFIER_PARSERS)

    def __init__(self, sql: str, args: Args, zone: str, variables: Variables = None) -> None:
        super().__init__(error_level=ErrorLevel.IMMEDIATE, dialect=Spark)
        self.zone = zone
        self.parameters = Parameters(args, variables)
        self.start(sql, tokenize(sql))

    def start(self, sql: str, tokens: list[Token]) -> None:
        """Put the cursor at the first of some tokens."""
        self.reset()
        self.sql = sql
        self._chunks = [tokens]
        self._advance_chunk()

    def query(self) -> LogicalPlan:
        """The query at the cursor, up to where it cannot go on."""
        start = self._curr
        tree = self._parse_statement()
        if tree is None:
            raise self.error()
        return to_plan(tree, self.complaint(start))

    def complaint(self, start: Token) -> Complain:
        """Makes errors at the start of a query."""

        def complain(condition: str | None = None, **parameters: str) -> Exception:
            if condition is None:
                return self.error(start)
            return self.error_here(condition, start, **parameters)

        return complain

    def common_tables(self) -> Callable[[LogicalPlan], LogicalPlan]:
        """Read ``WITH ...``; gives what puts its queries around another one."""
        start, tree = self._curr, self._parse_with()
        if tree is None:
            raise self.error(start)
        return lambda plan: with_common_tables(plan, tree, self.complaint(start))

    def _parse_cte(self) -> Any:
        """``r (n) MAX RECURSION LEVEL 5 AS (query)``: the level is not sqlglot's."""
        alias = self._parse_table_alias(self.ID_VAR_TOKENS)
        if alias is None or not alias.this:
            raise self.error()
        levels = None
        if self.accept_words("MAX", "RECURSION", "LEVEL"):
            levels = int(self._curr.text) if self.at(TokenType.NUMBER) else 0
            self.expect(TokenType.NUMBER)
        self._match(TokenType.ALIAS)
        body = self._parse_wrapped(self._parse_statement)
        cte = self.expression(exp.CTE(this=body, alias=alias))
        cte.meta["levels"] = levels
        return cte

    # -- sqlglot's methods: values ---------------------------------------------------------------

    def _parse_statement(self) -> exp.Expr | None:
        return self._parse_ddl_select()

    def _parse_disjunction(self) -> exp.Expr | None:
        return Parsed(value=self.condition())

    def _parse_assignment(self) -> exp.Expr | None:
        return Parsed(value=self.condition())

    def _parse_expression(self) -> exp.Expr | None:
        return Parsed(value=self.output_column())

    def _parse_term(self, parse_mod: bool = True) -> exp.Expr | None:
        return Parsed(value=self.value())

    def _parse_column(self) -> exp.Expr | None:
        return Parsed(value=self.value())

    def _parse_placeholder(self) -> exp.Expr | None:
        return None

    def _parse_ordered(self, parse_method: Callable[[], exp.Expr | None] | None = None) -> Any:
        return Parsed(value=self.sort_order())

    def _parse_derived_table_values(self, allow_value_synonym: bool = False) -> Any:
        """VALUES; in parentheses it is a query like any other."""
        if not self.accept(TokenType.VALUES):
            return None
        rows = self.list_of(self._parse_value)
        return exp.Values(expressions=rows, alias=self._parse_table_alias())

    def _parse_value(self, values: bool = True) -> Any:
        return Parsed(value=clauses.values_row(self))

    def _parse_function(
        self,
        functions: dict[str, Callable[..., Any]] | None = None,
        anonymous: bool = False,
        optional_parens: bool = True,
        any_token: bool = False,
    ) -> exp.Expr | None:
        if not self.next_is(TokenType.L_PAREN) or not self.at_name():
            return None
        return Parsed(value=clauses.table_function(self))

    def _parse_csv(
        self, parse_method: Callable[[], T | None], sep: TokenType = TokenType.COMMA
    ) -> list[T]:
        found = []
        while True:
            item = parse_method()
            if item is None:
                raise self.error()
            found.append(item)
            if not self.accept(sep):
                return found

    def name_in(self, text: str) -> tuple[str, ...]:
        reader = QueryReader(text, None, self.zone)
        parts = reader.names()
        reader.expect_end()
        return parts

    def _parse_table_parts(
        self,
        schema: bool = False,
        is_db_reference: bool = False,
        wildcard: bool = False,
        fast: bool = False,
    ) -> Any:
        if not self.at_identifier_clause():
            return super()._parse_table_parts(schema, is_db_reference, wildcard, fast)
        if fast:
            return None
        parts = [exp.to_identifier(part, quoted=True) for part in self.names()]
        if len(parts) > len(TABLE_ARGS):
            raise self.error(self._prev)
        return exp.Table(**dict(zip(TABLE_ARGS, reversed(parts), strict=False)))

    def _parse_join(
        self,
        skip_join_token: bool = False,
        parse_bracket: bool = False,
        alias_tokens: Any = None,
    ) -> exp.Join | None:
        if self.accept(TokenType.COMMA):
            join = exp.Join(this=self._parse_table(alias_tokens=alias_tokens))
            join.meta["comma"] = True
            return join
        return super()._parse_join(skip_join_token, parse_bracket, alias_tokens)

    def _parse_id_var(self, any_token: bool = True, tokens: Any = None) -> Any:
        if self.at_identifier_clause():
            return exp.to_identifier(self.name(), quoted=True)
        return super()._parse_id_var(any_token, tokens)

    def _parse_using_identifiers(self) -> Any:
        names = self.in_parentheses(lambda: self.list_of(self.name))
        return [Parsed(value=name) for name in names]

    # -- sqlglot's methods: clauses --------------------------------------------------------------

    def _parse_group(self, skip_group_by_token: bool = False) -> Any:
        self.expect(TokenType.GROUP_BY)
        return Parsed(value=clauses.group_by(self))

    def _parse_window_clause(self) -> Any:
        self.expect(TokenType.WINDOW)
        return [Parsed(value=window) for window in self.list_of(lambda: clauses.named_window(self))]

    def _parse_hint(self) -> Any:
        if not self.at(TokenType.HINT):
            return None
        token = self._curr
        self._advance()
        return Parsed(value=self._read_hints(token.comments[0]))

    def _read_hints(self, text: str) -> list[tuple[str, tuple[Any, ...]]]:
        reader = QueryReader(text[3:-2], None, self.zone)
        return clauses.hints(reader)

    def _parse_lateral(self) -> Any:
        if not self.at(TokenType.LATERAL):
            return None
        return clauses.lateral(self)

    def _parse_unnest(self, with_alias: bool = True) -> Any:
        return None

    def _parse_table_sample(self, as_modifier: bool = False) -> Any:
        if not self.at(TokenType.TABLE_SAMPLE):
            return None
        return Parsed(value=clauses.sample(self))

    def _parse_pivots(self) -> Any:
        found = []
        while self.at(TokenType.PIVOT, TokenType.UNPIVOT) and not self._is_alias_here():
            found.append(Parsed(value=clauses.pivot(self)))
        return found or None

    def _is_alias_here(self) -> bool:
        return not self.next_is(TokenType.L_PAREN, TokenType.VAR)

    def _parse_function_parameter(self) -> Any:
        return self._parse_id_var()

    def _parse_bracket(self, this: exp.Expr | None = None) -> exp.Expr | None:
        return this

    def _parse_pipe_syntax_query(self, query: exp.Query) -> Any:
        start = self._curr
        plan = to_plan(query, self.complaint(start))
        while self.accept(TokenType.PIPE_GT):
            plan = pipes.step(self, plan)
        return Planned(value=plan)

    def operand(self) -> LogicalPlan:
        """The query behind UNION in a pipe."""
        start, tree = self._curr, self._parse_select(nested=True, consume_pipe=False)
        if tree is None:
            raise self.error(start)
        return to_plan(tree, self.complaint(start))

    def joined(self, left: LogicalPlan) -> LogicalPlan:
        """A plan with the joins at the cursor."""
        start = self._curr
        joins = list(self._parse_joins())
        if not joins:
            raise self.error()
        return join_all(left, joins, self.complaint(start))

    def _parse_limit(
        self, this: exp.Expr | None = None, top: bool = False, skip_limit_token: bool = False
    ) -> Any:
        if top or not self.accept(TokenType.LIMIT):
            return this
        if self.accept(TokenType.ALL):
            return Parsed(value=None)
        return Parsed(value=self.value())

    def _parse_offset(self, this: exp.Expr | None = None) -> Any:
        if not self.accept(TokenType.OFFSET):
            return this
        return Parsed(value=self.value())

    def _can_parse_limit_or_offset(self) -> bool:
        return self.at(TokenType.LIMIT) or (
            self.at(TokenType.OFFSET) and not self.next_is(TokenType.COMMA, TokenType.SENTINEL)
        )

    def _parse_query_modifiers(self, this: Any) -> Any:
        """Clauses in Spark's order, each at most once."""
        if not isinstance(this, self.MODIFIABLES):
            return this
        for join in self._parse_joins():
            this.append("joins", join)
        while self.at(TokenType.LATERAL):
            this.append("laterals", self._parse_lateral())
        reached = -1
        while (kind := self._curr.token_type) in self.QUERY_MODIFIER_PARSERS:
            rank = CLAUSES.index(kind)
            if rank <= reached and (rank < ORGANIZING or rank == reached):
                raise self.error()
            key, clause = self.QUERY_MODIFIER_PARSERS[kind](self)
            if this.args.get(key):
                raise self.error()
            reached = max(reached, rank)
            this.set(key, clause)
        return this
