"""Who looks after the executors: lost machines, silent executors, tasks that will not stop.

One daemon thread per application, four looks a second. It decides nothing about tasks: what it
finds it tells the backend, which tells the scheduler.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from rayspark.ids import ExecutorId
from rayspark.records import dataclass

logger = logging.getLogger(__name__)

PERIOD = 0.25
NODE_PERIOD = 1.0
"""Seconds between two readings of Ray's node table."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, in seconds."""

    heartbeat: float = 10.0
    """``spark.executor.heartbeatInterval``."""
    silence: float = 120.0
    """``spark.network.timeout``: an executor silent for so long is taken for dead."""
    kill: float = 2.0
    """``spark.python.task.killTimeout``: then the process of a task that does not stop is ended."""


class Watched(Protocol):
    """What the watch may do; implemented by the backend."""

    def beat(self, executor: ExecutorId, heard: Callable[[Collection[int]], None]) -> None:
        """Ask an executor whether it lives; call ``heard`` with the tasks it runs just now."""

    def end(self, executor: ExecutorId, reason: str, *, expected: bool) -> None:
        """Kill an executor's process and report it lost."""

    def has_task(self, executor: ExecutorId, tid: int) -> bool:
        """Has the executor not reported this try yet? It may be over, or not have begun."""

    def executor_ids(self) -> Sequence[ExecutorId]:
        """Executors that answered at least once."""

    def look_at_nodes(self) -> None:
        """Read the node table; report lost machines; start executors that are missing."""


@dataclass(slots=True)
class _Doomed:
    """A try that was told to stop."""

    deadline: float
    reason: str
    asked: bool = False
    """Whether its executor was asked after the deadline if it still runs."""


class Watch:
    """See the module."""

    def __init__(
        self, watched: Watched, patience: Patience, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._watched = watched
        self._patience = patience
        self._clock = clock
        self._heard: dict[ExecutorId, float] = {}
        self._asked: dict[ExecutorId, float] = {}
        self._dying: dict[tuple[ExecutorId, int], _Doomed] = {}
        self._nodes_at = clock() + NODE_PERIOD
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rayspark-watch", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, soon."""
        self._stopped.set()

    def expect_end(self, executor: ExecutorId, tids: Sequence[int], reason: str) -> None:
        """These tasks were told to stop: end their process when they have not after a while."""
        deadline = self._clock() + self._patience.kill
        for tid in tids:
            self._dying[executor, tid] = _Doomed(deadline, reason)

    def _run(self) -> None:
        while not self._stopped.wait(PERIOD):
            try:
                self.look()
            except Exception:
                if not self._stopped.is_set():
                    logger.exception("The watch over the executors failed; it goes on")

    def look(self) -> None:
        """One round."""
        now = self._clock()
        if now >= self._nodes_at:
            self._nodes_at = now + NODE_PERIOD
            self._watched.look_at_nodes()
        self._reap(now)
        self._listen(now)

    def _reap(self, now: float) -> None:
        """End processes whose tasks do not stop.

        Only the executor knows whether a try still runs: in a batch that has not reported it may be
        over, or not begun. An executor that does not answer is busy with just that task.
        """
        overdue: dict[ExecutorId, list[int]] = {}
        for (executor, tid), doomed in list(self._dying.items()):
            if not self._watched.has_task(executor, tid):
                self._dying.pop((executor, tid), None)
            elif now >= doomed.deadline and doomed.asked:
                self._give_up(executor, tid)
            elif now >= doomed.deadline:
                doomed.asked, doomed.deadline = True, now + self._patience.kill
                overdue.setdefault(executor, []).append(tid)
        for executor, tids in overdue.items():
            self._watched.beat(executor, self._judge(executor, tids))

    def _judge(
        self, executor: ExecutorId, tids: Sequence[int]
    ) -> Callable[[Collection[int]], None]:
        def judge(running: Collection[int]) -> None:
            for tid in tids:
                if tid in running:
                    self._give_up(executor, tid)
                else:
                    self._dying.pop((executor, tid), None)

        return judge

    def _give_up(self, executor: ExecutorId, tid: int) -> None:
        doomed = self._dying.pop((executor, tid), None)
        if doomed is not None:
            text = f"task {tid} did not stop within {self._patience.kill:g} s ({doomed.reason})"
            self._watched.end(executor, text, expected=True)

    def _listen(self, now: float) -> None:
        alive = self._watched.executor_ids()
        for gone in self._heard.keys() - set(alive):
            self._heard.pop(gone, None)
            self._asked.pop(gone, None)
        for executor in alive:
            heard = self._heard.setdefault(executor, now)
            if now - heard > self._patience.silence:
                text = f"it was silent for {now - heard:.0f} s (spark.network.timeout)"
                self._watched.end(executor, text, expected=False)
            elif now - self._asked.get(executor, heard) >= self._patience.heartbeat:
                self._asked[executor] = now
                self._watched.beat(executor, self._hear(executor))

    def _hear(self, executor: ExecutorId) -> Callable[[Collection[int]], None]:
        def heard(_: Collection[int]) -> None:
            self._heard[executor] = self._clock()

        return heard
