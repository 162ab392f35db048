"""Aggregations that occur more than once become one operator that several others read.

Equal means: equal but for the columns that they bring (:mod:`merge_plans`). The queries inside
expressions count as well. Which operators are shared is told by identity: it is the same object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rayspark.catalyst.expressions import Alias, Attribute, ExprId, SubqueryExpression
from rayspark.catalyst.logical import Aggregate, LogicalPlan, Project, Relation
from rayspark.catalyst.optimizer.decorrelate import reads_outside
from rayspark.catalyst.optimizer.merge_plans import DEEPEST, merge
from rayspark.records import dataclass


@dataclass
class _Shared:
    """An aggregation for all ``users``; each has its own names for the columns."""

    plan: LogicalPlan
    users: list[tuple[LogicalPlan, dict[ExprId, Attribute]]]


def share_aggregates(plan: LogicalPlan) -> tuple[LogicalPlan, set[int]]:
    """The plan with shared aggregations, and the ``id`` of each that several operators read."""
    groups: list[_Shared] = []
    for node in _candidates(plan):
        for group in groups:
            merged = merge(group.plan, node)
            if merged is not None:
                group.plan = merged.plan
                group.users.append((node, dict(merged.names)))
                break
        else:
            groups.append(_Shared(node, [(node, {a.id: a for a in node.output})]))
    shared = [group for group in groups if len(group.users) > 1]
    if not shared:
        return plan, set()
    replaced = {
        id(user): _renamed(group.plan, user, names)
        for group in shared
        for user, names in group.users
    }
    return _replace(plan, replaced), {id(group.plan) for group in shared}


def with_inner(plan: Any) -> Iterator[Any]:
    """All operators of a plan, and those of the queries inside its expressions."""
    for node in plan.walk():
        yield node
        for e in node.expressions:
            for inner in e.collect(SubqueryExpression):
                yield from with_inner(inner.plan)


def _candidates(plan: LogicalPlan) -> list[LogicalPlan]:
    """The outermost aggregations over leaves that another one reads too."""
    found: dict[int, LogicalPlan] = {
        id(node): node for node in with_inner(plan) if isinstance(node, Aggregate)
    }
    if len(found) < 2:
        return []
    kinds: dict[Any, list[LogicalPlan]] = {}
    for node in found.values():
        if _may_share(node):
            kinds.setdefault((len(node.grouping), _leaves(node)), []).append(node)  # type: ignore[attr-defined]
    chosen: list[LogicalPlan] = []
    inside: set[int] = set()
    for node in found.values():  # parents first
        alike = next((group for group in kinds.values() if any(n is node for n in group)), [])
        if len(alike) > 1 and id(node) not in inside:
            chosen.append(node)
            inside |= {id(below) for below in node.walk()}
    return chosen


def _may_share(node: LogicalPlan) -> bool:
    below = node.walk_up()
    return (
        len(below) <= DEEPEST
        and not reads_outside(node)
        and all(
            e.deterministic and not e.has(SubqueryExpression) for n in below for e in n.expressions
        )
    )


def _leaves(node: LogicalPlan) -> tuple[str, ...]:
    leaves = [leaf for leaf in node.walk() if not leaf.children]
    return tuple(
        sorted(
            leaf.source.name if isinstance(leaf, Relation) else type(leaf).__name__
            for leaf in leaves
        )
    )


def _renamed(shared: LogicalPlan, user: LogicalPlan, names: dict[ExprId, Attribute]) -> LogicalPlan:
    columns = (
        a if names[a.id].id == a.id else Alias(names[a.id], a.name, a.id) for a in user.output
    )
    return Project(tuple(columns), shared)


def _replace(plan: LogicalPlan, replaced: dict[int, LogicalPlan]) -> LogicalPlan:
    def inner(e: Any) -> Any:
        if not isinstance(e, SubqueryExpression):
            return e
        made = _replace(e.plan, replaced)
        return e if made is e.plan else e.copy(plan=made)

    def apply(node: Any) -> Any:
        found = replaced.get(id(node))
        return found if found is not None else node.transform_expressions(inner)

    return plan.transform_up(apply)  # type: ignore[no-any-return]
