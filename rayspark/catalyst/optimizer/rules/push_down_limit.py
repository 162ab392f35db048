"""The first rows of something need only the first rows of what it is made of.

Limit(a, Limit(b, x))          -> Limit(min(a, b), x)
Limit(n, Project(p, x))        -> Project(p, Limit(n, x))
Limit(n, Union(xs))            -> Limit(n, Union(Limit(n, x) ...))
Limit(n, Join LEFT (l, r))     -> Limit(n, Join LEFT (Limit(n, l), r)); RIGHT likewise
Limit(n, x)                    -> x                          x has no more rows than that
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Literal
from rayspark.catalyst.logical import Join, JoinKind, Limit, LogicalPlan, Project, Sort, Union
from rayspark.catalyst.rule import Rule


def push_down_limit(plan: LogicalPlan) -> LogicalPlan:
    """Push every limit as far as it goes."""
    return plan.transform_down(_apply)  # type: ignore[no-any-return]


def _apply(node: Any) -> Any:
    match node:
        case Limit(count=Literal() as outer, child=Limit(count=Literal() as inner, child=x)):
            return _apply(Limit(x, count=outer if outer.value <= inner.value else inner))
        case Limit(count=Literal(value=int(count)), child=child):
            below = child.max_rows
            if below is not None and below <= count and not isinstance(child, Sort):
                return child
            return _through(node, child)
    return node


def _through(node: Limit, child: Any) -> LogicalPlan:
    match child:
        case Project(columns=columns) if all(c.deterministic for c in columns):
            return child.copy(child=_apply(Limit(child.child, count=node.count)))
        case Union():
            return _over(node, child.map_children(lambda part: _limited(part, node)))
        case Join(kind=JoinKind.LEFT):
            return _over(node, child.map_children(_only(child.left, node)))
        case Join(kind=JoinKind.RIGHT):
            return _over(node, child.map_children(_only(child.right, node)))
    return node


def _over(node: Limit, child: LogicalPlan) -> LogicalPlan:
    return node if child is node.child else node.copy(child=child)


def _only(side: LogicalPlan, node: Limit) -> Any:
    return lambda child: _limited(child, node) if child is side else child


def _limited(part: LogicalPlan, node: Limit) -> LogicalPlan:
    """The part with a limit of its own, unless it surely has few rows already."""
    rows, count = part.max_rows, node.count
    assert isinstance(count, Literal)
    if rows is not None and rows <= count.value:
        return part
    if isinstance(part, Project) and isinstance(part.child, Limit):
        return part
    return Limit(part, count=count)


PUSH_DOWN_LIMIT = Rule("LimitPushDown", push_down_limit)
