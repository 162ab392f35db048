"""Golden answers of real Spark, and how ours are put beside them.

``tools/harvest_datatypes.py`` stored the answers; an expression is evaluated here with our types
under Spark's names.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rayspark.datatypes import UserDefinedType, arrow, infer, parse_json_string
from rayspark.datatypes.verify import make_verifier
from rayspark.errors import PySparkException
from rayspark.sql import types as T

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import datatypes_cases as cases  # type: ignore[import-not-found]  # noqa: E402  # the questions' own helpers, beside the harvester

ZONE = "America/Los_Angeles"
Answer = dict[str, Any]


def _options(flags: dict[str, bool]) -> infer.InferOptions:
    return infer.InferOptions(**{k.removeprefix("infer_"): flag for k, flag in flags.items()})


def _names() -> dict[str, Any]:
    ours: dict[str, Any] = {name: getattr(T, name) for name in T.__all__}
    ours |= {
        "UserDefinedType": UserDefinedType,
        "infer_type": lambda obj, **flags: infer.infer_type(obj, _options(flags)),
        "infer_schema": lambda row, names=None, **flags: infer.infer_schema(
            row, names, _options(flags)
        ),
        "merge_type": infer.merge_type,
        "verify": lambda dt, obj, nullable=True, name=None: make_verifier(dt, nullable, name)(obj),
        "from_json": parse_json_string,
        "to_arrow_type": arrow.to_arrow_type,
        "from_arrow_type": arrow.from_arrow_type,
        "to_arrow_schema": arrow.to_arrow_schema,
        "from_arrow_schema": arrow.from_arrow_schema,
    }
    namespace: dict[str, Any] = cases.namespace(ours)
    return namespace


def _normal(found: Answer) -> Answer:
    """The answer without what differs by nature: package name, addresses, Python's own messages."""
    text = json.dumps({k: found[k] for k in ("value", "error") if k in found}, sort_keys=True)
    text = re.sub(r"\bpyspark\.sql", "rayspark.sql", re.sub(r"at 0x[0-9a-f]+", "at 0x", text))
    kept: Answer = json.loads(text)
    kept.get("error", {}).pop("message", None)
    return kept


def _answer(question: Callable[[], Any]) -> Answer:
    try:
        return {"value": question()}
    except Exception as error:  # whatever it raises is the answer
        found: Answer = {"class": type(error).__name__}
        if isinstance(error, PySparkException):
            found["condition"] = error.getCondition()
            found["parameters"] = dict(error.getMessageParameters() or {})
        return {"error": found}


class Oracle:
    """Spark's stored answers, and ours to the same questions."""

    normal = staticmethod(_normal)
    answer = staticmethod(_answer)
    signatures = staticmethod(cases.signatures)

    def golden(self, section: str) -> Any:
        path = ROOT / "tests" / "golden" / "datatypes" / f"{section}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    def evaluate(self, text: str) -> Any:
        return eval(text, _names())

    def differences(
        self, rows: list[Answer], key: str, ours: Callable[[str], Any]
    ) -> dict[str, tuple[Answer, Answer]]:
        """The questions we answer otherwise than Spark: Spark's answer and ours."""
        found = {}
        for row in rows:
            question = row[key]
            pair = _normal(row), _normal(_answer(partial(ours, question)))
            if pair[0] != pair[1]:
                found[question] = pair
        return found


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture(autouse=True)
def harvest_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process's zone is the one the goldens were harvested in."""
    monkeypatch.setenv("TZ", ZONE)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
