"""Casts that do nothing go; a comparison of a widened whole number is one of the number itself.

CAST(a AS t)                -> a             a is a t
CAST(a AS BIGINT) = 5L      -> a = 5         a is an INT: sources understand that
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Call, Cast, Expression, Literal
from rayspark.catalyst.optimizer.rules.expressions import COMPARISONS, expression_rule
from rayspark.datatypes import ByteType, DataType, IntegerType, LongType, ShortType

BITS: dict[type[DataType], int] = {ByteType: 8, ShortType: 16, IntegerType: 32, LongType: 64}
TURNED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def simplify(e: Any) -> Any:
    """One step at the top of an expression."""
    match e:
        case Cast(child=child, type=type_) if child.resolved and child.dtype == type_:
            return child
        case Call(name=name, args=(Cast() as cast, Literal() as value)) if name in COMPARISONS:
            return _unwrapped(name, cast, value) or e
        case Call(name=name, args=(Literal() as value, Cast() as cast)) if name in COMPARISONS:
            return _unwrapped(TURNED[name], cast, value) or e
    return e


def _unwrapped(name: str, cast: Cast, value: Literal) -> Expression | None:
    narrow, wide = BITS.get(type(cast.child.dtype)), BITS.get(type(cast.type))
    if narrow is None or wide is None or narrow >= wide or value.value is None:
        return None
    if not -(1 << (narrow - 1)) <= value.value < 1 << (narrow - 1):
        return None
    return Call(name, (cast.child, Literal(value.value, cast.child.dtype)))


SIMPLIFY_CASTS = expression_rule("SimplifyCasts", simplify)
