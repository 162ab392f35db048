"""What changes nothing that is seen goes."""

from __future__ import annotations

from rayspark.catalyst.expressions import AggregateCall, Alias, SortOrder, call, equal, lit
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    JoinKind,
    Limit,
    Project,
    Sort,
)
from rayspark.catalyst.optimizer.rules.eliminate_distincts import ELIMINATE_DISTINCTS
from rayspark.catalyst.optimizer.rules.eliminate_sorts import ELIMINATE_SORTS
from tests.catalyst.optimizer.plan_rig import becomes, column, stays, table

A, B = column("a"), column("b")
PLAN = table([A], (3,), (1,), (1,))
OTHER = table([B], (1,), (2,), (1,))
BY_A = Sort(PLAN, order=(SortOrder(A),))


def aggregate(name: str, child, distinct: bool = False) -> Aggregate:
    e = AggregateCall(call(name, A), distinct)
    return Aggregate((), (Alias(e, "x", id=A.id + 1_000_000),), child)


def test_a_sort_below_a_sort_or_an_aggregation() -> None:
    down = (SortOrder(A, ascending=False),)
    becomes(ELIMINATE_SORTS, Sort(BY_A, order=down), Sort(PLAN, order=down))
    becomes(ELIMINATE_SORTS, aggregate("max", BY_A), aggregate("max", PLAN))


def test_a_sort_below_a_join() -> None:
    condition = call(">", A, lit(0))
    below = Filter(condition, Project((A,), BY_A))
    after = Filter(condition, Project((A,), PLAN))
    join = Join(below, OTHER, JoinKind.INNER, equal(A, B))
    becomes(ELIMINATE_SORTS, join, join.copy(left=after))


def test_constants_are_no_order_but_may_raise() -> None:
    constant, raising = SortOrder(lit("x")), SortOrder(call("/", lit(1.0), lit(0.0)))
    becomes(ELIMINATE_SORTS, Sort(PLAN, order=(constant,)), PLAN)
    becomes(ELIMINATE_SORTS, Sort(PLAN, order=(constant, SortOrder(A))), BY_A)
    stays(ELIMINATE_SORTS, Sort(PLAN, order=(raising, SortOrder(A))))


def test_a_sort_that_is_seen() -> None:
    stays(ELIMINATE_SORTS, aggregate("collect_list", BY_A))
    stays(ELIMINATE_SORTS, aggregate("max", Limit(BY_A, count=lit(1))))
    stays(ELIMINATE_SORTS, Project((A,), BY_A))


def test_rows_that_are_different_already() -> None:
    groups = Aggregate((A,), (A,), PLAN)
    becomes(ELIMINATE_DISTINCTS, Distinct(groups), groups)
    becomes(ELIMINATE_DISTINCTS, Distinct(Distinct(PLAN)), Distinct(PLAN))
    stays(ELIMINATE_DISTINCTS, Distinct(PLAN))


def test_existence_does_not_count() -> None:
    join = Join(PLAN, Distinct(OTHER), JoinKind.SEMI, equal(A, B))
    becomes(ELIMINATE_DISTINCTS, join, join.copy(right=OTHER))


def test_the_greatest_of_different_values_is_the_greatest() -> None:
    becomes(ELIMINATE_DISTINCTS, aggregate("max", PLAN, distinct=True), aggregate("max", PLAN))
    stays(ELIMINATE_DISTINCTS, aggregate("count", PLAN, distinct=True))
