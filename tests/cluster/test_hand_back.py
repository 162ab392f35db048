"""Durations that change while work is queued ahead, on a real Ray."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ray_rig import Ledger, await_executors, counts

from rayspark import TaskContext


def test_long_tasks_behind_short_ones_are_shared_by_all_executors(spark, tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    sc = spark(spark__executor__instances="2")
    await_executors(sc, 2)
    short, long = 300, 10
    note = ledger.noter("run")
    slow = ledger.noter("long", 0.9)

    def work(split: int, records: Any) -> Any:
        (slow if split >= short else note)(split, records)
        yield split, TaskContext.get().attemptNumber()

    found = sc.range(short + long, numSlices=short + long).mapPartitionsWithIndex(work).collect()
    assert found == [(split, 0) for split in range(short + long)]
    assert not ledger.again("run")
    assert not ledger.again("long")
    by_process = Counter(note.pid for note in ledger.notes("long"))
    assert sorted(by_process.values())[0] >= 3, by_process
    assert counts(sc).recomputed == counts(sc).failed == 0
