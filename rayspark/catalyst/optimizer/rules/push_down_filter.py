"""Filters move towards the leaves: rows that nobody wants are dropped before work is done on them.

    Filter(c, Project(p, x))     -> Project(p, Filter(c over p, x))       p deterministic
    Filter(c, Aggregate(g, x))   -> parts of c that read grouping columns only, below
    Filter(c, Join(l, r))        -> parts that read one side go there, where the join's kind allows
    Filter(c, Union(xs))         -> Union(Filter(c, x) ...)
    Filter(c, Window(p, x))      -> parts that read partition columns only, below
    Filter(c, Sort/Distinct/Repartition/RepartitionBy/Generate(x)) -> below
    Join(l, r, on)               -> parts of ``on`` that read one side become filters of it

Left alone: Limit, Offset, Tail, Sample, Deduplicate, Expand, Python operators, Collect: a filter
below them would change what they see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Expression,
    ExprId,
    PythonUDF,
    SubqueryExpression,
    and_,
    conjuncts,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Generate,
    Join,
    JoinKind,
    LogicalPlan,
    Project,
    Repartition,
    RepartitionBy,
    Sort,
    Union,
    Window,
)
from rayspark.catalyst.optimizer.rules.collapse_projects import correlates
from rayspark.catalyst.rule import Rule

LEFT_ROWS_PASS = {JoinKind.INNER, JoinKind.CROSS, JoinKind.LEFT, JoinKind.SEMI, JoinKind.ANTI}
"""Kinds of join for which a condition on the left side may be tested before it."""
RIGHT_ROWS_PASS = {JoinKind.INNER, JoinKind.CROSS, JoinKind.RIGHT}


def push_down_filter(plan: LogicalPlan) -> LogicalPlan:
    """Push every filter as far as it goes."""
    return plan.transform_down(_apply)  # type: ignore[no-any-return]


def _apply(node: Any) -> Any:
    match node:
        case Filter(condition=condition) if not condition.deterministic:
            return node
        case Filter(child=Filter(condition=inner, child=child)) if inner.deterministic:
            return _apply(Filter(and_(inner, node.condition), child))
        case Filter(child=Project() as below):
            return _through_project(node, below)
        case Filter(child=Aggregate() as below) if below.grouping:
            keys = _plain_outputs(below)
            return _split(node, below, lambda part: _reads(part) <= keys, keys)
        case Filter(child=Window() as below):
            keys = frozenset(e.id for e in below.partition if isinstance(e, Attribute))
            return _split(node, below, lambda part: _reads(part) <= keys, None)
        case Filter(child=Generate() as below):
            kept = below.child.output_ids
            return _split(node, below, lambda part: _reads(part) <= kept, None)
        case Filter(child=Sort() | Distinct() | Repartition() | RepartitionBy() as below):
            return below.with_children([Filter(node.condition, below.child)])
        case Filter(child=Union() as below):
            return _into_union(node, below)
        case Filter(child=Join() as below):
            return _through_join(node, below)
        case Join(condition=Expression()):
            return _from_condition(node)
    return node


def _through_project(node: Filter, below: Project) -> LogicalPlan:
    if not all(c.deterministic for c in below.columns):
        return node
    aliases = {c.id: c.child for c in below.columns if isinstance(c, Alias)}
    moved: list[Expression] = []
    kept: list[Expression] = []
    for part in conjuncts(node.condition):
        computed = (aliases[i] for i in part.references if i in aliases)
        if any(e.has(PythonUDF, SubqueryExpression) for e in computed) or correlates(part, aliases):
            kept.append(part)
        else:
            moved.append(substitute(part, aliases))
    if not moved:
        return node
    pushed: LogicalPlan = below.copy(child=Filter(and_(*moved), below.child))
    return Filter(and_(*kept), pushed) if kept else pushed


def _split(
    node: Filter,
    below: Any,
    goes: Callable[[Expression], bool],
    outputs: frozenset[ExprId] | None,
) -> LogicalPlan:
    """Put the parts that may go below the operator there."""
    aliases: dict[ExprId, Expression] = {}
    if outputs is not None:
        aliases = {c.id: c.child for c in below.columns if isinstance(c, Alias)}
    moved: list[Expression] = []
    kept: list[Expression] = []
    for part in conjuncts(node.condition):
        fits = part.deterministic and bool(part.references) and goes(part)
        fits = fits and not correlates(part, aliases)
        (moved if fits else kept).append(part)
    if not moved:
        return node
    condition = and_(*(substitute(part, aliases) for part in moved))
    pushed: LogicalPlan = below.copy(child=Filter(condition, below.child))
    return Filter(and_(*kept), pushed) if kept else pushed


def _plain_outputs(below: Aggregate) -> frozenset[ExprId]:
    """Output columns of an aggregation that are grouping expressions."""
    found = set()
    for column in below.columns:
        child = column.child if isinstance(column, Alias) else column
        if child in below.grouping and child.deterministic:
            found.add(column.id)  # type: ignore[attr-defined]
    return frozenset(found)


def _into_union(node: Filter, below: Union) -> LogicalPlan:
    made = {a.id for a in below.made}
    parts = conjuncts(node.condition)
    moved = [part for part in parts if not correlates(part, made)]
    if not moved:
        return node
    kept = [part for part in parts if correlates(part, made)]
    pushed = below.with_children(
        [Filter(_renamed(and_(*moved), below, part), part) for part in below.children]
    )
    return Filter(and_(*kept), pushed) if kept else pushed


def _renamed(condition: Expression, union: Union, part: LogicalPlan) -> Expression:
    names = {a.id: own for a, own in zip(union.made, part.output, strict=True)}
    return substitute(condition, names)


def _through_join(node: Filter, below: Join) -> LogicalPlan:
    left_ids, right_ids = below.left.output_ids, below.right.output_ids
    to_left, to_right, to_condition, kept = [], [], [], []
    for part in conjuncts(node.condition):
        reads = part.references
        if part.has(SubqueryExpression):  # a join of its own: better after those that drop rows
            kept.append(part)
        elif reads and reads <= left_ids and below.kind in LEFT_ROWS_PASS:
            to_left.append(part)
        elif reads and reads <= right_ids and below.kind in RIGHT_ROWS_PASS:
            to_right.append(part)
        elif below.kind in (JoinKind.INNER, JoinKind.CROSS):
            to_condition.append(part)
        else:
            kept.append(part)
    if not (to_left or to_right or to_condition):
        return node
    kind = below.kind
    if to_condition and kind is JoinKind.CROSS:
        kind = JoinKind.INNER
    condition = (
        and_(*conjuncts(below.condition), *to_condition) if (to_condition) else below.condition
    )
    joined: LogicalPlan = below.copy(
        left=_filtered(below.left, to_left),
        right=_filtered(below.right, to_right),
        condition=condition,
        kind=kind,
    )
    return Filter(and_(*kept), joined) if kept else joined


def _from_condition(node: Join) -> LogicalPlan:
    """Parts of a join's own condition that read one side only."""
    if node.null_aware:
        return node
    left_ids, right_ids = node.left.output_ids, node.right.output_ids
    may_left = node.kind in (JoinKind.INNER, JoinKind.CROSS, JoinKind.RIGHT, JoinKind.SEMI)
    may_right = node.kind in (
        JoinKind.INNER, JoinKind.CROSS, JoinKind.LEFT, JoinKind.SEMI, JoinKind.ANTI,
    )  # fmt: skip
    to_left, to_right, kept = [], [], []
    for part in conjuncts(node.condition):
        reads = _reads(part)
        if part.deterministic and reads and reads <= left_ids and may_left:
            to_left.append(part)
        elif part.deterministic and reads and reads <= right_ids and may_right:
            to_right.append(part)
        else:
            kept.append(part)
    if not (to_left or to_right):
        return node
    return node.copy(
        left=_filtered(node.left, to_left),
        right=_filtered(node.right, to_right),
        condition=and_(*kept) if kept else None,
    )


def _reads(part: Expression) -> frozenset[ExprId]:
    """What a condition reads, the inner queries' outer references included."""
    reads = part.references
    for inner in part.collect(SubqueryExpression):
        reads |= frozenset(a.id for a in inner.outer)
    return reads


def _filtered(child: LogicalPlan, parts: Iterable[Expression]) -> LogicalPlan:
    found = list(parts)
    return Filter(and_(*found), child) if found else child


def substitute(e: Expression, values: dict[Any, Any]) -> Expression:
    """The expression with attributes replaced by id."""
    if not values:
        return e
    replaced: Expression = e.transform_up(
        lambda x: values.get(x.id, x) if isinstance(x, Attribute) else x
    )
    return replaced


PUSH_DOWN_FILTER = Rule("PushDownFilter", push_down_filter)
