"""Doctests of the faces find a SparkContext ``sc`` or a SparkSession ``spark``: one a module."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rayspark import SparkConf, SparkContext
from rayspark.sql import SparkSession, functions

PACKAGE = Path(__file__).parent / "rayspark"
FACES = {
    PACKAGE / name
    for name in ("rdd", "core", "context.py", "broadcast.py", "accumulators.py", "files.py")
} | {PACKAGE / "taskcontext.py", PACKAGE / "profiler.py"}


SQL = PACKAGE / "sql"


@pytest.fixture(scope="module")
def doctest_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").appName("doctests")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    warehouse = str(tmp_path_factory.mktemp("warehouse"))
    with builder.config("spark.sql.warehouse.dir", warehouse).getOrCreate() as session:
        yield session


@pytest.fixture(scope="module")
def doctest_context() -> Iterator[SparkContext]:
    conf = SparkConf(loadDefaults=False).setMaster("local[2]").setAppName("doctests")
    with SparkContext(conf=conf.set("spark.ui.showConsoleProgress", "false")) as context:
        yield context


@pytest.fixture(autouse=True)
def _give_context(request: pytest.FixtureRequest, doctest_namespace: dict[str, Any]) -> None:
    node = request.node
    if isinstance(node, pytest.DoctestItem) and FACES & {node.path, *node.path.parents}:
        doctest_namespace["sc"] = request.getfixturevalue("doctest_context")
        doctest_namespace["SparkContext"] = SparkContext
    if isinstance(node, pytest.DoctestItem) and SQL in node.path.parents:
        doctest_namespace["spark"] = request.getfixturevalue("doctest_session")
        doctest_namespace["F"] = functions


@pytest.fixture(autouse=True)
def _reset_log_level() -> Iterator[None]:
    """``setLogLevel`` holds for the process: what one test sets is not the next one's affair."""
    yield
    logger = logging.getLogger("rayspark")
    logger.setLevel(logging.NOTSET)
    logger.handlers.clear()
