"""Columns that nobody reads are not made."""

from __future__ import annotations

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Exists,
    OuterReference,
    SortOrder,
    call,
    equal,
    lit,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    JoinKind,
    LogicalPlan,
    Project,
    SetOp,
    Sort,
    Union,
)
from rayspark.catalyst.optimizer.rules.prune_columns import PRUNE_COLUMNS
from tests.catalyst.optimizer.plan_rig import column, rows, same_rows, stays, table

A, B, C, D = (column(name) for name in "abcd")
LEFT = table([A, B], (1, 1), (2, 5), (None, 7))
RIGHT = table([C, D], (1, 2), (2, None), (2, 3))
ONLY_A = LEFT.copy(table=LEFT.table.select([0]), attributes=(A,))
ONLY_B = LEFT.copy(table=LEFT.table.select([1]), attributes=(B,))
ONLY_C = RIGHT.copy(table=RIGHT.table.select([0]), attributes=(C,))


def prunes(before: LogicalPlan, after: LogicalPlan) -> None:
    """As ``becomes``; a narrowed leaf has a table of its own, so that plans are told by text."""
    found = PRUNE_COLUMNS.apply(before)
    assert found.tree_string() == after.tree_string()
    assert PRUNE_COLUMNS.apply(found) is found
    assert same_rows(before, found)


def test_a_leaf_gives_what_is_read() -> None:
    prunes(Project((A,), LEFT), Project((A,), ONLY_A))


def test_columns_of_projections_and_aggregations() -> None:
    more, total = Alias(call("+", B, lit(1)), "m"), Alias(AggregateCall(call("sum", B)), "t")
    prunes(
        Project((A,), Project((A, more), LEFT)),
        Project((A,), Project((A,), ONLY_A)),
    )
    prunes(
        Project((A,), Aggregate((A,), (A, total), LEFT)),
        Project((A,), Aggregate((A,), (A,), ONLY_A)),
    )


def test_what_a_filter_or_an_order_reads_is_read() -> None:
    stays(PRUNE_COLUMNS, Project((A,), Filter(call(">", B, lit(1)), LEFT)))
    stays(PRUNE_COLUMNS, Project((A,), Sort(LEFT, order=(SortOrder(B),))))


def test_the_columns_of_a_join() -> None:
    join = Join(LEFT, RIGHT, JoinKind.INNER, equal(A, C))
    prunes(
        Project((B,), join),
        Project((B,), join.copy(right=ONLY_C)),
    )


def test_the_same_place_in_each_part_of_a_union() -> None:
    x, y = column("x"), column("y")
    union = Union((LEFT, RIGHT), made=(x, y))
    prunes(
        Project((x,), union),
        Project((x,), Union((ONLY_A, ONLY_C), made=(x,))),
    )


def test_rows_are_told_apart_by_all_columns() -> None:
    stays(PRUNE_COLUMNS, Project((A,), Distinct(LEFT)))
    stays(PRUNE_COLUMNS, Project((A,), SetOp(LEFT, RIGHT, "except")))


def test_rows_stay_when_no_column_is_read() -> None:
    for plan in (Project((), LEFT), Project((), Aggregate((), (Alias(lit(1), "x"),), LEFT))):
        counted = Aggregate((), (Alias(AggregateCall(call("count", lit(1))), "n"),), plan)
        found = PRUNE_COLUMNS.apply(counted)
        assert rows(found) == rows(counted)


def test_an_inner_query_reads_too() -> None:
    asked = Exists(Filter(equal(C, OuterReference(B)), RIGHT), (B,))
    plan = Project((A,), Filter(asked, LEFT))
    stays(PRUNE_COLUMNS, plan)


def test_a_shared_operator_serves_all_its_readers() -> None:
    both = Join(Project((Alias(A, "x"),), LEFT), Project((Alias(B, "y"),), LEFT), JoinKind.CROSS)
    found = PRUNE_COLUMNS.apply(both)
    assert same_rows(both, found)
