"""The innermost parts of expressions: constants, names, calls, CASE, lambdas, parentheses."""

from __future__ import annotations

from abc import abstractmethod

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import (
    ROW,
    Alias,
    CaseWhen,
    Exists,
    Expression,
    Lambda,
    LambdaVariable,
    Literal,
    MultiAlias,
    NamedArgument,
    ScalarSubquery,
    SortOrder,
    UnresolvedAttribute,
    UnresolvedFunction,
    UnresolvedStar,
    lit,
)
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.parser import intervals, literals
from rayspark.catalyst.parser.cursor import Cursor
from rayspark.catalyst.parser.special import SPECIAL
from rayspark.catalyst.parser.windows import over
from rayspark.datatypes import BooleanType, NullType, StringType
from rayspark.errors import AnalysisException, ParseException

QUERY_STARTS = (TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.VALUES)

ROWS = (ROW, "struct")
"""Calls whose arguments stand for themselves where a row is wanted."""


def call(name: str, *args: Expression) -> UnresolvedFunction:
    """A call that analysis will look up."""
    return UnresolvedFunction(name, args)


CALLED = {TokenType.BETWEEN, TokenType.WHEN, TokenType.AND, TokenType.OR, TokenType.IN}
"""Operators' words that may be called like functions: ``between(a, 1, 2)``."""


