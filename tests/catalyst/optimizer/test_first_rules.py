"""Rules that come first: aliases, nulls, groups, and what IN of a query answers."""

from __future__ import annotations

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    InSubquery,
    Literal,
    call,
    equal,
    is_null,
    lit,
    not_,
    or_,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Filter,
    Join,
    JoinKind,
    Project,
    SubqueryAlias,
)
from rayspark.catalyst.optimizer.rules.decide_in import DECIDE_IN
from rayspark.catalyst.optimizer.rules.eliminate_subquery_aliases import (
    ELIMINATE_SUBQUERY_ALIASES,
)
from rayspark.catalyst.optimizer.rules.pull_out_grouping import PULL_OUT_GROUPING
from rayspark.catalyst.optimizer.rules.update_nullability import UPDATE_NULLABILITY
from tests.catalyst.optimizer.plan_rig import BOOLEAN, INT, becomes, column, rows, stays, table

A, B = column("a"), column("b", INT, nullable=False)
ROWS, OTHER = table([A], (1,), (2,), (None,)), table([B], (2,), (3,))


def test_aliases_go() -> None:
    named = SubqueryAlias(ROWS, ("t",))
    asked = Filter(equal(A, lit(1)), named)
    becomes(ELIMINATE_SUBQUERY_ALIASES, asked, Filter(equal(A, lit(1)), ROWS))
    stays(ELIMINATE_SUBQUERY_ALIASES, ROWS)


def test_a_column_may_be_null_above_an_outer_join() -> None:
    join = Join(ROWS, OTHER, JoinKind.LEFT, equal(A, B))
    plan = Filter(is_null(B), join)
    found = UPDATE_NULLABILITY.apply(plan)
    assert found.condition.args[0].is_nullable
    assert rows(found) == rows(plan)
    stays(UPDATE_NULLABILITY, Filter(is_null(B), join.copy(kind=JoinKind.RIGHT)))


def test_a_grouping_expression_becomes_a_column() -> None:
    rest, total = call("%", A, lit(2)), Alias(AggregateCall(call("count", A)), "n")
    plan = Aggregate((rest,), (Alias(call("+", rest, lit(1)), "r"), total), ROWS)
    found = PULL_OUT_GROUPING.apply(plan)
    made = found.child.columns[-1]
    assert made.child == rest
    assert found.grouping == (made.attribute,)
    assert found.columns[0].child == call("+", made.attribute, lit(1))
    assert PULL_OUT_GROUPING.apply(found) is found
    assert sorted(rows(found), key=repr) == sorted(rows(plan), key=repr)
    stays(PULL_OUT_GROUPING, Aggregate((A,), (A, total), ROWS))


def test_in_of_a_query_is_no_null_inside_an_expression() -> None:
    asked, false = InSubquery(OTHER, (), (A,)), Literal(False, BOOLEAN)
    columns = Alias(asked, "x"), Alias(not_(asked), "y")
    found = DECIDE_IN.apply(Project(columns, ROWS))
    assert [c.child for c in found.columns] == [
        call("coalesce", asked, false),
        call("coalesce", not_(asked), false),
    ]
    assert set(rows(found)) == {(False, True), (True, False), (False, False)}
    either = Filter(or_(asked, is_null(A)), ROWS)
    assert DECIDE_IN.apply(either).condition == or_(call("coalesce", asked, false), is_null(A))
    stays(DECIDE_IN, Filter(asked, ROWS))
    stays(DECIDE_IN, Filter(not_(asked), ROWS))
