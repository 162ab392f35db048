"""Queries inside expressions become joins where that is the same."""

from __future__ import annotations

import pytest

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Exists,
    InSubquery,
    OuterReference,
    ScalarSubquery,
    and_,
    call,
    equal,
    lit,
    not_,
    or_,
)
from rayspark.catalyst.logical import Aggregate, Filter, Join, JoinKind, Limit, Project
from rayspark.catalyst.optimizer.rules.unnest_subqueries import UNNEST_SUBQUERIES
from tests.catalyst.optimizer.plan_rig import becomes, column, same_rows, stays, table

A, B, C, D = (column(name) for name in "abcd")
OUTER = table([A, B], (1, 1), (2, 5), (None, 7), (3, None), (4, 4))
INNER = table([C, D], (1, 2), (2, None), (2, 3), (None, 3))
LINK = equal(C, OuterReference(A))
LINKED = Filter(LINK, INNER)
ONLY_D = Project((D,), INNER)


def scalar(name: str) -> ScalarSubquery:
    value = Alias(AggregateCall(call(name, D)), "v")
    return ScalarSubquery(Aggregate((), (value,), LINKED), (A,))


def test_exists() -> None:
    for asked, kind in ((Exists(LINKED, (A,)), JoinKind.SEMI),
                        (not_(Exists(LINKED, (A,))), JoinKind.ANTI)):  # fmt: skip
        becomes(UNNEST_SUBQUERIES, Filter(asked, OUTER), Join(OUTER, INNER, kind, equal(C, A)))


def test_in() -> None:
    becomes(
        UNNEST_SUBQUERIES,
        Filter(InSubquery(ONLY_D, (), (B,)), OUTER),
        Join(OUTER, ONLY_D, JoinKind.SEMI, equal(B, D)),
    )


def test_queries_of_queries() -> None:
    """Each level becomes a join: what stayed in the text would keep everything in one task."""
    e = column("e")
    third = table([e], (3,), (1,), (5,))
    inner = Filter(and_(InSubquery(third, (), (D,)), call("<", C, lit(9))), INNER)
    plan = Filter(InSubquery(Project((D,), inner), (), (B,)), OUTER)
    found = UNNEST_SUBQUERIES.apply(plan)
    assert [n.kind for n in found.walk() if isinstance(n, Join)] == [JoinKind.SEMI] * 2
    assert not any(x.has(InSubquery) for n in found.walk() for x in n.expressions)
    assert same_rows(plan, found)


def test_not_in_knows_of_nulls() -> None:
    becomes(
        UNNEST_SUBQUERIES,
        Filter(not_(InSubquery(ONLY_D, (), (B,))), OUTER),
        Join(OUTER, ONLY_D, JoinKind.ANTI, equal(B, D), null_aware=True),
    )
    linked = Project((D,), LINKED)
    plan = Filter(not_(InSubquery(linked, (A,), (B,))), OUTER)
    found = UNNEST_SUBQUERIES.apply(plan)
    assert isinstance(found, Join) and not found.null_aware
    assert same_rows(plan, found)


@pytest.mark.parametrize("name", ["max", "count", "collect_list", "approx_count_distinct"])
def test_a_value_for_each_row(name: str) -> None:
    plan = Project((A, Alias(scalar(name), "x")), OUTER)
    found = UNNEST_SUBQUERIES.apply(plan)
    assert [n.kind for n in found.walk() if isinstance(n, Join)] == [JoinKind.LEFT]
    assert same_rows(plan, found)


def test_a_value_in_a_condition() -> None:
    plan = Filter(and_(call(">", A, lit(0)), call(">", scalar("max"), A)), OUTER)
    found = UNNEST_SUBQUERIES.apply(plan)
    assert found.output == plan.output
    assert found.has(Join)
    assert same_rows(plan, found)


@pytest.mark.parametrize(
    "condition",
    [
        or_(Exists(LINKED, (A,)), equal(B, lit(4))),
        Exists(Limit(INNER, count=lit(1))),
        equal(B, ScalarSubquery(Project((C,), LINKED), (A,))),
        InSubquery(Project((D,), Limit(LINKED, count=lit(1))), (A,), (B,)),
        equal(
            B,
            ScalarSubquery(
                Aggregate(
                    (), (Alias(AggregateCall(call("max", D)), "v"),),
                    Filter(call("<", C, OuterReference(A)), INNER),
                ), (A,),
            ),
        ),
    ],
    ids=["under OR", "reads nothing outside", "more rows than one", "a limit", "no equality"],
)  # fmt: skip
def test_left_to_the_querys_text(condition) -> None:
    stays(UNNEST_SUBQUERIES, Filter(condition, OUTER))
