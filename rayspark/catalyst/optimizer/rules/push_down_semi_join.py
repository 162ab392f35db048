"""A SEMI join only drops rows: it goes where the rows that it looks at come from, if statistics
say that it drops at least half of them there.

    SEMI (INNER (l, r) ON x, q) ON l.a = q.b     -> INNER (SEMI (l, q) ON l.a = q.b, r) ON x
    SEMI (LEFT (l, r) ON x, q) ON l.a = q.b      -> LEFT (SEMI (l, q) ON l.a = q.b, r) ON x
    SEMI (Project (p, x), q)                     -> Project (p, SEMI (x, q))       p picks columns
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Attribute, SubqueryExpression
from rayspark.catalyst.logical import Join, JoinKind, LogicalPlan, Project
from rayspark.catalyst.rule import Rule
from rayspark.catalyst.stats import Estimator

KEPT = 0.5
"""Part of the rows that a join must leave at most."""


def push_down_semi_join(plan: LogicalPlan) -> LogicalPlan:
    """Push every such join as far as it pays."""
    estimator = Estimator()

    def apply(node: Any) -> Any:
        match node:
            case Join(kind=JoinKind.SEMI, condition=condition) if (
                condition is not None
                and condition.deterministic
                and not condition.has(SubqueryExpression)
            ):
                pushed = _through(node)
                return pushed if pushed is not node and _pays(pushed, node, estimator) else node
        return node

    return plan.transform_down(apply)  # type: ignore[no-any-return]


def _pays(pushed: LogicalPlan, node: Join, estimator: Estimator) -> bool:
    made = pushed.find(lambda n: isinstance(n, Join) and n.right is node.right)
    assert made is not None
    rows, given = estimator.rows(made), estimator.rows(made.left)
    return rows is not None and given is not None and rows <= KEPT * given


def _through(node: Join) -> LogicalPlan:
    """The join as far down as it goes."""
    below: Any = node.left
    assert node.condition is not None
    wanted = node.condition.references - node.right.output_ids
    match below:
        case Project(columns=columns) if all(isinstance(c, Attribute) for c in columns):
            return _over(below, "child", node)
        case Join(kind=JoinKind.INNER | JoinKind.CROSS | JoinKind.LEFT) if wanted:
            if wanted <= below.left.output_ids:
                return _over(below, "left", node)
            if wanted <= below.right.output_ids and below.kind is not JoinKind.LEFT:
                return _over(below, "right", node)
    return node


def _over(below: LogicalPlan, side: str, node: Join) -> LogicalPlan:
    return below.copy(**{side: _through(node.copy(left=getattr(below, side)))})


PUSH_DOWN_SEMI_JOIN = Rule("PushLeftSemiLeftAntiThroughJoin", push_down_semi_join)
