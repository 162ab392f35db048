"""Queries inside conditions become joins.

    Filter(EXISTS q AND c, x)      -> Filter(c, x SEMI JOIN q)
    Filter(NOT EXISTS q, x)        -> x ANTI JOIN q
    Filter(v IN q, x)              -> x SEMI JOIN q ON v = q.col
    Filter(v NOT IN q, x)          -> x ANTI JOIN q ON v = q.col, null-aware
    expression with (scalar q)     -> x LEFT JOIN (q grouped by what it is correlated by)

Left alone: what :mod:`decorrelate` cannot do, EXISTS and IN under OR or in a select list, scalar
queries that read nothing around them: those stay inside the query's text.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Call,
    CaseWhen,
    Exists,
    Expression,
    InSubquery,
    Literal,
    ScalarSubquery,
    and_,
    conjuncts,
    equal,
    is_null,
    lit,
    or_,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Filter,
    Join,
    JoinKind,
    LogicalPlan,
    Project,
)
from rayspark.catalyst.optimizer.decorrelate import decorrelate, for_existence
from rayspark.catalyst.rule import Rule
from rayspark.datatypes import ArrayType


def unnest_subqueries(plan: LogicalPlan) -> LogicalPlan:
    """Make joins of the queries inside filters and projections, then of those inside queries."""
    made: LogicalPlan = plan.transform_up(_apply)
    return plan if made is plan else unnest_subqueries(made)


def _apply(node: Any) -> Any:
    match node:
        case Filter(condition=condition) if condition.has(Exists, InSubquery, ScalarSubquery):
            return _filter(node)
        case Project(columns=columns) if any(c.has(ScalarSubquery) for c in columns):
            child, columns = _with_scalars(node.child, columns)
            return node if child is node.child else Project(columns, child)
    return node


def _filter(node: Filter) -> LogicalPlan:
    child = node.child
    kept: list[Expression] = []
    for part in conjuncts(node.condition):
        joined = _joined(part, child)
        if joined is None:
            kept.append(part)
        else:
            child = joined
    kept_child, parts = _with_scalars(child, tuple(kept))
    if kept_child is node.child:
        return node
    below = Filter(and_(*parts), kept_child) if parts else kept_child
    if below.output_ids == node.output_ids:
        return below
    return Project(node.output, below)


def _joined(part: Expression, child: LogicalPlan) -> LogicalPlan | None:
    match part:
        case Exists():
            return _exists(part, child, JoinKind.SEMI)
        case Call(name="not", args=(Exists() as inner,)):
            return _exists(inner, child, JoinKind.ANTI)
        case InSubquery():
            return _in(part, child, JoinKind.SEMI)
        case Call(name="not", args=(InSubquery() as inner,)):
            return _in(inner, child, JoinKind.ANTI)
    return None


def _exists(part: Exists, child: LogicalPlan, kind: JoinKind) -> LogicalPlan | None:
    found = decorrelate(for_existence(part.plan))
    if found is None or not found.conditions:
        return None
    right = _distinct_from(found.plan, child)
    if right is None:
        return None
    return Join(child, right, kind, and_(*found.conditions))


def _in(part: InSubquery, child: LogicalPlan, kind: JoinKind) -> LogicalPlan | None:
    if any(value.has(Exists, InSubquery, ScalarSubquery) for value in part.values):
        return None
    found = decorrelate(part.plan)
    if found is None or _distinct_from(found.plan, child) is None:
        return None
    columns = found.plan.output[: len(part.values)]
    pairs = [equal(v, c) for v, c in zip(part.values, columns, strict=True)]
    if kind is JoinKind.SEMI:
        return Join(child, found.plan, kind, and_(*pairs, *found.conditions))
    if not found.conditions:
        may_be_null = any(pair.nullable for pair in pairs)
        return Join(child, found.plan, kind, and_(*pairs), null_aware=may_be_null)
    unknown = [or_(pair, is_null(pair)) if pair.nullable else pair for pair in pairs]
    return Join(child, found.plan, kind, and_(*unknown, *found.conditions))


def _distinct_from(plan: LogicalPlan, child: LogicalPlan) -> LogicalPlan | None:
    """The plan, if its columns have ids of their own."""
    return None if plan.output_ids & child.output_ids else plan


# -- scalar queries --------------------------------------------------------------------------------


def _with_scalars(
    child: LogicalPlan, expressions: tuple[Expression, ...]
) -> tuple[LogicalPlan, tuple[Any, ...]]:
    """Join the child with every correlated scalar query; the expressions then read its column."""
    values: dict[int, Expression] = {}
    for e in expressions:
        for scalar in e.collect(ScalarSubquery):
            if not scalar.correlated or id(scalar) in values:
                continue
            joined = _scalar(scalar, child)
            if joined is not None:
                child, values[id(scalar)] = joined
    if not values:
        return child, expressions
    replaced = tuple(e.transform_up(lambda x: values.get(id(x), x)) for e in expressions)
    return child, replaced


def _scalar(scalar: ScalarSubquery, child: LogicalPlan) -> tuple[LogicalPlan, Expression] | None:
    if not _has_one_row(scalar.plan):
        return None
    found = decorrelate(scalar.plan)
    if found is None or not found.conditions or _distinct_from(found.plan, child) is None:
        return None
    value: Any = found.plan.output[0]
    empty = _when_empty(scalar.plan)
    if isinstance(empty, Literal) and empty.value is None:
        return Join(child, found.plan, JoinKind.LEFT, and_(*found.conditions)), value
    mark = Alias(lit(True), "always_true")
    marked = Project((*found.plan.output, mark), found.plan)
    joined = Join(child, marked, JoinKind.LEFT, and_(*found.conditions))
    there = mark.attribute.copy(is_nullable=True)
    return joined, CaseWhen(((is_null(there), empty),), value)


def _has_one_row(plan: LogicalPlan) -> bool:
    """Whether the query is an aggregation of everything, perhaps with a projection above."""
    while isinstance(plan, Project):
        plan = plan.child
    return isinstance(plan, Aggregate) and not plan.grouping


def _when_empty(plan: LogicalPlan) -> Expression:
    """The query's value when nothing correlates."""
    levels = [plan]
    while isinstance(levels[-1], Project):
        levels.append(levels[-1].child)
    known: dict[Any, Expression] = {}
    value: Expression = lit(None)
    for level in reversed(levels):
        columns = level.columns  # type: ignore[attr-defined]
        for at, column in reversed(list(enumerate(columns))):
            value = _folded(column, known)
            if isinstance(column, Alias):
                known[column.id] = value
            if at == 0:
                break
    return value


def _folded(column: Expression, known: dict[Any, Expression]) -> Expression:
    def fold(e: Any) -> Any:
        match e:
            case AggregateCall():
                return _of_nothing(e)
            case Attribute():
                return known.get(e.id, e)
            case Alias():
                return e.child
        return _null_if_any(e)

    folded: Expression = column.transform_up(fold)
    return folded


def _of_nothing(e: AggregateCall) -> Literal:
    """An aggregate of no rows: those that are never null count or collect."""
    if e.nullable:
        return Literal(None, e.dtype)
    return Literal(() if isinstance(e.dtype, ArrayType) else 0, e.dtype)


def _null_if_any(e: Expression) -> Expression:
    """Operators on a null that are null themselves."""
    strict = {"+", "-", "*", "/", "%", "=", "<", "<=", ">", ">="}
    nulls = any(isinstance(c, Literal) and c.value is None for c in e.children)
    is_strict = (isinstance(e, Call) and e.name in strict) or type(e).__name__ == "Cast"
    return Literal(None, e.dtype) if nulls and is_strict else e


UNNEST_SUBQUERIES = Rule("UnnestSubqueries", unnest_subqueries)
