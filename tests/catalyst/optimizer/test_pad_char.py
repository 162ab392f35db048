"""What is compared with a column of CHAR is padded as the column's values are."""

from __future__ import annotations

import pytest

from rayspark.catalyst.expressions import Attribute, Expression, call, equal, lit
from rayspark.catalyst.logical import Filter
from rayspark.catalyst.optimizer.rules.pad_char import PAD_CHAR
from rayspark.datatypes.lengths import LENGTH_KEY
from tests.catalyst.optimizer.plan_rig import STRING, column, rows, stays, table

SHORT = Attribute("short", STRING, metadata={LENGTH_KEY: "char(3)"})
LONG = Attribute("long", STRING, metadata={LENGTH_KEY: "char(5)"})
VARYING = Attribute("varying", STRING, metadata={LENGTH_KEY: "varchar(3)"})
PLAIN = column("plain", STRING)
ROWS = table([SHORT, LONG, VARYING, PLAIN], ("a  ", "a    ", "a", "a"), (None, "ab   ", "b", "a"))


def test_a_text_gets_the_length_of_the_column() -> None:
    plan = Filter(equal(SHORT, lit("a")), ROWS)
    padded = PAD_CHAR.apply(plan)
    assert padded == Filter(equal(SHORT, lit("a  ")), ROWS)
    assert (len(rows(plan)), len(rows(padded))) == (0, 1)
    stays(PAD_CHAR, padded)


def test_of_two_columns_the_shorter_is_padded() -> None:
    padded = call("rpad", SHORT, lit(5), lit(" "))
    plan = Filter(equal(SHORT, LONG), ROWS)
    found = PAD_CHAR.apply(plan)
    assert found == Filter(equal(padded, LONG), ROWS)
    assert (len(rows(plan)), len(rows(found))) == (0, 1)
    stays(PAD_CHAR, found)


def test_a_longer_text_lengthens_the_column() -> None:
    padded = call("rpad", SHORT, lit(4), lit(" "))
    found = PAD_CHAR.apply(Filter(equal(SHORT, lit("a   ")), ROWS))
    assert found == Filter(equal(padded, lit("a   ")), ROWS)
    assert len(rows(found)) == 1
    options = call("in", SHORT, lit("a"), lit("b   "))
    found = PAD_CHAR.apply(Filter(options, ROWS))
    assert found == Filter(call("in", padded, lit("a   "), lit("b   ")), ROWS)


def test_of_several_options_all_must_be_constants() -> None:
    stays(PAD_CHAR, Filter(call("in", SHORT, LONG, lit("a")), ROWS))


@pytest.mark.parametrize(
    "condition",
    [equal(VARYING, lit("a")), equal(PLAIN, lit("a")), equal(VARYING, PLAIN)],
    ids=["varchar", "string", "both"],
)
def test_texts_of_other_columns_stay(condition: Expression) -> None:
    stays(PAD_CHAR, Filter(condition, ROWS))
