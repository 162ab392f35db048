"""New ids for the columns of a plan that is used a second time (a table joined with itself)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from rayspark.catalyst.analysis.frames import keep_frame
from rayspark.catalyst.analysis.hidden import TAGS
from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Expression,
    ExprId,
    OuterReference,
    SubqueryExpression,
    fresh_id,
)
from rayspark.catalyst.logical import LateralJoin, LogicalPlan


def renew(plan: LogicalPlan, ids: Iterable[ExprId], *, keep_outer: bool = False) -> LogicalPlan:
    """The plan with other ids for those columns, wherever they are made or read in it.

    ``keep_outer``: it is an inner query; what it reads of the query around it keeps its ids.
    """
    new = {old: fresh_id() for old in sorted(ids)}
    return rename_ids(plan, new, keep_outer) if new else plan


def rename_ids(
    plan: LogicalPlan, new: dict[ExprId, ExprId], keep_outer: bool = False
) -> LogicalPlan:
    """The plan with ids replaced, inner queries included."""
    linked = linked_columns(plan)

    def expression(e: Expression, own: frozenset[ExprId]) -> Expression:
        match e:
            case Attribute() | Alias() if e.id in new:
                return e.copy(id=new[e.id])
            case OuterReference(attribute) if attribute.id in new:
                if keep_outer and attribute.id not in own:
                    return e
                return OuterReference(attribute.copy(id=new[attribute.id]))
            case SubqueryExpression():
                inner = rename_ids(e.plan, new)
                outer = tuple(a.copy(id=new[a.id]) if a.id in new else a for a in e.outer)
                return e if inner is e.plan and not outer else e.copy(plan=inner, outer=outer)
        return e

    done: dict[int, LogicalPlan] = {}
    for old in plan.walk_up():
        own = linked.get(id(old), frozenset())
        made = old.map_children(lambda child: done[id(child)])
        made = made.transform_expressions(partial(expression, own=own))
        if made is not old:
            keep_frame(old, made, new)
            for tag in TAGS & old.__dict__.keys():
                made.__dict__[tag] = True
        done[id(old)] = made
    return done[id(plan)]


def linked_columns(plan: LogicalPlan) -> dict[int, frozenset[ExprId]]:
    """By node: the columns inside of the plan that it reads as outer ones, for a lateral join."""
    found: dict[int, frozenset[ExprId]] = {}
    for join in plan.walk():
        if isinstance(join, LateralJoin):
            for node in join.right.walk():
                found[id(node)] = found.get(id(node), frozenset()) | join.left.output_ids
    return found
