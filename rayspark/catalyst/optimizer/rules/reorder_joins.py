"""Inner joins in the order that makes the fewest rows on the way.

The joins of a run of inner joins are taken apart and put together greedily: of all pairs the one
with the smallest result first (Fegaras, "A New Heuristic for Optimizing Large Queries", 1998),
pairs without a condition between them last. Columns that conditions say to be equal are one *class*
(``a = b AND b = c``: a, b and c), of which any two may join: here a with c first, if that is less.
One DuckDB query orders its joins itself, so this rule
serves plans of several stages only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rayspark.catalyst.expressions import (
    Attribute,
    Call,
    Expression,
    ExprId,
    SubqueryExpression,
    and_,
    conjuncts,
    equal,
)
from rayspark.catalyst.logical import Filter, Join, JoinKind, LogicalPlan, Project
from rayspark.catalyst.rule import Rule
from rayspark.catalyst.stats import Estimator, Side
from rayspark.records import dataclass

UNKNOWN_ROWS = 1e6
"""Of a source that says nothing."""


def reorder_joins(plan: LogicalPlan) -> LogicalPlan:
    """Order every run of three inputs or more."""
    inner = {id(side) for node in plan.walk() if _is_plain(node) for side in _inside(node)}
    done: dict[int, LogicalPlan] = {}
    for node in plan.walk_up():
        made = node.map_children(lambda child: done[id(child)])
        if _is_plain(node) and id(node) not in inner:
            made = _ordered(made)
        done[id(node)] = made
    return done[id(plan)]


def _is_plain(node: Any) -> bool:
    return (
        isinstance(node, Join)
        and node.kind in (JoinKind.INNER, JoinKind.CROSS)
        and node.hint is None
        and (node.condition is None or _may_move(node.condition))
    )


def _may_move(condition: Expression) -> bool:
    return condition.deterministic and not condition.has(SubqueryExpression)


def _inside(node: LogicalPlan) -> list[LogicalPlan]:
    """Joins below a join that belong to the same run."""
    return [_below(side) for side in node.children if _is_plain(_below(side))]


def _below(plan: LogicalPlan) -> LogicalPlan:
    """What a projection that only picks columns stands over."""
    while isinstance(plan, Project) and all(c in plan.child.output for c in plan.columns):
        plan = plan.child
    return plan


@dataclass
class _Item:
    plan: LogicalPlan
    rows: float
    ids: frozenset[ExprId]

    @property
    def side(self) -> Side:
        return Side(self.rows, self.ids)


def _ordered(root: LogicalPlan) -> LogicalPlan:
    plans: list[LogicalPlan] = []
    conditions: list[Expression] = []
    stack = [root]
    while stack:
        node = stack.pop()
        core = _below(node)
        if _is_plain(core):
            assert isinstance(core, Join)
            conditions += conjuncts(core.condition)
            stack += [core.right, core.left]
        else:
            plans.append(node)
    if len(plans) < 3:
        return root
    estimator = Estimator()
    items = [
        _Item(p, UNKNOWN_ROWS if (rows := estimator.rows(p)) is None else rows, p.output_ids)
        for p in plans
    ]
    joined = _greedy(items, Conditions.of(conditions, [item.ids for item in items]), estimator)
    if [a.id for a in joined.output] == [a.id for a in root.output]:
        return joined
    return Project(root.output, joined)


@dataclass(frozen=True)
class Conditions:
    """What is left to be tested of a run of joins."""

    others: tuple[Expression, ...]
    classes: tuple[frozenset[ExprId], ...]
    """Columns of different inputs that are equal."""
    columns: Mapping[ExprId, Attribute]
    said: frozenset[frozenset[ExprId]]
    """The pairs of them that the query names."""

    @staticmethod
    def of(conditions: list[Expression], inputs: list[frozenset[ExprId]]) -> Conditions:
        """Find the classes. One with two columns of one input stays as it was said: that input is
        not known to hold only rows in which the two are equal.
        """
        pairs = {part: found for part in conditions if (found := _equal_columns(part))}
        columns = {a.id: a for pair in pairs.values() for a in pair}
        said = frozenset(frozenset(a.id for a in pair) for pair in pairs.values())
        classes: list[frozenset[ExprId]] = []
        for pair in said:
            meeting = [known for known in classes if known & pair]
            classes = [known for known in classes if known not in meeting]
            classes.append(pair.union(*meeting))
        apart = tuple(c for c in classes if all(len(c & ids) < 2 for ids in inputs))
        of_class = frozenset[ExprId]().union(*apart)
        others = tuple(
            part for part in conditions if part not in pairs or pairs[part][0].id not in of_class
        )
        return Conditions(others, apart, columns, said)

    def between(self, a: frozenset[ExprId], b: frozenset[ExprId]) -> list[Expression]:
        """Those that can be tested when two inputs meet, and not before. Of a class one pair is
        enough: within each input all its columns are equal already.
        """
        found = [part for part in self.others if part.references <= a | b]
        for known in sorted(self.classes, key=min):
            crossing = [(x, y) for x in known & a for y in known & b]
            if crossing:
                x, y = min(crossing, key=lambda pair: (frozenset(pair) not in self.said, pair))
                found.append(equal(self.columns[x], self.columns[y]))
        return found

    def without(self, tested: list[Expression]) -> Conditions:
        """What is left after a join."""
        others = tuple(part for part in self.others if part not in tested)
        return Conditions(others, self.classes, self.columns, self.said)


def _equal_columns(part: Expression) -> tuple[Attribute, Attribute] | None:
    match part:
        case Call(name="=", args=(Attribute() as a, Attribute() as b)) if a.type == b.type:
            return a, b
    return None


def _greedy(items: list[_Item], conditions: Conditions, estimator: Estimator) -> LogicalPlan:
    while len(items) > 1:
        pairs = (
            (_cost(a, b, conditions, estimator), at, to)
            for at, a in enumerate(items)
            for to, b in enumerate(items)
            if at < to
        )
        (_, rows, _), at, to = min(pairs, key=lambda found: found[0])
        a, b = items[at], items[to]
        if a.rows < b.rows:  # the larger one on the left: it is what streams past the other
            a, b = b, a
        fitting = conditions.between(a.ids, b.ids)
        conditions = conditions.without(fitting)
        kind = JoinKind.INNER if fitting else JoinKind.CROSS
        made = Join(a.plan, b.plan, kind, and_(*fitting) if fitting else None)
        items = [item for place, item in enumerate(items) if place not in (at, to)]
        items.append(_Item(made, rows, a.ids | b.ids))
    left_over = conditions.others
    return Filter(and_(*left_over), items[0].plan) if left_over else items[0].plan


def _cost(
    a: _Item, b: _Item, conditions: Conditions, estimator: Estimator
) -> tuple[bool, float, float]:
    """Smaller is better: with a condition between them, few rows, small inputs."""
    fitting = [
        part
        for part in conditions.between(a.ids, b.ids)
        if part.references & a.ids and part.references & b.ids
    ]
    rows = estimator.joined(and_(*fitting) if fitting else None, a.side, b.side)
    return not fitting, rows, a.rows + b.rows


REORDER_JOINS = Rule("CostBasedJoinReorder", reorder_joins)
