"""What holds for one side of a join holds for the other.

    INNER (Filter(a = 5, l), r) ON a = b     -> the same with Filter(b = 5, r)

Only comparisons of one column with constants travel. What is known of a plan's rows already
(:func:`constraints`) is not said again.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import (
    Attribute,
    Call,
    Expression,
    Literal,
    and_,
    conjuncts,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    JoinKind,
    LogicalPlan,
    Project,
    Sort,
)
from rayspark.catalyst.optimizer.rules.expressions import COMPARISONS
from rayspark.catalyst.optimizer.rules.push_down_filter import substitute
from rayspark.catalyst.rule import Rule

TO_LEFT = (JoinKind.INNER, JoinKind.CROSS, JoinKind.RIGHT, JoinKind.SEMI)
"""Kinds of join that give no left row without a match."""
TO_RIGHT = (JoinKind.INNER, JoinKind.CROSS, JoinKind.LEFT, JoinKind.SEMI, JoinKind.ANTI)


def infer_filters(plan: LogicalPlan) -> LogicalPlan:
    """Add filters that joins imply."""
    known: dict[int, set[Expression]] = {}
    done: dict[int, LogicalPlan] = {}
    for node in plan.walk_up():
        made = node.map_children(lambda child: done[id(child)])
        if isinstance(made, Join) and made.condition is not None and not made.null_aware:
            made = _inferred(made, known)
        done[id(node)] = made
        for part in (*made.children, made):
            if id(part) not in known:
                below = [known[id(child)] for child in part.children]
                known[id(part)] = constraints(part, below)
    return done[id(plan)]


def constraints(plan: LogicalPlan, below: list[set[Expression]]) -> set[Expression]:
    """Comparisons of columns with constants that are true of all rows of a plan."""
    match plan:
        case Filter(condition=condition):
            return below[0] | {part for part in conjuncts(condition) if travels(part)}
        case Join(kind=JoinKind.INNER | JoinKind.CROSS):
            return below[0] | below[1]
        case Join(kind=JoinKind.LEFT | JoinKind.SEMI | JoinKind.ANTI):
            return below[0]
        case Join(kind=JoinKind.RIGHT):
            return below[1]
        case Project() | Aggregate() | Sort() | Distinct():
            ids = plan.output_ids
            return {part for part in below[0] if part.references <= ids}
    return set()


def travels(part: Expression) -> bool:
    """Whether it compares one column with constants."""
    match part:
        case Call(name=name, args=(Attribute(), Literal())) if name in COMPARISONS:
            return True
        case Call(name="in", args=(Attribute(), *options)):
            return all(isinstance(option, Literal) for option in options)
    return False


def _inferred(node: Join, known: dict[int, set[Expression]]) -> Join:
    left, right = known[id(node.left)], known[id(node.right)]
    to_left: list[Expression] = []
    to_right: list[Expression] = []
    for a, b in equal_columns(node):
        if node.kind in TO_RIGHT:
            to_right += _moved(left, a, b, right)
        if node.kind in TO_LEFT:
            to_left += _moved(right, b, a, left)
    changes: dict[str, Any] = {}
    if to_left:
        changes["left"] = Filter(and_(*dict.fromkeys(to_left)), node.left)
    if to_right:
        changes["right"] = Filter(and_(*dict.fromkeys(to_right)), node.right)
    return node.copy(**changes) if changes else node


def equal_columns(node: Join) -> list[tuple[Attribute, Attribute]]:
    """Pairs of a left and a right column that a join's condition says to be equal."""
    found = []
    left, right = node.left.output_ids, node.right.output_ids
    for part in conjuncts(node.condition):
        match part:
            case Call(name="=", args=(Attribute() as a, Attribute() as b)) if a.type == b.type:
                if a.id in left and b.id in right:
                    found.append((a, b))
                elif b.id in left and a.id in right:
                    found.append((b, a))
    return found


def _moved(
    holds: set[Expression], a: Attribute, b: Attribute, there: set[Expression]
) -> list[Expression]:
    moved = [substitute(part, {a.id: b}) for part in holds if part.references == {a.id}]
    return sorted((part for part in moved if part not in there), key=str)


INFER_FILTERS = Rule("InferFiltersFromConstraints", infer_filters)
