"""One plan that gives what two plans give, where they differ only in the columns that they bring.

Two uses of one query (a CTE, a view) lose different columns when columns are pruned. Merging finds
them equal again: the merged plan reads the columns of both, and says which of its columns are the
second's.

    Aggregate [k], [k, sum(a)]  Relation [k, a]   with
    Aggregate [j], [max(b)]     Relation [j, b]   is
    Aggregate [k], [k, sum(a), max(b)]  Relation [k, a, b]      j -> k, max(b) -> max(b)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from rayspark.catalyst.canonical import canonical, canonical_value
from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Expression,
    ExprId,
    SubqueryExpression,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Filter,
    Join,
    LogicalPlan,
    Project,
    Relation,
    Window,
)
from rayspark.catalyst.logical.base import attribute_of
from rayspark.records import dataclass

Names = Mapping[ExprId, Attribute]

DEEPEST = 200
"""Operators of a plan beyond which merging is not tried."""


@dataclass(frozen=True)
class Merged:
    """A plan with the columns of the first plan, and by ``names`` those of the second."""

    plan: LogicalPlan
    names: Names


def merge(first: LogicalPlan, second: LogicalPlan) -> Merged | None:
    """One plan for both; ``None`` where they do different things."""
    if first is second:
        return Merged(first, {a.id: a for a in first.output})
    match first, second:
        case Relation(), Relation():
            return _relations(first, second)
        case Project(), Project():
            return _with_columns(first, second, first.columns, second.columns)
        case Project(columns=columns), _ if _only_picks(columns):
            return merge(first.child, second)
        case _, Project(columns=columns) if _only_picks(columns):
            return merge(first, second.child)
        case Filter(), Filter():
            below = merge(first.child, second.child)
            if below is None or not _same([first.condition], [second.condition], below.names):
                return None
            return Merged(first.copy(child=below.plan), below.names)
        case Aggregate(), Aggregate():
            return _with_columns(
                first, second, first.columns, second.columns, first.grouping, second.grouping
            )
        case Window(), Window():
            return _with_columns(
                first, second, first.columns, second.columns,
                (*first.partition, *first.order), (*second.partition, *second.order),
            )  # fmt: skip
        case Join(), Join():
            return _joins(first, second)
    if type(first) is type(second) and canonical(first) == canonical(second):
        return Merged(first, {b.id: a for a, b in zip(first.output, second.output, strict=True)})
    return None


def _only_picks(columns: Sequence[Expression]) -> bool:
    return all(isinstance(c, Attribute) for c in columns)


def _relations(first: Relation, second: Relation) -> Merged | None:
    if not is_same_source(first.source, second.source):
        return None
    names = [f.name for f in first.source.schema.fields]
    by_name = dict(zip(names, first.attributes, strict=True))
    translated = {}
    for f, a in zip(second.source.schema.fields, second.attributes, strict=True):
        translated[a.id] = by_name.setdefault(f.name, a)
    if len(by_name) == len(names):
        return Merged(first, translated)
    wide = first.source.with_columns(list(by_name))
    return Merged(first.copy(source=wide, attributes=tuple(by_name.values())), translated)


def is_same_source(first: Any, second: Any) -> bool:
    """Whether two sources give the same rows, whatever columns they were asked for."""
    if first is second:
        return True
    if type(first) is not type(second) or not dataclasses.is_dataclass(first):
        return False
    for f in dataclasses.fields(first):
        ours, theirs = getattr(first, f.name), getattr(second, f.name)
        if f.name == "columns" or ours is theirs:
            continue
        if canonical_value(ours) != canonical_value(theirs):
            return False
    return True


def _with_columns(
    first: Any,
    second: Any,
    columns: Sequence[Any],
    others: Sequence[Any],
    fixed: Sequence[Expression] = (),
    other_fixed: Sequence[Expression] = (),
) -> Merged | None:
    """Operators that make columns: those of both; what else they hold must be the same."""
    below = merge(first.child, second.child)
    if below is None or not _same(fixed, other_fixed, below.names):
        return None
    passing = first.output if isinstance(first, Window) else ()
    known: dict[Expression, Attribute] = {a: a for a in passing}
    known.update({_meaning(c): attribute_of(c) for c in columns})
    made = list(columns)
    names: dict[ExprId, Attribute] = {}
    for column in others:
        if not column.deterministic or column.has(SubqueryExpression):
            return None
        meant = _translated(_meaning(column), below.names)
        if meant not in known:
            added = meant if isinstance(meant, Attribute) else column.copy(child=meant)
            if any(a.id == added.id for a in known.values()):
                return None
            known[meant] = attribute_of(added)
            made.append(added)
        names[column.id] = known[meant]
    if isinstance(first, Window):
        names = {**below.names, **names}
    return Merged(first.copy(columns=tuple(made), child=below.plan), names)


def _meaning(column: Expression) -> Expression:
    return column.child if isinstance(column, Alias) else column


def _joins(first: Join, second: Join) -> Merged | None:
    if (first.kind, first.hint, first.null_aware) != (second.kind, second.hint, second.null_aware):
        return None
    left, right = merge(first.left, second.left), merge(first.right, second.right)
    if left is None or right is None:
        return None
    names = {**left.names, **right.names}
    ours = [] if first.condition is None else [first.condition]
    theirs = [] if second.condition is None else [second.condition]
    if not _same(ours, theirs, names):
        return None
    return Merged(first.copy(left=left.plan, right=right.plan), names)


def _same(ours: Sequence[Expression], theirs: Sequence[Expression], names: Names) -> bool:
    if any(not e.deterministic or e.has(SubqueryExpression) for e in (*ours, *theirs)):
        return False
    return list(ours) == [_translated(e, names) for e in theirs]


def _translated(e: Expression, names: Names) -> Any:
    return e.transform_up(lambda x: names.get(x.id, x) if isinstance(x, Attribute) else x)
