"""Null propagation, casts, conditionals: the values stay."""

from __future__ import annotations

import pytest

from rayspark.catalyst.expressions import CaseWhen, Cast, Literal, and_, call, equal, lit, not_
from rayspark.catalyst.logical import Filter
from rayspark.catalyst.optimizer.rules.propagate_nulls import (
    PROPAGATE_NULLS,
    REPLACE_NULL_WITH_FALSE,
)
from rayspark.catalyst.optimizer.rules.simplify_casts import SIMPLIFY_CASTS
from rayspark.catalyst.optimizer.rules.simplify_conditionals import SIMPLIFY_CONDITIONALS
from rayspark.datatypes import BooleanType, ByteType
from tests.catalyst.optimizer.plan_rig import INT, LONG, becomes, column, simplified, stays, table

A, B = column("a"), column("b", INT, nullable=False)
S = column("s", ByteType())
PLAN = table([A, B, S], (1, 1, 1), (None, 2, 127), (3, 3, None))
NULL, NO = Literal(None, INT), Literal(None, BooleanType())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (call("+", A, NULL), NULL),
        (call("<", NULL, A), NO),
        (Cast(NULL, LONG), Literal(None, LONG)),
        (call("coalesce", NULL, A), A),
        (call("coalesce", NULL, NULL), NULL),
        (call("coalesce", A, B, lit(7)), call("coalesce", A, B)),
        (call("coalesce", A, lit(7)), call("coalesce", A, lit(7))),
    ],
    ids=str,
)
def test_nulls(before, after) -> None:
    assert simplified(PROPAGATE_NULLS, before, PLAN) == after


def test_a_null_condition_is_false() -> None:
    condition = and_(equal(A, lit(1)), NO)
    becomes(
        REPLACE_NULL_WITH_FALSE,
        Filter(condition, PLAN),
        Filter(and_(equal(A, lit(1)), lit(False)), PLAN),
    )


def test_null_under_not_stays_null() -> None:
    stays(REPLACE_NULL_WITH_FALSE, Filter(not_(NO), PLAN))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Cast(A, INT), A),
        (equal(Cast(S, LONG), lit(5, LONG)), equal(S, lit(5, ByteType()))),
        (call("<", lit(5, INT), Cast(S, INT)), call(">", S, lit(5, ByteType()))),
        (equal(Cast(S, LONG), lit(500, LONG)), equal(Cast(S, LONG), lit(500, LONG))),
        (Cast(A, LONG), Cast(A, LONG)),
    ],
    ids=str,
)
def test_casts(before, after) -> None:
    assert simplified(SIMPLIFY_CASTS, before, PLAN) == after


IS_ONE, B_IS_ONE = equal(A, lit(1)), equal(B, lit(1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CaseWhen(((lit(False), A),), B), B),
        (CaseWhen(((NO, A),), B), B),
        (CaseWhen(((lit(False), A),)), NULL),
        (CaseWhen(((lit(True), A), (IS_ONE, B)), B), A),
        (CaseWhen(((IS_ONE, A), (lit(True), B)), lit(9)), CaseWhen(((IS_ONE, A),), B)),
        (CaseWhen(((B_IS_ONE, lit(True)),), lit(False)), B_IS_ONE),
        (
            CaseWhen(((IS_ONE, lit(True)),), lit(False)),
            CaseWhen(((IS_ONE, lit(True)),), lit(False)),
        ),
    ],
    ids=str,
)
def test_conditionals(before, after) -> None:
    assert simplified(SIMPLIFY_CONDITIONALS, before, PLAN) == after
