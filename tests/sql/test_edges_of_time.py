"""Moments that people write for "always" and "never": UTC's year of them is none of Python's.

Expected texts are those of PySpark 4.3.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rayspark.sql import SparkSession

EDGES = [("America/Los_Angeles", "9999-12-31 23:59:59"), ("Asia/Tokyo", "0001-01-01 00:00:00")]
FORMS = ["TIMESTAMP'{}'", "CAST('{}' AS TIMESTAMP)", "to_timestamp('{}')"]


@pytest.fixture(params=EDGES)
def edge(spark: SparkSession, request: pytest.FixtureRequest) -> Iterator[str]:
    zone, written = request.param
    spark.conf.set("spark.sql.session.timeZone", zone)
    yield written
    spark.conf.unset("spark.sql.session.timeZone")


@pytest.mark.parametrize("form", FORMS)
def test_it_is_a_constant(spark: SparkSession, edge: str, form: str) -> None:
    value = form.format(edge)
    shown = spark.sql(f"SELECT CAST({value} AS STRING), year({value}) AS y").collect()[0]
    assert list(shown) == [edge, int(edge[:4])]
    kept = spark.sql(f"SELECT count(*) FROM range(3) WHERE {value} <> current_timestamp()")
    assert kept.collect()[0][0] == 3


def test_its_name_is_what_was_written(spark: SparkSession, edge: str) -> None:
    assert spark.sql(f"SELECT TIMESTAMP'{edge}'").columns == [f"TIMESTAMP '{edge}'"]
