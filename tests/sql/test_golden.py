"""Every case of ``tests/sql_cases`` gives what it gave on PySpark.

Known gaps are listed in ``known_gaps.json`` with a reason: an entry that passes fails the test, so
the list can only shrink.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rayspark.sql import SparkSession
from tests.sql_cases import CONF, FAMILIES, environment, lines, outcome

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden" / "sql"
GAPS: dict[str, str] = json.loads((HERE / "known_gaps.json").read_text(encoding="utf-8"))
GOLDENS: dict[str, dict[str, Any]] = {
    family: json.loads((GOLDEN / f"{family}.json").read_text(encoding="utf-8"))
    for family in FAMILIES
}
CASES = [(family, line) for family in FAMILIES for line in lines(family)]


@pytest.fixture(scope="module")
def names() -> Iterator[dict[str, Any]]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/Los_Angeles"
    time.tzset()
    builder = SparkSession.builder.master("local[2]")
    with builder.config(map=CONF).getOrCreate() as spark:
        yield environment("rayspark", spark)
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def test_every_case_has_a_golden_and_every_gap_a_reason() -> None:
    for family in FAMILIES:
        assert set(lines(family)) == set(GOLDENS[family]), "run tools/harvest_sql.py"
    assert set(GAPS) <= {line for _, line in CASES}
    assert all(reason.strip() for reason in GAPS.values())


@pytest.mark.parametrize(("family", "line"), CASES)
def test_case(family: str, line: str, names: dict[str, Any]) -> None:
    wanted, found = GOLDENS[family][line], outcome(line, names)
    if line in GAPS:
        assert found != wanted, "works now: take it out of known_gaps.json"
        return
    assert found == wanted
