"""DDL and DML, one statement after the other in one session: as real Spark answers.

Golden values: ``tools/harvest_commands.py``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rayspark.errors import PySparkException
from rayspark.sql import SparkSession

ROOT = Path(__file__).parents[3]
GOLDEN: list[dict[str, Any]] = json.loads(
    (ROOT / "tests" / "golden" / "commands.json").read_text(encoding="utf-8")
)

DIFFERENT = {
    "use catalog spark_catalog": "the hint of the syntax error",
    "create table wide (a int, b int) using parquet as select 1": "Spark has no named condition",
}
WITHOUT_TIME = ("describe extended ctas2 partition", "describe extended p2 partition")
"""Partitions are directories: nobody knows when they were made."""


def masked(value: Any, warehouse: str) -> Any:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from command_masks import mask
    finally:
        sys.path.pop(0)
    return mask(None if value is None else str(value), warehouse)


def run(spark: SparkSession, text: str, warehouse: str) -> dict[str, Any]:
    made: dict[str, Any] = {"sql": text}
    try:
        frame = spark.sql(text.replace("{warehouse}", warehouse))
        rows = [[None if v is None else str(v) for v in row] for row in frame.collect()]
    except PySparkException as error:
        parameters = error.getMessageParameters() or {}
        return made | {
            "error": type(error).__name__,
            "condition": error.getCondition(),
            "parameters": {k: masked(v, warehouse) for k, v in parameters.items()},
        }
    if text.startswith("select") and "order by" not in text:
        rows.sort(key=str)
    made["schema"] = frame.schema.simpleString()
    made["rows"] = [[masked(v, warehouse) for v in row] for row in rows]
    return made


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    warehouse = str(tmp_path_factory.mktemp("home") / "warehouse")
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.warehouse.dir", warehouse)
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield [run(spark, case["sql"], warehouse) for case in GOLDEN]
    spark.stop()


def comparable(case: dict[str, Any]) -> dict[str, Any]:
    made = dict(case)
    parameters = dict(made.get("parameters", {}))
    parameters.pop("searchPath", None)  # Spark names its functions' schemas too
    made["parameters"] = parameters
    if case["sql"].startswith(WITHOUT_TIME):
        hidden = ("Created Time", "Last Access", "Partition Parameters")
        made["rows"] = [row for row in case["rows"] if row[0] not in hidden]
    return made


@pytest.mark.parametrize("at", range(len(GOLDEN)), ids=lambda at: GOLDEN[at]["sql"][:60])
def test_statement(answers: list[dict[str, Any]], at: int) -> None:
    if GOLDEN[at]["sql"] in DIFFERENT:
        assert answers[at] != GOLDEN[at], "no longer different"
        return
    assert comparable(answers[at]) == comparable(GOLDEN[at])
