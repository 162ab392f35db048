"""Operators whose sides are made to fit by rules of their own: ``+``, ``AND``, ``&``..."""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.errors import mismatch, ordinal, sql_expr, sql_type
from rayspark.catalyst.expressions import Call, Expression, UnresolvedFunction
from rayspark.datatypes import (
    BooleanType,
    DataType,
    DateType,
    DayTimeIntervalType,
    StringType,
    TimestampNTZType,
    TimestampType,
    TimeType,
)
from rayspark.datatypes.arithmetic import OPERATIONS, resolve
from rayspark.datatypes.base import IntegralType, NullType
from rayspark.datatypes.coercion import find_wider, implicit_cast
from rayspark.datatypes.intervals import AnsiIntervalType, CalendarIntervalType

Pair = tuple[Expression, Expression]
Operator = Callable[[UnresolvedFunction, str, Pair, bool, bool], Call]


def arithmetic(
    e: UnresolvedFunction, name: str, sides: Pair, ansi: bool, precision_loss: bool
) -> Call:
    """``+ - * / % div``: numbers, decimals, dates, times and intervals."""
    left, right = sides
    a, b = coercion.literal_decimal(left, right), coercion.literal_decimal(right, left)
    found = resolve(name, a, b, ansi, precision_loss)
    if found is None:
        raise _wrong(e, name, sides)
    if _exchanged(name, found.operation, a, b):
        left, right = right, left
    fitted = (
        coercion.cast_to(left, found.left, ansi),
        coercion.cast_to(right, found.right, ansi),
    )
    return Call(name, fitted, found.result, _shown(e, name))


def _exchanged(name: str, operation: str, a: DataType, b: DataType) -> bool:
    """Whether ``1 + date`` or ``2 * interval`` was found as ``date + 1``, ``interval * 2``."""
    if name not in "+*" or operation in OPERATIONS.values():
        return False
    first = (*MOMENTS, TimeType) if name == "+" else INTERVALS
    if name == "+" and isinstance(b, StringType):
        return isinstance(a, INTERVALS)
    return isinstance(b, first) and not isinstance(a, first)


MOMENTS = (DateType, TimestampType, TimestampNTZType)
INTERVALS = (AnsiIntervalType, CalendarIntervalType)


def logic(e: UnresolvedFunction, name: str, sides: Pair, ansi: bool, _loss: bool) -> Call:
    """AND and OR."""
    fitted = []
    for side in sides:
        target = implicit_cast(side.dtype, BooleanType(), ansi)
        if target is None:
            raise _wrong(e, name, sides)
        fitted.append(coercion.cast_to(side, target, ansi))
    return Call(name, tuple(fitted), BooleanType(), _shown(e, name))


def bits(e: UnresolvedFunction, name: str, sides: Pair, ansi: bool, _loss: bool) -> Call:
    """``& | ^``."""
    left, right = sides
    target = find_wider(left.dtype, right.dtype, ansi)
    if target is None or not isinstance(target, IntegralType):
        raise _wrong(e, name, sides)
    fitted = (coercion.cast_to(left, target, ansi), coercion.cast_to(right, target, ansi))
    return Call(name, fitted, target, _shown(e, name))


OPERATORS: dict[str, Operator] = {
    **dict.fromkeys(("+", "-", "*", "/", "%", "div"), arithmetic),
    **dict.fromkeys(("and", "or"), logic),
    **dict.fromkeys(("&", "|", "^"), bits),
}

REQUIRED = {
    **dict.fromkeys(("+", "-"), '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH"'
                    ' or "INTERVAL")'),
    "*": '"NUMERIC"',
    "%": '"NUMERIC"',
    "/": '("DOUBLE" or "DECIMAL")',
    "div": '("BIGINT" or "DECIMAL" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")',
    **dict.fromkeys(("and", "or"), '"BOOLEAN"'),
    **dict.fromkeys(("&", "|", "^"), '"INTEGRAL"'),
}  # fmt: skip
"""What messages say an operator works on."""


def _wrong(e: UnresolvedFunction, name: str, sides: Pair) -> Exception:
    a, b = sides[0].dtype, sides[1].dtype
    shown = e.copy(args=tuple(sides))
    if (beside := _beside_time(name, sides)) is not None:
        return mismatch(
            "UNEXPECTED_INPUT_TYPE",
            shown,
            paramIndex=ordinal(1 if beside is sides[0] else 2),
            requiredType='("DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ")',
            inputSql=sql_expr(beside),
            inputType=sql_type(beside.dtype),
        )
    if not coercion.same_type(a, b) and not _beside_null(a, b):
        return mismatch("BINARY_OP_DIFF_TYPES", shown, left=sql_type(a), right=sql_type(b))
    return mismatch(
        "BINARY_OP_WRONG_TYPE", shown, inputType=REQUIRED[name], actualDataType=sql_type(a)
    )


def _beside_time(name: str, sides: Pair) -> Expression | None:
    """What stands beside days or a moment, and is nothing that is added to or taken from them."""
    left, right = sides
    a, b = left.dtype, right.dtype
    if name == "+" and isinstance(a, DayTimeIntervalType):
        return right
    if name in "+-" and isinstance(b, DayTimeIntervalType):
        return left
    if name == "-" and isinstance(b, MOMENTS):
        return left
    return right if name == "-" and isinstance(a, (TimestampType, TimestampNTZType)) else None


def _beside_null(a: DataType, b: DataType) -> bool:
    """Whether one side is null, which takes the other's type before Spark complains."""
    return isinstance(a, NullType) or isinstance(b, NullType)


def _shown(e: UnresolvedFunction, name: str) -> str | None:
    lowered = e.name.lower()
    return None if lowered == name else lowered
