"""Calls with a syntax of their own: CAST, EXTRACT, TRIM, OVERLAY, and others of the standard.

Each reader is called with the cursor behind the opening parenthesis and leaves it before the
closing one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import (
    Cast,
    CastMode,
    Expression,
    UnresolvedFunction,
    lit,
)
from rayspark.catalyst.parser.types import read_type, without_length

if TYPE_CHECKING:
    from rayspark.catalyst.parser.primaries import PrimaryReader

Special = Callable[["PrimaryReader", str], Expression | None]
"""Gets the name as written; ``None``: an ordinary call after all, the cursor has not moved."""


def _call(name: str, *args: Expression) -> UnresolvedFunction:
    return UnresolvedFunction(name, args)


def _cast(reader: PrimaryReader, name: str) -> Expression:
    child = reader.condition()
    reader.expect(TokenType.ALIAS)
    mode = CastMode.TRY if name.upper() == "TRY_CAST" else CastMode.ANSI
    return Cast(child, without_length(read_type(reader)), mode)


def _extract(reader: PrimaryReader, _name: str) -> Expression | None:
    if not reader.next_is(TokenType.FROM):
        return None
    field = reader.name(any_word=True)
    reader.expect(TokenType.FROM)
    return _call("extract", lit(field), reader.value())


def _substring(reader: PrimaryReader, name: str) -> Expression:
    args = [reader.condition()]
    if reader.accept(TokenType.FROM):
        args.append(reader.value())
        if reader.accept(TokenType.FOR):
            args.append(reader.value())
        return _call("substring", *args)
    while reader.accept(TokenType.COMMA):
        args.append(reader.argument())
    return _call(name, *args)


_SIDES = {"BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}


def _trim(reader: PrimaryReader, name: str) -> Expression:
    function = _SIDES.get(reader._curr.text.upper())
    if function is None or reader.next_is(TokenType.COMMA, TokenType.R_PAREN, TokenType.DOT):
        first = reader.condition()
        if reader.accept(TokenType.FROM):
            return _call("trim", first, reader.value())
        args = [first]
        while reader.accept(TokenType.COMMA):
            args.append(reader.argument())
        return _call(name, *args)
    reader.name()
    if reader.accept(TokenType.FROM):
        return _call(function, reader.value())
    characters = reader.value()
    reader.expect(TokenType.FROM)
    return _call(function, characters, reader.value())


def _position(reader: PrimaryReader, name: str) -> Expression:
    args = [reader.value()]
    if reader.accept(TokenType.IN):
        return _call("locate", args[0], reader.value(), lit(1))
    while reader.accept(TokenType.COMMA):
        args.append(reader.argument())
    return _call(name, *args)


def _overlay(reader: PrimaryReader, name: str) -> Expression:
    args = [reader.value()]
    if reader.accept_words("PLACING"):
        args.append(reader.value())
        reader.expect(TokenType.FROM)
        args.append(reader.value())
        args.append(reader.value() if reader.accept(TokenType.FOR) else lit(-1))
        return _call("overlay", *args)
    while reader.accept(TokenType.COMMA):
        args.append(reader.argument())
    return _call(name, *args)


_UNITS = {
    "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAYOFYEAR", "HOUR", "MINUTE", "SECOND",
    "MILLISECOND", "MICROSECOND",
}  # fmt: skip


UNIT_AND_TWO = 3


def _with_unit(function: str) -> Special:
    def read(reader: PrimaryReader, _name: str) -> Expression | None:
        index, unit = reader._index, reader._curr.text
        if unit.upper() not in _UNITS or not reader.next_is(TokenType.COMMA):
            return None
        reader.name()
        args: list[Expression] = [lit(unit)]
        while reader.accept(TokenType.COMMA):
            args.append(reader.value())
        if len(args) == UNIT_AND_TWO:
            return _call(function, *args)
        reader._retreat(index)  # a column called like a unit: datediff(day, other)
        return None

    return read


def _struct(reader: PrimaryReader, name: str) -> Expression:
    if reader.at(TokenType.R_PAREN):
        return _call(name)
    return _call(name, *reader.list_of(reader.maybe_aliased))


def _picked(reader: PrimaryReader, name: str) -> Expression | None:
    """``first(a IGNORE NULLS)``."""
    index = reader._index
    if reader.at(TokenType.DISTINCT, TokenType.ALL, TokenType.R_PAREN, TokenType.STAR):
        return None
    child = reader.condition()
    if not reader.accept_words("IGNORE", "NULLS"):
        reader._retreat(index)
        return None
    return UnresolvedFunction(name, (child,), ignore_nulls=True)


SPECIAL: dict[str, Special] = {
    "CAST": _cast,
    "TRY_CAST": _cast,
    "EXTRACT": _extract,
    "SUBSTRING": _substring,
    "SUBSTR": _substring,
    "TRIM": _trim,
    "POSITION": _position,
    "OVERLAY": _overlay,
    "TIMESTAMPADD": _with_unit("timestampadd"),
    "DATEADD": _with_unit("timestampadd"),
    "DATE_ADD": _with_unit("timestampadd"),
    "TIMESTAMPDIFF": _with_unit("timestampdiff"),
    "DATEDIFF": _with_unit("timestampdiff"),
    "DATE_DIFF": _with_unit("timestampdiff"),
    "STRUCT": _struct,
    "FIRST": _picked,
    "LAST": _picked,
    "ANY_VALUE": _picked,
}
