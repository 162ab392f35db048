"""Parts that several statements share: IF EXISTS, PARTITION (...), options, column definitions."""

from __future__ import annotations

from typing import Any

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import Expression, Literal
from rayspark.catalyst.parser.dialect import QueryReader
from rayspark.catalyst.parser.types import read_type
from rayspark.datatypes import StructField

Pairs = tuple[tuple[str, str], ...]
Partition = tuple[tuple[str, Expression | None], ...]


def exists(reader: QueryReader, *, negated: bool = False) -> bool:
    """``IF EXISTS``, or ``IF NOT EXISTS``, if it comes."""
    if negated:
        return reader.accept_words("IF", "NOT", "EXISTS")
    return reader.accept_words("IF", "EXISTS")


def partition_spec(reader: QueryReader) -> Partition:
    """``PARTITION (a = 1, b)``."""
    reader.expect_words("PARTITION")
    return tuple(reader.in_parentheses(lambda: reader.list_of(lambda: _part(reader))))


def _part(reader: QueryReader) -> tuple[str, Expression | None]:
    name = reader.name()
    if not reader.accept(TokenType.EQ):
        return name, None
    value = reader.value()
    return name, value


def property_list(reader: QueryReader) -> Pairs:
    """``('a' = 'b', c.d 1)``."""
    if reader.at(TokenType.L_PAREN) and reader.next_is(TokenType.R_PAREN):
        reader._advance(2)
        return ()
    return tuple(reader.in_parentheses(lambda: reader.list_of(lambda: _property(reader))))


def _property(reader: QueryReader) -> tuple[str, str]:
    key = property_key(reader)
    reader.accept(TokenType.EQ)
    return key, property_value(reader)


def property_key(reader: QueryReader) -> str:
    """``'a'`` or ``a.b``."""
    return reader.one_string() if reader.at_string() else ".".join(reader.names())


def property_value(reader: QueryReader) -> str:
    """A constant, as text."""
    found = reader.value()
    if not isinstance(found, Literal):
        raise reader.error(reader._prev)
    return found.sql()


def keys(reader: QueryReader) -> tuple[str, ...]:
    """``('a', 'b')``."""
    return tuple(reader.in_parentheses(lambda: reader.list_of(lambda: property_key(reader))))


def column_definition(reader: QueryReader) -> StructField:
    """``a INT NOT NULL COMMENT 'key'``."""
    name = reader.name(any_word=True)
    dtype = read_type(reader)
    nullable, metadata = True, dict[str, Any]()
    while True:
        if reader.accept_words("NOT", "NULL"):
            nullable = False
        elif reader.accept_words("COMMENT"):
            metadata["comment"] = reader.string()
        elif reader.accept_words("DEFAULT"):
            start = reader._curr
            reader.value()
            end = reader._prev
            metadata["CURRENT_DEFAULT"] = reader.sql[start.start : end.end + 1]
        else:
            return StructField(name, dtype, nullable, metadata)


def column_definitions(reader: QueryReader) -> list[StructField]:
    """``(a INT, b STRING)``."""
    return reader.in_parentheses(lambda: reader.list_of(lambda: column_definition(reader)))
