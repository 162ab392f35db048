"""Work that was queued ahead at an executor is taken back when its tasks turn out to be long."""

from __future__ import annotations

import pytest
from scheduler_harness import Harness, source

from rayspark.scheduler import actions as act


@pytest.fixture
def h() -> Harness:
    """Two executors of one core; tasks were short so far, and the rest is queued at both."""
    h = Harness()
    h.executor("e1", cores=1)
    h.executor("e2", cores=1)
    h.submit(source(100))
    for _ in range(2):
        for one in h.of(0)[:2]:
            h.succeed(one, duration=0.001)
    assert len(h.running) == 96
    return h


def at(h: Harness, executor: str) -> list:
    return [one for one in h.of(0) if one.executor == executor]


def test_who_is_silent_is_asked_once(h):
    h.now += 0.1
    h.succeed(at(h, "e2")[0], duration=0.001)
    assert h.state.next_tick() == pytest.approx(0.2)
    (asked,) = [a for a in h.tick(0.11) if isinstance(a, act.TakeBack)]
    assert asked.executor == "e1"
    assert asked.keys == [one.key for one in at(h, "e1")]
    later = [a for a in h.tick(0.15) if isinstance(a, act.TakeBack)]
    assert [a.executor for a in later] == ["e2"]
    assert not [a for a in h.tick(10.0) if isinstance(a, act.TakeBack)]


def test_what_had_not_begun_goes_to_who_is_idle(h):
    first, *rest = at(h, "e1")
    h.succeed(*at(h, "e2"), duration=0.001)
    assert not at(h, "e2"), "nothing is pending"
    h.tick(0.3)
    assert [key.tid for key in h.asked_back] == [one.key.tid for one in [first, *rest]]
    actions = h.hand_back(*rest)
    (launch,) = [a for a in actions if isinstance(a, act.Launch)]
    assert launch.executor == "e2"
    assert at(h, "e1") == [first]
    assert len(at(h, "e2")) == 1, "until it is known better, tasks are long"
    assert launch.tasks[0].number == 0, "it never was tried"
    h.finish(duration=0.9)
    assert h.ended == {0: None}
    assert sorted(h.results[0]) == list(range(100))
    assert {one.task.number for one in h.launched} == {0}
    h.assert_empty()


def test_short_tasks_are_queued_again_once_they_are_seen_to_be_short(h):
    _, *rest = at(h, "e1")
    h.succeed(*at(h, "e2"), duration=0.001)
    h.tick(0.3)
    h.hand_back(*rest)
    for _ in range(8):
        h.succeed(at(h, "e2")[0], duration=0.001)
    assert len(at(h, "e2")) > 1
    h.finish(duration=0.001)
    h.assert_empty()


def test_a_success_that_comes_after_it_was_given_back_counts(h):
    """The batch had ended when it was asked; both reports were on their way."""
    one = at(h, "e1")[-1]
    h.tick(0.3)
    h.hand_back(one)
    h.report(h.success(one), executor="e1")
    h.finish()
    assert h.ended == {0: None}
    assert len(h.results[0]) == 100
    h.assert_empty()


def test_tries_that_were_told_to_stop_are_not_asked_for(h):
    h.state.tables.kill(next(iter(h.state.tables.live.values())), [at(h, "e1")[-1].key.tid], "x")
    asked = {a.executor: a.keys for a in h.tick(0.3) if isinstance(a, act.TakeBack)}
    assert len(asked["e1"]) == len(at(h, "e1")) - 1
    assert len(asked["e2"]) == len(at(h, "e2"))


def test_tries_that_are_over_take_no_slot_until_they_are_reported(make_harness):
    h = make_harness()
    h.executor("e1", cores=2)
    h.submit(source(50))
    for _ in range(2):
        h.succeed(h.of(0)[0], duration=0.001)
    assert len(h.running) == 48
    h.tick(0.3)
    over, slow, rest = h.of(0)[:10], h.of(0)[10], h.of(0)[11:]
    h.hand_back(*rest, over=over)
    assert len(h.running) == 12, "one of the two cores is free"
    h.hand_back(over=over)  # said twice
    h.succeed(*over, slow)
    h.finish()
    assert sorted(h.results[0]) == list(range(50))
    h.assert_empty()


def test_tries_that_are_over_are_lost_with_their_executor(h):
    over = at(h, "e1")[:3]
    h.hand_back(over=over)
    h.lose("e1")
    h.finish()
    assert sorted(h.results[0]) == list(range(100))
    h.assert_empty()


def test_a_lost_executor_is_not_asked(h):
    h.lose("e1")
    asked = [a.executor for a in h.tick(0.3) if isinstance(a, act.TakeBack)]
    assert asked == ["e2"]
