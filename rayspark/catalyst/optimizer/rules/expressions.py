"""How rules on expressions reach all expressions of a plan, and what they know of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    ExprId,
    Literal,
    conjuncts,
    disjuncts,
)
from rayspark.catalyst.logical import LogicalPlan
from rayspark.catalyst.rule import Rule

COMPARISONS = frozenset({"=", "<", "<=", ">", ">="})

STRICT = COMPARISONS | {
    "+", "-", "*", "/", "%", "div", "negative", "&", "|", "^", "~", "not",
    "like", "ilike", "rlike", "startswith", "endswith", "contains",
    "upper", "lower", "trim", "ltrim", "rtrim", "substring", "length", "abs", "ceil", "floor",
    "year", "month", "day", "hour", "minute", "second", "date_add", "date_sub", "datediff",
}  # fmt: skip
"""Functions that are null as soon as one argument is."""


def expression_rule(name: str, simplify: Callable[[Any], Any]) -> Rule:
    """A rule that tries ``simplify`` on every expression of every operator, inner ones first."""

    def apply(plan: LogicalPlan) -> LogicalPlan:
        return plan.transform_all_expressions(simplify)  # type: ignore[no-any-return]

    return Rule(name, apply)


def is_null_literal(e: Expression) -> bool:
    """Whether it is the constant null."""
    return isinstance(e, Literal) and e.value is None


def is_true(e: Expression) -> bool:
    """Whether it is the constant true."""
    return isinstance(e, Literal) and e.value is True


def is_false(e: Expression) -> bool:
    """Whether it is the constant false."""
    return isinstance(e, Literal) and e.value is False


def null_if_null(e: Expression, ids: Iterable[ExprId]) -> bool:
    """Whether the value is surely null where all these columns are."""
    wanted = frozenset(ids)
    match e:
        case Attribute():
            return e.id in wanted
        case Literal():
            return e.value is None
        case Cast(child=child) | Alias(child=child):
            return null_if_null(child, wanted)
        case Call(name=name, args=args) if name in STRICT:
            return any(null_if_null(a, wanted) for a in args)
        case Call(name="in", args=args):
            return null_if_null(args[0], wanted)
    return False


def rejects_nulls(condition: Expression, ids: Iterable[ExprId]) -> bool:
    """Whether a condition is surely not true where all these columns are null."""
    wanted = frozenset(ids)
    match condition:
        case Call(name="and"):
            return any(rejects_nulls(part, wanted) for part in conjuncts(condition))
        case Call(name="or"):
            return all(rejects_nulls(part, wanted) for part in disjuncts(condition))
        case Call(name="isnotnull", args=(inner,)):
            return null_if_null(inner, wanted)
        case Call(name="not", args=(Call(name="isnull", args=(inner,)),)):
            return null_if_null(inner, wanted)
        case Literal():
            return condition.value is not True
    return null_if_null(condition, wanted)
