"""Files of buckets: their names, where rows go, what is read of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rayspark.errors import AnalysisException, PySparkTypeError, PySparkValueError, SparkException
from rayspark.execution.sources.buckets import bucket_numbers, bucket_of_file
from rayspark.sql import SparkSession
from rayspark.sql.functions import partitioning


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.sql.ray.exchangeElision", "never")
        .config("spark.sql.autoBroadcastJoinThreshold", "-1")
        .getOrCreate()
    )
    rows = made.range(1000).selectExpr("id", "cast(id % 50 as int) k", "string(id % 7) t")
    rows.write.bucketBy(4, "k").sortBy("t", "id").saveAsTable("facts")
    rows.write.partitionBy("t").bucketBy(3, "k", "id").saveAsTable("parts")
    names = made.range(50).selectExpr("cast(id as int) k", "'v' || id v")
    names.write.bucketBy(4, "k").saveAsTable("names")
    names.write.saveAsTable("plain")
    yield made
    made.stop()


def files(spark: SparkSession, table: str) -> list[Path]:
    home = Path(str(spark.conf.get("spark.sql.warehouse.dir")).removeprefix("file:"))
    return sorted((home / table).rglob("*.parquet"))


@pytest.mark.parametrize(
    ("name", "bucket"),
    [
        ("part-00000-b03c_00002.c000.snappy.parquet", 2),
        ("t=1/part-00001-b03c_12345.c001.json", 12345),
        ("part-00000-b03c-c000.snappy.parquet", None),
        ("part_x.parquet", None),
    ],
)
def test_the_name_of_a_file_tells_its_bucket(name: str, bucket: int | None) -> None:
    assert bucket_of_file(name) == bucket


def test_rows_lie_in_the_bucket_that_the_hash_says_and_in_order(spark: SparkSession) -> None:
    for file in files(spark, "facts"):
        table = pq.read_table(file)
        assert set(bucket_numbers([table["k"]], 4)) == {bucket_of_file(file.name)}
        keys = list(zip(table["t"].to_pylist(), table["id"].to_pylist(), strict=True))
        assert keys == sorted(keys)


def test_partitions_have_buckets_too(spark: SparkSession) -> None:
    found = files(spark, "parts")
    assert {file.parent.name for file in found} == {f"t={i}" for i in range(7)}
    for file in found:
        table = pq.ParquetFile(file).read()
        assert set(bucket_numbers([table["k"], table["id"]], 3)) == {bucket_of_file(file.name)}


PLANS = {
    "select k, count(*), sum(id) from facts group by k": (0, 1),
    "select k, t, count(*) from facts group by k, t": (0, 1),
    "select v, id from facts join names using (k)": (0, 2),
    "select v, id from facts join plain using (k)": (1, 1),
    "select v, id from plain left join facts using (k)": (1, 1),
    "select v, id from names full join facts on names.k = facts.k": (0, 2),
    "select p.v from facts f join names n on f.k = n.k join plain p on n.k = p.k": (1, 2),
    "select k, row_number() over (partition by k order by id) from facts": (0, 1),
    "select id, k, count(*) from parts group by k, id": (0, 1),
    "select k, count(*) from parts group by k": (1, 0),
    "select * from facts where k = 3": (0, 0),
    "select k, count(*) from facts where k in (1, 2) or k is null group by k": (0, 1),
    "select id from facts where k + 0 = 3": (0, 0),
    "select k from facts intersect select k from names": (0, 2),
    "select count(*) from (select k from facts union all select k from names)": (1, 0),
    "select v, id from facts join names on cast(facts.k as long) = cast(names.k as long)": (2, 0),
}
"""Exchanges that a query needs, and scans by buckets."""


@pytest.mark.parametrize("query", PLANS)
def test_no_exchange_where_the_buckets_are(spark: SparkSession, query: str) -> None:
    frame = spark.sql(query)
    plan = frame._query.physical_text()
    assert (plan.count("Exchange "), plan.count("Bucketed: true")) == PLANS[query]
    found = sorted(frame.collect(), key=repr)
    spark.conf.set("spark.sql.sources.bucketing.enabled", "false")
    try:
        plain = spark.sql(query)
        assert "Bucketed" not in plain._query.physical_text()
        assert found == sorted(plain.collect(), key=repr)
    finally:
        spark.conf.unset("spark.sql.sources.bucketing.enabled")


def test_equality_reads_one_bucket(spark: SparkSession) -> None:
    for query, count in (("k = 3", 1), ("k = 3 or k = 3", 1), ("k <=> null", 1), ("k > 3", 4)):
        frame = spark.sql(f"select k, count(*) from facts where {query} group by k")
        text = frame._query.physical_text()
        assert f"SelectedBucketsCount: {count} out of 4" in text, query


def test_buckets_are_read_wherever_they_can_be_if_asked(spark: SparkSession) -> None:
    spark.conf.set("spark.sql.sources.bucketing.autoBucketedScan.enabled", "false")
    try:
        assert "Bucketed: true" in spark.sql("select k from facts")._query.physical_text()
        assert "Bucketed" not in spark.sql("select id from facts")._query.physical_text()
    finally:
        spark.conf.unset("spark.sql.sources.bucketing.autoBucketedScan.enabled")


def test_a_file_without_a_bucket_is_an_error_where_buckets_are_read(spark: SparkSession) -> None:
    spark.range(5).write.bucketBy(2, "id").saveAsTable("odd")
    home = files(spark, "odd")[0].parent
    pq.write_table(pa.table({"id": [77]}), home / "part-odd.parquet")
    spark.sql("refresh table odd")
    assert spark.table("odd").count() == 6
    with pytest.raises(SparkException) as caught:
        spark.table("odd").groupBy("id").count().collect()
    assert caught.value.getCondition() == "INVALID_BUCKET_FILE"


def test_appended_rows_go_into_the_table_s_buckets(spark: SparkSession) -> None:
    spark.range(5).write.bucketBy(2, "id").saveAsTable("more")
    spark.range(5, 9).write.bucketBy(2, "id").mode("append").saveAsTable("more")
    spark.range(9, 12).write.insertInto("more")
    assert all(bucket_of_file(file.name) is not None for file in files(spark, "more"))
    assert spark.table("more").groupBy("id").count().count() == 12
    with pytest.raises(AnalysisException) as caught:
        spark.range(5).write.mode("append").saveAsTable("more")
    assert caught.value.getCondition() == "_LEGACY_ERROR_TEMP_1164"
    parameters = caught.value.getMessageParameters() or {}
    assert parameters["existingBucketString"] == "2 buckets, bucket columns: [id]"


def test_a_table_by_the_transform(spark: SparkSession) -> None:
    spark.range(3).writeTo("w").partitionedBy(partitioning.bucket(2, "id")).create()
    assert "CLUSTERED BY (id)\nINTO 2 BUCKETS" in spark.catalog.getCreateTableString("w")
    assert [c.isBucket for c in spark.catalog.listColumns("w")] == [True]


MISTAKES: dict[str, Any] = {
    "INVALID_BUCKET_COUNT": lambda w: w.bucketBy(0, "id").saveAsTable("no"),
    "COLUMN_NOT_DEFINED_IN_TABLE": lambda w: w.bucketBy(2, "x").saveAsTable("no"),
    "COLUMN_ALREADY_EXISTS": lambda w: w.bucketBy(2, "id", "ID").saveAsTable("no"),
    "_LEGACY_ERROR_TEMP_3072": lambda w: (
        w._df.selectExpr("id", "map(id, 1) m").write.bucketBy(2, "id").sortBy("m").saveAsTable("no")
    ),
    "SORT_BY_WITHOUT_BUCKETING": lambda w: w.sortBy("id").saveAsTable("no"),
    "_LEGACY_ERROR_TEMP_1312": lambda w: w.bucketBy(2, "id").insertInto("plain"),
    "_LEGACY_ERROR_TEMP_1313": lambda w: w.bucketBy(2, "id").sortBy("id").parquet("/nowhere"),
}


@pytest.mark.parametrize("condition", MISTAKES)
def test_mistakes(spark: SparkSession, condition: str) -> None:
    with pytest.raises(AnalysisException) as caught:
        MISTAKES[condition](spark.range(3).write)
    assert caught.value.getCondition() == condition


def test_arguments(spark: SparkSession) -> None:
    write: Any = spark.range(3).write
    for wrong in (("4", "id"), (4, 5), (4, ["id", 5])):
        with pytest.raises(PySparkTypeError, match="NOT_EXPECTED_TYPE"):
            write.bucketBy(*wrong)
    with pytest.raises(PySparkValueError, match="CANNOT_SET_TOGETHER"):
        write.bucketBy(4, ["id"], "id")
