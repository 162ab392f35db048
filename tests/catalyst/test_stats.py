"""Estimates of rows and bytes: near what comes out, whatever the operator."""

from __future__ import annotations

import pytest

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Literal,
    and_,
    call,
    equal,
    is_null,
    lit,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Filter,
    Join,
    JoinKind,
    Limit,
    LogicalPlan,
    Project,
    Range,
    Relation,
    StoredRelation,
    Union,
)
from rayspark.catalyst.stats import Estimator, width
from rayspark.datatypes import StructField, StructType
from tests.catalyst.optimizer.plan_rig import LONG, column, rows, table

TEN, HUNDRED = Range.of(0, 10, 1, None), Range.of(0, 100, 1, None)
A, B = TEN.attribute, HUNDRED.attribute


def long(value: int) -> Literal:
    return lit(value, LONG)


def total() -> Alias:
    return Alias(AggregateCall(call("count", B)), "n")


@pytest.mark.parametrize(
    "plan",
    [
        HUNDRED,
        Filter(call("<", B, long(25)), HUNDRED),
        Filter(call(">=", B, long(25)), HUNDRED),
        Filter(equal(B, long(25)), HUNDRED),
        Filter(and_(call(">=", B, long(40)), call("<", B, long(50))), HUNDRED),
        Filter(
            and_(call(">", B, long(40)), call("<", long(30), B), call("<", B, long(50))), HUNDRED
        ),
        Filter(and_(call(">", B, long(50)), call("<", B, long(40))), HUNDRED),
        Filter(call("in", B, long(1), long(2)), HUNDRED),
        Filter(lit(False), HUNDRED),
        Filter(is_null(B), HUNDRED),
        Limit(HUNDRED, count=lit(7)),
        Union((TEN, HUNDRED), made=(column("u", LONG),)),
        Aggregate((), (total(),), HUNDRED),
        Aggregate((B,), (B, total()), HUNDRED),
        Join(TEN, HUNDRED, JoinKind.INNER, equal(A, B)),
        Join(TEN, HUNDRED, JoinKind.CROSS),
        Join(HUNDRED, TEN, JoinKind.LEFT, equal(A, B)),
        Join(HUNDRED, TEN, JoinKind.SEMI, equal(A, B)),
        Join(HUNDRED, TEN, JoinKind.ANTI, equal(A, B)),
    ],
    ids=lambda plan: plan.describe(),
)
def test_what_is_known_exactly(plan: LogicalPlan) -> None:
    assert Estimator().rows(plan) == pytest.approx(len(rows(plan)), abs=1)


def test_no_more_keys_of_several_columns_than_rows_of_a_source() -> None:
    """Ten of a hundred rows have a partner among a thousand, though pairs might be many more."""
    few, many = Range.of(0, 100, 1, None), Range.of(0, 1000, 1, None)
    a, b = few.attribute, many.attribute
    names = [Alias(a, "x"), Alias(a, "y"), Alias(b, "v"), Alias(b, "w")]
    x, y, v, w = (name.attribute for name in names)
    some = Filter(call("<", x, long(10)), Project(tuple(names[:2]), few))
    plan = Join(
        some, Project(tuple(names[2:]), many), JoinKind.INNER, and_(equal(x, v), equal(y, w))
    )
    assert 10 <= (Estimator().rows(plan) or 0) <= 100


class Keys:
    """A source of so many rows, whose column goes from 0 to 6000."""

    name = "keys"
    schema = StructType([StructField("k", LONG)])

    def __init__(self, count: int) -> None:
        self.count = count

    def estimated_rows(self) -> int:
        return self.count

    def column_statistics(self, name: str) -> tuple[int, int, int]:
        return 0, 6000, 0


def test_numbers_of_one_range_are_the_same_numbers() -> None:
    """Keys with gaps: every row of the larger table finds one of the 1500, as it names them."""
    facts, orders = (Relation(Keys(n), (column("k", LONG),)) for n in (5000, 1500))
    key, other = facts.output[0], orders.output[0]
    plan = Join(facts, orders, JoinKind.INNER, equal(key, other))
    assert Estimator().rows(plan) == pytest.approx(5000)


def test_names_keep_what_is_known() -> None:
    name = Alias(B, "renamed")
    plan = Filter(equal(name.attribute, long(3)), Project((name,), HUNDRED))
    assert Estimator().rows(plan) == pytest.approx(1)


class Silent:
    """A source that knows nothing of itself, or its size only."""

    name = "silent"

    def __init__(self, size: int | None) -> None:
        self.size = size

    def estimated_rows(self) -> None:
        return None

    def estimated_bytes(self) -> int | None:
        return self.size

    def column_statistics(self, name: str) -> None:
        return None


def test_nothing_known_stays_unknown() -> None:
    unknown = Relation(Silent(None), (column("x"),))
    assert Estimator().rows(Filter(lit(True), unknown)) is None
    assert Estimator().bytes(unknown) is None
    assert Estimator().rows(Limit(unknown, count=lit(3))) == 3
    assert Estimator().rows(StoredRelation(None, (column("x"),))) is None


def test_rows_from_bytes_or_from_analyze() -> None:
    sized = Relation(Silent(4000), (column("x"),))
    assert Estimator().rows(sized) == pytest.approx(3000)

    class Analyzed:
        rows = 42
        columns: dict[str, object] = {}

    assert Estimator().rows(sized.copy(statistics=Analyzed())) == 42


def test_bytes_count_the_columns_that_are_left() -> None:
    plan = table([column("x"), column("y")], (1, 2), (3, 4))
    estimator = Estimator()
    assert width(plan) == 8
    assert estimator.bytes(plan) == 16
    assert estimator.bytes(Project(plan.output[:1], plan)) == 8
