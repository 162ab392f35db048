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
from dataclasses import field
from typing import Any, Protocol

from rayspark.records import dataclass

POLL_SECONDS = 0.005
ADDRESSES = -1
"""The round in which tasks tell each other where they run, before any user code."""

Key = tuple[int, int]


class Hub(Protocol):
    """The meeting place, here or in another process."""

    def submit(self, key: Key, size: int, epoch: int, index: int, message: str) -> list[str] | None:
        """Leave a message; all messages in task order once everybody's is there, else None."""


@dataclass(slots=True)
class _Round:
    """One message of each task; it is over when each has got them all."""

    messages: dict[int, str] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)


class BarrierHub:
    """Meeting place of any number of groups; thread-safe. What is over is forgotten: a round with
    the last answer, an attempt that failed when the stage's next one meets.
    """

    def __init__(self) -> None:
        self._rounds: dict[Key, dict[int, _Round]] = {}
        self._lock = threading.Lock()

    def submit(self, key: Key, size: int, epoch: int, index: int, message: str) -> list[str] | None:
        """See :class:`Hub`."""
        stage, attempt = key
        with self._lock:
            for old in [k for k in self._rounds if k[0] == stage and k[1] < attempt]:
                del self._rounds[old]
            rounds = self._rounds.setdefault(key, {})
            this = rounds.setdefault(epoch, _Round())
            this.messages[index] = message
            if len(this.messages) < size:
                return None
            this.answered.add(index)
            if len(this.answered) == size:
                del rounds[epoch]
                if not rounds:
                    del self._rounds[key]
            return [this.messages[i] for i in sorted(this.messages)]


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
