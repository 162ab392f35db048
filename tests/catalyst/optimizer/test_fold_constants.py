"""Expressions of constants become constants, with the engine's own arithmetic."""

from __future__ import annotations

import pytest

from rayspark.catalyst.expressions import Alias, Cast, Literal, SortOrder, call, equal, lit
from rayspark.catalyst.logical import Filter, Project, Sort
from rayspark.catalyst.optimizer.rules.fold_constants import fold_constants
from tests.catalyst.optimizer.plan_rig import INT, LONG, Context, becomes, column, stays, table

A = column("a")
ROWS = table([A], (1,), (3,), (None,))
FOLD = fold_constants(Context())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (call("+", lit(1), lit(2)), lit(3)),
        (call("+", lit(1), Literal(None, INT)), Literal(None, INT)),
        (Cast(lit(7), LONG), lit(7, LONG)),
        (call("concat", lit("a"), lit("b")), lit("ab")),
        (call("coalesce", Literal(None, INT), call("*", lit(2), lit(5))), lit(10)),
    ],
    ids=str,
)
def test_a_constant(before, after) -> None:
    name = Alias(before, "x")
    becomes(FOLD, Project((name,), ROWS), Project((name.copy(child=after),), ROWS))


def test_the_largest_constant_part() -> None:
    condition = equal(A, call("+", lit(1), call("*", lit(1), lit(2))))
    becomes(FOLD, Filter(condition, ROWS), Filter(equal(A, lit(3)), ROWS))


def test_what_reads_a_column_or_chance() -> None:
    stays(FOLD, Filter(equal(call("+", A, lit(1)), lit(3)), ROWS))
    stays(FOLD, Project((Alias(call("rand", lit(1)), "r"),), ROWS))
    stays(FOLD, Sort(ROWS, order=(SortOrder(lit(1)),)))


def test_an_error_waits_for_the_row_that_needs_it() -> None:
    stays(FOLD, Project((Alias(call("div", lit(1, LONG), lit(0, LONG)), "x"),), ROWS))
