"""Conditions say the same in fewer words, for true, false and null."""

from __future__ import annotations

import itertools

import pytest

from rayspark.catalyst.expressions import and_, call, equal, is_not_null, is_null, lit, not_, or_
from rayspark.catalyst.optimizer.rules.simplify_boolean import SIMPLIFY_BOOLEAN
from tests.catalyst.optimizer.plan_rig import BOOLEAN, INT, column, simplified, table

A, B, C = (column(name, BOOLEAN) for name in "abc")
X, Y = column("x"), column("y", INT, nullable=False)
TRUTH = (True, False, None)
ROWS = [
    (a, b, c, x, 1)
    for (a, b, c), x in zip(itertools.product(TRUTH, repeat=3), itertools.cycle([1, 2, None]))
]
PLAN = table([A, B, C, X, Y], *ROWS)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (and_(lit(True), A), A),
        (and_(A, lit(False)), lit(False)),
        (or_(A, lit(True)), lit(True)),
        (or_(lit(False), A), A),
        (and_(A, B, A), and_(A, B)),
        (or_(A, A), A),
        (not_(not_(A)), A),
        (not_(call("<", X, lit(2))), call(">=", X, lit(2))),
        (not_(and_(A, B)), or_(not_(A), not_(B))),
        (not_(or_(A, B)), and_(not_(A), not_(B))),
        (not_(is_null(X)), is_not_null(X)),
        (or_(and_(A, B), and_(A, C)), and_(A, or_(B, C))),
        (or_(and_(A, B), A), A),
        (equal(A, lit(True)), A),
        (equal(A, lit(False)), not_(A)),
        (
            call("between", X, lit(1), lit(2)),
            and_(call(">=", X, lit(1)), call("<=", X, lit(2))),
        ),
        (is_null(Y), lit(False)),
        (is_not_null(Y), lit(True)),
    ],
    ids=str,
)
def test_simpler(before, after) -> None:
    assert simplified(SIMPLIFY_BOOLEAN, before, PLAN) == after


@pytest.mark.parametrize("e", [and_(A, B), or_(A, not_(A)), and_(A, not_(A)), is_null(X)], ids=str)
def test_left_alone(e) -> None:
    assert simplified(SIMPLIFY_BOOLEAN, e, PLAN) is e
