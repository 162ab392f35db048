from __future__ import annotations

from collections.abc import Iterator

import pytest

from rayspark import SparkConf, SparkContext


@pytest.fixture
def sc() -> Iterator[SparkContext]:
    conf = SparkConf(loadDefaults=False).setMaster("local[2]").setAppName("driver tests")
    with SparkContext(conf=conf.set("spark.ui.showConsoleProgress", "false")) as context:
        yield context
