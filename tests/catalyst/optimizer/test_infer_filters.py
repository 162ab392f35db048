"""Constants travel along equalities."""

from __future__ import annotations

from rayspark.catalyst.expressions import call, equal, lit
from rayspark.catalyst.logical import Filter, Join, JoinKind
from rayspark.catalyst.optimizer.rules.infer_filters import INFER_FILTERS
from tests.catalyst.optimizer.plan_rig import becomes, column, stays, table

A, B, C = column("a"), column("b"), column("c")
LEFT = table([A], (1,), (2,), (None,))
RIGHT = table([B], (2,), (3,), (None,))
THIRD = table([C], (2,))
AT_LEFT, AT_RIGHT = call(">", A, lit(1)), call(">", B, lit(1))


def test_both_sides() -> None:
    join = Join(Filter(AT_LEFT, LEFT), RIGHT, JoinKind.INNER, equal(A, B))
    becomes(INFER_FILTERS, join, join.copy(right=Filter(AT_RIGHT, RIGHT)))
    turned = Join(LEFT, Filter(AT_RIGHT, RIGHT), JoinKind.INNER, equal(B, A))
    becomes(INFER_FILTERS, turned, turned.copy(left=Filter(AT_LEFT, LEFT)))


def test_through_two_joins() -> None:
    inner = Join(LEFT, RIGHT, JoinKind.INNER, equal(A, B))
    outer = Join(inner, Filter(call("<", C, lit(9)), THIRD), JoinKind.INNER, equal(B, C))
    once = INFER_FILTERS.apply(outer)
    assert once.left == Filter(call("<", B, lit(9)), inner)


def test_only_the_optional_side_of_an_outer_join() -> None:
    join = Join(Filter(AT_LEFT, LEFT), RIGHT, JoinKind.LEFT, equal(A, B))
    becomes(INFER_FILTERS, join, join.copy(right=Filter(AT_RIGHT, RIGHT)))
    stays(INFER_FILTERS, Join(LEFT, Filter(AT_RIGHT, RIGHT), JoinKind.LEFT, equal(A, B)))
