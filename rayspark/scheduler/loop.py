"""The scheduler's thread: takes events from a queue, asks the state, has the actions performed.

One daemon thread alone touches the :class:`~rayspark.scheduler.state.SchedulerState`. Anybody may
``post``. Events that wait together are handled together, so that a burst of reports costs one round
of placement. The thread sleeps until an event comes or the state wants a ``Tick``: an idle loop uses
no processor.

A defect never becomes a hang: if the state raises, or an action cannot be performed, every job ends
with that error and so does every job submitted later.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from rayspark.errors.exceptions import InternalError
from rayspark.scheduler.actions import Action, JobEnded
from rayspark.scheduler.events import BackendFailed, Event, JobSubmitted, Tick
from rayspark.scheduler.state import SchedulerState

logger = logging.getLogger(__name__)

MAX_EVENTS = 256
"""Handled in one go; actions of a longer burst should not wait for its end."""
MIN_SLEEP = 0.001
"""Ticks are not wanted more finely than this."""


class SchedulerLoop:
    """Runs a scheduler state in a thread of its own.

    Parameters
    ----------
    state : SchedulerState
        Touched by the loop's thread only, once started.
    perform : callable
        Carries out one action, in the loop's thread; must not wait.
    clock : callable, default time.monotonic
        Seconds, the same clock that stamps the events.
    """

    def __init__(
        self,
        state: SchedulerState,
        perform: Callable[[Action], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state = state
        self._perform = perform
        self._clock = clock
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="rayspark-scheduler", daemon=True)
        self._broken: BaseException | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def post(self, event: Event) -> None:
        """Have an event handled, soon. Any thread; never waits."""
        self._queue.put(event)

    def stop(self, timeout: float = 5.0) -> None:
        """Handle what was posted before, then end the thread."""
        self._queue.put(None)
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(timeout)

    def _run(self) -> None:
        going = True
        while going:
            events, going = self._gather()
            try:
                self._handle(events)
            except Exception as error:
                logger.exception("The scheduler failed; all jobs end")
                self._give_up(events, error)

    def _gather(self) -> tuple[list[Event], bool]:
        """Wait for events, or for the time of a tick. The flag tells whether to go on."""
        tick = None if self._broken is not None else self._state.next_tick()
        try:
            if tick is None:
                first = self._queue.get()
            else:
                first = self._queue.get(timeout=max(MIN_SLEEP, tick - self._clock()))
        except queue.Empty:
            return [Tick(self._clock())], True
        events: list[Event] = []
        while first is not None and len(events) < MAX_EVENTS:
            events.append(first)
            try:
                first = self._queue.get_nowait()
            except queue.Empty:
                return events, True
        if first is not None:
            events.append(first)
            return events, True
        if tick is not None and tick <= self._clock():
            events.append(Tick(self._clock()))
        return events, False

    def _handle(self, events: list[Event]) -> None:
        if self._broken is not None:
            self._refuse(events, self._broken)
            return
        for action in self._state.handle_all(events):
            self._perform(action)

    def _give_up(self, events: list[Event], error: BaseException) -> None:
        """The state cannot be trusted any more: end every job that waits."""
        self._broken = error if isinstance(error, InternalError) else InternalError(repr(error))
        self._broken.__cause__ = error
        waiting = list(self._state.tables.jobs)
        failed = BackendFailed(self._broken, self._clock())
        try:
            for action in self._state.handle(failed):
                if not isinstance(action, JobEnded):
                    self._perform(action)
        except Exception:
            logger.exception("The scheduler could not even clean up")
        for job_id in waiting:
            self._perform(JobEnded(job_id, self._broken))
        self._refuse(events, self._broken)

    def _refuse(self, events: list[Event], error: BaseException) -> None:
        for event in events:
            if isinstance(event, JobSubmitted):
                self._perform(JobEnded(event.job_id, error))
