"""SQL text to unresolved trees: the only room that imports sqlglot.

    lexer        text to tokens, by Spark's lexical rules
    literals     constants as written: numbers, strings, dates; intervals
    cursor       sqlglot's parser as a cursor with Spark's errors
    expressions  values and conditions, down to primaries; special (calls with their own syntax),
                 windows, types
    dialect      queries: sqlglot's grammar over our parts; clauses (Spark's own clauses)
    queries      sqlglot's query trees to plans
    statements   DDL, DML and the small statements
    reading      a whole text, from its first token to its last
    parameters   values for ``:name`` and ``?``

>>> print(parse_query("SELECT a FROM t WHERE b > 1").tree_string(), end="")
Project ['a]
+- Filter '>('b, 1)
   +- 'UnresolvedRelation [t], [], false
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from rayspark.catalyst.expressions import Expression
    from rayspark.catalyst.logical import LogicalPlan
    from rayspark.catalyst.parser.parameters import Args, Variables

__all__ = ["parse_expression", "parse_query", "parse_statement", "parse_table_name"]


@cache
def _reading() -> Any:
    """Loaded with the first text: sqlglot takes a while, and many programs have no SQL."""
    return importlib.import_module("rayspark.catalyst.parser.reading")


def parse_query(text: str, args: Args = None, *, zone: str | None = None) -> LogicalPlan:
    """The plan of a query."""
    return cast("LogicalPlan", _reading().read(text, args, zone, "query"))


def parse_statement(
    text: str, args: Args = None, *, zone: str | None = None, variables: Variables = None
) -> LogicalPlan:
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
    variables
        the session's variables, which ``IDENTIFIER(...)`` may name.

    Raises
    ------
    ParseException
        with the condition PARSE_SYNTAX_ERROR and the place, if the text is no statement.
    """
    return cast("LogicalPlan", _reading().read(text, args, zone, "statement", variables))


def parse_expression(text: str, *, zone: str | None = None) -> Expression:
    """An expression, perhaps with an alias (``a + 1 AS b``)."""
    return cast("Expression", _reading().read(text, None, zone, "expression"))


def parse_table_name(text: str) -> tuple[str, ...]:
    """The parts of a name: ``db.`my table` ``."""
    return cast("tuple[str, ...]", _reading().read(text, None, "UTC", "name"))
