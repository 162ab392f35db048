"""Expressions that a filter shares with the columns above it. What they give is Spark's: see
``tests/sql/programs/cleaning.py``.
"""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rayspark.catalyst.expressions import Attribute, Call, Cast, CastMode, Expression, lit
from rayspark.datatypes import BooleanType, IntegerType, StringType
from rayspark.execution.compile.once import compute_once, is_harmless
from rayspark.execution.kernels.texts import PLAIN_MOMENTS, parse_moment

S, BOOL, INT = StringType(), BooleanType(), IntegerType()
TEXT = Attribute("t", S)
OTHER = Attribute("o", S)
TRIMMED = Call("trim", (TEXT,), S)
LOWER = Call("lower", (TRIMMED,), S)


def call(name: str, *args: Expression) -> Call:
    return Call(name, args, BOOL)


def test_what_stands_in_both_gets_a_name() -> None:
    once = compute_once(call("not", call("=", LOWER, lit("?"))), [LOWER, OTHER])
    assert once is not None
    ((name, text),) = once.named
    assert text == LOWER
    assert once.columns == (name, OTHER)
    assert once.condition == (call("not", call("=", name, lit("?"))),)
    assert once.before == ()


def test_what_stands_twice_in_the_condition_gets_a_name() -> None:
    number = Cast(TEXT, INT, CastMode.TRY)
    once = compute_once(call("and", call(">", number, lit(1)), call("<", number, lit(9))), [OTHER])
    assert once is not None
    assert [text for _, text in once.named] == [number]


def test_a_part_of_what_has_a_name_needs_none() -> None:
    once = compute_once(call("=", LOWER, lit("a")), [LOWER])
    assert once is not None
    assert len(once.named) == 1


def test_other_conditions_come_first_unless_they_may_raise() -> None:
    plain = call("=", OTHER, lit("x"))
    raising = call(">", Cast(OTHER, INT, CastMode.ANSI), lit(1))
    shared = call("=", LOWER, lit("a"))
    once = compute_once(call("and", shared, call("and", raising, plain)), [LOWER])
    assert once is not None
    assert once.before == (plain,)
    assert once.condition[1] == raising


@pytest.mark.parametrize(
    "shared",
    [
        OTHER,
        call("=", TEXT, lit("a")),
        Cast(TEXT, INT, CastMode.ANSI),
        Call("lower", (Cast(Cast(TEXT, INT, CastMode.ANSI), S),), S),
        Call("regexp_replace", (TEXT, OTHER, lit("")), S),
        Call("uuid", (), S),
    ],
    ids=["a column", "cheap", "raises", "raises inside", "a bad pattern may come", "not the same"],
)
def test_what_stays(shared: Expression) -> None:
    assert compute_once(call("isnotnull", shared), [shared]) is None


def test_harmless() -> None:
    assert is_harmless(Call("regexp_replace", (TEXT, lit("a"), lit("")), S))
    assert not is_harmless(Call("raise_error", (TEXT,), S))


MARKS = st.sampled_from("0123456789 -:.TtZ+\t\n/,e")
MOMENTS = st.sampled_from(["2024-10-16 12:30:00", "2024-02-29T23:59:59.123456", "0000-01-01", "9"])


@settings(deadline=None)
@given(MOMENTS, st.integers(0, 26), MARKS, st.booleans())
def test_arrow_takes_no_moment_that_spark_reads_otherwise(
    text: str, at: int, mark: str, insert: bool
) -> None:
    changed = text[:at] + mark + text[at if insert else at + 1 :]
    (found,) = PLAIN_MOMENTS.run(pa.array([changed])).cast(pa.int64()).to_pylist()
    assert found in (None, parse_moment(changed, "UTC"))


def test_one_moment_that_arrow_refuses_leaves_all_to_the_other_readers() -> None:
    texts = pa.array(["2024-10-16 12:30:00", "2024-10-16 1:30:00", None])
    assert PLAIN_MOMENTS.run(texts).null_count == 3
    assert PLAIN_MOMENTS.run(texts.slice(0, 1)).null_count == 0
