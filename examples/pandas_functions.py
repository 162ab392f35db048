"""Functions on pandas data: columns in, columns out; and one whole group at a time.

    python examples/pandas_functions.py [--master ray]

`in_fahrenheit` sees batches of a column, `trend` all readings of one sensor, `cleaned` an iterator
of batches of all columns. Arrow carries them; no row is made a Python object.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
import pandas as pd

from rayspark.sql import SparkSession
from rayspark.sql import functions as F
from rayspark.sql.types import DoubleType


def in_fahrenheit(celsius: pd.Series) -> pd.Series:
    """A scalar function."""
    return celsius * 9 / 5 + 32


def trend(readings: pd.DataFrame) -> pd.DataFrame:
    """A grouped function: the slope of a line through one sensor's readings."""
    slope, start = np.polyfit(readings["hour"], readings["celsius"], 1)
    sensor = readings["sensor"].iloc[0]
    return pd.DataFrame({"sensor": [sensor], "per_hour": [slope], "start": [start]})


def cleaned(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """A map over batches: readings that no thermometer gives are left out."""
    for batch in batches:
        yield batch[batch["celsius"].between(-40, 60)]


def main(argv: list[str] | None = None) -> None:
    """Apply all three."""
    parser = argparse.ArgumentParser(description="Functions on pandas data.")
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    with SparkSession.builder.master(args.master).appName("pandas").getOrCreate() as spark:
        hours = spark.range(72).withColumnRenamed("id", "hour")
        sensors = spark.createDataFrame(
            [("cellar", 0.01), ("roof", 0.25)], "sensor string, up double"
        )
        readings = sensors.crossJoin(hours).select(
            "sensor",
            F.col("hour").cast("int").alias("hour"),
            F.when(F.col("hour") % 24 == 23, 999.0)
            .otherwise(10 + F.col("hour") * F.col("up"))
            .alias("celsius"),
        )
        good = readings.mapInPandas(cleaned, readings.schema)
        print(f"{readings.count()} readings, {good.count()} of them good")
        to_fahrenheit = F.pandas_udf(in_fahrenheit, DoubleType())
        warmest = good.withColumn("fahrenheit", to_fahrenheit("celsius"))
        warmest.orderBy(F.desc("celsius"), "hour").show(3)
        lines = good.groupBy("sensor").applyInPandas(
            trend, "sensor string, per_hour double, start double"
        )
        lines.select(
            "sensor", F.round("per_hour", 3).alias("per_hour"), F.round("start", 3).alias("start")
        ).orderBy("sensor").show()


if __name__ == "__main__":
    main()
