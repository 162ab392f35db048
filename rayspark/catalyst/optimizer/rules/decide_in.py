"""``x IN (SELECT ...)`` has two answers in Spark, except as a condition of its own.

Spark joins what a query inside an expression finds and asks whether a row was there, so what SQL
calls unknown (a null on either side, no equal row) is false, for IN and for NOT IN:

    SELECT x IN q, x NOT IN q     -> coalesce(x IN q, false), coalesce(NOT x IN q, false)
    WHERE x IN q IS NULL          -> coalesce(x IN q, false) IS NULL

A conjunct of WHERE keeps its form: for it unknown is as good as false, and joins are made of it.
In the condition of an outer join Spark answers NOT IN as the opposite of IN.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import (
    Call,
    Expression,
    InSubquery,
    Literal,
    and_,
    conjuncts,
)
from rayspark.catalyst.logical import Filter, Join, JoinKind, LogicalPlan
from rayspark.catalyst.rule import Rule
from rayspark.datatypes import BooleanType

UNKNOWN = Literal(False, BooleanType())
"""Told from a user's own ``coalesce(..., false)`` by identity."""
PLAIN = frozenset({JoinKind.INNER, JoinKind.CROSS, JoinKind.SEMI})


def decide_in(plan: LogicalPlan) -> LogicalPlan:
    """Answers instead of nulls wherever a query is tested inside an expression."""
    return plan.transform_up(_apply)  # type: ignore[no-any-return]


def _apply(node: Any) -> Any:
    if not any(e.has(InSubquery) for e in node.expressions):
        return node
    match node:
        case Filter():
            return node.map_expressions(_condition)
        case Join(kind=kind) if kind in PLAIN:
            return node.map_expressions(_condition)
        case Join():
            return node.transform_expressions(_decided)
    return node.map_expressions(_value)


def _condition(e: Expression) -> Expression:
    parts = list(conjuncts(e))
    made = [part if is_own_condition(part) else _value(part) for part in parts]
    if all(a is b for a, b in zip(parts, made, strict=True)):
        return e
    return and_(*made)


def is_own_condition(e: Expression) -> bool:
    """Whether it is IN or NOT IN of a query and nothing else."""
    match e:
        case InSubquery() | Call(name="not", args=(InSubquery(),)):
            return True
    return False


def _value(e: Expression) -> Expression:
    found: Expression = e.transform_up(_decided_with_not)
    return found


def _decided(e: Any) -> Any:
    return Call("coalesce", (e, UNKNOWN)) if isinstance(e, InSubquery) and e.nullable else e


def _decided_with_not(e: Any) -> Any:
    match e:
        case Call(name="not", args=(Call(name="coalesce", args=(InSubquery() as inner, last)),)):
            return Call("coalesce", (Call("not", (inner,)), UNKNOWN)) if last is UNKNOWN else e
    return _decided(e)


DECIDE_IN = Rule("DecideIn", decide_in)
