"""A filter that drops made-up nulls narrows the join."""

from __future__ import annotations

import pytest

from rayspark.catalyst.expressions import and_, call, equal, is_not_null, is_null, lit, or_
from rayspark.catalyst.logical import Filter, Join, JoinKind
from rayspark.catalyst.optimizer.rules.eliminate_outer_joins import ELIMINATE_OUTER_JOINS
from tests.catalyst.optimizer.plan_rig import becomes, column, stays, table

A, X, B, Y = (column(name) for name in "axby")
LEFT = table([A, X], (1, 1), (2, None), (None, 3), (4, 4))
RIGHT = table([B, Y], (1, 10), (2, None), (5, 50), (None, 60))
OF_LEFT, OF_RIGHT = call(">", X, lit(0)), call(">", call("+", Y, lit(1)), lit(0))


@pytest.mark.parametrize(
    ("kind", "condition", "narrow"),
    [
        (JoinKind.LEFT, OF_RIGHT, JoinKind.INNER),
        (JoinKind.LEFT, is_not_null(B), JoinKind.INNER),
        (JoinKind.LEFT, or_(OF_RIGHT, equal(B, lit(1))), JoinKind.INNER),
        (JoinKind.RIGHT, OF_LEFT, JoinKind.INNER),
        (JoinKind.FULL, OF_LEFT, JoinKind.LEFT),
        (JoinKind.FULL, OF_RIGHT, JoinKind.RIGHT),
        (JoinKind.FULL, and_(OF_LEFT, OF_RIGHT), JoinKind.INNER),
    ],
    ids=str,
)
def test_narrowed(kind, condition, narrow) -> None:
    join = Join(LEFT, RIGHT, kind, equal(A, B))
    becomes(
        ELIMINATE_OUTER_JOINS, Filter(condition, join), Filter(condition, join.copy(kind=narrow))
    )


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        (JoinKind.LEFT, OF_LEFT),
        (JoinKind.LEFT, is_null(Y)),
        (JoinKind.LEFT, or_(OF_RIGHT, OF_LEFT)),
        (JoinKind.LEFT, call(">", call("coalesce", Y, lit(1)), lit(0))),
        (JoinKind.FULL, is_null(X)),
    ],
    ids=str,
)
def test_nulls_wanted(kind, condition) -> None:
    stays(ELIMINATE_OUTER_JOINS, Filter(condition, Join(LEFT, RIGHT, kind, equal(A, B))))
