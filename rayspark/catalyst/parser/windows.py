"""``OVER (...)`` and ``WINDOW w AS (...)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import (
    Expression,
    Frame,
    FrameBound,
    SortOrder,
    UnresolvedFunction,
    WindowCall,
    WindowSpec,
)

if TYPE_CHECKING:
    from rayspark.catalyst.parser.primaries import PrimaryReader

CURRENT_ROW = FrameBound("current")


def over(reader: PrimaryReader, function: Expression) -> Expression:
    """What follows OVER."""
    ignores = isinstance(function, UnresolvedFunction) and bool(function.ignore_nulls)
    if not reader.at(TokenType.L_PAREN):
        return WindowCall(function, WindowSpec(base=reader.name()), ignores)
    closing = reader.peek(2)
    named = reader.next_is(TokenType.VAR, TokenType.IDENTIFIER) and closing is not None
    if named and closing is not None and closing.token_type is TokenType.R_PAREN:
        return WindowCall(function, WindowSpec(base=reader.in_parentheses(reader.name)), ignores)
    return WindowCall(function, window_spec(reader), ignores)


def window_spec(reader: PrimaryReader) -> WindowSpec:
    """``(PARTITION BY a ORDER BY b ROWS ...)``."""
    return reader.in_parentheses(lambda: _inside(reader))


def _inside(reader: PrimaryReader) -> WindowSpec:
    partition: list[Expression] = []
    order: list[SortOrder] = []
    if reader.accept(TokenType.CLUSTER_BY):
        partition = reader.list_of(reader.condition)
    else:
        if reader.accept(TokenType.PARTITION_BY, TokenType.DISTRIBUTE_BY):
            partition = reader.list_of(reader.condition)
        if reader.accept(TokenType.ORDER_BY, TokenType.SORT_BY):
            order = reader.list_of(reader.sort_order)
    return WindowSpec(tuple(partition), tuple(order), _frame(reader))


def _frame(reader: PrimaryReader) -> Frame | None:
    if not reader.at(TokenType.ROWS, TokenType.RANGE):
        return None
    rows = reader.accept(TokenType.ROWS)
    if not rows:
        reader.expect(TokenType.RANGE)
    unit = "rows" if rows else "range"
    if reader.accept(TokenType.BETWEEN):
        lower = _bound(reader)
        reader.expect(TokenType.AND)
        return Frame(unit, lower, _bound(reader))  # type: ignore[arg-type]
    return Frame(unit, _bound(reader), CURRENT_ROW)  # type: ignore[arg-type]


def _bound(reader: PrimaryReader) -> FrameBound:
    if reader.accept_words("CURRENT", "ROW"):
        return CURRENT_ROW
    if reader.accept_words("UNBOUNDED", "PRECEDING"):
        return FrameBound("unbounded preceding")
    if reader.accept_words("UNBOUNDED", "FOLLOWING"):
        return FrameBound("unbounded following")
    offset = reader.value()
    if reader.accept_words("PRECEDING"):
        return FrameBound("preceding", offset)
    reader.expect_words("FOLLOWING")
    return FrameBound("following", offset)
