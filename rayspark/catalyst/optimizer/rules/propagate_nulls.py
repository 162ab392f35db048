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


def _as_false(root: Any) -> Any:
    """Without recursion: generated conditions have thousands of parts."""
    done: dict[int, Any] = {}
    stack = [(root, False)]
    while stack:
        e, ready = stack.pop()
        places = _truth_places(e)
        if not places:
            done[id(e)] = FALSE if is_null_literal(e) else e
        elif ready:
            done[id(e)] = e.map_children(lambda child: done.get(id(child), child))
        else:
            stack.append((e, True))
            stack.extend((place, False) for place in places)
    return done[id(root)]


def _truth_places(e: Any) -> tuple[Any, ...]:
    """The parts of a condition of which, too, only true counts."""
    match e:
        case Call(name="and" | "or"):
            return e.args
        case CaseWhen(branches=branches, otherwise=otherwise):
            thens = tuple(then for _, then in branches)
            return thens if otherwise is None else (*thens, otherwise)
    return ()


REPLACE_NULL_WITH_FALSE = Rule("ReplaceNullWithFalseInPredicate", replace_null_with_false)
