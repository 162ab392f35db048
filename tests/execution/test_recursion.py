"""Loops of recursive queries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rayspark.sql import SparkSession

NUMBERS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 10) "


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with SparkSession.builder.master("local[2]").getOrCreate() as session:
        yield session


@pytest.mark.parametrize(
    "branches",
    [
        ("r LIMIT 3", "r"),
        ("r", "r LIMIT 3"),
        ("r LIMIT 3", "r LIMIT 7"),
        ("r LIMIT 7", "r LIMIT 3"),
        ("r WHERE n > 2 LIMIT 3", "r LIMIT 2"),
    ],
)
def test_a_limit_holds_for_its_own_reading_of_a_loop(
    spark: SparkSession, branches: tuple[str, str]
) -> None:
    wanted = {"r": 10, "r LIMIT 3": 3, "r LIMIT 7": 7, "r LIMIT 2": 2, "r WHERE n > 2 LIMIT 3": 3}
    parts = " UNION ALL ".join(f"SELECT * FROM (SELECT n FROM {branch})" for branch in branches)
    assert spark.sql(NUMBERS + parts).count() == sum(wanted[branch] for branch in branches)
