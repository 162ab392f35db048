"""A damaged block of a query's stage: one task again, or, where order decides, all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from rayspark.events import SparkListener
from rayspark.events.types import TaskEnd
from rayspark.sql import DataFrame, SparkSession
from rayspark.sql import functions as F

CONF = {
    "spark.sql.ray.exchangeElision": "never",
    "spark.sql.shuffle.partitions": "3",
    "spark.sql.adaptive.enabled": "false",
    "spark.ray.fault.a": "action=corrupt,stage=1,partition=1",
}


class Tries(SparkListener):
    """Counts the tasks of the stage whose block is damaged."""

    def __init__(self) -> None:
        self.by_attempt: Counter[int] = Counter()

    def onTaskEnd(self, taskEnd: TaskEnd) -> None:
        if taskEnd.stage_id == 1:
            self.by_attempt[taskEnd.attempt] += 1


def safe(rows: DataFrame) -> DataFrame:
    return rows.where("s >= 0")


def sampled(rows: DataFrame) -> DataFrame:
    return rows.sample(0.999999, 3)


def numbered(rows: DataFrame) -> DataFrame:
    return rows.withColumn("n", F.monotonically_increasing_id()).where("n >= 0")


@pytest.mark.parametrize(("step", "again"), [(safe, 1), (sampled, 3), (numbered, 3)])
def test_what_depends_on_order_is_made_again_whole(
    step: Callable[[DataFrame], DataFrame], again: int
) -> None:
    with SparkSession.builder.master("local[2,4]").config(map=CONF).getOrCreate() as spark:
        tries = Tries()
        spark.sparkContext.addSparkListener(tries)
        rows = (
            spark.range(0, 300, 1, 3)
            .groupBy((F.col("id") % 50).alias("k"))
            .agg(F.sum("id").alias("s"))
        )
        found = step(rows).groupBy((F.col("k") % 2).alias("p")).agg(F.sum("s").alias("t"))
        assert sorted(found.collect()) == [(0, 22350), (1, 22500)]
        spark.sparkContext._driver.bus.flush()
    assert tries.by_attempt == {0: 3, 1: again}
