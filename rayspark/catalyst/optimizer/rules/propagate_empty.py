"""Filters that are always or never true, and what is known to have no row.

Filter(true, x)         -> x
Filter(false, x), Limit(0, x)                             -> empty
operators over empty inputs                               -> empty, where they give no row then
LEFT (l, empty)         -> l with nulls;   ANTI (l, empty) -> l;   Union(.., empty, ..) -> Union(..)
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Alias, Literal
from rayspark.catalyst.logical import (
    Aggregate,
    Collect,
    Deduplicate,
    Distinct,
    Expand,
    Filter,
    Generate,
    Join,
    JoinKind,
    Limit,
    LocalRelation,
    LogicalPlan,
    Offset,
    Project,
    Repartition,
    RepartitionBy,
    Sample,
    SetOp,
    Sort,
    Tail,
    Union,
    Window,
)
from rayspark.catalyst.optimizer.rules.expressions import is_false, is_null_literal, is_true
from rayspark.catalyst.rule import Rule
from rayspark.datatypes.arrow import to_arrow_schema

EMPTY_OF_EMPTY = (
    Project, Filter, Sort, Limit, Offset, Tail, Distinct, Deduplicate, Window, Generate, Expand,
    Sample, Repartition, RepartitionBy,
)  # fmt: skip
"""Operators that give no row when they get none."""


def propagate_empty(plan: LogicalPlan) -> LogicalPlan:
    """Prune what has no row."""
    return plan.transform_up(_apply)  # type: ignore[no-any-return]


def empty(plan: LogicalPlan) -> LogicalPlan:
    """No row with the plan's columns; metrics that are taken below still must be."""
    if plan.has(Collect):
        return plan
    schema = to_arrow_schema(plan.schema)
    return LocalRelation(plan.output, schema.empty_table())


def is_empty(plan: LogicalPlan) -> bool:
    """Whether it surely has no row."""
    return isinstance(plan, LocalRelation) and plan.table.num_rows == 0


def _apply(node: Any) -> Any:
    match node:
        case Filter(condition=condition) if is_true(condition):
            return node.child
        case Filter(condition=condition) if is_false(condition) or is_null_literal(condition):
            return empty(node)
        case Limit(count=Literal(value=0)):
            return empty(node)
        case Join():
            return _join(node)
        case Union():
            return _union(node)
        case SetOp():
            return _set_operation(node)
        case Aggregate(grouping=grouping) if grouping and is_empty(node.child):
            return empty(node)
    if isinstance(node, EMPTY_OF_EMPTY) and is_empty(node.children[0]):
        return empty(node)
    return node


def _join(node: Join) -> LogicalPlan:
    left, right = is_empty(node.left), is_empty(node.right)
    never = node.condition is not None and is_false(node.condition)
    match node.kind:
        case JoinKind.INNER | JoinKind.CROSS if left or right or never:
            return empty(node)
        case JoinKind.SEMI if left or right or never:
            return empty(node)
        case JoinKind.ANTI if left:
            return empty(node)
        case JoinKind.ANTI if right or (never and not node.null_aware):
            return node.left
        case JoinKind.LEFT if left:
            return empty(node)
        case JoinKind.LEFT if right or never:
            return _padded(node, node.left)
        case JoinKind.RIGHT if right:
            return empty(node)
        case JoinKind.RIGHT if left or never:
            return _padded(node, node.right)
        case JoinKind.FULL if left and right:
            return empty(node)
        case JoinKind.FULL if right:
            return _padded(node, node.left)
        case JoinKind.FULL if left:
            return _padded(node, node.right)
    return node


def _padded(node: Join, side: LogicalPlan) -> LogicalPlan:
    """One side's rows with nulls for the other's columns."""
    own = side.output_ids
    return Project(
        tuple(
            a if a.id in own else Alias(Literal(None, a.type), a.name, a.id) for a in node.output
        ),
        side,
    )


def _union(node: Union) -> LogicalPlan:
    kept = [part for part in node.children if not is_empty(part)]
    if len(kept) == len(node.children):
        return node
    if not kept:
        return empty(node)
    if len(kept) > 1:
        return node.copy(inputs_=tuple(kept))
    pairs = zip(node.made, kept[0].output, strict=True)
    return Project(tuple(Alias(own, made.name, made.id) for made, own in pairs), kept[0])


def _set_operation(node: SetOp) -> LogicalPlan:
    left, right = is_empty(node.left), is_empty(node.right)
    if left or (right and node.kind == "intersect"):
        return empty(node)
    if right:
        return node.left if node.all else Distinct(node.left)
    return node


PROPAGATE_EMPTY = Rule("PropagateEmptyRelation", propagate_empty)
