"""Types inside statements: the piece of text that is a type goes to the DDL reader."""

from __future__ import annotations

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.parser.cursor import Cursor
from rayspark.catalyst.parser.errors import error_at, syntax_error
from rayspark.datatypes import CharType, DataType, StringType, VarcharType
from rayspark.datatypes.ddl import parse_single_type
from rayspark.errors import PySparkException

UNITS = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}


def read_type(cursor: Cursor) -> DataType:
    """The type at the cursor."""
    start = cursor._curr
    first = cursor.name().upper()
    match first:
        case "INTERVAL":
            if cursor._curr.text.upper() in UNITS:
                cursor.name()
                if cursor.at_words("TO"):
                    cursor.expect_words("TO")
                    cursor.name()
        case "TIMESTAMP":
            if not cursor.accept_words("WITHOUT", "TIME", "ZONE"):
                cursor.accept_words("WITH", "LOCAL", "TIME", "ZONE")
        case "STRING" if cursor.accept_words("COLLATE"):
            cursor.names()
    _skip_arguments(cursor)
    if first == "TIME":
        cursor.accept_words("WITHOUT", "TIME", "ZONE")
    end = cursor._prev
    written = cursor.sql[start.start : end.end + 1]
    try:
        return parse_single_type(written)
    except PySparkException as error:
        condition, parameters = error.getCondition(), error.getMessageParameters() or {}
        if condition == "PARSE_SYNTAX_ERROR" or condition is None:
            raise syntax_error(cursor.sql, written, start.start) from None
        raise error_at(cursor.sql, start.start, condition, **parameters) from None


def _skip_arguments(cursor: Cursor) -> None:
    """``(10, 2)`` or ``<...>``."""
    if cursor.accept(TokenType.NEQ):
        return
    pairs = {TokenType.LT: TokenType.GT, TokenType.L_PAREN: TokenType.R_PAREN}
    closing = pairs.get(cursor._curr.token_type)
    if closing is None:
        return
    opening, depth = cursor._curr.token_type, 0
    while cursor._curr:
        if cursor.at(opening):
            depth += 1
        elif cursor.at(closing):
            depth -= 1
        cursor._advance()
        if depth == 0:
            return
    raise cursor.error()


def without_length(dtype: DataType) -> DataType:
    """What CAST makes of CHAR(n) and VARCHAR(n): a string."""
    return StringType() if isinstance(dtype, CharType | VarcharType) else dtype
