"""Stages that cannot be sent to executors fail every job that needs them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from rayspark import SparkContext
from rayspark.errors import PySparkException


class Slow:
    """Refuses to be pickled, once it is allowed to."""

    trying = threading.Event()
    go_on = threading.Event()

    def __reduce__(self) -> Any:
        Slow.trying.set()
        assert Slow.go_on.wait(10)
        raise TypeError("not this one")


def test_all_jobs_of_a_stage_that_cannot_be_pickled_fail(sc: SparkContext):
    captured = Slow()
    grouped = sc.parallelize(range(10), 2).map(lambda x: (x, captured)).groupByKey(2)
    failures: list[BaseException] = []

    def count() -> None:
        with pytest.raises((PySparkException, TypeError)) as caught:
            grouped.count()
        failures.append(caught.value)

    first, second = (threading.Thread(target=count, daemon=True) for _ in range(2))
    first.start()
    assert Slow.trying.wait(10)
    submitted = sc._driver._loop.post
    second_is_in = threading.Event()

    def post(event: Any) -> None:
        submitted(event)
        second_is_in.set()

    sc._driver._loop.post = post  # type: ignore[method-assign]
    second.start()
    assert second_is_in.wait(10)
    Slow.go_on.set()
    for thread in (first, second):
        thread.join(10)
    assert len(failures) == 2
    assert all("not this one" in str(failure) for failure in failures)
    assert sc.parallelize(range(3), 2).count() == 3
