"""Filters move towards the leaves, and not too far."""

from __future__ import annotations

import pytest

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Exists,
    OuterReference,
    ScalarSubquery,
    SortOrder,
    and_,
    call,
    equal,
    is_null,
    lit,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    JoinKind,
    Limit,
    Project,
    Sample,
    Sort,
    Union,
)
from rayspark.catalyst.optimizer.rules.push_down_filter import PUSH_DOWN_FILTER
from tests.catalyst.optimizer.plan_rig import becomes, column, stays, table

A, B, C, D = (column(name) for name in "abcd")
LEFT = table([A, B], (1, 1), (2, 5), (None, 7), (3, None))
RIGHT = table([C, D], (1, 2), (2, None), (None, 3), (3, 1))
ON = equal(A, C)
AT_LEFT, AT_RIGHT = call(">", B, lit(1)), call("<", D, lit(3))


def test_through_a_projection() -> None:
    more = Alias(call("+", A, lit(1)), "x")
    becomes(
        PUSH_DOWN_FILTER,
        Filter(equal(more.attribute, lit(2)), Project((more, B), LEFT)),
        Project((more, B), Filter(equal(more.child, lit(2)), LEFT)),
    )


def test_groups_are_dropped_before_they_are_made() -> None:
    total = Alias(AggregateCall(call("sum", B)), "t")
    grouped = Aggregate((A,), (A, total), LEFT)
    of_key, of_total = equal(A, lit(2)), call(">", total.attribute, lit(1))
    becomes(
        PUSH_DOWN_FILTER,
        Filter(and_(of_key, of_total), grouped),
        Filter(of_total, grouped.copy(child=Filter(of_key, LEFT))),
    )


def test_a_total_is_a_row_whatever_is_filtered() -> None:
    total = Aggregate((), (Alias(lit(1), "one"), Alias(AggregateCall(call("sum", B)), "t")), LEFT)
    stays(PUSH_DOWN_FILTER, Filter(equal(total.output[0], lit(2)), total))


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        (JoinKind.INNER, True, True),
        (JoinKind.LEFT, True, False),
        (JoinKind.RIGHT, False, True),
        (JoinKind.FULL, False, False),
        (JoinKind.SEMI, True, None),
        (JoinKind.ANTI, True, None),
    ],
)
def test_below_a_join(kind, left, right) -> None:
    join = Join(LEFT, RIGHT, kind, ON)
    pushed = join.copy(left=Filter(AT_LEFT, LEFT))
    if left:
        becomes(PUSH_DOWN_FILTER, Filter(AT_LEFT, join), pushed)
    else:
        stays(PUSH_DOWN_FILTER, Filter(AT_LEFT, join))
    if right:
        becomes(PUSH_DOWN_FILTER, Filter(AT_RIGHT, join), join.copy(right=Filter(AT_RIGHT, RIGHT)))
    elif right is False:
        stays(PUSH_DOWN_FILTER, Filter(AT_RIGHT, join))


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        (JoinKind.INNER, True, True),
        (JoinKind.LEFT, False, True),
        (JoinKind.RIGHT, True, False),
        (JoinKind.FULL, False, False),
        (JoinKind.SEMI, True, True),
        (JoinKind.ANTI, False, True),
    ],
)
def test_out_of_the_condition_of_a_join(kind, left, right) -> None:
    bare = Join(LEFT, RIGHT, kind, ON)
    for part, goes, side in ((AT_LEFT, left, "left"), (AT_RIGHT, right, "right")):
        join = bare.copy(condition=and_(ON, part))
        if goes:
            after = bare.copy(**{side: Filter(part, getattr(bare, side))})
            becomes(PUSH_DOWN_FILTER, join, after)
        else:
            stays(PUSH_DOWN_FILTER, join)


def test_a_condition_on_both_sides_becomes_the_joins() -> None:
    join, both = Join(LEFT, RIGHT, JoinKind.CROSS), equal(B, D)
    becomes(
        PUSH_DOWN_FILTER,
        Filter(both, join),
        join.copy(kind=JoinKind.INNER, condition=both),
    )
    stays(PUSH_DOWN_FILTER, Filter(is_null(D), Join(LEFT, RIGHT, JoinKind.LEFT, ON)))


def test_into_each_part_of_a_union() -> None:
    x, y = column("x"), column("y")
    union = Union((LEFT, RIGHT), made=(x, y))
    becomes(
        PUSH_DOWN_FILTER,
        Filter(equal(x, lit(2)), union),
        union.copy(inputs_=(Filter(equal(A, lit(2)), LEFT), Filter(equal(C, lit(2)), RIGHT))),
    )


def test_through_orders_and_distinct() -> None:
    for above in (Sort(LEFT, order=(SortOrder(B),)), Distinct(LEFT)):
        becomes(
            PUSH_DOWN_FILTER,
            Filter(AT_LEFT, above),
            above.with_children([Filter(AT_LEFT, LEFT)]),
        )


def test_rows_are_counted_before() -> None:
    stays(PUSH_DOWN_FILTER, Filter(AT_LEFT, Limit(LEFT, count=lit(2))))
    stays(PUSH_DOWN_FILTER, Filter(AT_LEFT, Sample(LEFT, lower=0.0, upper=0.5, seed=1)))


def test_chance_stays_where_it_is() -> None:
    drawn = call("<", call("rand", lit(1)), lit(0.5))
    stays(PUSH_DOWN_FILTER, Filter(drawn, Project((A,), LEFT)))
    chance = Alias(call("rand", lit(1)), "r")
    stays(PUSH_DOWN_FILTER, Filter(equal(A, lit(1)), Project((A, chance), LEFT)))


def test_a_column_that_an_inner_query_reads_is_there() -> None:
    x, y = column("x"), column("y")
    more = Alias(call("+", A, lit(1)), "m")
    for above, read in (
        (Union((LEFT, LEFT), made=(x, y)), x),
        (Project((more, B), LEFT), more.attribute),
        (Aggregate((A,), (A, Alias(AggregateCall(call("sum", B)), "t")), LEFT), None),
    ):
        outer = read or above.output[1]
        asked = Exists(Filter(equal(C, OuterReference(outer)), RIGHT), (outer,))
        stays(PUSH_DOWN_FILTER, Filter(asked, above))


def test_an_inner_query_is_run_once() -> None:
    top = Aggregate((), (Alias(AggregateCall(call("max", C)), "v"),), RIGHT)
    value = Alias(ScalarSubquery(top), "m")
    stays(PUSH_DOWN_FILTER, Filter(equal(value.attribute, A), Project((A, value), LEFT)))
