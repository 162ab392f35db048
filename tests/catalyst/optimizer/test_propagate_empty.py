"""What is known to have no row is not run."""

from __future__ import annotations

import pytest

from rayspark.catalyst.expressions import AggregateCall, Alias, Literal, call, equal, lit
from rayspark.catalyst.logical import (
    Aggregate,
    Collect,
    Distinct,
    Filter,
    Join,
    JoinKind,
    Limit,
    LocalRelation,
    Project,
    SetOp,
    Sort,
    Union,
)
from rayspark.catalyst.optimizer.rules.propagate_empty import PROPAGATE_EMPTY
from tests.catalyst.optimizer.plan_rig import becomes, column, rows, stays, table

A, B = column("a"), column("b")
FULL, OTHER = table([A], (1,), (2,)), table([B], (2,), (3,))
NOTHING = Filter(lit(False), OTHER)
ON = equal(A, B)


def is_emptied(plan) -> bool:
    found = PROPAGATE_EMPTY.apply(plan)
    assert rows(found) == rows(plan) == []
    assert found.output == plan.output
    return isinstance(found, LocalRelation) and PROPAGATE_EMPTY.apply(found) is found


@pytest.mark.parametrize(
    "plan",
    [
        NOTHING,
        Filter(Literal(None, ON.dtype), FULL),
        Limit(FULL, count=lit(0)),
        Sort(Project((B,), NOTHING)),
        Distinct(NOTHING),
        Aggregate((B,), (B,), NOTHING),
        Join(FULL, NOTHING, JoinKind.INNER, ON),
        Join(FULL, NOTHING, JoinKind.SEMI, ON),
        Join(FULL, NOTHING, JoinKind.RIGHT, ON),
        Join(NOTHING, FULL, JoinKind.LEFT, ON),
        Join(FULL, OTHER, JoinKind.INNER, lit(False)),
        SetOp(NOTHING, FULL, "except"),
        SetOp(FULL, NOTHING, "intersect"),
        Union((NOTHING, NOTHING), made=(column("u"),)),
    ],
    ids=lambda plan: type(plan).__name__,
)
def test_emptied(plan) -> None:
    assert is_emptied(plan)


def test_a_filter_that_is_true_goes() -> None:
    becomes(PROPAGATE_EMPTY, Filter(lit(True), FULL), FULL)


def test_an_outer_join_pads_with_nulls() -> None:
    join = Join(FULL, NOTHING, JoinKind.LEFT, ON)
    padding = Alias(Literal(None, B.type), "b", B.id)
    becomes(PROPAGATE_EMPTY, join, Project((A, padding), FULL))


def test_nothing_is_excluded() -> None:
    becomes(PROPAGATE_EMPTY, Join(FULL, NOTHING, JoinKind.ANTI, ON), FULL)
    becomes(PROPAGATE_EMPTY, SetOp(FULL, NOTHING, "except"), Distinct(FULL))


def test_a_union_loses_empty_parts() -> None:
    made = column("u")
    becomes(
        PROPAGATE_EMPTY,
        Union((FULL, NOTHING), made=(made,)),
        Project((Alias(A, "u", made.id),), FULL),
    )


def test_a_total_of_nothing_is_a_row() -> None:
    total = Alias(AggregateCall(call("count", B)), "n")
    plan = Aggregate((), (total,), PROPAGATE_EMPTY.apply(NOTHING))
    stays(PROPAGATE_EMPTY, plan)
    assert rows(plan) == [(0,)]


def test_metrics_are_taken_all_the_same() -> None:
    total = Alias(AggregateCall(call("count", B)), "n")
    stays(PROPAGATE_EMPTY, Filter(lit(False), Collect("m", (total,), OTHER)))
