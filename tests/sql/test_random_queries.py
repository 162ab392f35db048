"""Random queries: the same rows however they are run, and the rows that PySpark gives.

``random_queries`` makes them; ``tools/harvest_random.py`` asks PySpark.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rayspark.catalyst.optimizer.batches import batches, stage_batches
from rayspark.sql import SparkSession
from tests.sql.random_queries import PINNED, TABLES, QueryMaker, answer, one_text, rows_of

GOLDEN = Path(__file__).parent.parent / "golden" / "random_queries.json"
CASES: dict[str, list[str]] = json.loads(GOLDEN.read_text(encoding="utf-8"))
SHARES = 12
"""The golden queries are run in so many tests: one test for each would be mostly pytest's work."""
NEEDED = {"DecideIn", "ConstantFolding"}
"""What IN answers is part of the meaning; DuckDB loses rows of a NOT IN over an unfolded null."""
STAGES = {"spark.sql.ray.exchangeElision": "never", "spark.sql.shuffle.partitions": "3"}
ONE = {"spark.sql.ray.exchangeElision": "always", "spark.sql.planChangeValidation": "true"}
WAYS = {
    "one query": ONE,
    "stages": STAGES | {
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.autoBroadcastJoinThreshold": "-1",
    },
    "adaptive stages": STAGES | {
        "spark.sql.adaptive.advisoryPartitionSizeInBytes": "64",
        "spark.sql.adaptive.coalescePartitions.enabled": "false",
        "spark.sql.autoBroadcastJoinThreshold": "200",
    },
    "few tasks": STAGES | {"spark.sql.autoBroadcastJoinThreshold": "200"},
}  # fmt: skip


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").appName("random queries")
    with builder.config("spark.ui.showConsoleProgress", "false").getOrCreate() as session:
        for table in TABLES:
            rows = session.sql(rows_of(table))
            if table != "u":  # in files, some of them without a row
                path = str(tmp_path_factory.mktemp(table) / "rows")
                rows.repartition(3).write.parquet(path)
                rows = session.read.parquet(path)
            rows.createOrReplaceTempView(table)
        yield session


def run(spark: SparkSession, text: str, way: dict[str, str]) -> list[str]:
    for key, value in way.items():
        spark.conf.set(key, value)
    try:
        return answer(spark.sql(text).collect())
    finally:
        for key in way:
            spark.conf.unset(key)


def unoptimized(spark: SparkSession) -> dict[str, str]:
    """Settings without any rule that is there for speed."""
    context = spark._state.context()
    rules = {r.name for b in (*batches(context), *stage_batches(context)) for r in b.rules}
    excluded = ",".join(sorted(rules - NEEDED))
    return ONE | {"spark.sql.optimizer.excludedRules": excluded}


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_every_way_gives_the_same_rows(spark: SparkSession, random: Random, length: int) -> None:
    maker = QueryMaker(random)
    maker.make(length)
    text = one_text(maker.steps)
    plain = run(spark, text, unoptimized(spark))
    for name, way in WAYS.items():
        assert run(spark, text, way) == plain, f"{name}: {text}"


@pytest.mark.parametrize("share", range(SHARES))
def test_rows_are_those_of_pyspark(spark: SparkSession, share: int) -> None:
    ways = list(WAYS.values())
    for at, (text, wanted) in enumerate(list(CASES.items())[share::SHARES]):
        assert run(spark, text, ways[at % len(ways)]) == wanted, text


@pytest.mark.parametrize("text", PINNED)
def test_queries_that_were_once_wrong(spark: SparkSession, text: str) -> None:
    for way in (*WAYS.values(), unoptimized(spark)):
        assert run(spark, text, way) == CASES[text]


def test_there_are_golden_queries() -> None:
    assert len(CASES) == 300 + len(PINNED), "run tools/harvest_random.py"
