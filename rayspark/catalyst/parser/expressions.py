"""Expressions: Spark's grammar of values and conditions over sqlglot's cursor.

Spark's precedence, literals, function calls and special forms differ from sqlglot's at nearly every
point, so :class:`ExpressionReader` overrides those methods of sqlglot's parser and builds our
expressions at once. sqlglot's own methods carry them about inside :class:`Parsed` nodes. From the
weakest binding to the strongest::

    OR  AND  NOT  (= < <=> ... then BETWEEN IN LIKE IS)  |  ^  &  << >> >>>  + - ||  * / % DIV
    prefixes - + ~    postfixes .name [index] ::type COLLATE    (then primaries)
"""

from __future__ import annotations

import datetime
import re
from itertools import pairwise
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import (
    PATH,
    Alias,
    Cast,
    Expression,
    InSubquery,
    Literal,
    MultiAlias,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedStar,
    lit,
)
from rayspark.catalyst.parser.cursor import NAMES
from rayspark.catalyst.parser.primaries import ROWS, PrimaryReader, call
from rayspark.catalyst.parser.types import read_type, without_length
from rayspark.datatypes import BooleanType

LEVELS: list[dict[TokenType, str]] = [
    {TokenType.PIPE: "|"},
    {TokenType.CARET: "^"},
    {TokenType.AMP: "&"},
    {},  # shifts: made of several tokens
    {TokenType.PLUS: "+", TokenType.DASH: "-", TokenType.DPIPE: "concat"},
    {TokenType.STAR: "*", TokenType.SLASH: "/", TokenType.MOD: "%", TokenType.DIV: "div"},
]
"""Two-sided operators, the weakest first."""
SHIFT_LEVEL = 3
OPERATORS = {
    token: (level, sign, 1) for level, signs in enumerate(LEVELS) for token, sign in signs.items()
}
SHIFTS = [
    ((TokenType.GT, TokenType.GT, TokenType.GT), ">>>"),
    ((TokenType.GT, TokenType.GT), ">>"),
    ((TokenType.LT, TokenType.LT), "<<"),
]
COMPARISONS = {
    TokenType.EQ: "=",
    TokenType.NEQ: "<>",
    TokenType.LT: "<",
    TokenType.LTE: "<=",
    TokenType.GT: ">",
    TokenType.GTE: ">=",
    TokenType.NULLSAFE_EQ: "<=>",
}
PREFIXES = {TokenType.DASH: "-", TokenType.PLUS: "positive", TokenType.TILDE: "~"}
PATTERNS = {TokenType.LIKE: "like", TokenType.ILIKE: "ilike", TokenType.RLIKE: "rlike"}
NOT_AN_ALIAS = {
    TokenType.ALL, TokenType.ANTI, TokenType.ANY, TokenType.ASC, TokenType.DESC, TokenType.DIV,
    TokenType.END, TokenType.ESCAPE, TokenType.FOR, TokenType.FULL, TokenType.INTO,
    TokenType.LATERAL, TokenType.LEFT, TokenType.NATURAL, TokenType.OFFSET, TokenType.OUTER,
    TokenType.PIVOT, TokenType.RIGHT, TokenType.SEMI, TokenType.TABLE_SAMPLE, TokenType.UNPIVOT,
    TokenType.WINDOW, TokenType.EXISTS, TokenType.LIKE, TokenType.ILIKE, TokenType.RLIKE,
    TokenType.RANGE, TokenType.ROWS,
}  # fmt: skip
"""Words that are no alias unless AS stands before them."""


class Parsed(exp.Expression):
    """One of our expressions inside sqlglot's tree."""

    arg_types: ClassVar[dict[str, bool]] = {"value": True}

    @property
    def value(self) -> Any:
        """The expression."""
        return self.args["value"]


