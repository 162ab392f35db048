"""Pulling out of an inner query what reads the query around it.

The conditions that read outer columns leave the inner query, which must then give the inner columns
that they read. An aggregation on the way is grouped by those columns as well, which is right only
for equalities.

After Neumann and Kemper, "Unnesting Arbitrary Queries" (BTW 2015), in the simple form that Spark's
PullupCorrelatedPredicates has.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    OuterReference,
    SubqueryExpression,
    and_,
    conjuncts,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    JoinKind,
    Limit,
    LogicalPlan,
    Project,
    Sort,
)
from rayspark.records import dataclass


@dataclass(frozen=True)
class Decorrelated:
    """An inner plan that reads nothing around it, and what was taken out."""

    plan: LogicalPlan
    conditions: tuple[Expression, ...]
    """Over inner columns, which ``plan`` gives, and outer columns."""


def decorrelate(plan: LogicalPlan) -> Decorrelated | None:
    """Take out all that reads outer columns; ``None`` where this form cannot."""
    if not reads_outside(plan):
        return Decorrelated(plan, ())
    match plan:
        case Filter(condition=condition, child=child):
            below = decorrelate(child)
            return None if below is None else _filter(condition, below)
        case Project(columns=columns):
            below = decorrelate(plan.child)
            if below is None or _any_outer(columns):
                return None
            extra = _missing(below.conditions, below.plan, columns)
            kept = plan.copy(columns=(*columns, *extra), child=below.plan)
            return Decorrelated(kept, below.conditions)
        case Aggregate():
            below = decorrelate(plan.child)
            return None if below is None else _aggregate(plan, below)
        case Distinct(child=child):
            below = decorrelate(child)
            return None if below is None else Decorrelated(Distinct(below.plan), below.conditions)
        case Sort(child=child):
            return decorrelate(child)
        case Join():
            return _join(plan)
    return None


def for_existence(plan: LogicalPlan) -> LogicalPlan:
    """The plan without what does not matter to whether it has a row."""
    while True:
        match plan:
            case Sort(child=child):
                plan = child
            case Limit(count=count, child=child) if getattr(count, "value", 0) > 0:
                plan = child
            case _:
                return plan


def reads_outside(plan: LogicalPlan) -> bool:
    """Whether any expression reads the query around."""
    return any(_any_outer(node.expressions) for node in plan.walk())


def _any_outer(expressions: Any) -> bool:
    return any(e.has(OuterReference) or _inner_outer(e) for e in expressions)


def _inner_outer(e: Expression) -> bool:
    """Whether a query inside the expression reads further out than this query."""
    return any(reads_outside(s.plan) for s in e.collect(SubqueryExpression) if not s.outer)


def inward(e: Expression) -> Any:
    """The expression with outer references as plain attributes: it stands outside now."""
    return e.transform_up(lambda x: x.attribute if isinstance(x, OuterReference) else x)


def _filter(condition: Expression, below: Decorrelated) -> Decorrelated | None:
    kept: list[Expression] = []
    taken: list[Expression] = []
    for part in conjuncts(condition):
        if part.has(SubqueryExpression) and part.has(OuterReference):
            return None
        (taken if part.has(OuterReference) else kept).append(part)
    plan = Filter(and_(*kept), below.plan) if kept else below.plan
    return Decorrelated(plan, (*below.conditions, *(inward(part) for part in taken)))


def _missing(
    conditions: tuple[Expression, ...], plan: LogicalPlan, columns: tuple[Any, ...]
) -> list[Attribute]:
    """Inner columns that conditions read and a projection does not give."""
    given = {c.id for c in columns}
    wanted = frozenset().union(*(c.references for c in conditions))
    return [a for a in plan.output if a.id in wanted and a.id not in given]


def _aggregate(plan: Aggregate, below: Decorrelated) -> Decorrelated | None:
    if _any_outer(plan.columns) or _any_outer(plan.grouping):
        return None
    keys: list[Any] = []
    conditions: list[Expression] = []
    inner = below.plan.output_ids
    for part in below.conditions:
        match part:
            case Call(name="=", args=(a, b)) if a.references <= inner and not b.references & inner:
                own, other = a, b
            case Call(name="=", args=(a, b)) if b.references <= inner and not a.references & inner:
                own, other = b, a
            case _:
                return None
        key = own if isinstance(own, Attribute) else Alias(own, "key")
        keys.append(key)
        name = key if isinstance(key, Attribute) else key.attribute
        conditions.append(Call("=", (name, other)))
    given = {c.id for c in plan.columns}  # type: ignore[attr-defined]
    extra = {key.id: key for key in keys if key.id not in given}
    grouping = tuple(k if isinstance(k, Attribute) else k.child for k in keys)
    grouped = plan.copy(
        grouping=(*plan.grouping, *dict.fromkeys(grouping)),
        columns=(*plan.columns, *extra.values()),
        child=below.plan,
    )
    return Decorrelated(grouped, tuple(conditions))


def _join(plan: Join) -> Decorrelated | None:
    if plan.condition is not None and _any_outer([plan.condition]):
        if plan.kind not in (JoinKind.INNER, JoinKind.CROSS):
            return None
        parts = conjuncts(plan.condition)
        kept = [part for part in parts if not part.has(OuterReference)]
        taken = tuple(inward(part) for part in parts if part.has(OuterReference))
        plan = plan.copy(condition=and_(*kept) if kept else None)
    else:
        taken = ()
    left = decorrelate(plan.left)
    right = decorrelate(plan.right)
    if left is None or right is None:
        return None
    if left.conditions and plan.kind in (JoinKind.RIGHT, JoinKind.FULL):
        return None
    if right.conditions and plan.kind not in (JoinKind.INNER, JoinKind.CROSS):
        return None
    joined = plan.copy(left=left.plan, right=right.plan)
    return Decorrelated(joined, (*left.conditions, *right.conditions, *taken))
