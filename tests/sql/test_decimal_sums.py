"""Sums of products of decimals: with 64 bits where these suffice, and exact where they do not.

The expected values are Spark 4.3's.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from rayspark.sql import SparkSession

PAIRS = """VALUES (CAST(9999999999999.99 AS DECIMAL(15,2)), CAST(999999999.999999 AS DECIMAL(18,6)),
                   CAST(1.5 AS DECIMAL(18,17))),
                  (1.10, 2.000001, -3.25), (null, 1, 2), (-9999999999999.99, -1, 9) AS t(a, b, c)"""
LONG = "VALUES (CAST(999999999999999.99 AS DECIMAL(17,2))), (-1.01), (3), (3), (null) AS t(a)"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"SELECT sum(a * b) FROM {PAIRS}", "10000000009999980000002.19000111"),
        (f"SELECT sum(a * b * b) FROM {PAIRS}", "9999999999999969990000000000034.410004"),
        (f"SELECT sum(a + b) FROM {PAIRS}", "1000000002.100000"),
        (f"SELECT sum((a - b) * c) FROM {PAIRS}", "-75001499999987.9999952500000"),
        (f"SELECT sum(DISTINCT a * a) FROM {LONG}", "999999999999999980000000000010.0202"),
        (
            f"SELECT sum(a * a) FILTER (WHERE a > 2) FROM {LONG}",
            "999999999999999980000000000018.0001",
        ),
        (f"SELECT sum(a * a) FROM {LONG} WHERE a > 3", "999999999999999980000000000000.0001"),
    ],
)
def test_sum_is_exact(spark: SparkSession, query: str, expected: str) -> None:
    [(found,)] = spark.sql(query).collect()
    assert str(found) == str(Decimal(expected))


def test_sum_of_nulls_is_null(spark: SparkSession) -> None:
    [(found,)] = spark.sql(f"SELECT sum(a * (1 - a)) FROM {LONG} WHERE a IS NULL").collect()
    assert found is None
