"""The meeting place of barrier tasks."""

from __future__ import annotations

from rayspark.executor.barrier import BarrierHub


def test_everybody_gets_all_messages_in_order_and_nothing_is_kept() -> None:
    hub = BarrierHub()
    for epoch in range(5):
        assert hub.submit((1, 0), 3, epoch, 2, "c") is None
        assert hub.submit((1, 0), 3, epoch, 0, "a") is None
        assert hub.submit((1, 0), 3, epoch, 1, "b") == ["a", "b", "c"]
        assert hub.submit((1, 0), 3, epoch, 0, "a") == ["a", "b", "c"]
        assert hub.submit((1, 0), 3, epoch, 0, "a") == ["a", "b", "c"]  # the answer was lost
        assert hub.submit((1, 0), 3, epoch, 2, "c") == ["a", "b", "c"]
    assert hub._rounds == {}


def test_a_task_may_be_a_round_ahead_of_one_that_has_not_asked_yet() -> None:
    hub = BarrierHub()
    assert hub.submit((1, 0), 2, 0, 0, "a") is None
    assert hub.submit((1, 0), 2, 0, 1, "b") == ["a", "b"]
    assert hub.submit((1, 0), 2, 1, 1, "d") is None
    assert hub.submit((1, 0), 2, 0, 0, "a") == ["a", "b"]
    assert hub.submit((1, 0), 2, 1, 0, "c") == ["c", "d"]


def test_what_a_failed_attempt_left_goes_when_the_next_one_meets() -> None:
    hub = BarrierHub()
    hub.submit((1, 0), 2, 0, 0, "old")
    hub.submit((2, 0), 2, 0, 0, "another stage")
    assert hub.submit((1, 1), 2, 0, 1, "b") is None
    assert set(hub._rounds) == {(1, 1), (2, 0)}
    assert hub.submit((1, 1), 2, 0, 0, "a") == ["a", "b"]