class ExpressionReader(PrimaryReader):
    """Reads expressions; queries inside them are read by the subclass."""

    # -- conditions ------------------------------------------------------------------------------

    def condition(self) -> Expression:
        """Any expression."""
        found = self._conjunction()
        while self.accept(TokenType.OR):
            found = call("or", found, self._conjunction())
        return found

    def _conjunction(self) -> Expression:
        found = self._negation()
        while self.accept(TokenType.AND):
            found = call("and", found, self._negation())
        return found

    def _negation(self) -> Expression:
        negations = 0
        while self.accept(TokenType.NOT):
            negations += 1
        found = self._predicate()
        for _ in range(negations):
            found = call("not", found)
        return found

    def _predicate(self) -> Expression:
        left = self.value()
        if self.accept(TokenType.IS):
            return self._is(left)
        negated = self.at(TokenType.NOT) and self.next_is(
            TokenType.BETWEEN, TokenType.IN, *PATTERNS
        )
        if negated:
            self.expect(TokenType.NOT)
        if self.accept(TokenType.BETWEEN):
            low = self.value()
            self.expect(TokenType.AND)
            found: Expression = call("between", left, low, self.value())
        elif self.accept(TokenType.IN):
            found = self._in(left)
        elif self.at(*PATTERNS):
            return self._pattern(left, negated)
        else:
            return left
        return call("not", found) if negated else found

    def _is(self, left: Expression) -> Expression:
        negated = self.accept(TokenType.NOT)
        if self.accept(TokenType.NULL) or self.accept_words("UNKNOWN"):
            return call("isnotnull" if negated else "isnull", left)
        if self.accept(TokenType.TRUE):
            found = call("<=>", left, Literal(True, BooleanType()))
        elif self.accept(TokenType.FALSE):
            found = call("<=>", left, Literal(False, BooleanType()))
        else:
            self.expect(TokenType.DISTINCT)
            self.expect(TokenType.FROM)
            found, negated = call("<=>", left, self.value()), not negated
        return call("not", found) if negated else found

    def _in(self, left: Expression) -> Expression:
        self.expect(TokenType.L_PAREN)
        if self._at_query():
            values = (left,)
            if isinstance(left, UnresolvedFunction) and left.name in ROWS:
                values = left.args  # type: ignore[assignment]
            found: Expression = InSubquery(self.query(), (), values)
        else:
            if self.at(TokenType.R_PAREN):
                raise self.error_here("INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE")
            found = call("in", left, *self.list_of(self.condition))
        self.expect(TokenType.R_PAREN)
        return found

    def _pattern(self, left: Expression, negated: bool) -> Expression:
        name = PATTERNS[self._curr.token_type]
        self._advance()
        if name != "rlike" and self.at(TokenType.ANY, TokenType.SOME, TokenType.ALL):
            every = self.accept(TokenType.ALL)
            if not every:
                self._advance()
            patterns = self.in_parentheses(lambda: self.list_of(self.value))
            return _many_patterns(name, left, patterns, every, negated)
        args = [left, self.value()]
        if name != "rlike" and self.accept(TokenType.ESCAPE):
            token, escape = self._curr, self.string()
            if len(escape) != 1:
                raise self.error_here("INVALID_ESC", token, invalidEscape=f"'{escape}'")
            args.append(lit(escape))
        found = call(name, *args)
        return call("not", found) if negated else found

    # -- values ----------------------------------------------------------------------------------

    def value(self) -> Expression:
        """What may stand on either side of AND without parentheses: comparisons and stronger."""
        left = self._binary(0)
        while self._curr.token_type in COMPARISONS:
            sign = COMPARISONS[self._curr.token_type]
            self._advance()
            right = self._binary(0)
            left = call("not", call("=", left, right)) if sign == "<>" else call(sign, left, right)
        return left

    def _binary(self, lowest: int) -> Expression:
        left = self._prefixed()
        while (operator := self._operator()) is not None and operator[0] >= lowest:
            level, sign, length = operator
            self._advance(length)
            left = call(sign, left, self._binary(level + 1))
        return left

    def _operator(self) -> tuple[int, str, int] | None:
        """Level, sign and number of tokens of the operator that comes next."""
        kind = self._curr.token_type
        if kind is TokenType.GT or kind is TokenType.LT:
            for kinds, sign in SHIFTS:
                tokens = self._tokens[self._index : self._index + len(kinds)]
                if tuple(t.token_type for t in tokens) == kinds and all(
                    a.end + 1 == b.start for a, b in pairwise(tokens)
                ):
                    return SHIFT_LEVEL, sign, len(kinds)
        return OPERATORS.get(kind)

    def _prefixed(self) -> Expression:
        signs: list[str] = []
        while self._curr.token_type in PREFIXES:
            if self.at(TokenType.DASH) and self.next_is(TokenType.NUMBER):
                break  # a negative constant
            signs.append(PREFIXES[self._curr.token_type])
            self._advance()
        found = self._postfixed(self._primary())
        for sign in reversed(signs):
            found = call(sign, found)
        return found

    def _postfixed(self, found: Expression) -> Expression:
        while True:
            if self.accept(TokenType.DOT):
                found = self._after_dot(found)
            elif self.accept(TokenType.L_BRACKET):
                found = UnresolvedExtract(found, self.value())
                self.expect(TokenType.R_BRACKET)
            elif self.at(TokenType.COLON) and self._is_path_here():
                self._advance()
                found = call(PATH, found, lit(self._path()))
            elif self.accept(TokenType.DCOLON):
                found = Cast(found, without_length(read_type(self)))
            elif self.accept_words("COLLATE"):
                found = call("collate", found, lit(".".join(self.names())))
            else:
                return found

    def _is_path_here(self) -> bool:
        """Whether a colon begins a path into a variant: ``v:a.b[0]``."""
        token = self.peek(1)
        return token is not None and token.token_type in NAMES

    def _path(self) -> str:
        """``a.`b c`[0]`` as a path of ``variant_get``; what may follow it is left."""
        found = "$" + _step(self.name(any_word=True))
        while self.at(TokenType.DOT, TokenType.L_BRACKET, TokenType.COLON):
            if self.accept(TokenType.DOT, TokenType.COLON):
                found += _step(self.name(any_word=True))
                continue
            self._advance()
            if self.at_string():
                found += _step(self.string(), quoted=True)
            else:
                found += f"[{self._curr.text}]"
                self.expect(TokenType.NUMBER)
            self.expect(TokenType.R_BRACKET)
        return found

    def _after_dot(self, found: Expression) -> Expression:
        parts = found.parts if isinstance(found, UnresolvedAttribute) else None
        if parts is not None and self.accept(TokenType.STAR):
            return UnresolvedStar(parts, self._excluded())
        name = self.name(any_word=True)
        if parts is None:
            return UnresolvedExtract(found, lit(name))
        if self.at(TokenType.L_PAREN):
            return self.function(".".join((*parts, name)))
        return UnresolvedAttribute((*parts, name))

    # -- named expressions -----------------------------------------------------------------------

    def maybe_aliased(self) -> Expression:
        """An expression, perhaps with a name."""
        found = self.condition()
        if self.accept(TokenType.ALIAS):
            if self.at(TokenType.L_PAREN):
                return MultiAlias(found, self._identifier_list())
            return Alias(found, self.name(any_word=True))
        if self.at_name() and self._curr.token_type not in NOT_AN_ALIAS:
            return Alias(found, self.name())
        if self.at(TokenType.L_PAREN) and self.next_is(TokenType.VAR, TokenType.IDENTIFIER):
            return MultiAlias(found, self._identifier_list())
        return found

    def _identifier_list(self) -> tuple[str, ...]:
        return tuple(self.in_parentheses(lambda: self.list_of(lambda: self.name(any_word=True))))

    def output_column(self) -> Expression:
        """A member of the select list: named, or marked as without a name."""
        found = self.maybe_aliased()
        named = (Alias, MultiAlias, UnresolvedAttribute, UnresolvedStar)
        return found if isinstance(found, named) else UnresolvedAlias(found)


def _step(name: str, quoted: bool = False) -> str:
    """A member of an object in a path."""
    plain = not quoted and re.fullmatch(r"\w+", name) is not None
    return f".{name}" if plain else "['" + name.replace("'", "\\'") + "']"


def _many_patterns(
    name: str, left: Expression, patterns: list[Expression], every: bool, negated: bool
) -> Expression:
    """``LIKE ANY (...)`` and its kin, as AND or OR of LIKEs."""
    tests: list[Expression] = [call(name, left, pattern) for pattern in patterns]
    if negated:
        tests = [call("not", test) for test in tests]
    found = tests[0]
    for test in tests[1:]:
        found = call("and" if every else "or", found, test)
    return found


def local_zone() -> str:
    """The machine's time zone, as an offset: what zone-less timestamps mean without a session."""
    offset = datetime.datetime.now().astimezone().utcoffset() or datetime.timedelta()
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
