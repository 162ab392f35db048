"""Which texts are statements, and where the others stop making sense: as real Spark says.

Golden values: ``tools/harvest_parser.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rayspark.catalyst.parser import parse_statement
from rayspark.errors import ParseException, PySparkException

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "parser.json").read_text(encoding="utf-8")
)

REFUSED_HERE = {
    # Spark takes these keywords for names of columns and tables. We say that something is missing.
    "select and",
    "select a and",
    "select 1 from",
    "select from t",
    "select a, from t",
    "select a from t where",
    "select a from t limit",
    "select distinct distinct a from t",
    "select a from t outer join u on true",
    "select 1 union",
    # In Spark analysis finds out that no value is given.
    "select :p",
    "select ?",
}
ACCEPTED_HERE = {"select a from t join u join v on true on true"}
ELSEWHERE = {
    # The place differs: ANTLR looks further ahead, or stops earlier.
    "select a[0:1]",
    "select case when a then 1",
    "select sum(a) over (order by b rows between 1 and 2)",
    "select a from t group by",
    "select a from t order by",
    "select a from t left inner join u on true",
    "from t where a select b",
    "select a from t window w",
    "select 1 union all by name select 2",
    "select 1 order by 1 union select 2",
    "with select 1",
    "show nothing",
}
OTHER_CONDITION = {
    # Nameless conditions of old, or a syntax error where Spark has a special one.
    "select interval 1 month 2 days",
    "select interval '1-13' year to month",
    "select a like any ()",
    "select trim(trailing 'x', a)",
    "select a from t tablesample (10)",
    "create temporary table t (a int)",
}
DIFFERENT = REFUSED_HERE | ACCEPTED_HERE | ELSEWHERE | OTHER_CONDITION


def found(text: str) -> dict[str, Any] | None:
    try:
        parse_statement(text, zone="UTC")
    except PySparkException as error:
        assert isinstance(error, PySparkException)
        place = (error._line, error._position) if isinstance(error, ParseException) else (0, 0)
        parameters = error.getMessageParameters() or {}
        return {
            "condition": error.getCondition(),
            "line": place[0],
            "position": place[1],
            "error": parameters.get("error"),
        }
    return None


@pytest.mark.parametrize("text", [text for text in GOLDEN if text not in DIFFERENT])
def test_spark_says_the_same(text: str) -> None:
    wanted, ours = GOLDEN[text], found(text)
    if wanted is not None and wanted["line"] is None:
        assert ours is not None and ours["condition"] == wanted["condition"]
    else:
        assert ours == wanted


@pytest.mark.parametrize("text", sorted(DIFFERENT))
def test_the_known_differences_are_still_such(text: str) -> None:
    wanted, ours = GOLDEN[text], found(text)
    if text in REFUSED_HERE:
        assert wanted is None and ours is not None
    elif text in ACCEPTED_HERE:
        assert wanted is not None and ours is None
    else:
        assert wanted is not None and ours is not None and ours != wanted
