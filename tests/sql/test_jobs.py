"""Jobs of queries are jobs like others: groups, tags, cancelling."""

from __future__ import annotations

from rayspark.sql import SparkSession


def test_jobs_of_queries_belong_to_the_group_of_their_thread(spark: SparkSession) -> None:
    sc = spark.sparkContext
    sc.setJobGroup("queries", "what is asked")
    mapped = spark.range(4).mapInPandas(lambda batches: batches, "id long")
    assert len(mapped.collect()) == 4
    assert len(sc.statusTracker().getJobIdsForGroup("queries")) == 1
    sc.setLocalProperty("spark.jobGroup.id", None)
