"""SQL text to unresolved trees: the only room that imports sqlglot.

    lexer        text to tokens, by Spark's lexical rules
    literals     constants as written: numbers, strings, dates; intervals
    cursor       sqlglot's parser as a cursor with Spark's errors
    expressions  values and conditions; special (calls with their own syntax), windows, types
    dialect      queries: sqlglot's grammar over our parts; clauses (Spark's own clauses)
    queries      sqlglot's query trees to plans
    statements   DDL, DML and the small statements
    parameters   values for ``:name`` and ``?``

>>> print(parse_query("SELECT a FROM t WHERE b > 1").tree_string(), end="")
Project ['a]
+- Filter '>('b, 1)
   +- 'UnresolvedRelation [t], [], false
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import Expression
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.parser.dialect import QueryReader
from rayspark.catalyst.parser.expressions import local_zone
from rayspark.catalyst.parser.parameters import Args
from rayspark.catalyst.parser.statements import statement
from rayspark.errors import ParseException

T = TypeVar("T")

__all__ = ["parse_expression", "parse_query", "parse_statement", "parse_table_name"]


def parse_query(text: str, args: Args = None, *, zone: str | None = None) -> LogicalPlan:
    """The plan of a query."""
    return _read(text, args, zone, QueryReader.query)


def parse_statement(text: str, args: Args = None, *, zone: str | None = None) -> LogicalPlan:
    """The plan of a query, or a :class:`~rayspark.catalyst.logical.command.Command`.

    Parameters
    ----------
    text
        one statement; a semicolon may end it.
    args
        values for parameter markers, by name (``:a``) or in order (``?``).
    zone
        the session's time zone, which TIMESTAMP literals without one are in; by default the
        machine's.

    Raises
    ------
    ParseException
        with the condition PARSE_SYNTAX_ERROR and the place, if the text is no statement.
    """
    return _read(text, args, zone, statement)


def parse_expression(text: str, *, zone: str | None = None) -> Expression:
    """An expression, perhaps with an alias (``a + 1 AS b``)."""
    return _read(text, None, zone, QueryReader.maybe_aliased)


def parse_table_name(text: str) -> tuple[str, ...]:
    """The parts of a name: ``db.`my table` ``."""
    return _read(text, None, "UTC", QueryReader.names)


def _read(text: str, args: Args, zone: str | None, read: Callable[[QueryReader], T]) -> T:
    """Read a whole text, which a semicolon may end."""
    if not text.strip():
        raise ParseException(errorClass="PARSE_EMPTY_STATEMENT", messageParameters={})
    reader = QueryReader(text, args, zone or local_zone())
    try:
        found = read(reader)
    except RecursionError:
        raise ParseException(
            errorClass="FAILED_TO_PARSE_TOO_COMPLEX", messageParameters={}
        ) from None
    while reader.accept(TokenType.SEMICOLON):
        pass
    reader.expect_end()
    return found
