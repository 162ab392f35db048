"""Every public name of PySpark's SQL is in RaySpark: same path, same parameters.

What is refused is either not there (machinery of PySpark) or there with PySpark's parameters, and
raises a condition that says why.
"""

from __future__ import annotations

import pytest

from rayspark.catalyst.functions import find_function
from rayspark.sql.functions import _special, builtin
from rayspark.sql.functions._build import SQL_NAMES
from tests.parity.status import counts, load, problem

API = load("api", "sql")
STATUS = load("status", "sql")
MODULES = sorted({key.partition(":")[0] for key in API})
WORDS = {"works", "partly", "refused", "missing"}


def test_every_name_has_a_status() -> None:
    assert sorted(STATUS) == sorted(API)
    assert {text.partition(": ")[0] for text in STATUS.values()} <= WORDS
    assert all(": " in text for text in STATUS.values() if text != "works"), "say why"
    print("pyspark sql:", counts(STATUS))


@pytest.mark.parametrize("module", MODULES)
def test_what_works_is_there_with_the_same_parameters(module: str) -> None:
    wrong = {
        key: reason
        for key in API
        if key.partition(":")[0] == module
        and STATUS[key].partition(":")[0] in ("works", "partly")
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
    assert not there, f"run `python tests/parity/status.py sql`: {there} work now"


def test_functions_that_say_they_are_refused_are_there() -> None:
    refused = {
        name
        for name in builtin.__all__
        if (row := find_function(SQL_NAMES.get(name, name))) is not None and row.refused
    }
    for name in refused - set(vars(_special)):
        assert "Not available" in (getattr(builtin, name).__doc__ or ""), name
