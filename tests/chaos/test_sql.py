"""Queries under the same faults as RDDs: a join and an aggregation, every exchange real.

The undisturbed run before is stages 0 to 3; the disturbed one is 4 and 5 (both sides of the join
are mapped), 6 (joined, and mapped again by group) and 7 (the result).
"""

from __future__ import annotations

import os
import threading

import pytest
from job import timed
from ray_rig import counts, executors, kill_one, wait_until

from rayspark.errors import PySparkException
from rayspark.sql import SparkSession
from rayspark.sql import functions as F

KEYS, ROWS, GROUPS = 60, 6000, 7
EXPECTED = {
    group: sum(row for row in range(ROWS) if row % KEYS % GROUPS == group)
    for group in range(GROUPS)
}
SETTINGS = {
    "spark__sql__ray__exchangeElision": "never",
    "spark__sql__adaptive__enabled": "false",
    "spark__sql__autoBroadcastJoinThreshold": "-1",
    "spark__sql__shuffle__partitions": "4",
}


@pytest.fixture
def session(spark):
    """Makes a session on three nodes."""
    made = []

    def make(**settings):
        made.append(SparkSession(spark(**(SETTINGS | settings))))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def totals(session):
    """A join of two shuffled sides, and sums by group."""
    facts = session.range(0, ROWS, 1, 6).select((F.col("id") % KEYS).alias("k"), "id")
    names = session.range(0, KEYS, 1, 3).select(
        F.col("id").alias("k"), (F.col("id") % GROUPS).alias("group")
    )
    return facts.join(names, "k").groupBy("group").agg(F.sum("id").alias("total"))


def answer(frame):
    return {row.group: row.total for row in frame.collect()}


def undisturbed(session):
    found, seconds = timed(lambda: answer(totals(session)))
    assert found == EXPECTED
    return seconds


@pytest.mark.parametrize(
    ("stage", "moment"),
    [(4, "mapping one side of a join"), (6, "joining"), (7, "adding up")],
)
def test_an_executor_dies(session, recovery, stage, moment):
    sql = session(spark__ray__fault__a=f"stage={stage},partition=1,point=end,action=kill")
    sc = sql.sparkContext
    without = undisturbed(sql)
    before = counts(sc)
    found, seconds = timed(lambda: answer(totals(sql)))
    assert found == EXPECTED
    spent = counts(sc) - before
    assert (spent.executors_lost, spent.failed) == (1, 1)
    assert spent.recomputed == 1
    recovery(f"executor, {moment} (SQL)", "same answer", "1 task", seconds, without)


def test_an_executor_dies_between_map_and_reduce(session, recovery):
    sql = session()
    sc = sql.sparkContext
    without = undisturbed(sql)
    rows = totals(sql).rdd
    sc.runJob(rows, list, [0])
    before = counts(sc)
    kill_one(sc)
    found, seconds = timed(rows.collect)
    assert {row.group: row.total for row in found} == EXPECTED
    spent = counts(sc) - before
    assert spent.executors_lost == 1
    assert spent.recomputed <= 1  # what it was running, if anything: its blocks outlive it
    recovery("executor, between stages (SQL)", "same answer", "none", seconds, without)


def test_a_node_dies_between_map_and_reduce(session, fleet, recovery):
    sql = session()
    sc = sql.sparkContext
    without = undisturbed(sql)
    rows = totals(sql).rdd
    sc.runJob(rows, list, [0])
    before = counts(sc)
    there = [host for host, _ in executors(sc).values()]
    host = there[0]
    fleet.remove(host)
    wait_until(lambda: host in sc._driver._state.tables.lost_hosts, "the loss")
    found, seconds = timed(rows.collect)
    assert {row.group: row.total for row in found} == EXPECTED
    spent = counts(sc) - before
    assert spent.executors_lost == there.count(host)
    assert 0 < spent.recomputed <= 13  # no more than all maps of the query
    again = f"{spent.recomputed} tasks"
    recovery("node, between stages (SQL)", "same answer", again, seconds, without)


