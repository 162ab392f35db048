"""A session for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rayspark.sql import SparkSession

collect_ignore = ["programs"]  # scripts for either package: test_programs runs them


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").appName("sql tests")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    warehouse = str(tmp_path_factory.mktemp("warehouse"))
    with builder.config("spark.sql.warehouse.dir", warehouse).getOrCreate() as session:
        yield session
