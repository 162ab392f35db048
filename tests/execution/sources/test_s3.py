"""Files in a bucket behind an S3-compatible endpoint, through RDDs and DataFrames."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("moto.server", reason="needs moto[server]")
pytest.importorskip("s3fs", reason="needs rayspark[s3]")

import fsspec.config
import s3fs
from s3_kit import running

from rayspark.errors import PySparkException
from rayspark.sql import SparkSession

ROOT = "s3://shop"


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """fsspec's own settings (FSSPEC_S3_*, or a file) say where S3 is and who asks."""
    with running() as endpoint, pytest.MonkeyPatch.context() as patch:
        s3fs.S3FileSystem.clear_instance_cache()
        options = {"endpoint_url": endpoint, "key": "me", "secret": "s3cret-key"}
        patch.setitem(fsspec.config.conf, "s3", options)
        s3fs.S3FileSystem(**options).mkdir("shop")
        builder = SparkSession.builder.master("local[2]").appName("s3")
        builder = builder.config("spark.sql.ray.exchangeElision", "never")
        builder = builder.config("spark.ui.showConsoleProgress", "false")
        with builder.getOrCreate() as session:
            yield session
        s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.parametrize("format", ["parquet", "csv", "json", "orc"])
def test_partitioned_tables(spark: SparkSession, format: str) -> None:
    path = f"{ROOT}/{format}/table"
    df = spark.range(0, 20, 1, 2).selectExpr("id", "id % 3 AS p", "concat('n', id) AS name")
    df.write.partitionBy("p").format(format).save(path)
    reader = spark.read.schema("id bigint, name string, p int")
    back = reader.format(format).load(path)
    wanted = [(i, f"n{i}", i % 3) for i in range(20)]
    assert sorted(map(tuple, back.collect())) == wanted
    assert back.where("p = 1 and id > 10").count() == 3
    with pytest.raises(PySparkException, match="PATH_ALREADY_EXISTS"):
        df.write.format(format).save(path)
    df.limit(1).write.partitionBy("p").format(format).mode("append").save(path)
    assert reader.format(format).load(path).count() == 21
    one = df.where("p = 2").limit(2)
    one.write.partitionBy("p").format(format).mode("overwrite").option(
        "partitionOverwriteMode", "dynamic"
    ).save(path)
    again = reader.format(format).load(path)
    assert again.where("p = 2").count() == 2
    assert again.where("p = 1").count() == 7
    df.write.format(format).mode("overwrite").save(path)
    assert spark.read.schema("id bigint, p int").format(format).load(path).count() == 20


def test_lines_of_rdds(spark: SparkSession) -> None:
    sc = spark.sparkContext
    lines = [f"line {i}" for i in range(50)]
    sc.parallelize(lines, 3).saveAsTextFile(f"{ROOT}/lines")
    assert sorted(sc.textFile(f"{ROOT}/lines").collect()) == sorted(lines)
    assert sc.textFile(f"{ROOT}/lines/part-0000[01]").count() < 50
    names = [name for name, _ in sc.wholeTextFiles(f"{ROOT}/lines").collect()]
    assert len(names) == 3
    assert all(name.startswith(f"{ROOT}/lines/part-") for name in names)
    with pytest.raises(PySparkException, match="already exists"):
        sc.parallelize(lines).saveAsTextFile(f"{ROOT}/lines")


def test_what_is_not_there(spark: SparkSession) -> None:
    with pytest.raises(PySparkException, match="PATH_NOT_FOUND"):
        spark.read.parquet(f"{ROOT}/nowhere")
    left = s3fs.S3FileSystem(**fsspec.config.conf["s3"]).find("shop", withdirs=True)
    assert not [name for name in left if "/." in name]
