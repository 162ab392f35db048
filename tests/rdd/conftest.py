from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rayspark.conf import SparkConf
from rayspark.context import SparkContext

SETTINGS = {
    "spark.master": "local[2]",
    "spark.app.name": "tests",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def start(**settings: str) -> SparkContext:
    both = {**SETTINGS, **{key.replace("_", "."): value for key, value in settings.items()}}
    return SparkContext(conf=SparkConf(loadDefaults=False).setAll(list(both.items())))


@pytest.fixture(scope="module")
def sc() -> Iterator[SparkContext]:
    context = start()
    yield context
    context.stop()


@pytest.fixture
def jobs(sc: SparkContext, monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The partitions of every job that the test submits, one list a job."""
    submitted: list[list[int]] = []
    submit: Callable[..., Any] = sc._driver.submit

    def record(node: Any, func: Any, partitions: Any, **how: Any) -> Any:
        submitted.append(list(partitions))
        return submit(node, func, partitions, **how)

    monkeypatch.setattr(sc._driver, "submit", record)
    return submitted
