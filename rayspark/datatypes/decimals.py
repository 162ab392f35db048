"""How wide a decimal result is. Precision counts all digits, scale those after the point.

Exact results may need more than 38 digits. Then, if precision loss is allowed (Spark's default),
the fraction gives way, but not below six digits; otherwise both ends are cut and an overflow at run
time is likelier.

>>> from rayspark.sql.types import DecimalType
>>> arithmetic_result("/", DecimalType(10, 2), DecimalType(3, 0))
DecimalType(14,6)
"""

from __future__ import annotations

from rayspark.datatypes.atomic import (
    ByteType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
)
from rayspark.datatypes.base import DataType

MAX_PRECISION = 38
MIN_KEPT_SCALE = 6

HOLDING: dict[type[DataType], DecimalType] = {
    ByteType: DecimalType(3, 0),
    ShortType: DecimalType(5, 0),
    IntegerType: DecimalType(10, 0),
    LongType: DecimalType(20, 0),
    FloatType: DecimalType(14, 7),
    DoubleType: DecimalType(30, 15),
}
"""The decimal that stands for each other number type."""


def is_wider(a: DecimalType, b: DecimalType) -> bool:
    """Whether ``a`` holds every value of ``b``."""
    return a.scale >= b.scale and a.precision - a.scale >= b.precision - b.scale


def wider(a: DecimalType, b: DecimalType) -> DecimalType:
    """The decimal that holds both (comparison, coalesce, union); past 38 digits, the whole ones."""
    scale = max(a.scale, b.scale)
    whole = max(a.precision - a.scale, b.precision - b.scale)
    excess = max(0, whole + scale - MAX_PRECISION)
    return DecimalType(min(whole + scale, MAX_PRECISION), max(0, scale - excess))


def arithmetic_result(
    op: str, a: DecimalType, b: DecimalType, allow_precision_loss: bool = True
) -> DecimalType:
    """The type of ``a op b``.

    Parameters
    ----------
    op : str
        one of ``+ - * / % div``; ``div`` gives the decimal before it becomes a long.
    a, b : DecimalType
        the operands' types.
    allow_precision_loss : bool
        ``spark.sql.decimalOperations.allowPrecisionLoss`` (default true).
    """
    whole_a, whole_b = a.precision - a.scale, b.precision - b.scale
    scale = max(a.scale, b.scale)
    match op:
        case "+" | "-":
            whole = max(whole_a, whole_b) + 1
        case "*":
            scale = a.scale + b.scale
            whole = whole_a + whole_b + 1
        case "%":
            whole = min(whole_a, whole_b)
        case "div":
            scale, whole = 0, max(whole_a + b.scale, 1)
        case "/" if allow_precision_loss:
            scale = max(MIN_KEPT_SCALE, a.scale + b.precision + 1)
            whole = whole_a + b.scale
        case "/":
            return _bounded_quotient(a, b)
        case _:
            raise ValueError(f"no decimal operation {op!r}; there are + - * / % div")
    if allow_precision_loss:
        return _keep_whole_digits(whole, scale)
    return DecimalType(min(whole + scale, MAX_PRECISION), min(scale, MAX_PRECISION))


def _keep_whole_digits(whole: int, scale: int) -> DecimalType:
    if whole + scale <= MAX_PRECISION:
        return DecimalType(whole + scale, scale)
    kept = max(MAX_PRECISION - whole, min(scale, MIN_KEPT_SCALE))
    return DecimalType(MAX_PRECISION, kept)


def _bounded_quotient(a: DecimalType, b: DecimalType) -> DecimalType:
    whole = min(MAX_PRECISION, a.precision - a.scale + b.scale)
    scale = min(MAX_PRECISION, max(MIN_KEPT_SCALE, a.scale + b.precision + 1))
    excess = whole + scale - MAX_PRECISION
    if excess > 0:
        scale -= excess // 2 + 1
        whole = MAX_PRECISION - scale
    return DecimalType(whole + scale, scale)
