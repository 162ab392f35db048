"""DECLARE, SET VAR, DROP TEMPORARY VARIABLE, EXECUTE IMMEDIATE."""

from __future__ import annotations

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import (
    Expression,
    SubqueryExpression,
    UnresolvedAlias,
)
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.logical import command as c
from rayspark.catalyst.parser.dialect import QueryReader
from rayspark.catalyst.parser.types import read_type
from rayspark.errors import AnalysisException


def declare(reader: QueryReader) -> LogicalPlan:
    """``DECLARE [OR REPLACE] [VARIABLE] a, b INT DEFAULT 1``; the word DECLARE is read."""
    replace = reader.accept_words("OR", "REPLACE")
    if not reader.accept_words("VARIABLE") and reader.at_words("VAR"):
        reader.accept_words("VAR")
    names = tuple(reader.list_of(reader.names))
    kind = value = None
    if reader._curr and not (reader.at(TokenType.EQ) or reader.at_words("DEFAULT")):
        kind = read_type(reader)
    if reader.accept(TokenType.EQ) or reader.accept_words("DEFAULT"):
        start = reader._curr
        value = reader.condition()
        if value.has(SubqueryExpression):
            raise AnalysisException(
                errorClass="INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION",
                messageParameters={
                    "statement": "DECLARE VARIABLE",
                    "colName": ".".join(f"`{part}`" for part in names[0]),
                    "defaultValue": reader.sql[start.start : reader._prev.end + 1],
                },
            )
    elif kind is None:
        raise reader.error()
    return c.DeclareVariable(names, kind, value, replace)


def set_variable(reader: QueryReader) -> LogicalPlan:
    """``SET VAR a = 1, b = DEFAULT``, ``SET VAR (a, b) = (query)``; SET VAR is read."""
    if reader.accept(TokenType.L_PAREN):
        names = tuple(reader.list_of(reader.names))
        reader.expect(TokenType.R_PAREN)
        reader.expect(TokenType.EQ)
        return c.SetVariable(names, query=reader.in_parentheses(reader.query))
    pairs = reader.list_of(lambda: _assignment(reader))
    return c.SetVariable(tuple(name for name, _ in pairs), tuple(value for _, value in pairs))


def _assignment(reader: QueryReader) -> tuple[tuple[str, ...], Expression | None]:
    name = reader.names()
    reader.expect(TokenType.EQ)
    return name, None if reader.accept_words("DEFAULT") else reader.condition()


def execute(reader: QueryReader) -> LogicalPlan:
    """``EXECUTE IMMEDIATE text [INTO a, b] [USING 1 AS x]``; the word EXECUTE is read."""
    reader.expect_words("IMMEDIATE")
    text = reader.condition()
    into: tuple[tuple[str, ...], ...] = ()
    using: tuple[Expression, ...] = ()
    if reader.accept(TokenType.INTO):
        into = tuple(reader.list_of(reader.names))
    if reader.accept(TokenType.USING):
        together = not reader.next_is(TokenType.SELECT, TokenType.WITH)
        together = together and reader.accept(TokenType.L_PAREN)
        using = tuple(_plain(e) for e in reader.list_of(reader.maybe_aliased))
        if together:
            reader.expect(TokenType.R_PAREN)
    return c.ExecuteImmediate(text, into, using)


def _plain(e: Expression) -> Expression:
    if isinstance(e, UnresolvedAlias):
        return e.child
    return e
