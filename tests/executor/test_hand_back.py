"""What an executor has not begun can be taken from it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from rayspark import SparkContext, TaskContext
from rayspark.executor.context import TaskInterrupted
from rayspark.executor.report import NOT_BEGUN
from rayspark.executor.running import RunningTasks


class Context:
    _killed: str | None = None


def test_only_what_has_not_begun_is_dropped():
    running = RunningTasks()
    context: Any = Context()
    running.start(1, context)
    running.end(1)
    running.start(2, context)
    assert running.drop([1, 2, 3]) == ([3], [1])
    running.end(2)
    with pytest.raises(TaskInterrupted) as stop:
        running.start(3, context)
    assert stop.value.reason == NOT_BEGUN
    running.start(4, context)
    running.end(4)


def test_tasks_behind_a_slow_one_move_to_the_idle_thread(tmp_path: Path):
    """The slow task ends when all others are over: those queued behind it must run elsewhere."""
    number, slow, directory = 400, 250, str(tmp_path)

    def work(split: int, _: Any) -> Any:
        in_time = True
        if split == slow:
            deadline = time.monotonic() + 20
            while in_time and len(list(Path(directory).iterdir())) < number - 1:
                in_time = time.monotonic() < deadline
                time.sleep(0.01)
        else:
            Path(directory, str(split)).touch()
        yield split, TaskContext.get().attemptNumber(), in_time

    with SparkContext("local[2]", "slow") as sc:
        found = sc.range(number, numSlices=number).mapPartitionsWithIndex(work).collect()
    assert [split for split, _, _ in found] == list(range(number))
    assert all(in_time for _, _, in_time in found), "others waited for the slow one"
    assert {attempt for _, attempt, _ in found} == {0}
