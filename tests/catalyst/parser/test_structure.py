"""What plans and expressions come out of texts."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.catalyst.expressions import (
    Alias,
    Cast,
    InSubquery,
    Lambda,
    Literal,
    MultiAlias,
    SortOrder,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedStar,
    WindowCall,
    WindowSpec,
    lit,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Generate,
    GroupingSets,
    Hint,
    Join,
    JoinKind,
    LateralJoin,
    Limit,
    Offset,
    Pivot,
    Project,
    RepartitionBy,
    Sample,
    SetOp,
    Sort,
    SubqueryAlias,
    Union,
    Unpivot,
    UnresolvedRelation,
    UnresolvedTableFunction,
    UnresolvedValues,
    WithCTE,
    WithWindows,
)
from rayspark.catalyst.logical import command as c
from rayspark.catalyst.parser import (
    parse_expression,
    parse_query,
    parse_statement,
    parse_table_name,
)
from rayspark.errors import AnalysisException, ParseException


def name(*parts: str) -> UnresolvedAttribute:
    return UnresolvedAttribute(parts)


def shown(text: str) -> str:
    return parse_expression(text).sql()


# -- precedence: as the oracle prints the trees --------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a || b + c", "(concat(a, b) + c)"),
        ("a + b || c", "concat((a + b), c)"),
        ("a & b | c ^ d", "((a & b) | (c ^ d))"),
        ("a << 1 + 2", "(a << (1 + 2))"),
        ("a >> b & c", "((a >> b) & c)"),
        ("-a * b", "((- a) * b)"),
        ("not a = b", "(NOT (a = b))"),
        ("a = b is null", "((a = b) IS NULL)"),
        ("a and b or c", "((a AND b) OR c)"),
        ("a is distinct from b", "(NOT (a <=> b))"),
        ("a <> b", "(NOT (a = b))"),
        ("a not in (1, 2)", "(NOT (a IN (1, 2)))"),
        ("a between 1 and 2 and c", "(between(a, 1, 2) AND c)"),
        ("case a when 1 then 2 else 3 end", "CASE WHEN (a = 1) THEN 2 ELSE 3 END"),
        ("position('a' in b)", "locate(a, b, 1)"),
        ("overlay(a placing b from 1)", "overlay(a, b, 1, -1)"),
        ("a::int", "CAST(a AS INT)"),
        ("cast(a as char(3))", "CAST(a AS STRING)"),
        ("count(*)", "count(1)"),
        ("- 1", "-1"),
        ("a - -1", "(a - -1)"),
    ],
)
def test_operators_bind_as_in_spark(text: str, tree: str) -> None:
    assert shown(text) == tree


# -- constants -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "type"),
    [
        ("1", 1, "int"),
        ("-2147483648", -2147483648, "int"),
        ("2147483648", 2147483648, "bigint"),
        ("9223372036854775808", Decimal("9223372036854775808"), "decimal(19,0)"),
        ("1.50", Decimal("1.50"), "decimal(3,2)"),
        ("0.05", Decimal("0.05"), "decimal(2,2)"),
        ("1e3", 1000.0, "double"),
        ("1e3BD", Decimal(1000), "decimal(4,0)"),
        ("1Y", 1, "tinyint"),
        ("1.0F", 1.0, "float"),
        ("'a' \"b\"", "ab", "string"),
        ("'it''s'", "it's", "string"),
        (r"r'a\n'", r"a\n", "string"),
        (r"'a\n\u0041\\'", "a\nA\\", "string"),
        (r"'\%\_'", r"\%\_", "string"),
        ("X'1'", b"\x01", "binary"),
        ("date '2020-1'", datetime.date(2020, 1, 1), "date"),
        ("interval 1 day 2 hours", 93_600_000_000, "interval day to hour"),
        ("interval '1-2' year to month", 14, "interval year to month"),
        ("interval '-1 2:3:4.5' day to second", -93_784_500_000, "interval day to second"),
        ("interval 1 week", 604_800_000_000, "interval day"),
        ("null", None, "void"),
    ],
)
def test_constants_have_spark_types(text: str, value: Any, type: str) -> None:
    found = parse_expression(text)
    assert isinstance(found, Literal)
    assert (found.value, found.type.simpleString()) == (value, type)


def test_timestamps_without_a_zone_are_in_the_session_zone() -> None:
    found = parse_expression("timestamp '2020-07-01 12:00:00'", zone="America/Los_Angeles")
    assert isinstance(found, Literal)
    assert found.value == datetime.datetime(2020, 7, 1, 19, tzinfo=datetime.UTC)


@given(st.text())
def test_any_text_comes_back_from_its_literal(text: str) -> None:
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    assert parse_expression(quoted) == lit(text)


# -- names, functions ----------------------------------------------------------------------------


def test_names_and_parts_of_values() -> None:
    assert parse_expression("a.b.c") == name("a", "b", "c")
    assert parse_expression("`a.b`") == name("a.b")
    assert parse_expression("a[1].b") == UnresolvedExtract(
        UnresolvedExtract(name("a"), lit(1)), lit("b")
    )
    assert parse_expression("t.* except (a, b.c)") == UnresolvedStar(("t",), (("a",), ("b", "c")))
    assert parse_table_name("db.`my table`") == ("db", "my table")


def test_calls_keep_all_their_clauses() -> None:
    found = parse_expression(
        "listagg(distinct a, ',') within group (order by b desc) filter (where c)"
    )
    assert found == UnresolvedFunction(
        "listagg",
        (name("a"), lit(",")),
        True,
        name("c"),
        None,
        (SortOrder(name("b"), False, False),),
    )
    ignoring = parse_expression("first(a) ignore nulls")
    assert isinstance(ignoring, UnresolvedFunction) and ignoring.ignore_nulls is True


def test_lambdas_keep_names_in_the_body() -> None:
    found = parse_expression("transform(a, (x, i) -> x + i)")
    assert isinstance(found, UnresolvedFunction)
    body = found.args[1]
    assert isinstance(body, Lambda)
    assert [p.name for p in body.parameters] == ["x", "i"]
    assert body.body == UnresolvedFunction("+", (name("x"), name("i")))


def test_windows() -> None:
    found = parse_expression("sum(a) over (partition by b order by c rows 1 preceding)")
    assert isinstance(found, WindowCall)
    assert found.spec.sql() == (
        "(PARTITION BY b ORDER BY c ASC NULLS FIRST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"
    )
    named = parse_expression("sum(a) over w")
    assert named == WindowCall(UnresolvedFunction("sum", (name("a"),)), WindowSpec(base="w"))


def test_a_row_before_in_is_taken_apart() -> None:
    found = parse_expression("(a, b) in (select 1, 2)")
    assert isinstance(found, InSubquery)
    assert found.values == (name("a"), name("b"))


def test_aliases() -> None:
    found = parse_expression("a + 1 as b")
    assert isinstance(found, Alias) and found.name == "b"
    several = parse_expression("f(a) as (b, c)")
    assert isinstance(several, MultiAlias) and several.names == ("b", "c")


# -- queries -------------------------------------------------------------------------------------


def kinds(text: str) -> list[str]:
    return [type(node).__name__ for node in parse_query(text).walk()]


def test_clauses_stand_in_spark_s_order() -> None:
    text = """
        select distinct a, count(*) from t where b group by a having count(*) > 1
        order by a limit 3 offset 1
    """
    wanted = [Limit, Offset, Sort, Distinct, Filter, Aggregate, Filter, UnresolvedRelation]
    assert kinds(text) == [kind.__name__ for kind in wanted]


def test_what_follows_a_comma_is_joined_first() -> None:
    plan = parse_query("select * from a, b join c on b.x = c.x")
    top = plan.children[0]
    assert isinstance(top, Join) and top.kind is JoinKind.INNER and top.condition is None
    assert isinstance(top.right, Join) and top.right.condition is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("join", JoinKind.INNER),
        ("cross join", JoinKind.CROSS),
        ("left outer join", JoinKind.LEFT),
        ("right join", JoinKind.RIGHT),
        ("full outer join", JoinKind.FULL),
        ("left semi join", JoinKind.SEMI),
        ("anti join", JoinKind.ANTI),
    ],
)
def test_kinds_of_joins(text: str, kind: JoinKind) -> None:
    join = parse_query(f"select * from t {text} u").children[0]
    assert isinstance(join, Join) and join.kind is kind


def test_using_natural_and_lateral_joins() -> None:
    using = parse_query("select * from t join u using (a, b)").children[0]
    assert isinstance(using, Join) and using.using == ("a", "b")
    natural = parse_query("select * from t natural left join u").children[0]
    assert isinstance(natural, Join) and natural.natural and natural.kind is JoinKind.LEFT
    lateral = parse_query("select * from t, lateral (select t.a) x").children[0]
    assert isinstance(lateral, LateralJoin)


def test_set_operations_are_flat_where_they_can_be() -> None:
    text = " union all ".join(f"select {n}" for n in range(500))
    union = parse_query(text)
    assert isinstance(union, Union) and len(union.inputs_) == 500
    distinct = parse_query("select 1 union select 2 union select 3")
    assert isinstance(distinct, Distinct) and len(distinct.child.children) == 3
    mixed = parse_query("select 1 union all select 2 intersect select 3")
    assert isinstance(mixed, Union) and isinstance(mixed.inputs_[1], SetOp)


def test_grouping_sets() -> None:
    def sets(clause: str) -> Any:
        plan = parse_query(f"select a from t group by {clause}")
        assert isinstance(plan, GroupingSets)
        return plan.sets

    assert sets("rollup (a, (b, c))") == ((0, 1, 2), (0,), ())
    assert sets("cube (a, b)") == ((0, 1), (0,), (1,), ())
    assert sets("a, rollup (b)") == ((0, 1), (0,))
    assert sets("a, b with rollup") == ((0, 1), (0,), ())
    assert sets("grouping sets ((a, b), a, ())") == ((0, 1), (0,), ())


def test_the_other_clauses_of_from() -> None:
    generate = parse_query("select * from t lateral view outer explode(a) x as y, z").children[0]
    assert isinstance(generate, Generate)
    assert (generate.outer, generate.qualifier, generate.names) == (True, ("x",), ("y", "z"))
    pivot = parse_query("select * from t pivot (sum(a) as s for b in (1 as x, 2))").children[0]
    assert isinstance(pivot, Pivot) and pivot.grouping is None and len(pivot.values) == 2
    unpivot = parse_query("select * from t unpivot (v for n in (a, b as c))").children[0]
    assert isinstance(unpivot, Unpivot)
    assert (unpivot.variable, unpivot.value_names, unpivot.aliases) == ("n", ("v",), (None, "c"))
    sample = parse_query("select * from t tablesample (10 percent) repeatable (3)").children[0]
    assert isinstance(sample, Sample) and (sample.upper, sample.seed) == (0.1, 3)
    function = parse_query("select * from range(1, 10) r(x)").children[0]
    assert isinstance(function, SubqueryAlias) and function.columns == ("x",)
    assert isinstance(function.child, UnresolvedTableFunction) and len(function.child.args) == 2
    values = parse_query("values (1, 'a'), (2, 'b')")
    assert isinstance(values, UnresolvedValues) and len(values.rows) == 2


def test_with_windows_hints_and_distribution() -> None:
    with_ = parse_query("with q (x) as (select 1) select * from q")
    assert isinstance(with_, WithCTE) and not with_.recursive
    named = with_.queries[0]
    assert isinstance(named, SubqueryAlias) and (named.name, named.columns) == (("q",), ("x",))
    assert isinstance(parse_query("select sum(a) over w from t window w as ()"), WithWindows)
    hint = parse_query("select /*+ REPARTITION(10, a), broadcast(t) */ a from t")
    assert isinstance(hint, Hint) and (hint.name, hint.args) == ("repartition", (10, name("a")))
    assert isinstance(hint.child, Hint) and hint.child.args == (name("t"),)
    cluster = parse_query("select a from t cluster by a")
    assert isinstance(cluster, Sort) and not cluster.is_global
    assert isinstance(cluster.child, RepartitionBy)


def test_pipes() -> None:
    plan = parse_query("from t |> where a > 1 |> aggregate sum(a) as s group by b |> limit 5")
    assert [type(node).__name__ for node in plan.walk()][:3] == ["Limit", "Aggregate", "Filter"]


# -- parameters ----------------------------------------------------------------------------------


def test_parameters_are_values_never_text() -> None:
    evil = "x' or '1'='1"
    found = parse_query("select * from t where a = :p", {"p": lit(evil)})
    condition = found.children[0]
    assert isinstance(condition, Filter)
    assert condition.condition == UnresolvedFunction("=", (name("a"), lit(evil)))
    assert parse_query("select ?, ?", [lit(1), lit(2)]) == parse_query("select 1, 2")


def test_a_parameter_without_a_value_is_an_error() -> None:
    with pytest.raises(AnalysisException) as caught:
        parse_query("select :p", {"q": lit(1)})
    assert caught.value.getCondition() == "UNBOUND_SQL_PARAMETER"


def test_identifier_clauses_are_names_never_text() -> None:
    evil = "t where 1=1"
    with pytest.raises(ParseException):
        parse_query("select * from identifier(:t)", {"t": lit(evil)})
    plan = parse_query(
        "select identifier('a.' || :c) from identifier(:t)", {"t": lit("d.`t u`"), "c": lit("b")}
    )
    assert isinstance(plan, Project) and plan.columns == (name("a", "b"),)
    relation = plan.child
    assert isinstance(relation, UnresolvedRelation) and relation.parts == ("d", "t u")
    dropped = parse_statement("drop table identifier('d.t')")
    assert isinstance(dropped, c.DropTable) and dropped.name == ("d", "t")


# -- statements ----------------------------------------------------------------------------------


def test_insert_with_everything() -> None:
    found = parse_statement(
        "insert overwrite table d.t partition (a = 1, b) if not exists select 2, 3"
    )
    assert isinstance(found, c.Insert)
    assert (found.table, found.overwrite, found.if_partition_not_exists) == (("d", "t"), True, True)
    assert found.partition == (("a", lit(1)), ("b", None))


def test_create_table_with_everything() -> None:
    found = parse_statement(
        "create table if not exists t (a int not null comment 'k', b string) using csv "
        "options (header true, sep ';') partitioned by (b) comment 'c' tblproperties ('x' = 'y') "
        "location '/p'"
    )
    assert isinstance(found, c.CreateTable) and found.schema_ is not None
    assert found.schema_.simpleString() == "struct<a:int,b:string>"
    assert not found.schema_["a"].nullable
    assert dict(found.options) == {"header": "true", "sep": ";"}
    assert (found.partition_by, found.location, found.if_not_exists) == (("b",), "/p", True)


def test_views_keep_their_text() -> None:
    found = parse_statement("create or replace temp view v as select  a -- x\n from t")
    assert isinstance(found, c.CreateView)
    assert (found.text, found.scope) == ("select  a -- x\n from t", "temporary")


def test_set_keeps_what_is_written() -> None:
    found = parse_statement("set a.b.c = 1, 'two' -- 3")
    assert isinstance(found, c.SetCommand) and (found.key, found.value) == (
        "a.b.c",
        "1, 'two' -- 3",
    )


# -- mistakes ------------------------------------------------------------------------------------


def test_a_syntax_error_shows_the_place() -> None:
    with pytest.raises(ParseException) as caught:
        parse_query("SELECT a\nFROM t WHERE")
    assert "(line 2, pos 12)" in str(caught.value)
    assert "FROM t WHERE\n------------^^^" in str(caught.value)
    assert caught.value.getSqlState() == "42601"


def test_too_deep_nesting_is_said() -> None:
    with pytest.raises(ParseException) as caught:
        parse_expression("(" * 20_000 + "1" + ")" * 20_000)
    assert caught.value.getCondition() == "FAILED_TO_PARSE_TOO_COMPLEX"


def test_long_chains_are_no_deep_nesting() -> None:
    text = "select " + " + ".join(["1"] * 20_000)
    assert isinstance(parse_query(text), Project)
    branches = " ".join(f"when a = {n} then {n}" for n in range(5_000))
    assert isinstance(parse_query(f"select case {branches} end from t"), Project)


WORDS = """
select from where group by order ( ) , . * = <=> 'a' 1 1.5 a b t join on using with as values in
between and not interval day union lateral view pivot for over case when then end : ? [ ]
"""


@given(st.lists(st.sampled_from(WORDS.split()), max_size=20))
def test_nonsense_is_a_syntax_error_and_nothing_else(words: list[str]) -> None:
    try:
        parse_statement("select " + " ".join(words))
    except AnalysisException as error:  # ParseException is one
        assert error.getCondition()


def test_casts_in_expressions() -> None:
    found = parse_expression("try_cast(a as array<struct<x:int>>)")
    assert isinstance(found, Cast) and found.type.simpleString() == "array<struct<x:int>>"
