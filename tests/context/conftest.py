from __future__ import annotations

from collections.abc import Iterator

import pytest

from rayspark import SparkConf, SparkContext

QUIET = {"spark.ui.showConsoleProgress": "false"}


def conf(master: str = "local[2]", **settings: str) -> SparkConf:
    """Settings of a test's application; ``spark_task_cpus="2"`` stands for ``spark.task.cpus``."""
    made = SparkConf(loadDefaults=False).setMaster(master).setAppName("context tests")
    made.setAll(QUIET.items())
    return made.setAll((key.replace("_", "."), text) for key, text in settings.items())


@pytest.fixture(scope="module")
def shared() -> Iterator[SparkContext]:
    """One context for the tests of a module that neither stop nor configure it."""
    with SparkContext(conf=conf()) as context:
        yield context


@pytest.fixture
def sc(shared: SparkContext) -> Iterator[SparkContext]:
    """The module's context, with nothing of another test on this thread."""
    yield shared
    for key in ("spark.jobGroup.id", "spark.job.interruptOnCancel", "spark.job.tags"):
        shared.setLocalProperty(key, None)
    shared.setJobDescription(None)
