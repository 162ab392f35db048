"""Every RDD case gives on RaySpark what it gave on PySpark.

Known gaps are listed in ``known_gaps.json`` with a reason: an entry that passes fails the test, so
the list can only shrink.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rayspark
from tests.rdd_cases import FAMILIES, Case, all_cases
from tests.rdd_cases.encode import encode, same_error, same_value

HERE = Path(__file__).resolve().parent
CASES = all_cases()
KNOWN_GAPS: dict[str, str] = json.loads((HERE / "known_gaps.json").read_text())
GOLDENS: dict[str, dict[str, Any]] = {
    f"{family}/{name}": golden
    for family in FAMILIES
    for name, golden in json.loads(
        (HERE.parent / "golden" / "rdd" / f"{family}.json").read_text()
    ).items()
}
ON_RAY = [key for key in CASES if key.partition("/")[0] in {"programs", "joins", "shared", "tasks"}]

Contexts = Callable[[dict[str, str]], Any]


def contexts_on(master: str) -> Iterator[Contexts]:
    """Gives the running context, or another one when a case needs its own configuration."""
    running: list[tuple[dict[str, str], Any]] = []

    def give(own: dict[str, str]) -> Any:
        if running and running[0][0] == own == {}:
            return running[0][1]
        stop()
        settings = {
            "spark.master": master,
            "spark.app.name": "rdd cases",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            **own,
        }
        context = rayspark.SparkContext(conf=rayspark.SparkConf().setAll(list(settings.items())))
        running.append((own, context))
        return context

    def stop() -> None:
        while running:
            running.pop()[1].stop()

    yield give
    stop()


@pytest.fixture(scope="module")
def local_contexts() -> Iterator[Contexts]:
    yield from contexts_on("local[2]")


@pytest.fixture(scope="module")
def ray_contexts() -> Iterator[Contexts]:
    yield from contexts_on("ray")


def difference(case: Case, golden: dict[str, Any], context: Any, tmp: str) -> str | None:
    """What RaySpark does otherwise than PySpark in one case."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = case.run(rayspark, context, tmp)
    except Exception as error:
        if "error" not in golden:
            return f"raised {error!r}; PySpark gives {golden['value']}"
        reason = same_error(golden["error"], error)
        return f"{reason}; PySpark: {golden['error']}" if reason else None
    if "error" in golden:
        return f"gave {value!r}; PySpark raises {golden['error']}"
    found = json.loads(json.dumps(encode(value, tmp)))
    return None if same_value(golden["value"], found) else f"{found} is not {golden['value']}"


def check(key: str, contexts: Contexts, tmp: str) -> None:
    case = CASES[key]
    reason = difference(case, GOLDENS[key], contexts(case.conf), tmp)
    if key in KNOWN_GAPS:
        assert reason is not None, f"{key} works now: take it out of known_gaps.json"
        return
    assert reason is None, f"{key}: {reason}"


def test_every_case_has_a_golden_and_every_gap_a_reason() -> None:
    assert set(CASES) == set(GOLDENS), "run tools/harvest_rdd.py"
    assert set(KNOWN_GAPS) <= set(CASES)
    assert all(reason.strip() for reason in KNOWN_GAPS.values())


@pytest.mark.parametrize("key", CASES)
def test_case(key: str, local_contexts: Contexts, tmp_path: Path) -> None:
    check(key, local_contexts, str(tmp_path))


@pytest.mark.ray
@pytest.mark.parametrize("key", ON_RAY)
def test_case_on_ray(key: str, ray_contexts: Contexts, tmp_path: Path) -> None:
    check(key, ray_contexts, str(tmp_path))
