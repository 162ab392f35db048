"""Columns that nobody reads are not made: the need of each operator is handed down to the leaves.

A source is told which columns to read; projections, aggregations and windows lose those that are
not used; joins and the like get a projection above an input that brings too much.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rayspark.catalyst.expressions import Attribute, Expression, ExprId, SubqueryExpression
from rayspark.catalyst.logical import (
    Aggregate,
    CoGroupPython,
    Collect,
    Deduplicate,
    Distinct,
    Expand,
    Generate,
    GroupPython,
    Join,
    LateralJoin,
    LocalRelation,
    LogicalPlan,
    MapPython,
    Project,
    Relation,
    SetOp,
    StoredRelation,
    Union,
    UnionLoop,
    Window,
)
from rayspark.catalyst.rule import Rule

Ids = frozenset[ExprId]

READS_EVERYTHING = (
    Distinct, SetOp, MapPython, GroupPython, CoGroupPython, LateralJoin, Deduplicate,
    UnionLoop,
)  # fmt: skip
"""Operators whose meaning depends on every column of their input."""


def prune_columns(plan: LogicalPlan) -> LogicalPlan:
    """Make each operator bring only what is needed above it."""
    needed = _needs(plan)
    done: dict[int, LogicalPlan] = {}
    for node in plan.walk_up():
        children = [done[id(child)] for child in node.children]
        done[id(node)] = _narrowed(node, children, needed[id(node)])
    return done[id(plan)]


def _needs(plan: LogicalPlan) -> dict[int, Ids]:
    """For every node the ids that are read of its output; a shared node serves all its readers."""
    needed: dict[int, Ids] = {id(plan): plan.output_ids}
    for node in reversed(plan.walk_up()):
        wanted = needed.get(id(node), frozenset())
        for child, ids in zip(node.children, _needs_of_children(node, wanted), strict=True):
            needed[id(child)] = needed.get(id(child), frozenset()) | (ids & child.output_ids)
    return needed


def _needs_of_children(node: LogicalPlan, wanted: Ids) -> list[Ids]:
    match node:
        case Project(columns=columns) | Aggregate(columns=columns):
            kept = _kept(columns, wanted)
            extra = reads(node.grouping) if isinstance(node, Aggregate) else frozenset()
            return [reads(kept) | extra]
        case Union():
            return [_by_position(node, part, wanted) for part in node.children]
        case Window(columns=columns):
            kept = _kept(columns, wanted)
            return [wanted | reads(kept) | reads(node.partition) | reads(node.order)]
        case Expand():
            return [_expand_reads(node, wanted)]
    if isinstance(node, READS_EVERYTHING):
        return [child.output_ids for child in node.children]
    own = reads(node.expressions)
    return [wanted | own for _ in node.children]


def reads(expressions: Iterable[Expression]) -> Ids:
    """Ids that expressions read, their inner queries' outer references included."""
    found: Ids = frozenset()
    for e in expressions:
        found |= e.references
        for inner in e.collect(SubqueryExpression):
            found |= frozenset(a.id for a in inner.outer)
    return found


def _kept(columns: tuple[Any, ...], wanted: Ids) -> tuple[Any, ...]:
    return tuple(c for c in columns if c.id in wanted)


def _by_position(union: Union, part: LogicalPlan, wanted: Ids) -> Ids:
    pairs = zip(union.made, part.output, strict=True)
    return frozenset(own.id for made, own in pairs if made.id in wanted)


def _expand_reads(node: Expand, wanted: Ids) -> Ids:
    places = [at for at, made in enumerate(node.made) if made.id in wanted]
    return reads(row[at] for row in node.projections for at in places)


def _narrowed(node: LogicalPlan, children: list[LogicalPlan], wanted: Ids) -> LogicalPlan:
    match node:
        case Project(columns=columns):
            kept = _kept(columns, wanted)
            return (
                _rebuilt(node, children, columns=kept)
                if len(kept) < len(columns)
                else (_rebuilt(node, children))
            )
        case Aggregate(columns=columns):
            kept = _kept(columns, wanted)
            if len(kept) == len(columns):
                return _rebuilt(node, children)
            return _rebuilt(node, children, columns=kept)
        case Window(columns=columns):
            kept = _kept(columns, wanted)
            if not kept:
                return children[0]
            if len(kept) == len(columns):
                return _rebuilt(node, children)
            return _rebuilt(node, children, columns=kept)
        case Relation() | StoredRelation() | LocalRelation():
            return _narrowed_leaf(node, wanted)
        case Union():
            return _narrowed_union(node, children, wanted)
        case Join() | Generate() | Collect():
            return _rebuilt(node, [_only(c, _want(node, c, wanted)) for c in children])
        case Expand():
            return _narrowed_expand(node, children, wanted)
    return _rebuilt(node, children)


def _rebuilt(node: LogicalPlan, children: list[LogicalPlan], **changes: Any) -> LogicalPlan:
    if not all(a is b for a, b in zip(node.children, children, strict=True)):
        node = node.with_children(children)
    return node.copy(**changes) if changes else node


def _want(node: LogicalPlan, child: LogicalPlan, wanted: Ids) -> Ids:
    return (wanted | reads(node.expressions)) & child.output_ids


def _only(child: LogicalPlan, wanted: Ids) -> LogicalPlan:
    """The child without columns that are not wanted, by a projection where it needs one."""
    if len(wanted) == len(child.output):
        return child
    return Project(tuple(a for a in child.output if a.id in wanted), child)


def _narrowed_leaf(node: Any, wanted: Ids) -> LogicalPlan:
    kept = [at for at, a in enumerate(node.attributes) if a.id in wanted]
    if len(kept) == len(node.attributes):
        return node  # type: ignore[no-any-return]
    attributes = tuple(node.attributes[at] for at in kept)
    match node:
        case Relation(source=source):
            names = [source.schema.fields[at].name for at in kept]
            return node.copy(source=source.with_columns(names), attributes=attributes)
        case LocalRelation(table=table):
            return (
                Project(attributes, node)
                if not kept
                else node.copy(table=table.select(kept), attributes=attributes)
            )
    return Project(attributes, node)


def _narrowed_union(node: Union, children: list[LogicalPlan], wanted: Ids) -> LogicalPlan:
    kept = [at for at, a in enumerate(node.made) if a.id in wanted]
    parts = [
        _in_order(new, [old.output[at] for at in kept])
        for old, new in zip(node.children, children, strict=True)
    ]
    return (
        _rebuilt(node, parts, made=tuple(node.made[at] for at in kept))
        if (len(kept) < len(node.made))
        else _rebuilt(node, parts)
    )


def _in_order(child: LogicalPlan, columns: list[Attribute]) -> LogicalPlan:
    if [a.id for a in child.output] == [a.id for a in columns]:
        return child
    return Project(tuple(columns), child)


def _narrowed_expand(node: Expand, children: list[LogicalPlan], wanted: Ids) -> LogicalPlan:
    kept = [at for at, a in enumerate(node.made) if a.id in wanted]
    if len(kept) == len(node.made):
        return _rebuilt(node, children)
    return _rebuilt(
        node,
        children,
        projections=tuple(tuple(row[at] for at in kept) for row in node.projections),
        made=tuple(node.made[at] for at in kept),
    )


PRUNE_COLUMNS = Rule("PruneColumns", prune_columns)
