"""XPath 1.0: from text to a tree of tuples.

    a/b[2]/@id  ->  ("path", None, [Step("child", "a"), Step("child", "b", (2.0,)), ...])

A number and a string stand for themselves; everything else is a tuple that begins with a word.
"""

from __future__ import annotations

import re
from typing import Any

from rayspark.records import dataclass

Expr = Any
"""``float``, ``str``, or a tuple: (operator, left, right), ("call", name, args), ("path", start,
steps), ("filter", expr, predicates), ("negative", expr).
"""

AXES = frozenset({
    "ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self",
    "following", "following-sibling", "namespace", "parent", "preceding", "preceding-sibling",
    "self",
})  # fmt: skip
NODE_TYPES = frozenset({"comment", "text", "processing-instruction", "node"})
_NAME = r"[^\W\d][\w.\-·]*"
_TOKEN = re.compile(
    rf"""\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<string>"[^"]*"|'[^']*')
    |(?P<sign>//|::|\.\.|!=|<=|>=|[()\[\].@,/|+\-=<>*$])|(?P<name>{_NAME}(?::(?:{_NAME}|\*))?))""",
    re.VERBOSE,
)
_BEFORE_OPERAND = frozenset({"@", "::", "(", "[", ",", "and", "or", "mod", "div", "*", "/", "//",
                             "|", "+", "-", "=", "!=", "<", "<=", ">", ">="})  # fmt: skip
LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))


class XPathError(Exception):
    """The text is no path, or asks for what there is not."""


@dataclass(frozen=True)
class Step:
    """From nodes to other nodes: along an axis, those that pass a test, and all predicates."""

    axis: str
    test: str
    """A name, ``*``, or a kind: ``node()``, ``text()``."""
    predicates: tuple[Expr, ...] = ()


ANY = Step("descendant-or-self", "node()")
Token = tuple[str, str]


def parse_path(text: str) -> Expr:
    """The tree of a path.

    Raises
    ------
    XPathError
        If the text is none.
    """
    reader = _Reader(_tokens(text))
    made = reader.binary(0)
    if reader.peek()[0] != "end":
        raise XPathError(f"Extra illegal tokens: {reader.peek()[1]!r}")
    return made


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise XPathError(f"A token was expected, found {text[at:].strip()!r}")
        at = match.end()
        kind = match.lastgroup or ""
        word = match[kind]
        operand = not found or (found[-1][0] == "sign" and found[-1][1] in _BEFORE_OPERAND)
        if not operand and (word == "*" or word in ("and", "or", "mod", "div")):
            kind = "sign"
        elif word == "*":
            kind = "name"
        found.append((kind, word))
    found.append(("end", "end of the path"))
    return found


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at = tokens, 0

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def accept(self, *signs: str) -> str | None:
        kind, word = self.peek()
        if kind == "sign" and word in signs:
            self.at += 1
            return word
        return None

    def expect(self, sign: str) -> None:
        if self.accept(sign) is None:
            raise XPathError(f"Expected {sign}, but found: {self.peek()[1]!r}")

    # -- expressions -------------------------------------------------------------------------

    def binary(self, level: int) -> Expr:
        if level == len(LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while sign := self.accept(*LEVELS[level]):
            left = (sign, left, self.binary(level + 1))
        return left

    def unary(self) -> Expr:
        if self.accept("-"):
            return ("negative", self.unary())
        left = self.path()
        while self.accept("|"):
            left = ("|", left, self.path())
        return left

    def path(self) -> Expr:
        start: Expr = None
        steps: list[Step] = []
        if sign := self.accept("/", "//"):
            start = "/"
            if sign == "//":
                steps.append(ANY)
            elif not self._at_step():
                return ("path", "/", ())
        elif self._at_primary():
            start = self.filtered()
            sign = self.accept("/", "//")
            if sign is None:
                return start
            if sign == "//":
                steps.append(ANY)
        steps.append(self.step())
        while sign := self.accept("/", "//"):
            if sign == "//":
                steps.append(ANY)
            steps.append(self.step())
        return ("path", start, tuple(steps))

    def _at_step(self) -> bool:
        kind, word = self.peek()
        return kind == "name" or (kind == "sign" and word in (".", "..", "@"))

    def _at_primary(self) -> bool:
        kind, word = self.peek()
        if kind in ("number", "string") or (kind == "sign" and word in ("(", "$")):
            return True
        return kind == "name" and self.peek(1)[1] == "(" and word not in NODE_TYPES

    def filtered(self) -> Expr:
        kind, word = self.take()
        made: Expr
        if kind == "number":
            made = float(word)
        elif kind == "string":
            made = ("text", word[1:-1])
        elif word == "(":
            made = self.binary(0)
            self.expect(")")
        elif word == "$":
            raise XPathError("Variables are not defined here")
        else:
            self.expect("(")
            made = ("call", word, tuple(self._list()))
        predicates = self.predicates()
        return ("filter", made, predicates) if predicates else made

    def _list(self) -> list[Expr]:
        if self.accept(")"):
            return []
        found = [self.binary(0)]
        while self.accept(","):
            found.append(self.binary(0))
        self.expect(")")
        return found

    # -- steps -------------------------------------------------------------------------------

    def step(self) -> Step:
        if self.accept("."):
            return Step("self", "node()")
        if self.accept(".."):
            return Step("parent", "node()")
        axis = "child"
        if self.accept("@"):
            axis = "attribute"
        elif self.peek(1) == ("sign", "::"):
            axis = self.take()[1]
            if axis not in AXES:
                raise XPathError(f"Illegal axis: {axis}")
            self.expect("::")
        return Step(axis, self._test(), self.predicates())

    def _test(self) -> str:
        kind, word = self.take()
        if kind != "name":
            raise XPathError(f"A location step was expected, but found: {word!r}")
        if word in NODE_TYPES and self.accept("("):
            name = self.take()[1][1:-1] if self.peek()[0] == "string" else ""
            self.expect(")")
            return f"{word}({name})"
        return word

    def predicates(self) -> tuple[Expr, ...]:
        found = []
        while self.accept("["):
            found.append(self.binary(0))
            self.expect("]")
        return tuple(found)
