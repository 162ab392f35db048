"""What is written is read again, in every format, through a session."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rayspark.errors import PySparkException
from rayspark.sql import DataFrame, SparkSession
from rayspark.sql import functions as F

WITH_NESTED = ("parquet", "json", "orc", "arrow")
FLAT = ("csv",)
CODECS = {
    "parquet": ["none", "snappy", "gzip", "zstd", "lz4"],
    "orc": ["none", "snappy", "zlib", "zstd", "lz4"],
    "json": ["none", "gzip", "bzip2", "deflate"],
    "csv": ["none", "gzip", "bzip2", "deflate"],
    "text": ["none", "gzip", "bzip2", "deflate"],
}
MASTERS = ["local[2]"] + (["ray"] if os.environ.get("RAYSPARK_TEST_RAY") else [])


@pytest.fixture(scope="module", params=MASTERS)
def spark(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    builder = SparkSession.builder.master(request.param).appName("formats")
    builder = builder.config("spark.sql.ray.exchangeElision", "never")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    warehouse = str(tmp_path_factory.mktemp("warehouse"))
    with builder.config("spark.sql.warehouse.dir", warehouse).getOrCreate() as session:
        yield session


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "a table")


def flat(spark: SparkSession) -> DataFrame:
    moment = datetime.datetime(2024, 2, 29, 13, 5, 7, 123000)
    rows = [
        (1, "a,b", 1.5, Decimal("12.34"), datetime.date(2024, 2, 29), moment, True),
        (2, 'say "x"', -0.25, Decimal("-0.01"), datetime.date(1969, 12, 31), moment, False),
        (3, None, None, None, None, None, None),
        (4, "größer 🎉", 1e300, Decimal("99999.99"), datetime.date(9999, 1, 1), moment, True),
    ]
    schema = "id int, s string, x double, d decimal(7,2), day date, at timestamp, b boolean"
    return spark.createDataFrame(rows, schema).repartition(2)


def nested(spark: SparkSession) -> DataFrame:
    rows = [
        (1, [1, None, 3], {"k": 1.5}, (7, ["x", None])),
        (2, [], {}, (None, [])),
        (3, None, None, None),
    ]
    schema = "id int, xs array<int>, m map<string,double>, r struct<a:bigint,b:array<string>>"
    return spark.createDataFrame(rows, schema)


def same(a: DataFrame, b: DataFrame) -> None:
    assert sorted(map(str, a.collect())) == sorted(map(str, b.collect()))


@pytest.mark.parametrize("format", [*WITH_NESTED, *FLAT])
def test_flat_rows_come_back(spark: SparkSession, path: str, format: str) -> None:
    df = flat(spark)
    df.write.format(format).save(path)
    same(spark.read.schema(df.schema).format(format).load(path), df)


@pytest.mark.parametrize("format", WITH_NESTED)
def test_nested_rows_come_back(spark: SparkSession, path: str, format: str) -> None:
    df = nested(spark)
    df.write.format(format).save(path)
    back = spark.read.schema(df.schema).format(format).load(path)
    same(back, df)
    assert back.where("r.a = 7").select(F.size("xs")).collect()[0][0] == 3


@pytest.mark.parametrize(("format", "codec"), [(f, c) for f in CODECS for c in CODECS[f]])
def test_codecs(spark: SparkSession, path: str, format: str, codec: str) -> None:
    df = spark.range(100).select(F.concat(F.lit("n"), "id").alias("value"))
    df.write.format(format).option("compression", codec).save(path)
    same(spark.read.schema("value string").format(format).load(path), df)


@pytest.mark.parametrize("format", [*WITH_NESTED, *FLAT, "text"])
def test_save_modes_with_partitions(spark: SparkSession, path: str, format: str) -> None:
    def rows(start: int, stop: int) -> DataFrame:
        numbers = spark.range(start, stop, 1, 2)
        return numbers.selectExpr("cast(id AS string) value", "cast(id % 3 AS int) p")

    def found() -> list[tuple[int, int]]:
        read = spark.read.schema("value string, p int").format(format).load(path)
        return sorted((int(r.value), r.p) for r in read.collect())

    def pairs(*numbers: int) -> list[tuple[int, int]]:
        return sorted((n, n % 3) for n in numbers)

    def write(df: DataFrame, mode: str, **options: str) -> None:
        df.write.format(format).partitionBy("p").mode(mode).options(**options).save(path)

    write(rows(0, 6), "error")
    assert found() == pairs(*range(6))
    with pytest.raises(PySparkException, match="PATH_ALREADY_EXISTS"):
        write(rows(0, 6), "error")
    write(rows(6, 9), "ignore")
    write(rows(6, 9), "append")
    assert found() == pairs(*range(9))
    write(rows(30, 31), "overwrite", partitionOverwriteMode="dynamic")
    assert found() == pairs(1, 2, 4, 5, 7, 8, 30)
    write(rows(50, 52), "overwrite")
    assert found() == pairs(50, 51)


def test_schemas_of_files_are_merged(spark: SparkSession, path: str) -> None:
    spark.range(2).write.parquet(f"{path}/p=1")
    spark.range(2).selectExpr("id", "'x' AS extra").write.parquet(f"{path}/p=2")
    merged = spark.read.option("mergeSchema", "true").parquet(path)
    assert merged.columns == ["id", "extra", "p"]
    assert sorted(map(tuple, merged.collect()), key=str) == [
        (0, "x", 2), (0, None, 1), (1, "x", 2), (1, None, 1),
    ]  # fmt: skip


def test_files_hold_at_most_so_many_records(spark: SparkSession, path: str) -> None:
    spark.range(0, 10, 1, 1).write.option("maxRecordsPerFile", 3).parquet(path)
    df = spark.read.parquet(path)
    counts = df.groupBy(F.input_file_name().alias("f")).count().select("count").collect()
    assert sorted(r[0] for r in counts) == [1, 3, 3, 3]


@pytest.mark.parametrize("format", ["parquet", "csv", "json", "text"])
def test_rows_know_their_file(spark: SparkSession, path: str, format: str) -> None:
    df = spark.range(0, 6, 1, 2).selectExpr("cast(id AS string) value", "id % 2 p")
    df.write.partitionBy("p").format(format).save(path)
    read = spark.read.schema("value string, p int").format(format).load(path)
    rows = read.select("p", F.input_file_name().alias("f"), "_metadata").collect()
    assert len(rows) == 6
    for row in rows:
        assert f"/a%20table/p={row.p}/part-" in row.f
        assert row.f.startswith("file:///")
        assert row._metadata.file_path == row.f.replace("file:///", "file:/"), "as in Spark"
        assert row.f.endswith(row._metadata.file_name)
        assert row._metadata.file_size > 0
    assert read.columns == ["value", "p"]
    one = rows[0]._metadata.file_name
    chosen = read.where(F.col("_metadata.file_name") == one)
    assert chosen.count() == sum(r._metadata.file_name == one for r in rows)
    assert chosen.columns == ["value", "p"]
    both = read.union(read).groupBy(F.input_file_name().alias("f")).count().collect()
    assert sum(r["count"] for r in both) == 12
    assert all(r.f for r in both)
    read.createOrReplaceTempView("t")
    files = spark.sql("SELECT count(DISTINCT t._metadata.file_path) FROM t WHERE p = 1").collect()
    assert files[0][0] == len({r.f for r in rows if r.p == 1})


def test_rows_of_no_file(spark: SparkSession) -> None:
    assert spark.range(1).select(F.input_file_name()).collect()[0][0] == ""
    with pytest.raises(PySparkException, match="UNRESOLVED_COLUMN"):
        spark.range(1).select("_metadata")


def test_what_is_read_may_be_overwritten(spark: SparkSession, path: str) -> None:
    """The old files stay until all tasks are done, where Spark loses them."""
    spark.range(0, 10, 1, 2).selectExpr("id", "id % 2 p").write.partitionBy("p").parquet(path)
    df = spark.read.parquet(path)
    df.where("id > 6").write.mode("overwrite").partitionBy("p").parquet(path)
    again = spark.read.parquet(path)
    assert sorted(r.id for r in again.collect()) == [7, 8, 9]
    with pytest.raises(PySparkException, match="DIVIDE_BY_ZERO"):
        again.selectExpr("1 / (id - 8) x").write.mode("overwrite").parquet(path)
    assert again.count() == 3


@pytest.mark.parametrize("format", ["parquet", "orc"])
def test_files_that_are_damaged(spark: SparkSession, path: str, format: str) -> None:
    spark.range(3).write.format(format).save(path)
    part = next(Path(path).glob("part-*"))
    part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
    with pytest.raises(PySparkException, match="CANNOT_READ_FILE_FOOTER") as failure:
        spark.read.schema("id bigint").format(format).load(path).collect()
    assert (failure.value.getCondition() or "").startswith("FAILED_READ_FILE.CANNOT_READ")
    assert part.name in str(failure.value)
    assert "Detail: Python exception" not in str(failure.value)


def test_records_that_are_malformed(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1,a\nzwei,b\n3\n")
    schema = "id int, s string, broken string"
    reader = spark.read.schema(schema).option("columnNameOfCorruptRecord", "broken")
    path = str(tmp_path / "x.csv")
    rows = sorted(map(str, reader.csv(path).select("id", "broken").collect()))
    assert rows == [
        "Row(id=1, broken=None)", "Row(id=3, broken='3')", "Row(id=None, broken='zwei,b')",
    ]  # fmt: skip
    strict = spark.read.schema("id int, s string").option("mode", "FAILFAST")
    with pytest.raises(PySparkException, match="MALFORMED_RECORD") as failure:
        strict.csv(path).collect()
    assert failure.value.getCondition() == "FAILED_READ_FILE.NO_HINT"
    assert "Detail: Python exception" not in str(failure.value)
    lenient = spark.read.schema("id int, s string").option("mode", "DROPMALFORMED")
    assert [tuple(r) for r in lenient.csv(path).collect()] == [(1, "a")]


def test_a_table_that_is_read_is_not_replaced(spark: SparkSession) -> None:
    spark.sql("DROP TABLE IF EXISTS kept")
    spark.range(3).write.saveAsTable("kept")
    with pytest.raises(PySparkException) as failure:
        spark.table("kept").where("id > 0").write.mode("overwrite").saveAsTable("kept")
    assert failure.value.getCondition() == "UNSUPPORTED_OVERWRITE.TABLE"
    assert spark.table("kept").count() == 3
    with pytest.raises(PySparkException) as failure:
        spark.sql("INSERT OVERWRITE kept SELECT * FROM kept WHERE id > 1")
    assert failure.value.getCondition() == "UNSUPPORTED_OVERWRITE.TABLE"
    assert spark.table("kept").count() == 3
    spark.sql("DROP TABLE kept")


def test_files_of_odd_names_and_unions(spark: SparkSession, tmp_path: Path) -> None:
    place = tmp_path / "odd dir" / "ä%b#c"
    spark.range(2).coalesce(1).write.parquet(str(place))
    read = spark.read.parquet(str(place))
    (row,) = read.select("_metadata.file_path", F.input_file_name().alias("f")).distinct().collect()
    shown = f"file:{tmp_path}/odd%20dir/ä%25b%23c/part-"
    assert row.file_path.startswith(shown)
    assert row.f.startswith(shown.replace("file:/", "file:///"))
    with pytest.raises(PySparkException, match="UNRESOLVED_COLUMN"):
        read.union(read).select("_metadata.file_size")
    assert read.union(read).select(F.input_file_name()).distinct().count() == 1
