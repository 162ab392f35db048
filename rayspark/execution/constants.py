"""Constant expressions computed while planning, by the same kernels that rows are computed by."""

from __future__ import annotations

import decimal
from collections.abc import Sequence

from rayspark.catalyst.expressions import Cast, Expression, Literal
from rayspark.datatypes import (
    BooleanType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.errors import PySparkException
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.compile.expression import compile_expression
from rayspark.execution.duck import driver_duck

FOLDED = (
    BooleanType, ByteType, ShortType, IntegerType, LongType, DoubleType, DecimalType, StringType,
    DateType, TimestampType, TimestampNTZType,
)  # fmt: skip
"""Types whose constants are written as they were."""
WHOLE: dict[type[DataType], int] = {ByteType: 8, ShortType: 16, IntegerType: 32, LongType: 64}


def evaluate(expressions: Sequence[Expression], context: CompileContext) -> list[Literal | None]:
    """The values; ``None`` for what raises an error, is of a type that is not folded, or that
    Python has no value for.
    """
    found: dict[int, Literal | None] = {}
    asked: list[int] = []
    for at, e in enumerate(expressions):
        easy = _easy(e)
        if easy is not None:
            found[at] = easy
        elif isinstance(e.dtype, FOLDED):
            asked.append(at)
    if asked:
        found.update(_ask(asked, expressions, context))
    return [found.get(at) for at in range(len(expressions))]


def _easy(e: Expression) -> Literal | None:
    """Casts of whole numbers to wider ones: by far the most common."""
    match e:
        case Cast(child=Literal(value=int(value), type=source), type=target) if type(
            source
        ) in WHOLE and not isinstance(value, bool):
            return _cast_whole(value, target)
    return None


def _cast_whole(value: int, target: DataType) -> Literal | None:
    bits = WHOLE.get(type(target))
    if bits is not None and -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        return Literal(value, target)
    if isinstance(target, DoubleType) and abs(value) < 1 << 53:
        return Literal(float(value), target)
    if isinstance(target, DecimalType) and len(str(abs(value))) <= target.precision - target.scale:
        unit = decimal.Decimal(1).scaleb(-target.scale)
        return Literal(decimal.Decimal(value).quantize(unit), target)
    return None


def _ask(
    asked: list[int], expressions: Sequence[Expression], context: CompileContext
) -> dict[int, Literal | None]:
    """All in one query; one by one where that fails."""
    try:
        texts = [compile_expression(expressions[at], {}, context) for at in asked]
        columns = ", ".join(f"{text} AS c{at}" for at, text in zip(asked, texts, strict=True))
        row = driver_duck().table(f"SELECT {columns}", None, context.arrow_functions).to_pylist()[0]
    except (PySparkException, OverflowError, ValueError):  # or no year that Python has
        if len(asked) == 1:
            return {asked[0]: None}
        found: dict[int, Literal | None] = {}
        for at in asked:
            found.update(_ask([at], expressions, context))
        return found
    return {at: Literal(row[f"c{at}"], expressions[at].dtype) for at in asked}
