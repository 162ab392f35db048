"""Two projections become one where nothing is computed twice."""

from __future__ import annotations

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Cast,
    Exists,
    OuterReference,
    call,
    equal,
    lit,
)
from rayspark.catalyst.logical import Aggregate, Filter, Project
from rayspark.catalyst.optimizer.rules.collapse_projects import COLLAPSE_PROJECTS
from tests.catalyst.optimizer.plan_rig import LONG, becomes, column, stays, table

A, B = column("a"), column("b")
ROWS = table([A, B], (1, 2), (2, None), (None, 3))
SUM = Alias(call("+", A, B), "s")


def test_an_expression_used_once() -> None:
    outer = Alias(call("*", SUM.attribute, lit(2)), "x")
    becomes(
        COLLAPSE_PROJECTS,
        Project((outer, B), Project((B, SUM), ROWS)),
        Project((outer.copy(child=call("*", SUM.child, lit(2))), B), ROWS),
    )


def test_columns_and_casts_may_be_used_often() -> None:
    cheap = Alias(Cast(A, LONG), "l")
    twice = Alias(equal(cheap.attribute, cheap.attribute), "x")
    becomes(
        COLLAPSE_PROJECTS,
        Project((twice,), Project((cheap,), ROWS)),
        Project((twice.copy(child=equal(cheap.child, cheap.child)),), ROWS),
    )


def test_picked_columns_of_an_aggregation() -> None:
    total = Alias(AggregateCall(call("sum", B)), "t")
    grouped = Aggregate((A,), (A, total), ROWS)
    becomes(
        COLLAPSE_PROJECTS,
        Project((total.attribute,), grouped),
        grouped.copy(columns=(total,)),
    )


def test_work_is_not_done_twice() -> None:
    twice = Alias(call("*", SUM.attribute, SUM.attribute), "x")
    stays(COLLAPSE_PROJECTS, Project((twice,), Project((SUM,), ROWS)))


def test_a_random_value_is_drawn_once() -> None:
    drawn = Alias(call("rand", lit(1)), "r")
    stays(COLLAPSE_PROJECTS, Project((drawn.attribute, A), Project((drawn, A), ROWS)))


def test_a_column_that_an_inner_query_reads_stays() -> None:
    inner = Filter(equal(column("x"), OuterReference(SUM.attribute)), ROWS)
    asked = Alias(Exists(inner, (SUM.attribute,)), "e")
    stays(COLLAPSE_PROJECTS, Project((asked,), Project((SUM,), ROWS)))
