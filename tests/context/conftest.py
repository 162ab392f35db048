from __future__ import annotations

from collections.abc import Iterator

import pytest

from rayspark import SparkConf, SparkContext
from rayspark.localproperties import replace_properties

QUIET = {"spark.ui.showConsoleProgress": "false"}


def conf(master: str = "local[2]", **settings: str) -> SparkConf:
    """Settings of a test's application; ``spark_task_cpus="2"`` stands for ``spark.task.cpus``."""
    made = SparkConf(loadDefaults=False).setMaster(master).setAppName("context tests")
    made.setAll(QUIET.items())
    return made.setAll((key.replace("_", "."), text) for key, text in settings.items())


@pytest.fixture
def sc() -> Iterator[SparkContext]:
    """A context for one test: starting one takes milliseconds."""
    with SparkContext(conf=conf()) as context:
        yield context
    replace_properties({})
