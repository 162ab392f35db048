"""What no file can hold is refused before a row is written, with PySpark 4.3's conditions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rayspark.errors import AnalysisException
from rayspark.sql import DataFrame, SparkSession
from rayspark.sql import functions as F

EMPTY, REFUSED = "EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE", "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE"


@pytest.fixture(scope="module")
def rows() -> Iterator[DataFrame]:
    with SparkSession.builder.master("local[1]").getOrCreate() as session:
        yield session.range(2)


def condition(frame: DataFrame, format: str, path: Path) -> str | None:
    try:
        frame.write.format(format).save(str(path / "out"))
    except AnalysisException as error:
        assert not (path / "out").exists()
        return error.getCondition()
    return None


@pytest.mark.parametrize("format", ["parquet", "csv", "json", "orc", "text"])
def test_rows_without_columns(rows: DataFrame, format: str, tmp_path: Path) -> None:
    assert condition(rows.select(), format, tmp_path) == EMPTY


@pytest.mark.parametrize(
    ("format", "wanted"),
    [("parquet", None), ("json", None), ("csv", REFUSED), ("orc", REFUSED), ("text", REFUSED)],
)
def test_a_column_of_nothing(
    rows: DataFrame, format: str, wanted: str | None, tmp_path: Path
) -> None:
    assert condition(rows.select(F.lit(None).alias("v")), format, tmp_path) == wanted


@pytest.mark.parametrize(
    ("format", "wanted"), [("parquet", None), ("json", None), ("orc", REFUSED)]
)
def test_nothing_in_an_array(
    rows: DataFrame, format: str, wanted: str | None, tmp_path: Path
) -> None:
    assert condition(rows.select(F.array().alias("v")), format, tmp_path) == wanted


def test_rows_with_maps_are_not_told_apart(rows: DataFrame) -> None:
    mapped = rows.select("id", F.create_map("id", "id").alias("m"))
    with pytest.raises(AnalysisException, match="SET_OPERATION_ON_MAP_TYPE"):
        mapped.dropDuplicates(["m"]).collect()
    assert mapped.dropDuplicates(["id"]).count() == 2
