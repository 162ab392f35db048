"""DDL text cut into tokens, and the errors that point into it.

>>> [token.text for token in tokenize("a INT -- key")]
['a', 'INT', '']

The last token is always the end of input, with empty text.
"""

from __future__ import annotations

import re
from typing import Any

from rayspark.errors import ParseException
from rayspark.records import dataclass

_TOKEN = re.compile(
    r"""
    (?P<blank>    (?:\s | --[^\n]* | /\*.*?\*/)+ )
  | (?P<unclosed> /\* )
  | (?P<number>   (?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?:[lLsSyYfFdD]|[bB][dD])?(?!\w) )
  | (?P<text>     [rR]?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") )
  | (?P<word>     \w+ )
  | (?P<quoted>   `(?:[^`]|``)*` )
  | (?P<symbol>   <> | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_RAW_TEXT = re.compile(r"[rR]['\"]")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", re.DOTALL)
_ESCAPED = {
    "0": "\0",
    "b": "\b",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "Z": "\x1a",
    "%": "\\%",
    "_": "\\_",
}


@dataclass(frozen=True)
class Token:
    """A piece of the text: its kind, how it is written, and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The token as a keyword in capitals; empty if it cannot be one."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def shown(self) -> str:
        """The token as an error message shows it."""
        return "end of input" if self.kind == "end" else f"'{self.text}'"


def tokenize(text: str) -> list[Token]:
    """The tokens of a DDL text.

    Raises
    ------
    ParseException
        if a ``/*`` comment does not end.
    """
    tokens = []
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "unclosed":
            raise ParseException(errorClass="UNCLOSED_BRACKETED_COMMENT", messageParameters={})
        if found.lastgroup != "blank":
            tokens.append(Token(found.lastgroup or "", found[0], found.start()))
    return [*tokens, Token("end", "", len(text))]


def unquote_text(literal: str) -> str:
    """The value of a string literal, its escapes resolved unless it is raw (``r'...'``)."""
    if _RAW_TEXT.match(literal):
        return literal[2:-1]
    return _ESCAPE.sub(_unescape, literal[1:-1])


def _unescape(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "uU" and len(code) > 1:
        return chr(int(code[1:], 16))
    if len(code) == 3:
        return chr(int(code, 8))
    return _ESCAPED.get(code, code)


def error_at(text: str, start: int, condition: str, **parameters: Any) -> ParseException:
    """An error at a place in the text."""
    before = text[:start]
    line_start = before.rfind("\n") + 1
    return ParseException(
        errorClass=condition,
        messageParameters=parameters,
        sql=text,
        line=before.count("\n") + 1,
        position=start - line_start,
    )


def syntax_error(text: str, token: Token, hint: str = "") -> ParseException:
    """The text stops making sense at this token."""
    return error_at(text, token.start, "PARSE_SYNTAX_ERROR", error=token.shown, hint=hint)
