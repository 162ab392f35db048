"""Joins in a better order, and smaller inputs for them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Cast,
    and_,
    call,
    conjuncts,
    equal,
    lit,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Filter,
    Join,
    JoinKind,
    LogicalPlan,
    Project,
    Range,
)
from rayspark.catalyst.optimizer import optimize_for_stages
from rayspark.catalyst.optimizer.rules.push_down_semi_join import PUSH_DOWN_SEMI_JOIN
from rayspark.catalyst.optimizer.rules.reduce_aggregates import REDUCE_AGGREGATES
from rayspark.catalyst.optimizer.rules.reorder_joins import REORDER_JOINS
from rayspark.catalyst.rule import Trace
from tests.catalyst.optimizer.plan_rig import (
    LONG,
    Context,
    becomes,
    column,
    same_rows,
    stays,
    table,
)

A, B, C = column("a"), column("b"), column("c")
LEFT = table([A], (1,), (2,), (None,))
RIGHT = table([B], (2,), (3,), (None,))
THIRD = table([C], (2,), (2,))


def test_a_semi_join_meets_the_rows_that_it_looks_at() -> None:
    big, few = numbers(100), numbers(10)
    x, y = big.attribute, few.attribute
    join = Join(LEFT, big, JoinKind.INNER, equal(A, Cast(x, A.type)))
    becomes(
        PUSH_DOWN_SEMI_JOIN,
        Join(Project((x,), join), few, JoinKind.SEMI, equal(x, y)),
        Project((x,), join.copy(right=Join(big, few, JoinKind.SEMI, equal(x, y)))),
    )


def test_a_semi_join_that_drops_little_stays() -> None:
    big, all_ = numbers(100), numbers(100)
    x, y = big.attribute, all_.attribute
    join = Join(LEFT, big, JoinKind.INNER, equal(A, Cast(x, A.type)))
    stays(PUSH_DOWN_SEMI_JOIN, Join(join, all_, JoinKind.SEMI, equal(x, y)))
    stays(PUSH_DOWN_SEMI_JOIN, Join(join, THIRD, JoinKind.ANTI, equal(A, C)))


def test_a_semi_join_over_both_sides_stays() -> None:
    join = Join(LEFT, RIGHT, JoinKind.INNER, equal(A, B))
    stays(
        PUSH_DOWN_SEMI_JOIN,
        Join(join, THIRD, JoinKind.SEMI, equal(call("+", A, B), C)),
    )


def test_not_below_the_optional_side() -> None:
    join = Join(LEFT, RIGHT, JoinKind.LEFT, equal(A, B))
    stays(PUSH_DOWN_SEMI_JOIN, Join(join, THIRD, JoinKind.ANTI, equal(B, C)))


def numbers(count: int) -> Range:
    return Range.of(0, count, 1, None)


def test_no_pairs_without_a_condition_and_small_results_first() -> None:
    one, two, big = numbers(10), numbers(20), numbers(1000)
    a, b, x = one.attribute, two.attribute, big.attribute
    few = Filter(call("<", b, lit(3, LONG)), two)
    everything = Join(Join(one, few, JoinKind.CROSS), big, JoinKind.INNER,
                      and_(equal(a, x), equal(x, b)))  # fmt: skip
    found = REORDER_JOINS.apply(everything)
    assert [n for n in found.walk() if isinstance(n, Join) and n.kind is JoinKind.CROSS] == []
    assert found.output == everything.output
    assert same_rows(everything, found)


def test_columns_that_are_equal_to_one_are_equal_to_each_other() -> None:
    """``big`` names both small inputs, which meet first, and is joined by one column then."""
    one, two, big = numbers(10), numbers(2000), numbers(4000)
    a, b, x = one.attribute, two.attribute, big.attribute
    run = Join(Join(big, one, JoinKind.INNER, equal(a, x)), two, JoinKind.INNER, equal(x, b))
    found = REORDER_JOINS.apply(run)
    joins = [node for node in found.walk() if isinstance(node, Join)]
    assert [len(conjuncts(node.condition)) for node in joins] == [1, 1]
    assert joins[1].output_ids in ({a.id, b.id}, {a.id, x.id})
    assert same_rows(run, found)
    third = Filter(equal(b, lit(3, LONG)), two)
    run = Join(Join(big, one, JoinKind.INNER, equal(x, a)), third, JoinKind.INNER, equal(x, b))
    found = REORDER_JOINS.apply(run)
    [_, first] = [node for node in found.walk() if isinstance(node, Join)]
    assert first.output_ids == {a.id, b.id}
    assert same_rows(run, found)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_runs_of_joins_give_the_same_rows_in_any_order(data: st.DataObject) -> None:
    """Random equalities between columns of inputs, also two of one input, which may differ."""
    values = st.one_of(st.none(), st.integers(0, 3))
    inputs, columns = [], []
    for at in range(data.draw(st.integers(3, 5))):
        mine = [column(f"t{at}_{i}") for i in range(data.draw(st.integers(1, 2)))]
        rows = data.draw(st.lists(st.tuples(*[values for _ in mine]), min_size=1, max_size=4))
        inputs.append(table(mine, *rows))
        columns += mine
    run: LogicalPlan = inputs[0]
    for right in inputs[1:]:
        here = [a for a in columns if a.id in run.output_ids]
        there = [a for a in columns if a.id in right.output_ids]
        pairs = data.draw(
            st.lists(st.tuples(st.sampled_from(here), st.sampled_from(there)), max_size=3)
        )
        condition = and_(*(equal(a, b) for a, b in pairs)) if pairs else None
        run = Join(run, right, JoinKind.INNER if pairs else JoinKind.CROSS, condition)
    assert same_rows(run, REORDER_JOINS.apply(run))


def test_two_inputs_and_hints_are_left() -> None:
    stays(REORDER_JOINS, Join(LEFT, RIGHT, JoinKind.INNER, equal(A, B)))
    hinted = Join(LEFT, RIGHT, JoinKind.INNER, equal(A, B), hint="merge")
    stays(REORDER_JOINS, Join(hinted, THIRD, JoinKind.INNER, equal(B, C), hint="merge"))


def reducible() -> Join:
    big, small = numbers(5000), numbers(50)
    key = Alias(call("%", big.attribute, lit(100, LONG)), "k")
    total = Alias(AggregateCall(call("sum", big.attribute)), "total")
    grouped = Aggregate(
        (key.attribute,), (key.attribute, total), Project((key, big.attribute), big)
    )
    few = Filter(call("<", small.attribute, lit(5, LONG)), small)
    return Join(grouped, few, JoinKind.INNER, equal(key.attribute, small.attribute))


def test_only_groups_that_are_asked_for() -> None:
    plan = reducible()
    found = REDUCE_AGGREGATES.apply(plan)
    assert found.left.child.kind is JoinKind.SEMI
    assert REDUCE_AGGREGATES.apply(found) is found
    assert same_rows(plan, found)


def test_settings_choose_rules() -> None:
    def rules(**settings: str) -> set[str]:
        trace = Trace()
        optimize_for_stages(reducible(), Context(**settings), trace)
        return {change.rule for change in trace.changes}

    assert "InjectRuntimeFilter" in rules()
    assert "InjectRuntimeFilter" not in rules(
        **{"spark.sql.optimizer.runtime.bloomFilter.enabled": "false"}
    )
    assert "InjectRuntimeFilter" not in rules(
        **{"spark.sql.optimizer.excludedRules": "org.apache.spark.InjectRuntimeFilter"}
    )
