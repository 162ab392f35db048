"""Shorter conditions with the same three values.

true AND x, false OR x, x AND x, x OR x      -> x
false AND x / true OR x                      -> false / true
NOT NOT x                                    -> x
NOT (a < b)                                  -> a >= b      likewise the other comparisons
NOT (a AND b)                                -> NOT a OR NOT b, and the other way round
(a AND b) OR (a AND c)                       -> a AND (b OR c)
x = true / x = false                         -> x / NOT x
a BETWEEN x AND y                            -> a >= x AND a <= y
x IS NULL, x IS NOT NULL                     -> false, true where x is never null
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import (
    Attribute,
    Call,
    Expression,
    SubqueryExpression,
    and_,
    conjuncts,
    disjuncts,
    not_,
    or_,
)
from rayspark.catalyst.expressions.build import FALSE, TRUE
from rayspark.catalyst.optimizer.rules.expressions import expression_rule, is_false, is_true

SHORT_CHAIN = 64
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def simplify(e: Any) -> Any:
    """One step at the top of a condition."""
    match e:
        case Call(name="and", args=(a, b)):
            return _and(e, a, b)
        case Call(name="or", args=(a, b)):
            return _or(e, a, b)
        case Call(name="not", args=(a,)):
            return _not(e, a)
        case Call(name="=" | "<=>", args=(a, b)) if is_true(b) and (
            e.name == "=" or not a.nullable
        ):
            return a
        case Call(name="=", args=(a, b)) if is_false(b):
            return simplify(not_(a))
        case Call(name="between", args=(Attribute() as a, low, high)):
            return and_(Call(">=", (a, low)), Call("<=", (a, high)))
        case Call(name="isnull", args=(a,)) if _never_null(a):
            return FALSE
        case Call(name="isnotnull", args=(a,)) if _never_null(a):
            return TRUE
    return e


def _never_null(e: Expression) -> bool:
    return not e.nullable and not e.has(SubqueryExpression)


def _and(e: Call, a: Expression, b: Expression) -> Expression:
    if is_false(a) or is_false(b):
        return FALSE
    if is_true(a):
        return b
    if is_true(b):
        return a
    if not e.deterministic or not _worth_a_look(e, a, b):
        return e
    parts = conjuncts(e)
    unique = list(dict.fromkeys(parts))
    return and_(*unique) if len(unique) < len(parts) else e


def _worth_a_look(e: Call, a: Expression, b: Expression) -> bool:
    """Whether to compare all parts of a chain at this link of it: always for short ones, else when
    the length has doubled, so that a chain of thousands is not looked through at every link.
    """
    length = sum(x.__dict__.get("_chain", 1) if _is_link(x, e.name) else 1 for x in (a, b))
    e.__dict__["_chain"] = length
    return length <= SHORT_CHAIN or length & (length - 1) == 0


def _is_link(e: Expression, name: str) -> bool:
    return isinstance(e, Call) and e.name == name


def _or(e: Call, a: Expression, b: Expression) -> Expression:
    if is_true(a) or is_true(b):
        return TRUE
    if is_false(a):
        return b
    if is_false(b):
        return a
    if not e.deterministic or not _worth_a_look(e, a, b):
        return e
    parts = disjuncts(e)
    unique = list(dict.fromkeys(parts))
    if len(unique) < len(parts):
        return or_(*unique)
    return _common_factor(e, [conjuncts(part) for part in parts])


def _common_factor(e: Expression, parts: list[list[Expression]]) -> Expression:
    """What every alternative asks for is asked for once."""
    if any(len(part) > 50 for part in parts) or len(parts) > 50:
        return e
    common = [x for x in parts[0] if all(x in part for part in parts[1:])]
    if not common:
        return e
    rests = [[x for x in part if x not in common] for part in parts]
    if any(not rest for rest in rests):
        return and_(*common)
    return and_(*common, or_(*(and_(*rest) for rest in rests)))


def _not(e: Call, a: Expression) -> Expression:
    match a:
        case Call(name="not", args=(inner,)):
            return inner
        case Call(name=name, args=args) if name in OPPOSITE:
            return Call(OPPOSITE[name], args)
        case Call(name="isnull", args=args):
            return Call("isnotnull", args)
        case Call(name="isnotnull", args=args):
            return Call("isnull", args)
        case Call(name="and", args=(x, y)):
            return or_(_negated(x), _negated(y))
        case Call(name="or", args=(x, y)):
            return and_(_negated(x), _negated(y))
    if is_true(a):
        return FALSE
    return TRUE if is_false(a) else e


def _negated(e: Expression) -> Expression:
    negated = not_(e)
    return _not(negated, e)


SIMPLIFY_BOOLEAN = expression_rule("BooleanSimplification", simplify)
