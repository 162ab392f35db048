"""``Project(a, Project(b, x)) -> Project(a over b's expressions, x)``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from typing import Any

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Cast,
    Expression,
    ExprId,
    Literal,
    PythonUDF,
    SubqueryExpression,
)
from rayspark.catalyst.logical import Aggregate, LogicalPlan, Project
from rayspark.catalyst.rule import Rule


def collapse_projects(plan: LogicalPlan) -> LogicalPlan:
    """Merge projections, where no work is done twice by it and no random value is drawn anew."""

    def apply(node: Any) -> Any:
        match node:
            case Project(columns=columns, child=Project(columns=inner, child=child)):
                merged = merge(columns, inner)
                return node if merged is None else Project(merged, child)
            case Project(columns=columns, child=Aggregate() as below) if _only_picks(columns):
                merged = merge(columns, below.columns)
                return node if merged is None else below.copy(columns=merged)
        return node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def merge(
    columns: tuple[Expression, ...], inner: tuple[Expression, ...]
) -> tuple[Expression, ...] | None:
    """The outer columns over the inner input; ``None`` if that would cost or change something."""
    aliases = {c.id: c for c in inner if isinstance(c, Alias)}
    if any(correlates(column, aliases) for column in columns):
        return None
    uses: Counter[ExprId] = Counter()
    for column in columns:
        if isinstance(column, Attribute):
            uses[column.id] += 1
        else:
            uses.update(e.id for e in column.walk() if isinstance(e, Attribute))
    for id_, alias in aliases.items():
        if not alias.deterministic or alias.child.has(PythonUDF):
            return None
        if uses[id_] > 1 and not _is_cheap(alias.child):
            return None
    return tuple(_over(column, aliases) for column in columns)


def correlates(e: Expression, ids: Container[ExprId]) -> bool:
    """Whether a query inside reads one of these columns: it does so by id, and they must stay."""
    return any(a.id in ids for inner in e.collect(SubqueryExpression) for a in inner.outer)


def _over(column: Expression, aliases: dict[ExprId, Alias]) -> Expression:
    if isinstance(column, Attribute):
        alias = aliases.get(column.id)
        if alias is None or alias.qualifier == column.qualifier:
            return alias or column
        return alias.copy(qualifier=column.qualifier)
    if column.references.isdisjoint(aliases):
        return column
    replaced: Expression = column.transform_up(
        lambda e: aliases[e.id].child if isinstance(e, Attribute) and e.id in aliases else e
    )
    return replaced


def _is_cheap(e: Expression) -> bool:
    while isinstance(e, (Cast, Alias)):
        e = e.child
    return isinstance(e, (Attribute, Literal))


def _only_picks(columns: tuple[Expression, ...]) -> bool:
    return all(
        isinstance(c, Attribute) or (isinstance(c, Alias) and isinstance(c.child, Attribute))
        for c in columns
    )


COLLAPSE_PROJECTS = Rule("CollapseProjects", collapse_projects)
