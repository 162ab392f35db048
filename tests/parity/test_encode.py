"""The comparison with PySpark can tell things apart."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from rayspark.errors import IllegalArgumentException, PySparkRuntimeError, SparkException
from tests.rdd_cases.encode import encode, encode_error, failed_with, same_error, same_value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, 2), [1, 2]),
        (1, 1.0),
        (1, True),
        (b"a", "a"),
        (np.float64(1), 1.0),
        ({1}, frozenset([1])),
        ([1, 2], [2, 1]),
        (0.1, 0.1000001),
        (float("nan"), None),
        ({1: 2}, {1: 3}),
    ],
)
def test_different_values_differ(one: Any, other: Any) -> None:
    assert same_value(encode(one, "/t"), encode(one, "/t"))
    assert not same_value(encode(one, "/t"), encode(other, "/t"))


def test_rounding_and_the_folder_do_not_count() -> None:
    assert same_value(encode([0.1 + 0.2], "/t"), encode([0.3], "/t"))
    assert encode(["/tmp/x/a", b"/tmp/x"], "/tmp/x") == ["<tmp>/a", {"$bytes": "<tmp>"}]
    json.dumps(encode({"a": (1, {2}, 1j, float("inf"), int)}, "/t"))


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(TypeError, match="no encoding"):
        encode(object(), "/t")


def test_the_last_traceback_names_the_failure() -> None:
    text = "Traceback (most recent call last):\n  File 'x'\n    1 / 0\napp.err.Bad: no\n\nSQLSTATE"
    assert failed_with(text) == "Bad"


def test_a_failed_job_needs_the_users_exception() -> None:
    error = SparkException("Job aborted")
    error.__cause__ = ZeroDivisionError("division by zero")
    assert same_error({"job_failed": "ZeroDivisionError"}, error) is None
    assert same_error({"job_failed": "KeyError"}, error) is not None
    assert same_error({"job_failed": "ZeroDivisionError"}, ZeroDivisionError()) is not None


def test_conditions_and_java_classes() -> None:
    error = PySparkRuntimeError(errorClass="NOT_IN_BARRIER_STAGE", messageParameters={})
    golden = encode_error(error, "/t")
    assert same_error(golden, error) is None
    assert same_error({**golden, "condition": "OTHER"}, error) is not None
    java = {"java": "IllegalArgumentException"}
    assert same_error(java, IllegalArgumentException("x")) is None
    assert same_error(java, KeyError("x")) is not None
