"""TPC-H in stages gives what DuckDB gives, if there is a generator for its tables."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.tpch.run_one import QUERIES, TABLES, plain
from rayspark.sql import SparkSession

GENERATOR = Path(sys.executable).parent / "tpchgen-cli"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not GENERATOR.exists(), reason="tpchgen-cli is not installed"),
]
KEYS = {
    "spark.sql.ray.exchangeElision": "never",
    "spark.sql.autoBroadcastJoinThreshold": "20k",
    "spark.sql.adaptive.coalescePartitions.minPartitionSize": "20k",
    "spark.sql.planChangeValidation": "true",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tables at a hundredth of the size."""
    path = tmp_path_factory.mktemp("tpch")
    command = [str(GENERATOR), "parquet", "-s", "0.01", "--output-dir", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    return path


@pytest.fixture(scope="module")
def spark(data: Path) -> Iterator[SparkSession]:
    session = SparkSession.builder.master("local[2]").appName("tpch").getOrCreate()
    for key, value in KEYS.items():
        session.conf.set(key, value)
    for table in TABLES:
        session.read.parquet(f"{data}/{table}.parquet").createOrReplaceTempView(table)
    yield session
    session.stop()


@pytest.fixture(scope="module")
def duck(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for table in TABLES:
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM '{data}/{table}.parquet'")
        yield connection


def comparable(rows: Any) -> list[list[Any]]:
    return sorted(([plain(value) for value in row] for row in rows), key=str)


@pytest.mark.parametrize("number", range(1, 23))
def test_same_rows(spark: SparkSession, duck: duckdb.DuckDBPyConnection, number: int) -> None:
    text = (QUERIES / f"q{number:02d}.sql").read_text(encoding="utf-8")
    expected = comparable(duck.sql(text).fetchall())
    found = comparable(tuple(row) for row in spark.sql(text).collect())
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == pytest.approx(theirs, abs=0.011)
