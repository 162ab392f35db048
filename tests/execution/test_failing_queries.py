"""A query that fails raises what Spark raises, wherever it ran."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rayspark.sql import SparkSession
from tests.execution.failing_queries import QUERIES, failures

GOLDEN: dict[str, list[str | None]] = json.loads(
    (Path(__file__).parent.parent / "golden" / "failures.json").read_text(encoding="utf-8")
)
STAGES = {"spark.sql.ray.exchangeElision": "never", "spark.sql.shuffle.partitions": "2"}


def test_every_query_fails_on_spark() -> None:
    assert list(GOLDEN) == QUERIES, "run tools/harvest_failures.py"


@pytest.mark.parametrize("settings", [{}, STAGES], ids=["in the driver", "as tasks"])
def test_classes_conditions_and_states_are_those_of_spark(settings: dict[str, str]) -> None:
    builder = SparkSession.builder.master("local[2]").config(map=settings)
    with builder.config("spark.ui.showConsoleProgress", "false").getOrCreate() as spark:
        assert failures(spark) == GOLDEN


@pytest.mark.ray
@pytest.mark.timeout(120)
def test_the_same_on_ray() -> None:
    builder = SparkSession.builder.master("ray").config(map=STAGES)
    builder = builder.config("spark.executor.instances", "1").config("spark.executor.cores", "1")
    with builder.getOrCreate() as spark:
        assert failures(spark) == GOLDEN
