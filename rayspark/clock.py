"""Time, as a thing that is handed in.

The engine never asks the machine for the time: it asks its clock, so a test can let hours pass in
a millisecond.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What a clock tells, in seconds."""

    def now(self) -> float:
        """Seconds on a scale that never jumps back: for waiting and measuring."""

    def wall(self) -> float:
        """Seconds since 1970: for people and event logs."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since 1970."""
        return time.time()


class ManualClock:
    """A clock that moves when told to.

    >>> clock = ManualClock()
    >>> clock.advance(3.5)
    >>> clock.now()
    3.5
    """

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def now(self) -> float:
        """Seconds advanced so far, from ``start``."""
        return self._now

    def wall(self) -> float:
        """The same scale: a test's 1970 began at 0."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        if seconds < 0:
            raise ValueError(f"time does not go back ({seconds} s)")
        self._now += seconds
