"""sqlglot's parser as a cursor over tokens, with errors in Spark's words.

sqlglot collects errors and goes on; Spark stops at the first. :meth:`Cursor.raise_error` therefore
always raises, and lists do not end in a comma.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from sqlglot.parsers.spark import SparkParser
from sqlglot.tokenizer_core import Token, TokenType

from rayspark.catalyst.parser.errors import error_at, syntax_error
from rayspark.catalyst.parser.lexer import PAIRS
from rayspark.catalyst.parser.literals import text
from rayspark.catalyst.parser.parameters import Parameters

T = TypeVar("T")

NAMES = {
    TokenType.VAR,
    TokenType.IDENTIFIER,
    TokenType.ANTI,
    TokenType.ANY,
    TokenType.ASC,
    TokenType.CUBE,
    TokenType.DESC,
    TokenType.DIV,
    TokenType.ESCAPE,
    TokenType.FOR,
    TokenType.FULL,
    TokenType.INTERVAL,
    TokenType.INTO,
    TokenType.LEFT,
    TokenType.NATURAL,
    TokenType.OFFSET,
    TokenType.OUTER,
    TokenType.PIVOT,
    TokenType.RANGE,
    TokenType.RECURSIVE,
    TokenType.RIGHT,
    TokenType.ROLLUP,
    TokenType.ROW,
    TokenType.ROWS,
    TokenType.SEMI,
    TokenType.SOME,
    TokenType.TABLE,
    TokenType.TABLE_SAMPLE,
    TokenType.UNPIVOT,
    TokenType.VALUES,
    TokenType.VIEW,
    TokenType.WINDOW,
    TokenType.EXISTS,
    TokenType.LIKE,
    TokenType.ILIKE,
    TokenType.RLIKE,
    TokenType.ALL,
    TokenType.END,
    TokenType.LATERAL,
}
"""Tokens that may be a name where nothing else fits."""

SYMBOLS_ONLY = {
    kind
    for kind in TokenType
    if kind.value < TokenType.SPACE.value or kind in (TokenType.NUMBER, TokenType.STRING)
}


class Cursor(SparkParser):
    """Small steps over the tokens of one statement."""

    parameters: Parameters

    def raise_error(self, message: str, token: Token | None = None) -> NoReturn:
        """Every complaint of sqlglot is a syntax error at the current token."""
        raise self.error(token)

    def error(self, token: Token | None = None, hint: str = "") -> Exception:
        """A syntax error at a token: by default at the current one."""
        place = token or self._curr
        if not place:
            return syntax_error(self.sql, "", len(self.sql), hint)
        written = self.sql[place.start : place.end + 1]
        if place.token_type in PAIRS.values():
            written = written.split()[0]
        return syntax_error(self.sql, written, place.start, hint)

    def error_here(
        self, condition: str, token: Token | None = None, **parameters: str
    ) -> Exception:
        """An error of another condition at a token: by default at the last one read."""
        place = token or self._prev or self._curr
        return error_at(self.sql, place.start if place else 0, condition, **parameters)

    # -- looking ---------------------------------------------------------------------------------

    def at(self, *kinds: TokenType) -> bool:
        """Whether the current token is one of these."""
        return self._curr.token_type in kinds

    def next_is(self, *kinds: TokenType) -> bool:
        """Whether the token after the current one is one of these."""
        return self._next.token_type in kinds

    def at_words(self, *words: str) -> bool:
        """Whether these words come next, unquoted."""
        for offset, word in enumerate(words):
            token = self.peek(offset)
            if token is None or token.token_type in (TokenType.IDENTIFIER, TokenType.STRING):
                return False
            if token.text.upper() != word:
                return False
        return True

    def peek(self, offset: int) -> Token | None:
        """The token so many places ahead."""
        at = self._index + offset
        return self._tokens[at] if at < len(self._tokens) else None

    # -- stepping --------------------------------------------------------------------------------

    def accept(self, *kinds: TokenType) -> bool:
        """Step over the current token if it is one of these."""
        if self._curr.token_type in kinds:
            self._advance()
            return True
        return False

    def accept_words(self, *words: str) -> bool:
        """Step over these words if they come next."""
        if self.at_words(*words):
            self._advance(len(words))
            return True
        return False

    def expect(self, kind: TokenType) -> None:
        """Step over a token that must be of this kind."""
        if not self.accept(kind):
            raise self.error()

    def expect_words(self, *words: str) -> None:
        """Step over words that must come now."""
        for word in words:
            if not self.accept_words(word):
                raise self.error()

    def expect_end(self) -> None:
        """Nothing may follow."""
        if self._curr:
            raise self.error()

    def list_of(self, read: Callable[[], T]) -> list[T]:
        """One or more, with commas between."""
        found = [read()]
        while self.accept(TokenType.COMMA):
            found.append(read())
        return found

    def in_parentheses(self, read: Callable[[], T]) -> T:
        """``( ... )``."""
        self.expect(TokenType.L_PAREN)
        found = read()
        self.expect(TokenType.R_PAREN)
        return found

    # -- words and constants ---------------------------------------------------------------------

    def at_name(self) -> bool:
        """Whether the current token can be a name."""
        return self._curr.token_type in NAMES

    def name(self, *, any_word: bool = False) -> str:
        """An identifier; with ``any_word`` keywords are names too (after AS, after a dot)."""
        token = self._curr
        if token.token_type is TokenType.IDENTIFIER:
            self._advance()
            return token.text
        wordy = any_word and token.token_type not in SYMBOLS_ONLY
        if not token or not (wordy or token.token_type in NAMES):
            raise self.error()
        if not token.text.isascii():
            raise self.error_here("INVALID_IDENTIFIER", token, ident=token.text)
        self._advance()
        return token.text

    def names(self) -> tuple[str, ...]:
        """``a.b.c``."""
        parts = [self.name()]
        while self.accept(TokenType.DOT):
            parts.append(self.name(any_word=True))
        return tuple(parts)

    def at_string(self) -> bool:
        """Whether a string literal comes (``X'1F'`` is none)."""
        return self.at(TokenType.STRING) and self._curr.text[0] not in "xX"

    def string(self) -> str:
        """A string literal, or several in a row."""
        parts = [self.one_string()]
        while self.at_string():
            parts.append(self.one_string())
        return "".join(parts)

    def one_string(self) -> str:
        """A string literal, not joined with one that follows."""
        if not self.at_string():
            raise self.error()
        written = self._curr.text
        self._advance()
        return text(written)
