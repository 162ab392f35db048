"""Syntax errors: Spark's conditions, and the place in the text."""

from __future__ import annotations

from rayspark.errors import ParseException


def error_at(sql: str, start: int, condition: str, **parameters: str) -> ParseException:
    """An error of a condition at a place in the text."""
    line_start = sql.rfind("\n", 0, start) + 1
    return ParseException(
        errorClass=condition,
        messageParameters=parameters,
        sql=sql,
        line=sql.count("\n", 0, start) + 1,
        position=start - line_start,
    )


def syntax_error(sql: str, text: str, start: int, hint: str = "") -> ParseException:
    """The text stops making sense at this piece of it; an empty piece is the end of the text."""
    shown = f"'{text}'" if text else "end of input"
    return error_at(sql, start, "PARSE_SYNTAX_ERROR", error=shown, hint=hint)
