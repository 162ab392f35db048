"""Joins: ids made distinct, USING and NATURAL written out, conditions resolved."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.analysis import Analysis
from rayspark.catalyst.analysis.errors import error, mismatch, sql_expr, sql_id, sql_type
from rayspark.catalyst.analysis.hidden import Hidden, mark_using, only
from rayspark.catalyst.analysis.lateral_functions import over_left
from rayspark.catalyst.analysis.renew import renew
from rayspark.catalyst.analysis.resolver import outer_fallback
from rayspark.catalyst.analysis.scope import ambiguous
from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    ExprId,
    UnresolvedFunction,
    and_,
    call,
)
from rayspark.catalyst.logical import Hint, Join, JoinKind, LateralJoin, LogicalPlan, Project
from rayspark.datatypes import BooleanType
from rayspark.datatypes.base import NullType

STRATEGIES = {
    **dict.fromkeys(("broadcast", "broadcastjoin", "mapjoin"), "broadcast"),
    **dict.fromkeys(("merge", "shuffle_merge", "mergejoin"), "merge"),
    "shuffle_hash": "shuffle_hash",
    "shuffle_replicate_nl": "shuffle_replicate_nl",
}
"""Join hints by each of their names."""


def resolve_join(node: Join, analysis: Analysis) -> LogicalPlan:
    """A join of two resolved plans."""
    left, left_hint = without_hint(node.left)
    right, right_hint = without_hint(node.right)
    shared = left.output_ids & right.output_ids
    condition = node.condition
    if shared:
        if condition is not None:
            condition = _tell_sides_apart(condition, shared)
        renewed = renew(right, shared)
        if condition is not None:
            condition = _right_side(condition, right, renewed)
        right = renewed
    hint = node.hint or _hint(left_hint, right_hint)
    node = node.copy(left=left, right=right, condition=condition, hint=hint)
    if node.natural:
        names = [a.name for a in left.output if analysis.named(right.output, a.name)]
        node = node.copy(natural=False, using=tuple(names))
        if not names:
            return node
    if node.using:
        return _using(node, analysis)
    if condition is None:
        return node
    return _on(node, condition, analysis)


def _on(node: Join, condition: Expression, analysis: Analysis) -> LogicalPlan:
    hidden_left = Hidden(node.left, analysis.case_sensitive, merged_only=True)
    hidden_right = Hidden(node.right, analysis.case_sensitive, merged_only=True)
    resolver = analysis.resolver(
        analysis.scope(node.left, node.right), fallbacks=(hidden_left.find, hidden_right.find)
    )
    resolved = resolver.resolve(condition)
    if not isinstance(resolved.dtype, BooleanType | NullType):
        raise error(
            "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE",
            joinCondition=sql_expr(resolved),
            conditionType=sql_type(resolved.dtype),
        )
    left, right = hidden_left.exposed(), hidden_right.exposed()
    output = node.output
    made = node.copy(left=left, right=right, condition=resolved)
    return only(made, output, True)


class _RightSide(Attribute):
    """Marks an attribute that must mean the right side of a join of a plan with itself."""


def _tell_sides_apart(condition: Expression, shared: frozenset[ExprId]) -> Expression:
    """``df.a == df.a`` in a join of ``df`` with itself means the left's and the right's."""

    def rule(e: Expression) -> Expression:
        match e:
            case (
                UnresolvedFunction(
                    name="=" | "==" | "<=>", args=(Attribute() as a, Attribute() as b)
                )
                | Call(name="=" | "<=>", args=(Attribute() as a, Attribute() as b))
            ) if a.id == b.id and a.id in shared:
                right = _RightSide(**{n: b.__dict__[n] for n in b.field_names()})
                return e.copy(args=(a.copy(frame=None), right))
        return e

    told: Expression = condition.transform_up(rule)
    return told


def _right_side(condition: Expression, old: LogicalPlan, new: LogicalPlan) -> Expression:
    """Marked attributes take the right side's new ids."""
    ids = {a.id: b for a, b in zip(old.output, new.output, strict=True)}

    def rule(e: Expression) -> Expression:
        return ids[e.id] if isinstance(e, _RightSide) else e

    replaced: Expression = condition.transform_up(rule)
    return replaced


