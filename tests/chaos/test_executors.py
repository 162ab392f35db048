"""Executor processes die: only what they were running is run again.

Map output and cached partitions lie in the store of their node, so they outlive the process that
made them. The undisturbed runs before are stages 0 to 3; the disturbed job is stages 4 and 5.
"""

from __future__ import annotations

import os
import signal

import pytest
from job import EXPECTED, MAPS, RECORDS, padded, sums, timed, undisturbed
from ray_rig import Ledger, counts, executors, kill_one

MAX_LOSS = 10.0
"""Seconds. On an idle machine it is under 2, as the table shows; tests also run on busy ones."""


@pytest.mark.parametrize("action", ["kill", "exit"])
def test_while_mapping(spark, tmp_path, recovery, action):
    sc = spark(spark__ray__fault__a=f"stage=4,partition=5,point=records,after=20,action={action}")
    without = undisturbed(sc, tmp_path)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    found, seconds = timed(sums(sc, ledger).collect)
    assert dict(found) == EXPECTED
    assert (ledger.again("map"), ledger.again("reduce")) == ({5: 1}, {})
    spent = counts(sc) - before
    assert (spent.executors_lost, spent.failed, spent.recomputed) == (1, 1, 1)
    assert seconds - without < MAX_LOSS
    what = {"kill": "executor (SIGKILL), while mapping", "exit": "executor out of memory (exits)"}
    recovery(what[action], "same answer", "1 map", seconds, without)


def test_between_map_and_reduce(spark, tmp_path, recovery):
    sc = spark()
    without = undisturbed(sc, tmp_path)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    job = sums(sc, ledger)
    _, first = timed(lambda: sc.runJob(job, list, [0]))
    kill_one(sc)
    found, second = timed(job.collect)
    assert dict(found) == EXPECTED
    assert ledger.again("map") == {}
    assert ledger.again("reduce") == {0: 1}  # asked for twice
    spent = counts(sc) - before
    assert (spent.executors_lost, spent.failed, spent.recomputed) == (1, 0, 0)
    recovery("executor, between map and reduce", "same answer", "none", first + second, without)


def test_while_reducing(spark, tmp_path, recovery):
    sc = spark(spark__ray__fault__a="stage=5,partition=2,point=records,after=1,action=kill")
    without = undisturbed(sc, tmp_path)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    found, seconds = timed(sums(sc, ledger).collect)
    assert dict(found) == EXPECTED
    assert (ledger.again("map"), ledger.again("reduce")) == ({}, {2: 1})
    spent = counts(sc) - before
    assert (spent.executors_lost, spent.failed, spent.recomputed) == (1, 1, 1)
    assert seconds - without < MAX_LOSS
    recovery("executor, while reducing", "same answer", "1 reduce", seconds, without)


def test_while_holding_cached_partitions(spark, tmp_path, recovery):
    sc = spark()
    ledger = Ledger(tmp_path / "ledger")
    kept = padded(sc, ledger, "made").cache()
    assert kept.count() == RECORDS
    _, without = timed(kept.keys().sum)
    before = counts(sc)
    kill_one(sc)
    found, seconds = timed(kept.keys().sum)
    assert found == sum(range(RECORDS))
    assert ledger.again("made") == {}
    spent = counts(sc) - before
    assert (spent.cache_misses, spent.cache_hits, spent.executors_lost) == (0, MAPS, 1)
    assert seconds - without < MAX_LOSS
    recovery("executor that holds cached partitions", "same answer", "none", seconds, without)


def test_every_executor_at_once(spark, tmp_path, recovery):
    sc = spark()
    without = undisturbed(sc, tmp_path)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    job = sums(sc, ledger)
    sc.runJob(job, list, [0])
    old = executors(sc)
    for _, pid in old.values():
        os.kill(pid, signal.SIGKILL)
    found, seconds = timed(job.collect)
    assert dict(found) == EXPECTED
    assert ledger.again("map") == {}
    assert (counts(sc) - before).executors_lost == len(old)
    recovery("all executors, between map and reduce", "same answer", "none", seconds, without)
