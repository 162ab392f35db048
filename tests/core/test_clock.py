from __future__ import annotations

import time

import pytest

from rayspark.clock import Clock, ManualClock, SystemClock


def test_the_manual_clock_moves_only_forward_and_only_when_told() -> None:
    clock: Clock
    clock = manual = ManualClock(start=10.0)
    manual.advance(2.5)
    assert (clock.now(), clock.wall()) == (12.5, 12.5)
    with pytest.raises(ValueError, match="does not go back"):
        manual.advance(-1)


def test_the_system_clock_is_the_machines() -> None:
    clock: Clock = SystemClock()
    before, wall = time.monotonic(), time.time()
    assert before <= clock.now() <= time.monotonic()
    assert wall <= clock.wall() <= time.time()
