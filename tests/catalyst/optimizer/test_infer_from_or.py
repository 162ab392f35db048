"""What alternatives say of each side of a join."""

from __future__ import annotations

import pytest

from rayspark.catalyst.expressions import and_, call, equal, lit, or_
from rayspark.catalyst.logical import Filter, Join, JoinKind
from rayspark.catalyst.optimizer.rules.infer_from_or import INFER_FROM_OR
from tests.catalyst.optimizer.plan_rig import becomes, column, same_rows, stays, table

A, B, C = column("a"), column("b"), column("c")
LEFT = table([A], (1,), (2,), (3,), (None,))
RIGHT = table([B], (1,), (2,), (4,), (None,))
THIRD = table([C], (5,), (6,))
EITHER = or_(and_(equal(A, lit(1)), equal(B, lit(2))), and_(equal(A, lit(3)), call(">", B, lit(3))))
OF_A = or_(equal(A, lit(1)), equal(A, lit(3)))
OF_B = or_(equal(B, lit(2)), call(">", B, lit(3)))


def test_both_sides_of_an_inner_join() -> None:
    join = Join(LEFT, RIGHT, JoinKind.INNER, EITHER)
    becomes(INFER_FROM_OR, join, join.copy(left=Filter(OF_A, LEFT), right=Filter(OF_B, RIGHT)))


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        (JoinKind.LEFT, False, True),
        (JoinKind.ANTI, False, True),
        (JoinKind.RIGHT, True, False),
        (JoinKind.SEMI, True, True),
        (JoinKind.FULL, False, False),
    ],
)
def test_rows_that_need_no_partner_stay(kind: JoinKind, left: bool, right: bool) -> None:
    join = Join(LEFT, RIGHT, kind, EITHER)
    found = INFER_FROM_OR.apply(join)
    assert isinstance(found.left, Filter) == left
    assert isinstance(found.right, Filter) == right
    assert same_rows(join, found)


def test_a_filter_over_joins_reaches_all_their_inputs() -> None:
    inner = Join(LEFT, RIGHT, JoinKind.CROSS)
    plan = Filter(EITHER, Join(inner, THIRD, JoinKind.CROSS))
    found = INFER_FROM_OR.apply(plan)
    assert found == plan  # one input has all columns: the filter goes there as it is
    found = INFER_FROM_OR.apply(Filter(EITHER, inner))
    assert found.child == inner.copy(left=Filter(OF_A, LEFT), right=Filter(OF_B, RIGHT))
    assert same_rows(Filter(EITHER, inner), found)


def test_an_alternative_that_says_nothing() -> None:
    for condition in (
        or_(and_(equal(A, lit(1)), equal(B, lit(2))), call("<", A, B)),
        or_(equal(A, lit(1)), equal(B, lit(2))),
        or_(*(and_(equal(A, lit(n)), equal(B, lit(n))) for n in range(30))),
        equal(A, B),
    ):
        stays(INFER_FROM_OR, Join(LEFT, RIGHT, JoinKind.INNER, condition))