def _using(node: Join, analysis: Analysis) -> LogicalPlan:
    """``USING (k)``: a condition, and a Project that gives each key once."""
    left, right = node.left, node.right
    pairs = [
        (_key(left, name, "left", analysis), _key(right, name, "right", analysis))
        for name in node.using
    ]
    condition = and_(*(_equal(a, b, analysis) for a, b in pairs))
    joined = node.copy(using=(), condition=condition)
    if node.kind in (JoinKind.SEMI, JoinKind.ANTI):
        # keys come first, as in the other kinds
        return _reordered(joined, [a for a, _ in pairs])
    keys_left = {a.id for a, _ in pairs}
    keys_right = {b.id for _, b in pairs}
    by_id = {a.id: a for a in joined.output}
    keys: list[Expression] = []
    for a, b in pairs:
        match node.kind:
            case JoinKind.RIGHT:
                keys.append(by_id[b.id])
            case JoinKind.FULL:
                fitted = _common(by_id[a.id], by_id[b.id], analysis)
                keys.append(Alias(call("coalesce", *fitted), a.name))
            case _:
                keys.append(by_id[a.id])
    rest = [by_id[a.id] for a in left.output if a.id not in keys_left]
    rest += [by_id[a.id] for a in right.output if a.id not in keys_right]
    return mark_using(Project((*keys, *rest), joined))


def _reordered(joined: Join, keys: Sequence[Attribute]) -> LogicalPlan:
    first = {a.id for a in keys}
    output = (*keys, *(a for a in joined.output if a.id not in first))
    if tuple(a.id for a in output) == tuple(a.id for a in joined.output):
        return joined
    return Project(output, joined)


def _key(plan: LogicalPlan, name: str, side: str, analysis: Analysis) -> Attribute:
    found = analysis.named(plan.output, name)
    if len(found) > 1:
        raise ambiguous((name,), found)
    if not found:
        suggestion = ", ".join(sorted(sql_id((a.name,)) for a in plan.output))
        raise error(
            "UNRESOLVED_USING_COLUMN_FOR_JOIN",
            colName=sql_id((name,)),
            side=side,
            suggestion=suggestion,
        )
    return found[0]


def _common(a: Expression, b: Expression, analysis: Analysis) -> tuple[Expression, Expression]:
    target = coercion.compare(a, b, analysis.context.ansi, True)
    if target is None:
        e = UnresolvedFunction("=", (a, b))
        raise mismatch("BINARY_OP_DIFF_TYPES", e, left=sql_type(a.dtype), right=sql_type(b.dtype))
    ansi = analysis.context.ansi
    return coercion.cast_to(a, target, ansi), coercion.cast_to(b, target, ansi)


def _equal(a: Expression, b: Expression, analysis: Analysis) -> Expression:
    return Call("=", _common(a, b, analysis), BooleanType())


# -- lateral -------------------------------------------------------------------------------------


def resolve_lateral(node: LateralJoin, analysis: Analysis) -> LogicalPlan:
    """The right side may read the left's columns."""
    left, _ = without_hint(node.left)
    scope = analysis.scope(left)
    right = analysis.inner(outer=outer_fallback(scope)).run(node.right)
    shared = left.output_ids & {a.id for inner in right.walk() for a in inner.output}
    if shared:
        right = renew(right, shared, keep_outer=True)
    condition = node.condition
    if condition is not None:
        condition = analysis.resolver(analysis.scope(left, right)).resolve(condition)
    return over_left(node.copy(left=left, right=right, condition=condition))


# -- hints ---------------------------------------------------------------------------------------


def without_hint(plan: LogicalPlan) -> tuple[LogicalPlan, str | None]:
    """A join's input without the hint on it, and the strategy that the hint asks for."""
    hint = None
    while isinstance(plan, Hint):
        hint = hint or STRATEGIES.get(plan.name.lower())
        plan = plan.child
    return plan, hint


def drop_hints(plan: LogicalPlan) -> LogicalPlan:
    """The plan without hints that no join has taken: there is none above them."""
    if not any(isinstance(node, Hint) for node in plan.walk()):
        return plan
    return plan.transform_down(  # type: ignore[no-any-return]
        lambda node: without_hint(node)[0]
    )


def _hint(left: str | None, right: str | None) -> str | None:
    if right is not None:
        return f"{right} right"
    if left is not None:
        return f"{left} left"
    return None
