"""The optimizer as a whole: random plans keep their rows, changes are logged and checked."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Expression,
    Literal,
    SortOrder,
    call,
    equal,
    is_not_null,
    is_null,
    lit,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    JoinKind,
    LogicalPlan,
    Project,
    SetOp,
    Sort,
    Union,
)
from rayspark.catalyst.optimizer import optimize, optimize_for_stages
from rayspark.catalyst.optimizer.integrity import check_integrity
from rayspark.catalyst.rule import Rule, Trace
from rayspark.errors import IllegalArgumentException, SparkException
from tests.catalyst.optimizer.plan_rig import BOOLEAN, Context, column, same_rows, table

CHECKED = Context(**{"spark.sql.planChangeValidation": "true"})
VALUES = st.one_of(st.none(), st.integers(0, 4))


@st.composite
def conditions(draw: st.DrawFn, plan: LogicalPlan, depth: int = 2) -> Expression:
    a, b = (draw(st.sampled_from(plan.output)) for _ in range(2))
    value = lit(draw(st.integers(0, 4)))
    if depth and draw(st.booleans()):
        name = draw(st.sampled_from(["and", "or", "not"]))
        parts = [draw(conditions(plan, depth - 1)) for _ in range(1 if name == "not" else 2)]
        return call(name, *parts)
    sign = draw(st.sampled_from(["=", "<", "<=", ">", ">="]))
    return draw(
        st.sampled_from(
            [
                call(sign, a, value), call(sign, a, b), is_null(a), is_not_null(a),
                lit(True), lit(False), Literal(None, BOOLEAN), call("in", a, value, lit(1)),
                call("between", a, value, lit(3)), equal(call("coalesce", a, lit(0)), value),
            ]
        )
    )  # fmt: skip


@st.composite
def plans(draw: st.DrawFn, depth: int = 3) -> LogicalPlan:
    if depth == 0:
        rows = draw(st.lists(st.tuples(VALUES, VALUES), max_size=5))
        return table([column("a"), column("b")], *rows)
    child = draw(plans(depth - 1))
    match draw(st.sampled_from(["project", "filter", "join", "group", "union", "sort", "other"])):
        case "filter":
            return Filter(draw(conditions(child)), child)
        case "project":
            picked = draw(st.sampled_from(child.output))
            made = Alias(call("%", picked, lit(2)), "p")
            return Project((*child.output[:1], made), child)
        case "group":
            key, value = child.output[0], child.output[-1]
            name = draw(st.sampled_from(["min", "max", "count"]))
            total = Alias(AggregateCall(call(name, value), draw(st.booleans())), "t")
            small = Alias(call("coalesce", total.child, lit(0, total.dtype)), "s")
            return Aggregate((key,), (key, small), child)
        case "sort":
            return Sort(child, order=(SortOrder(child.output[0]),))
    other = draw(plans(depth - 1))
    match draw(st.sampled_from(["join", "join", "union", "set", "distinct"])):
        case "join":
            kinds = [kind for kind in JoinKind if kind is not JoinKind.CROSS]
            kind = draw(st.sampled_from(kinds))
            return Join(child, other, kind, equal(child.output[0], other.output[0]))
        case "union" | "set" if len(child.output) == len(other.output) and all(
            a.type == b.type for a, b in zip(child.output, other.output, strict=True)
        ):
            if draw(st.booleans()):
                return SetOp(child, other, draw(st.sampled_from(["intersect", "except"])))
            made = tuple(a.copy(is_nullable=True).renewed() for a in child.output)
            return Union((child, other), made=made)
    return Distinct(child)


@settings(max_examples=150, deadline=None)
@given(plans())
def test_rows_stay(plan: LogicalPlan) -> None:
    optimized = optimize(plan, CHECKED)
    assert [a.id for a in optimized.output] == [a.id for a in plan.output]
    assert same_rows(plan, optimized)
    staged = optimize_for_stages(optimized, CHECKED)
    assert [a.id for a in staged.output] == [a.id for a in plan.output]
    assert same_rows(plan, staged)


def filtered() -> Filter:
    a = column("a")
    return Filter(call("and", lit(True), equal(a, lit(1))), table([a], (1,), (2,)))


def test_changes_are_traced_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    trace = Trace()
    with caplog.at_level(logging.WARNING, "rayspark.catalyst.rule"):
        optimize(filtered(), Context(**{"spark.sql.planChangeLog.level": "WARN"}), trace)
    assert [change.rule for change in trace.changes] == ["BooleanSimplification"]
    assert "=== BooleanSimplification (Expressions) ===" in caplog.text
    with pytest.raises(IllegalArgumentException, match="planChangeLog"):
        optimize(filtered(), Context(**{"spark.sql.planChangeLog.level": "loud"}))


def test_excluded_rules_are_not_used() -> None:
    name = "org.apache.spark.sql.catalyst.optimizer.BooleanSimplification"
    context = Context(**{"spark.sql.optimizer.excludedRules": name})
    plan = filtered()
    assert optimize(plan, context) is plan


def test_a_broken_plan_names_the_rule() -> None:
    broken = Filter(is_null(column("lost")), filtered())
    rule = Rule("BreakThings", lambda plan: broken)
    with pytest.raises(SparkException, match="BreakThings"):
        check_integrity(rule.apply(filtered()), rule.name)
