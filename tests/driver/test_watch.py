"""Which executors are ended, and which are left alone, when tasks were told to stop."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pytest

from rayspark.ids import ExecutorId
from rayspark.scheduler.ray_watch import Patience, Watch

E1 = ExecutorId("e1")


class Executors:
    """One executor with a batch of tasks, of which one runs at a time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.unreported = {1, 2, 3}
        self.running = {2}
        self.answers = True
        self.ended: list[str] = []
        self.questions = 0

    def beat(self, executor: ExecutorId, heard: Callable[[Collection[int]], None]) -> None:
        self.questions += 1
        if self.answers:
            heard(self.running)

    def end(self, executor: ExecutorId, reason: str, *, expected: bool) -> None:
        self.ended.append(reason)

    def has_task(self, executor: ExecutorId, tid: int) -> bool:
        return tid in self.unreported

    def executor_ids(self) -> list[ExecutorId]:
        return [E1]

    def look_at_nodes(self) -> None: ...


@pytest.fixture
def executors() -> Executors:
    return Executors()


@pytest.fixture
def look(executors: Executors) -> Any:
    """Time passes, then the watch looks."""
    watch = Watch(executors, Patience(heartbeat=1e9, kill=2.0), lambda: executors.now)
    watch.expect_end(E1, [1, 2, 3], "cancelled")

    def after(seconds: float) -> None:
        executors.now += seconds
        watch.look()

    return after


def test_a_process_is_ended_for_a_task_that_still_runs(executors, look):
    look(1.9)
    assert not executors.questions
    look(0.2)
    assert executors.ended == ["task 2 did not stop within 2 s (cancelled)"]


def test_tries_that_are_over_or_have_not_begun_are_no_reason(executors, look):
    executors.running = {7}
    look(2.1)
    look(10.0)
    assert (executors.ended, executors.questions) == ([], 1)


def test_reported_tries_are_not_asked_about(executors, look):
    executors.unreported = set()
    look(2.1)
    assert (executors.ended, executors.questions) == ([], 0)


def test_a_process_that_does_not_answer_either_is_ended(executors, look):
    executors.answers, executors.unreported = False, {2}
    look(2.1)
    look(1.9)
    assert not executors.ended
    look(0.2)
    assert len(executors.ended) == 1
