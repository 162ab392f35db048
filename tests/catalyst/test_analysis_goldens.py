"""Analysis says what real Spark says: columns, types, nullability, and errors with parameters.

Harvested by ``tools/harvest_analysis.py``. Numbers after ``#`` are ids, which differ by run.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "tools")]

from analysis_cases import VIEWS  # noqa: E402
from analysis_rig import FakeContext  # noqa: E402

from rayspark.errors import PySparkException  # noqa: E402

ANSWERS: dict[str, dict[str, Any]] = json.loads(
    (ROOT / "tests/golden/analysis/answers.json").read_text(encoding="utf-8")
)

DIFFERENT = json.loads(Path(__file__).with_name("analysis_differences.json").read_text("utf-8"))
"""Queries to which we knowingly say something else, and why."""

CONTEXTS: dict[str, FakeContext] = {}


def context(ansi: str) -> FakeContext:
    if ansi not in CONTEXTS:
        CONTEXTS[ansi] = FakeContext(ansi == "true")
        for name, query in VIEWS.items():
            CONTEXTS[ansi].create(name, query)
    return CONTEXTS[ansi]


def answer(ansi: str, query: str) -> dict[str, Any]:
    try:
        fields = context(ansi).sql(query).schema.fields
    except PySparkException as e:
        return {
            "condition": e.getCondition(),
            "state": e.getSqlState(),
            "parameters": dict(e.getMessageParameters() or {}),
        }
    return {"columns": [[f.name, f.dataType.simpleString(), f.nullable] for f in fields]}


def without_ids(value: Any) -> Any:
    return json.loads(re.sub(r"#\d+", "#", json.dumps(value)))


CASES = [(ansi, query) for ansi, answers in ANSWERS.items() for query in answers]


@pytest.mark.parametrize(("ansi", "query"), [c for c in CASES if c[1] not in DIFFERENT])
def test_as_spark(ansi: str, query: str) -> None:
    assert without_ids(answer(ansi, query)) == without_ids(ANSWERS[ansi][query])


def test_differences_are_of_cases() -> None:
    known = {query for _, query in CASES}
    assert set(DIFFERENT) <= known
    assert len(DIFFERENT) < 0.08 * len(CASES)


@pytest.mark.parametrize("query", DIFFERENT)
def test_differences_are_still_there(query: str) -> None:
    """One that is gone must leave ``analysis_differences.json``."""
    assert any(
        without_ids(answer(ansi, query)) != without_ids(answers[query])
        for ansi, answers in ANSWERS.items()
        if query in answers
    )