class PrimaryReader(Cursor):
    """Reads primaries; what they hold is read by the subclasses."""

    zone: str

    @abstractmethod
    def query(self) -> LogicalPlan:
        """The query at the cursor."""

    @abstractmethod
    def condition(self) -> Expression:
        """Any expression."""

    @abstractmethod
    def value(self) -> Expression:
        """What may stand on either side of AND without parentheses: comparisons and stronger."""

    @abstractmethod
    def maybe_aliased(self) -> Expression:
        """An expression, perhaps with a name."""

    # -- names -----------------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """``a.b.c``, or ``IDENTIFIER('a.b.c')``."""
        if self.at_identifier_clause():
            return self.identifier_clause()
        return super().names()

    def name(self, *, any_word: bool = False) -> str:
        """One part, or ``IDENTIFIER('part')``."""
        if not self.at_identifier_clause():
            return super().name(any_word=any_word)
        start, parts = self._curr, self.identifier_clause()
        if len(parts) > 1:
            shown = ".".join(f"`{part}`" for part in parts)
            raise self.error_here(
                "IDENTIFIER_TOO_MANY_NAME_PARTS", start, identifier=shown, limit="1"
            )
        return parts[0]

    def at_identifier_clause(self) -> bool:
        """Whether ``IDENTIFIER(`` comes."""
        return self.at_words("IDENTIFIER") and self.next_is(TokenType.L_PAREN)

    def identifier_clause(self) -> tuple[str, ...]:
        """``IDENTIFIER(constant text)``: the name that the text holds."""
        start = self._curr
        self._advance()
        given = self.in_parentheses(self.condition)
        found = self._constant_text(given)
        if found is None:
            raise _no_constant_text(given)
        if not found.strip():
            raise self.error_here("PARSE_EMPTY_STATEMENT", start)
        return self.name_in(found)

    def _constant_text(self, e: Expression) -> str | None:
        """Of a constant, or of session variables and constants."""

        def value(part: Expression) -> Expression:
            if isinstance(part, UnresolvedAttribute):
                return self.parameters.variables.get(part.parts[-1].lower(), part)
            return part

        return constant_text(e.transform_up(value))

    @abstractmethod
    def name_in(self, text: str) -> tuple[str, ...]:
        """The parts of a name that a text holds."""

    # -- primaries -------------------------------------------------------------------------------

    def _primary(self) -> Expression:
        token = self._curr
        match token.token_type:
            case TokenType.NUMBER | TokenType.DASH:
                return self._number()
            case TokenType.STRING:
                if token.text[0] in "xX":
                    self._advance()
                    return self._typed("X", token.text[2:-1])
                return lit(self.string())
            case TokenType.NULL:
                self._advance()
                return Literal(None, NullType())
            case TokenType.TRUE | TokenType.FALSE:
                self._advance()
                return Literal(token.token_type is TokenType.TRUE, BooleanType())
            case TokenType.STAR:
                self._advance()
                return UnresolvedStar((), self._excluded())
            case TokenType.L_PAREN:
                return self._parenthesis()
            case TokenType.CASE:
                self._advance()
                return self._case()
            case TokenType.EXISTS if self.next_is(TokenType.L_PAREN) and self._at_query(2):
                self._advance()
                return Exists(self.in_parentheses(self.query))
            case TokenType.PLACEHOLDER:
                self._advance()
                return self.parameters.next(self.sql, token.start)
            case TokenType.COLON:
                self._advance()
                return self.parameters.named(self.name(any_word=True), self.sql, token.start)
            case TokenType.INTERVAL if self._at_interval():
                self._advance()
                return self._interval()
        if token.token_type in CALLED and self.next_is(TokenType.L_PAREN):
            self._advance()
            args = self.in_parentheses(lambda: self.list_of(self.condition))
            return UnresolvedFunction(token.text.lower(), tuple(args))
        return self._named()

    def _excluded(self) -> tuple[tuple[str, ...], ...]:
        if self.at(TokenType.EXCEPT) and self.next_is(TokenType.L_PAREN):
            self._advance()
            return tuple(self.in_parentheses(lambda: self.list_of(self.names)))
        return ()

    def _number(self) -> Expression:
        start = self._curr
        minus = "-" if self.accept(TokenType.DASH) else ""
        written = minus + self._curr.text
        self.expect(TokenType.NUMBER)
        try:
            return literals.number(written)
        except ParseException as error:
            raise self.error_here(
                error.getCondition() or "", start, **(error.getMessageParameters() or {})
            ) from None

    def _named(self) -> Expression:
        """A column, a function, a lambda or a typed literal."""
        if self.at_identifier_clause():
            parts = self.identifier_clause()
            if self.at(TokenType.L_PAREN):
                return self.function(".".join(parts))
            return UnresolvedAttribute(parts)
        start = self._curr
        any_word = self.next_is(TokenType.L_PAREN) and self.at(
            TokenType.LEFT, TokenType.RIGHT, TokenType.LIKE, TokenType.RLIKE, TokenType.ILIKE
        )
        name = self.name(any_word=any_word)
        if self.at(TokenType.L_PAREN):
            return self.function(name)
        if self.at(TokenType.ARROW):
            return self._lambda((name,))
        if self.at_string() and start.token_type is TokenType.VAR:
            if name.upper() not in literals.TYPED:
                raise self.error_here(
                    "UNSUPPORTED_TYPED_LITERAL",
                    start,
                    unsupportedType=f'"{name.upper()}"',
                    supportedTypes='"DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP", '
                    '"INTERVAL", "X", "TIME"',
                )
            return self._typed(name.upper(), self.string())
        return UnresolvedAttribute((name,))

    def _typed(self, kind: str, written: str) -> Literal:
        start = self._prev
        try:
            return literals.typed(kind, written, self.zone)
        except (ValueError, OverflowError):
            raise self.error_here(
                "INVALID_TYPED_LITERAL", start, valueType=f'"{kind}"', value=f"'{written}'"
            ) from None

    def _parenthesis(self) -> Expression:
        """``( ... )``: a query, a lambda's parameters, a row, or an expression."""
        if (names := self._lambda_parameters()) is not None:
            return self._lambda(names)
        if self._at_query(1):
            index = self._index
            try:
                return ScalarSubquery(self.in_parentheses(self.query))
            except ParseException:
                if not self._at_nested_parenthesis(index):
                    raise
                self._retreat(index)
        self.expect(TokenType.L_PAREN)
        first = self.maybe_aliased()
        if self.at(TokenType.R_PAREN) and not isinstance(first, Alias | MultiAlias):
            self._advance()
            return first
        self.expect(TokenType.COMMA)
        rest = self.list_of(self.maybe_aliased)
        self.expect(TokenType.R_PAREN)
        return call(ROW, first, *rest)

    def _at_nested_parenthesis(self, index: int) -> bool:
        return self._tokens[index + 1].token_type is TokenType.L_PAREN

    def _at_query(self, offset: int = 0) -> bool:
        """Whether a query starts so many tokens ahead, perhaps in parentheses."""
        while (token := self.peek(offset)) and token.token_type is TokenType.L_PAREN:
            offset += 1
        if token is None or token.token_type not in QUERY_STARTS:
            return False
        after = self.peek(offset + 1)
        return not (
            token.token_type is TokenType.VALUES
            and after is not None
            and after.token_type in (TokenType.COMMA, TokenType.R_PAREN, TokenType.DOT)
        )

    def _case(self) -> Expression:
        subject = None if self.at(TokenType.WHEN) else self.condition()
        branches: list[tuple[Expression, Expression]] = []
        while self.accept(TokenType.WHEN):
            when = self.condition()
            self.expect(TokenType.THEN)
            then = self.condition()
            branches.append((when if subject is None else call("=", subject, when), then))
        if not branches:
            raise self.error()
        otherwise = self.condition() if self.accept(TokenType.ELSE) else None
        self.expect(TokenType.END)
        return CaseWhen(tuple(branches), otherwise)

    # -- intervals -------------------------------------------------------------------------------

    def _at_interval(self) -> bool:
        if self.next_is(TokenType.STRING, TokenType.NUMBER):
            return True
        number = self.peek(2)
        return (
            self.next_is(TokenType.DASH, TokenType.PLUS)
            and number is not None
            and number.token_type in (TokenType.STRING, TokenType.NUMBER)
        )

    def _interval(self) -> Expression:
        start = self._prev
        try:
            return self._interval_parts()
        except (ValueError, OverflowError) as mistake:
            written = self.sql[start.start : (self._prev.end if self._prev else start.end) + 1]
            if str(mistake) == intervals.MIXED:
                raise self.error_here("_LEGACY_ERROR_TEMP_0029", start, literal=written) from None
            raise self.error_here(
                "INVALID_TYPED_LITERAL", start, valueType='"INTERVAL"', value=f"'{written}'"
            ) from None

    def _interval_parts(self) -> Expression:
        parts: list[tuple[str, str]] = []
        while True:
            sign = "-" if self.accept(TokenType.DASH) else ""
            if not sign:
                self.accept(TokenType.PLUS)
            if self.at_string():
                value = self.string()
            else:
                value = self._curr.text
                self.expect(TokenType.NUMBER)
            if not parts and self._curr.text.upper() not in intervals.UNITS:
                return intervals.of_text(sign + value)
            unit = self.name(any_word=True)
            if not parts and self.accept_words("TO"):
                return intervals.of_range(sign + value, unit, self.name(any_word=True))
            parts.append((_signed(sign, value.strip()), unit))
            follows = self.peek(1)
            if not (
                self.at(TokenType.NUMBER, TokenType.STRING)
                and follows is not None
                and follows.text.upper() in intervals.UNITS
            ):
                return intervals.of_units(parts)

    # -- functions -------------------------------------------------------------------------------

    def function(self, name: str) -> Expression:
        """A call; the cursor is at the opening parenthesis."""
        self.expect(TokenType.L_PAREN)
        special = SPECIAL.get(name.upper())
        found = special(self, name) if special is not None else None
        if found is None:
            found = self._plain_call(name)
        self.expect(TokenType.R_PAREN)
        return self._call_tail(found)

    def _plain_call(self, name: str) -> UnresolvedFunction:
        distinct = self.accept(TokenType.DISTINCT)
        if not distinct and self.at(TokenType.ALL) and not self.next_is(TokenType.R_PAREN):
            self.expect(TokenType.ALL)
        args = () if self.at(TokenType.R_PAREN) else tuple(self.list_of(self.argument))
        if name.lower() == "count" and len(args) == 1 and args[0] == UnresolvedStar():
            args = (lit(1),)
        return UnresolvedFunction(name, args, distinct)

    def argument(self) -> Expression:
        """An argument of a call: ``name => value``, a lambda or an expression."""
        if self.next_is(TokenType.FARROW):
            name = self.name(any_word=True)
            self.expect(TokenType.FARROW)
            return NamedArgument(name, self.condition())
        return self.condition()

    def _call_tail(self, found: Expression) -> Expression:
        if isinstance(found, UnresolvedFunction):
            found = self._aggregate_tail(found)
        if self.at_words("OVER") and self.next_is(
            TokenType.L_PAREN, TokenType.VAR, TokenType.IDENTIFIER
        ):
            self._advance()
            return over(self, found)
        return found

    def _aggregate_tail(self, found: UnresolvedFunction) -> UnresolvedFunction:
        if self.accept_words("WITHIN", "GROUP"):
            order = self.in_parentheses(self._ordering)
            found = found.copy(order=order)
        if self.at_words("FILTER") and self.next_is(TokenType.L_PAREN):
            self._advance()
            self.expect(TokenType.L_PAREN)
            self.expect(TokenType.WHERE)
            found = found.copy(filter=self.condition())
            self.expect(TokenType.R_PAREN)
        if self.accept_words("IGNORE", "NULLS"):
            found = found.copy(ignore_nulls=True)
        elif self.accept_words("RESPECT", "NULLS"):
            found = found.copy(ignore_nulls=False)
        return found

    def _ordering(self) -> tuple[SortOrder, ...]:
        self.expect(TokenType.ORDER_BY)
        return tuple(self.list_of(self.sort_order))

    def sort_order(self) -> SortOrder:
        """``a DESC NULLS LAST``."""
        key = self.condition()
        descending = self.accept(TokenType.DESC)
        if not descending:
            self.accept(TokenType.ASC)
        nulls_first = not descending
        if self.accept_words("NULLS", "FIRST"):
            nulls_first = True
        elif self.accept_words("NULLS", "LAST"):
            nulls_first = False
        return SortOrder(key, not descending, nulls_first)

    # -- lambdas ---------------------------------------------------------------------------------

    def _lambda_parameters(self) -> tuple[str, ...] | None:
        """The names of ``(x, y) ->`` if that is what comes."""
        offset, names = 1, []
        while (token := self.peek(offset)) and token.token_type in (
            TokenType.VAR,
            TokenType.IDENTIFIER,
        ):
            names.append(token.text)
            after = self.peek(offset + 1)
            offset += 2
            if after is None or after.token_type is not TokenType.COMMA:
                break
        else:
            return None
        closing, arrow = self.peek(offset - 1), self.peek(offset)
        if closing is None or closing.token_type is not TokenType.R_PAREN:
            return None
        if arrow is None or arrow.token_type is not TokenType.ARROW:
            return None
        self._advance(offset)
        return tuple(names)

    def _lambda(self, names: tuple[str, ...]) -> Expression:
        self.expect(TokenType.ARROW)
        return Lambda(self.condition(), tuple(LambdaVariable(name) for name in names))


def constant_text(e: Expression) -> str | None:
    """The text of a string constant, or of several joined by ``||``."""
    if isinstance(e, Literal) and isinstance(e.value, str):
        return e.value
    if isinstance(e, UnresolvedFunction) and e.name == "concat":
        parts = [constant_text(arg) for arg in e.args]
        return None if None in parts else "".join(part for part in parts if part)
    return None


def _signed(sign: str, value: str) -> str:
    if not sign:
        return value
    return value[1:] if value.startswith("-") else sign + value


def _no_constant_text(given: Expression) -> Exception:
    """What is wrong with the argument of IDENTIFIER."""
    parameters = {"name": "IDENTIFIER", "expr": given.sql()}
    if not isinstance(given, Literal):
        kind = "NOT_CONSTANT"
    elif isinstance(given.type, StringType):
        kind = "NULL"
    else:
        kind = "WRONG_TYPE"
        parameters["dataType"] = given.type.simpleString()
    return AnalysisException(
        errorClass=f"NOT_A_CONSTANT_STRING.{kind}", messageParameters=parameters
    )
