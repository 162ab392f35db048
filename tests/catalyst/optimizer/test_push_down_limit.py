"""Limits move to where rows are made."""

from __future__ import annotations

from rayspark.catalyst.expressions import Alias, call, equal, lit
from rayspark.catalyst.logical import Join, JoinKind, Limit, Project, Union
from rayspark.catalyst.optimizer.rules.push_down_limit import PUSH_DOWN_LIMIT
from tests.catalyst.optimizer.plan_rig import becomes, column, rows, stays, table

A, B = column("a"), column("b")
LEFT = table([A], *((n,) for n in range(5)))
RIGHT = table([B], (1,), (1,), (3,))


def first(count: int, plan) -> Limit:
    return Limit(plan, count=lit(count))


def test_two_limits_are_the_smaller_one() -> None:
    becomes(PUSH_DOWN_LIMIT, first(3, first(2, LEFT)), first(2, LEFT))
    becomes(PUSH_DOWN_LIMIT, first(2, first(3, LEFT)), first(2, LEFT))


def test_through_a_projection() -> None:
    columns = (Alias(call("+", A, lit(1)), "x"),)
    becomes(PUSH_DOWN_LIMIT, first(2, Project(columns, LEFT)), Project(columns, first(2, LEFT)))


def test_every_part_of_a_union_gives_so_many_rows_at_most() -> None:
    made = (column("u"),)
    becomes(
        PUSH_DOWN_LIMIT,
        first(4, Union((LEFT, RIGHT), made=made)),
        first(4, Union((first(4, LEFT), RIGHT), made=made)),
    )


def test_the_whole_side_of_an_outer_join() -> None:
    join = Join(LEFT, RIGHT, JoinKind.LEFT, equal(A, B))
    pushed = PUSH_DOWN_LIMIT.apply(first(2, join))
    assert pushed == first(2, join.copy(left=first(2, LEFT)))
    assert PUSH_DOWN_LIMIT.apply(pushed) is pushed
    assert len(rows(pushed)) == 2


def test_an_inner_join_may_need_all_rows() -> None:
    stays(PUSH_DOWN_LIMIT, first(2, Join(LEFT, RIGHT, JoinKind.INNER, equal(A, B))))


def test_a_limit_that_drops_nothing_goes() -> None:
    becomes(PUSH_DOWN_LIMIT, first(5, LEFT), LEFT)
