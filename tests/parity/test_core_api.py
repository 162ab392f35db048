"""Every public name of PySpark's core is in RaySpark: same path, same parameters."""

from __future__ import annotations

import pytest

from tests.parity.status import counts, load, problem

API = load("api", "core")
STATUS = load("status", "core")
MODULES = sorted({key.partition(":")[0] for key in API})


def test_every_name_has_a_status() -> None:
    assert sorted(STATUS) == sorted(API)
    words = {text.partition(": ")[0] for text in STATUS.values()}
    assert words <= {"works", "refused", "missing"}
    assert all(": " in text for text in STATUS.values() if text != "works"), "say why"
    print("pyspark core:", counts(STATUS))


@pytest.mark.parametrize("module", MODULES)
def test_what_works_is_there_with_the_same_parameters(module: str) -> None:
    wrong = {
        key: reason
        for key in API
        if key.partition(":")[0] == module
        and STATUS[key] == "works"
        and (reason := problem(key, API[key]))
    }
    assert not wrong, "\n".join(f"{key} {reason}" for key, reason in wrong.items())


@pytest.mark.parametrize("module", MODULES)
def test_what_is_missing_is_really_missing(module: str) -> None:
    there = [
        key
        for key in API
        if key.partition(":")[0] == module
        and STATUS[key].startswith("missing")
        and problem(key, API[key]) is None
    ]
    assert not there, f"run `python tests/parity/status.py core`: {there} work now"
