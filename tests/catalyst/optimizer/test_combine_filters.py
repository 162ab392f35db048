"""Two filters become one."""

from __future__ import annotations

from rayspark.catalyst.expressions import and_, call, lit
from rayspark.catalyst.logical import Filter, Limit
from rayspark.catalyst.optimizer.rules.combine_filters import COMBINE_FILTERS
from tests.catalyst.optimizer.plan_rig import becomes, column, stays, table

A = column("a")
ROWS = table([A], *((n,) for n in [*range(6), None]))
MORE, LESS, ODD = call(">", A, lit(1)), call("<", A, lit(5)), call("=", A, lit(3))


def test_the_inner_one_is_tested_first() -> None:
    becomes(COMBINE_FILTERS, Filter(LESS, Filter(MORE, ROWS)), Filter(and_(MORE, LESS), ROWS))


def test_three() -> None:
    three = Filter(ODD, Filter(LESS, Filter(MORE, ROWS)))
    becomes(COMBINE_FILTERS, three, Filter(and_(and_(MORE, LESS), ODD), ROWS))


def test_a_random_filter_sees_only_the_rows_that_the_other_lets_through() -> None:
    drawn = call("<", call("rand", lit(1)), lit(0.5))
    stays(COMBINE_FILTERS, Filter(drawn, Filter(MORE, ROWS)))
    stays(COMBINE_FILTERS, Filter(MORE, Filter(drawn, ROWS)))


def test_a_limit_between_them() -> None:
    stays(COMBINE_FILTERS, Filter(MORE, Limit(Filter(LESS, ROWS), count=lit(2))))
