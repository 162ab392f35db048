"""Barrier stages: tasks that run together and wait for each other.

The tasks of one attempt of a barrier stage form a :class:`BarrierGroup`. One executor's
:class:`BarrierHub` is its meeting place: each task submits a message for a round (``epoch``) and
asks until everybody's is there. Asking again instead of blocking keeps the hub's thread free and
lets a task that is told to stop do so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

POLL_SECONDS = 0.005
ADDRESSES = -1
"""The round in which tasks tell each other where they run, before any user code."""

Key = tuple[int, int]


class Hub(Protocol):
    """The meeting place, here or in another process."""

    def submit(self, key: Key, size: int, epoch: int, index: int, message: str) -> list[str] | None:
        """Leave a message; all messages in task order once everybody's is there, else None."""


class BarrierHub:
    """Meeting place of any number of groups; thread-safe."""

    def __init__(self) -> None:
        self._rounds: dict[tuple[Key, int], dict[int, str]] = {}
        self._lock = threading.Lock()

    def submit(self, key: Key, size: int, epoch: int, index: int, message: str) -> list[str] | None:
        """See :class:`Hub`."""
        with self._lock:
            messages = self._rounds.setdefault((key, epoch), {})
            messages[index] = message
            # A round two back is over for everybody: each has submitted the one in between.
            self._rounds.pop((key, epoch - 2), None)
            if len(messages) < size:
                return None
            return [messages[i] for i in sorted(messages)]

    def forget(self, stages: set[int]) -> None:
        """The stages are over."""
        with self._lock:
            for key in [k for k in self._rounds if k[0][0] in stages]:
                del self._rounds[key]


@dataclass(slots=True)
class BarrierGroup:
    """The tasks of one barrier stage attempt, as one of them sees it."""

    key: Key
    size: int
    hub: Hub
    addresses: list[str] = field(default_factory=list)
    """Where each task runs, in the order of partitions; known before user code starts."""

    def gather(
        self,
        epoch: int,
        index: int,
        message: str,
        check: Callable[[], Any],
        timeout: float | None = None,
    ) -> list[str]:
        """Wait for everybody's message of a round.

        ``check`` is called between questions, to raise when the task shall stop.

        Raises
        ------
        TimeoutError
            After ``timeout`` seconds (``spark.barrier.sync.timeout``).
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (got := self.hub.submit(self.key, self.size, epoch, index, message)) is None:
            check()
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError(
                    f"the tasks of barrier stage {self.key[0]} did not all reach the barrier "
                    f"within {timeout:g} seconds (spark.barrier.sync.timeout)"
                )
            time.sleep(POLL_SECONDS)
        return got