@pytest.mark.parametrize("seed", ["", " + cast(rand(5) AS int)"])
def test_a_node_dies_that_holds_a_side_sent_everywhere(session, fleet, recovery, seed):
    sql = session(spark__sql__autoBroadcastJoinThreshold="10m")
    sc = sql.sparkContext
    facts = sql.range(0, ROWS, 1, 6).selectExpr(f"id % {KEYS} AS k", "id")
    names = sql.range(0, KEYS, 1, 3).selectExpr(
        "id AS k", f"id % {GROUPS}{seed} AS group", "rpad(string(id), 10001, '-') AS name"
    )  # 200 KB a task: a message does not carry it
    joined = (
        facts.join(names, "k")
        .groupBy("group")
        .agg(F.sum(F.expr("id * (length(name) - 10000)")).alias("total"))
    )
    without = timed(joined.collect)[1]
    rows = joined.rdd
    sc.runJob(rows, list, [0])
    before = counts(sc)
    host = executors(sc)[next(iter(executors(sc)))][0]
    fleet.remove(host)
    wait_until(lambda: host in sc._driver._state.tables.lost_hosts, "the loss")
    found, seconds = timed(rows.collect)
    assert {row.group: row.total for row in found} == EXPECTED
    assert (counts(sc) - before).executors_lost > 0
    recovery("node, side of a join sent everywhere", "same answer", "its tasks", seconds, without)


def test_a_damaged_block_is_made_again(session, recovery):
    sql = session(spark__ray__fault__a="stage=4,partition=1,action=corrupt")
    sc = sql.sparkContext
    without = undisturbed(sql)
    before = counts(sc)
    found, seconds = timed(lambda: answer(totals(sql)))
    assert found == EXPECTED
    spent = counts(sc) - before
    assert (spent.recomputed, spent.executors_lost) == (1, 0)
    recovery("shuffle block (corrupt, SQL)", "same answer", "1 map", seconds, without)


def test_a_function_that_ends_its_process(session):
    sql = session()

    def leave(x):
        os._exit(3) if x == 5 else None
        return x

    with pytest.raises(PySparkException) as caught:
        sql.range(0, 10, 1, 2).select(F.udf(leave, "long")("id")).collect()
    assert "failed 4 times" in str(caught.value)
    assert undisturbed(sql) > 0


def test_a_function_that_hangs_is_cancelled(session):
    sql = session()
    sc = sql.sparkContext

    def hang(x):
        import time

        time.sleep(600)
        return x

    caught = []

    def collect():
        sc.setJobGroup("hanging", "a function that hangs")
        try:
            sql.range(4).select(F.udf(hang, "long")("id")).collect()
        except PySparkException as error:
            caught.append(str(error))

    thread = threading.Thread(target=collect)
    thread.start()
    wait_until(lambda: sc.statusTracker().getJobIdsForGroup("hanging"), "the job to begin")
    sc.cancelJobGroup("hanging")
    thread.join(30)
    assert not thread.is_alive()
    assert "cancelled" in caught[0]
    assert undisturbed(sql) > 0


def test_an_executor_dies_in_the_middle_of_a_partitioned_write(session, tmp_path):
    sql = session(spark__ray__fault__a="stage=0,partition=1,point=end,action=kill")
    frame = sql.range(0, 100, 1, 4).withColumn("part", F.col("id") % 3)
    frame.write.partitionBy("part").parquet(str(tmp_path / "out"))
    assert counts(sql.sparkContext).executors_lost == 1
    found = sql.read.parquet(str(tmp_path / "out"))
    assert sorted(row.id for row in found.collect()) == list(range(100))


def test_a_write_that_fails_leaves_nothing(session, tmp_path):
    sql = session()
    frame = sql.range(0, 100, 1, 4).withColumn("part", F.col("id") % 3)
    bad = frame.where(F.when(F.col("id") == 99, F.raise_error("enough")).otherwise(True))
    with pytest.raises(PySparkException, match="enough"):
        bad.write.partitionBy("part").parquet(str(tmp_path / "out"))
    left = [p for p in tmp_path.rglob("*.parquet") if "_temporary" not in str(p)]
    assert left == []


def test_writers_side_by_side(session, tmp_path):
    sql = session()
    path = str(tmp_path / "out")
    failures = []

    def write(number):
        try:
            rows = sql.range(number * 100, number * 100 + 100, 1, 2)
            rows.write.mode("append").parquet(path)
        except PySparkException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert sorted(row.id for row in sql.read.parquet(path).collect()) == list(range(300))
