"""How analysis works on plans built node by node, as the DataFrame API builds them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from analysis_rig import FakeContext

from rayspark.catalyst.analysis.analyzer import analyze
from rayspark.catalyst.analysis.frames import of_frame
from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Cast,
    Expression,
    OuterReference,
    SubqueryExpression,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedFunction,
    UnresolvedStar,
    WindowCall,
    lit,
)
from rayspark.catalyst.expressions.base import SortOrder
from rayspark.catalyst.logical import (
    Aggregate,
    Filter,
    Generate,
    Join,
    LocalRelation,
    LogicalPlan,
    Project,
    Sort,
    SubqueryAlias,
    ToSchema,
    Union,
    UnionLoop,
    UnionLoopRef,
    Window,
    WithColumns,
    WithColumnsRenamed,
)
from rayspark.catalyst.logical.unary import Limit
from rayspark.catalyst.rule import Trace
from rayspark.datatypes import IntegerType, LongType, StringType, StructField, StructType
from rayspark.errors import AnalysisException


def table(*names: str) -> LocalRelation:
    return LocalRelation(tuple(Attribute(n, IntegerType(), False) for n in names), pa.table({}))


def col(name: str) -> UnresolvedAttribute:
    return UnresolvedAttribute(tuple(name.split(".")))


def f(name: str, *args: Any) -> UnresolvedFunction:
    return UnresolvedFunction(name, tuple(a if isinstance(a, Expression) else lit(a) for a in args))


def run(plan: LogicalPlan, **settings: str) -> LogicalPlan:
    return analyze(plan, FakeContext(**settings))


def names(plan: LogicalPlan) -> list[str]:
    return [a.name for a in plan.output]


def condition(plan: LogicalPlan) -> str | None:
    with pytest.raises(AnalysisException) as caught:
        run(plan)
    return caught.value.getCondition()


def test_what_was_analysed_is_not_walked_again() -> None:
    below = run(Project((col("a"), UnresolvedAlias(f("+", col("b"), 1))), table("a", "b")))
    trace = Trace()
    again = analyze(Filter(f(">", col("a"), 1), below), FakeContext(), trace)
    assert again.children[0] is below
    assert [c.rule for c in trace.changes] == ["Filter"]
    assert analyze(again, FakeContext()) is again


def test_thousand_columns_added_one_by_one_stay_below_one_another() -> None:
    plan: LogicalPlan = run(table("a"))
    for i in range(300):
        plan = run(WithColumns((Alias(f("+", col("a"), i), "a"),), plan))
    assert names(plan) == ["a"]
    assert plan.resolved


def test_deep_expressions_need_no_deep_stack() -> None:
    e: Expression = col("a")
    for _ in range(5000):
        e = f("+", e, 1)
    plan = run(Project((UnresolvedAlias(e),), table("a")))
    assert names(plan)[0].endswith("+ 1) + 1)")


def test_filter_sees_columns_that_a_select_dropped() -> None:
    kept = run(Project((col("a"),), table("a", "b")))
    plan = run(Filter(f(">", col("b"), 1), kept))
    assert names(plan) == ["a"]
    base = kept.children[0]
    by_attribute = run(Filter(f(">", base.output[1], 1), kept))
    assert names(by_attribute) == ["a"]


def test_columns_of_another_frame_are_refused() -> None:
    other = table("z")
    assert (
        condition(Project((other.output[0],), table("a")))
        == "MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT"
    )
    same_name = table("a")
    assert (
        condition(Project((same_name.output[0],), table("a")))
        == "MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION"
    )


def test_a_frame_joined_with_itself_has_columns_of_its_own_on_each_side() -> None:
    frame = run(table("a", "b"))
    a = frame.output[0]
    plan = run(Join(frame, frame, condition=f("=", a, a)))
    assert len(plan.output_ids) == 4
    join = plan
    assert isinstance(join, Join)
    assert join.condition is not None
    left, right = join.condition.children
    assert left.id in join.left.output_ids
    assert right.id in join.right.output_ids


def test_three_way_self_join() -> None:
    frame = run(table("a"))
    named = [SubqueryAlias(frame, name=(n,)) for n in "xyz"]
    plan = run(Join(Join(named[0], named[1], condition=f("=", col("x.a"), col("y.a"))), named[2],
                    condition=f("=", col("y.a"), col("z.a"))))  # fmt: skip
    assert len(plan.output_ids) == 3


def test_aggregates_in_a_filter_over_a_grouped_frame() -> None:
    grouped = run(Aggregate((col("a"),), (col("a"),), table("a", "b")))
    plan = run(Filter(f(">", f("sum", col("b")), 1), grouped))
    assert names(plan) == ["a"]
    assert plan.has(Aggregate)


def test_sorting_a_grouped_frame_by_what_it_does_not_show() -> None:
    grouped = run(Aggregate((col("a"),), (col("a"),), table("a", "b")))
    plan = run(Sort(grouped, (SortOrder(f("max", col("b"))),)))
    assert names(plan) == ["a"]
    assert not any(
        isinstance(e, AggregateCall)
        for node in plan.walk()
        if not isinstance(node, Aggregate)
        for x in node.expressions
        for e in x.walk()
    )


def test_with_columns_replaces_by_name_and_appends() -> None:
    plan = run(WithColumns((Alias(lit(1), "B"), Alias(col("a"), "z")), table("a", "b", "c")))
    assert names(plan) == ["a", "B", "c", "z"]
    with pytest.raises(AnalysisException) as caught:
        run(WithColumns((Alias(lit(1), "x"), Alias(lit(2), "X")), table("a")))
    assert caught.value.getCondition() == "COLUMN_ALREADY_EXISTS"


def test_renaming() -> None:
    child = table("a", "b")
    assert names(run(WithColumnsRenamed(child, names=(("A", "x"), ("nope", "y"))))) == ["x", "b"]
    assert run(WithColumnsRenamed(child, names=(("nope", "y"),))) is child


def test_to_schema_reorders_casts_and_fills() -> None:
    target = StructType(
        [
            StructField("b", LongType()),
            StructField("a", IntegerType()),
            StructField("n", StringType()),
        ]
    )
    plan = run(ToSchema(table("a", "b"), target=target))
    assert [(x.name, x.dtype) for x in plan.output] == [
        ("b", LongType()),
        ("a", IntegerType()),
        ("n", StringType()),
    ]
    wrong = StructType([StructField("a", StructType([]))])
    assert condition(ToSchema(table("a"), target=wrong)) == "INVALID_COLUMN_OR_FIELD_DATA_TYPE"


def test_union_by_name_with_missing_columns() -> None:
    plan = run(Union((table("a", "b"), table("c", "a")), by_name=True, allow_missing=True))
    assert names(plan) == ["a", "b", "c"]
    assert [a.nullable for a in plan.output] == [False, True, True]
    assert condition(Union((table("a"), table("c")), by_name=True)) == (
        "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES"
    )


def test_union_makes_new_ids() -> None:
    child = run(table("a"))
    plan = run(Union((child, child)))
    assert not plan.output_ids & child.output_ids


def test_implicit_casts_are_marked() -> None:
    plan = run(Project((UnresolvedAlias(f("=", col("a"), "1")),), table("a")))
    casts = [e for x in plan.expressions for e in x.walk() if isinstance(e, Cast)]
    assert casts
    assert all(c.implicit for c in casts)
    assert names(plan) == ["(a = 1)"]


def test_metadata_stays_with_a_column() -> None:
    noted = LocalRelation((Attribute("a", IntegerType(), metadata={"k": 1}),), pa.table({}))
    plan = run(Project((Alias(col("a"), "b"),), noted))
    assert plan.schema["b"].metadata == {"k": 1}


def test_case_counts_when_asked() -> None:
    context = FakeContext()
    context.case_sensitive = True
    plan = Project((col("A"),), table("a", "A"))
    assert [a.name for a in analyze(plan, context).output] == ["A"]
    assert condition(Project((col("A"),), table("a", "A"))) == "AMBIGUOUS_REFERENCE"


def test_a_star_gives_all_columns() -> None:
    child = table("a", "b")
    assert run(Project((UnresolvedStar(),), child)).output == child.output


def test_positions_can_be_turned_off() -> None:
    plan = Sort(table("a"), (SortOrder(lit(7)),))
    assert condition(plan) == "ORDER_BY_POS_OUT_OF_RANGE"
    assert run(plan, **{"spark.sql.orderByOrdinal": "false"}).resolved


def test_a_limit_of_nothing_is_fine_and_of_less_is_not() -> None:
    assert run(Limit(table("a"), count=lit(0))).resolved
    assert (
        condition(Limit(table("a"), count=lit(-1))) == "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE"
    )


QUERIES = {
    "t": "SELECT * FROM VALUES (1, 2, array(1)) AS t(a, b, arr)",
    "u": "SELECT * FROM VALUES (1, 2) AS u(a, c)",
}


@pytest.fixture
def context() -> FakeContext:
    found = FakeContext()
    for name, query in QUERIES.items():
        found.create(name, query)
    return found


def test_correlated_subqueries_say_what_they_read(context: FakeContext) -> None:
    plan = context.sql("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)")
    (filter_,) = [p for p in plan.walk() if isinstance(p, Filter)]
    (subquery,) = [e for e in filter_.condition.walk() if isinstance(e, SubqueryExpression)]
    assert [a.name for a in subquery.outer] == ["a"]
    inner = [
        e for p in subquery.plan.walk() for x in p.expressions for e in x.walk()
        if isinstance(e, OuterReference)
    ]  # fmt: skip
    assert inner[0].attribute.id in filter_.child.output_ids
    made = {a.id for p in subquery.plan.walk() for a in p.output}
    assert not made & filter_.child.output_ids


def test_a_subquery_of_the_same_table_has_ids_of_its_own(context: FakeContext) -> None:
    plan = context.sql("SELECT a FROM t WHERE a > (SELECT avg(x.a) FROM t x WHERE x.b = t.b)")
    (filter_,) = [p for p in plan.walk() if isinstance(p, Filter)]
    (subquery,) = [e for e in filter_.condition.walk() if isinstance(e, SubqueryExpression)]
    made = {a.id for p in subquery.plan.walk() for a in p.output}
    assert not made & filter_.child.output_ids


def test_window_functions_share_nodes(context: FakeContext) -> None:
    plan = context.sql(
        "SELECT sum(a) OVER (PARTITION BY b), avg(a) OVER (PARTITION BY b),"
        " rank() OVER (ORDER BY a) FROM t"
    )
    windows = [p for p in plan.walk() if isinstance(p, Window)]
    assert sorted(len(w.columns) for w in windows) == [1, 2]
    assert not any(
        isinstance(e, WindowCall)
        for p in plan.walk()
        if not isinstance(p, Window)
        for x in p.expressions
        for e in x.walk()
    )


def test_windows_over_aggregates(context: FakeContext) -> None:
    plan = context.sql("SELECT b, rank() OVER (ORDER BY sum(a)) AS r FROM t GROUP BY b")
    kinds = [type(p) for p in plan.walk()][:3]
    assert kinds == [Project, Window, Aggregate]


def test_generators_stand_in_their_own_nodes(context: FakeContext) -> None:
    plan = context.sql("SELECT a, explode(arr) AS x FROM t")
    assert [type(p) for p in plan.walk()][:2] == [Project, Generate]


def test_pivot_values_are_asked_for() -> None:
    found = FakeContext()
    found.create("w", "SELECT * FROM VALUES (1, 'p', 5) AS w(k, g, v)")
    found.pivot = ["p", "q"]
    from rayspark.catalyst.logical import Pivot

    child = found.sql("SELECT * FROM w")
    plan = Pivot((col("k"),), col("g"), (), (f("sum", col("v")),), child)
    assert [a.name for a in analyze(plan, found).output] == ["k", "p", "q"]


def test_recursive_queries_are_loops(context: FakeContext) -> None:
    plan = context.sql(
        "WITH RECURSIVE r (n) MAX RECURSION LEVEL 7 AS"
        " (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT * FROM r"
    )
    (loop,) = [p for p in plan.walk() if isinstance(p, UnionLoop)]
    (level,) = [p for p in plan.walk() if isinstance(p, UnionLoopRef)]
    assert (loop.levels, loop.loop, [a.name for a in loop.output]) == (7, level.loop, ["n"])


def test_join_hints_reach_their_joins(context: FakeContext) -> None:
    plan = context.sql("SELECT /*+ BROADCAST(u) */ t.b FROM t JOIN u ON t.a = u.a")
    (join,) = [p for p in plan.walk() if isinstance(p, Join)]
    assert join.hint == "broadcast right"


def test_merged_keys_can_be_named(context: FakeContext) -> None:
    plan = context.sql("SELECT u.a FROM t LEFT JOIN u USING (a) WHERE u.a IS NULL ORDER BY t.b")
    assert [(a.name, a.nullable) for a in plan.output] == [("a", True)]


def taken(frame: LogicalPlan, at: int) -> Attribute:
    return of_frame(frame.output[at], frame)


def test_a_column_means_the_side_that_it_was_taken_from() -> None:
    frame = run(table("a", "b"))
    smaller = run(Filter(f(">", col("a"), 0), frame))
    plan = run(Join(frame, smaller, condition=f("<", taken(frame, 0), taken(smaller, 0))))
    assert isinstance(plan, Join)
    assert plan.condition is not None
    left, right = plan.condition.children
    assert left.id in plan.left.output_ids
    assert right.id in plan.right.output_ids
    above = run(Project((taken(smaller, 1),), plan))
    assert above.output[0].id in plan.right.output_ids
    assert above.output[0].frame is None


def test_a_column_of_both_sides_is_ambiguous() -> None:
    frame = run(table("a", "b"))
    twice = Join(frame, frame, condition=f("<", taken(frame, 0), taken(frame, 1)))
    assert condition(twice) == "_LEGACY_ERROR_TEMP_1182"
