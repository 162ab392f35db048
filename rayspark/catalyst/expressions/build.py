"""Short ways to make resolved expressions, for analysis and rules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

from rayspark.catalyst.expressions.base import Expression
from rayspark.catalyst.expressions.call import Call
from rayspark.catalyst.expressions.literal import Literal
from rayspark.datatypes import BooleanType, DataType, IntegerType, LongType
from rayspark.datatypes.infer import infer_type

TRUE = Literal(True, BooleanType())
FALSE = Literal(False, BooleanType())


def lit(value: Any, type: DataType | None = None) -> Literal:
    """A constant; without a type, that of the Python value (an int is INT where it fits)."""
    if type is None:
        if isinstance(value, int) and not isinstance(value, bool):
            type = IntegerType() if -(1 << 31) <= value < 1 << 31 else LongType()
        else:
            type = infer_type(value)
    return Literal(value, type)


def call(name: str, *args: Expression) -> Call:
    """A call whose arguments already have fitting types."""
    return Call(name, args)


def equal(left: Expression, right: Expression) -> Call:
    """``left = right``."""
    return Call("=", (left, right))


def not_(child: Expression) -> Call:
    """``NOT child``."""
    return Call("not", (child,))


def is_null(child: Expression) -> Call:
    """``child IS NULL``."""
    return Call("isnull", (child,))


def is_not_null(child: Expression) -> Call:
    """``child IS NOT NULL``."""
    return Call("isnotnull", (child,))


def and_(*conditions: Expression) -> Expression:
    """All of them; true when there is none."""
    return reduce(lambda a, b: Call("and", (a, b)), conditions) if conditions else TRUE


def or_(*conditions: Expression) -> Expression:
    """Any of them; false when there is none."""
    return reduce(lambda a, b: Call("or", (a, b)), conditions) if conditions else FALSE


def conjuncts(condition: Expression | None) -> list[Expression]:
    """The parts of a condition that are joined by AND, in order."""
    return [] if condition is None else list(_split(condition, "and"))


def disjuncts(condition: Expression) -> list[Expression]:
    """The parts of a condition that are joined by OR, in order."""
    return list(_split(condition, "or"))


def _split(condition: Expression, name: str) -> Iterator[Expression]:
    stack: list[Expression] = [condition]
    while stack:
        part = stack.pop()
        if isinstance(part, Call) and part.name == name:
            stack.extend(reversed(part.args))
        else:
            yield part
