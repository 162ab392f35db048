"""SHOW and DESCRIBE."""

from __future__ import annotations

from typing import Any

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.logical import command as c
from rayspark.catalyst.parser.ddl import DATABASE, accept_any
from rayspark.catalyst.parser.definitions import partition_spec, property_key
from rayspark.catalyst.parser.dialect import QueryReader


def show(reader: QueryReader) -> LogicalPlan:
    """What follows SHOW."""
    if accept_any(reader, "DATABASES", "SCHEMAS", "NAMESPACES"):
        _parent(reader)
        return c.Show("databases", pattern=_pattern(reader))
    if accept_any(reader, "TABLES", "VIEWS"):
        what = reader._prev.text.lower()
        return c.Show(what, _parent(reader), _pattern(reader))
    if reader.accept_words("TABLE", "EXTENDED"):
        name, pattern = _parent(reader), _pattern(reader)
        partition = partition_spec(reader) if reader.at_words("PARTITION") else ()
        return c.Show("table extended", name, pattern, (("partition", partition),))
    if reader.accept_words("COLUMNS"):
        return _show_columns(reader)
    if reader.accept_words("PARTITIONS"):
        name = reader.names()
        partition = partition_spec(reader) if reader.at_words("PARTITION") else ()
        return c.Show("partitions", name, details=(("partition", partition),))
    if reader.accept_words("CREATE", "TABLE"):
        name = reader.names()
        if reader.accept_words("AS"):
            reader.expect_words("SERDE")
        return c.Show("create table", name)
    if reader.accept_words("TBLPROPERTIES"):
        name = reader.names()
        key = None
        if reader.at(TokenType.L_PAREN):
            key = reader.in_parentheses(lambda: property_key(reader))
        return c.Show("tblproperties", name, details=(("key", key),))
    if reader.accept_words("CATALOGS"):
        return c.Show("catalogs", pattern=_pattern(reader))
    if reader.accept_words("CURRENT"):
        if not accept_any(reader, *DATABASE):
            raise reader.error()
        return c.Show("current namespace")
    return _show_functions(reader)


def _show_functions(reader: QueryReader) -> LogicalPlan:
    scope = "all"
    if accept_any(reader, "USER", "SYSTEM", "ALL"):
        scope = reader._prev.text.lower()
    reader.expect_words("FUNCTIONS")
    name = _parent(reader)
    pattern = _pattern(reader)
    if pattern is None and reader._curr:
        pattern = reader.names()[-1]
    return c.Show("functions", name, pattern, (("scope", scope),))


def _show_columns(reader: QueryReader) -> LogicalPlan:
    if not reader.accept(TokenType.FROM, TokenType.IN):
        raise reader.error()
    table = reader.names()
    if reader.accept(TokenType.FROM, TokenType.IN):
        table = (*reader.names(), table[-1])
    return c.Show("columns", table)


def _parent(reader: QueryReader) -> c.Name:
    return reader.names() if reader.accept(TokenType.FROM, TokenType.IN) else ()


def _pattern(reader: QueryReader) -> str | None:
    if reader.accept(TokenType.LIKE) or reader.at_string():
        return reader.string()
    return None


def describe(reader: QueryReader) -> LogicalPlan:
    """What follows DESCRIBE."""
    if reader.at_words("FUNCTION") and reader._next:
        reader.expect_words("FUNCTION")
        extended = reader.accept_words("EXTENDED")
        name = (reader.string(),) if reader.at_string() else _function_name(reader)
        return c.Describe("function", name, extended)
    if reader._next and accept_any(reader, *DATABASE):
        extended = reader.accept_words("EXTENDED")
        return c.Describe("database", reader.names(), extended)
    if reader.accept_words("QUERY") or reader.at(TokenType.SELECT, TokenType.WITH, TokenType.FROM):
        return c.Describe("query", query=reader.query())
    if reader.at(TokenType.VALUES, TokenType.L_PAREN):
        return c.Describe("query", query=reader.query())
    reader.accept(TokenType.TABLE)
    extended = bool(reader._next) and accept_any(reader, "EXTENDED", "FORMATTED")
    name = reader.names()
    partition: Any = partition_spec(reader) if reader.at_words("PARTITION") else ()
    column = reader.names() if reader._curr and not reader.at_words("AS") else ()
    if reader.accept_words("AS"):
        reader.expect_words("JSON")
        raise reader.error_here("INVALID_STATEMENT_OR_CLAUSE", operation="DESCRIBE AS JSON")
    return c.Describe("table", name, extended, None, column, partition)


def _function_name(reader: QueryReader) -> c.Name:
    """A name, or a sign: ``DESCRIBE FUNCTION +``."""
    if reader.at_name():
        return reader.names()
    sign = reader.sql[reader._curr.start :].strip()
    if not sign:
        raise reader.error()
    while reader._curr:
        reader._advance()
    return (sign,)
