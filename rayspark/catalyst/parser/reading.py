"""A whole text, read: from its first token to its last."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.parser.dialect import QueryReader
from rayspark.catalyst.parser.expressions import local_zone
from rayspark.catalyst.parser.parameters import Args, Variables
from rayspark.catalyst.parser.statements import statement
from rayspark.errors import ParseException

T = TypeVar("T")

FRAMES = 12_000
"""Python frames for one text: about 900 levels of parentheses."""

READERS: dict[str, Callable[[QueryReader], object]] = {
    "query": QueryReader.query,
    "statement": statement,
    "expression": QueryReader.maybe_aliased,
    "name": QueryReader.names,
}


def read(text: str, args: Args, zone: str | None, what: str, variables: Variables = None) -> object:
    """What a text says; a semicolon may end it."""
    if not text.strip():
        raise ParseException(errorClass="PARSE_EMPTY_STATEMENT", messageParameters={})
    try:
        with _room():
            reader = QueryReader(text, args, zone or local_zone(), variables)
            found = READERS[what](reader)
    except RecursionError:
        raise ParseException(
            errorClass="FAILED_TO_PARSE_TOO_COMPLEX", messageParameters={}
        ) from None
    while reader.accept(TokenType.SEMICOLON):
        pass
    reader.expect_end()
    return found


@contextmanager
def _room() -> Iterator[None]:
    """More recursion than usual; the limit is the process's, and is never left lower than found."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
