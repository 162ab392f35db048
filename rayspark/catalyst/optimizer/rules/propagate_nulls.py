"""``a + NULL -> NULL``, ``coalesce(NULL, a) -> a``, and a condition that is null is false."""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Call, CaseWhen, Cast, Literal
from rayspark.catalyst.expressions.build import FALSE
from rayspark.catalyst.logical import Filter, Join, LogicalPlan
from rayspark.catalyst.optimizer.rules.expressions import (
    STRICT,
    expression_rule,
    is_null_literal,
)
from rayspark.catalyst.rule import Rule


def propagate(e: Any) -> Any:
    """One step at the top of an expression."""
    match e:
        case Call(name=name, args=args) if name in STRICT and any(map(is_null_literal, args)):
            return Literal(None, e.dtype)
        case Cast(child=child) if is_null_literal(child):
            return Literal(None, e.type)
        case Call(name="coalesce", args=args):
            return _coalesce(e, args)
    return e


def _coalesce(e: Call, args: Any) -> Any:
    kept = [a for a in args if not is_null_literal(a)]
    for at, a in enumerate(kept):
        if not a.nullable:
            kept = kept[: at + 1]
            break
    if not kept:
        return Literal(None, e.dtype)
    if len(kept) == 1 and kept[0].dtype == e.dtype:
        return kept[0]
    return e if len(kept) == len(args) else e.copy(args=tuple(kept))


PROPAGATE_NULLS = expression_rule("NullPropagation", propagate)


def replace_null_with_false(plan: LogicalPlan) -> LogicalPlan:
    """In conditions, where only true counts, null means false."""

    def apply(node: Any) -> Any:
        match node:
            case Filter(condition=condition):
                new = _as_false(condition)
                return node if new is condition else node.copy(condition=new)
            case Join(condition=condition, null_aware=False) if condition is not None:
                new = _as_false(condition)
                return node if new is condition else node.copy(condition=new)
        return node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def _as_false(e: Any) -> Any:
    if is_null_literal(e):
        return FALSE
    match e:
        case Call(name="and" | "or"):
            return e.map_children(_as_false)
        case CaseWhen(branches=branches, otherwise=otherwise):
            made = tuple((when, _as_false(then)) for when, then in branches)
            last = None if otherwise is None else _as_false(otherwise)
            same = last is otherwise and all(
                a[1] is b[1] for a, b in zip(made, branches, strict=True)
            )
            return e if same else e.copy(branches=made, otherwise=last)
    return e


REPLACE_NULL_WITH_FALSE = Rule("ReplaceNullWithFalseInPredicate", replace_null_with_false)
