"""The scheduler's thread: takes events from a queue, asks the state, has the actions performed.

One daemon thread alone touches the :class:`~rayspark.scheduler.state.SchedulerState`. Anybody may
``post``. Events that wait together are handled together, so that a burst of reports costs one round
of placement. The thread sleeps until an event comes or the state wants a ``Tick``: an idle loop
uses no processor.

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
from rayspark.ids import JobId
from rayspark.scheduler.actions import Action, JobEnded
from rayspark.scheduler.events import Event, JobSubmitted, MapStageSubmitted, Tick
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
        self._broken: InternalError | None = None
        self._open: dict[JobId, None] = {}
        """Jobs whose end was not told yet."""

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
            submitted = (e for e in events if isinstance(e, JobSubmitted | MapStageSubmitted))
            self._open.update((e.job_id, None) for e in submitted)
            if self._broken is None:
                try:
                    for action in self._state.handle_all(events):
                        self._carry_out(action)
                except Exception as error:
                    logger.exception("The scheduler failed; all jobs end")
                    self._broken = _as_defect(error)
            if self._broken is not None:
                self._refuse(self._broken)

    def _gather(self) -> tuple[list[Event], bool]:
        """Events that wait, or a tick when it is time for one. The flag tells whether to go on."""
        tick = None if self._broken is not None else self._state.next_tick()
        timeout = None if tick is None else max(MIN_SLEEP, tick - self._clock())
        events: list[Event] = []
        going = True
        try:
            event = self._queue.get(timeout=timeout)
            while event is not None and len(events) < MAX_EVENTS:
                events.append(event)
                event = self._queue.get_nowait()
            if event is not None:
                events.append(event)
            else:
                going = False
        except queue.Empty:
            pass
        if tick is not None and tick <= self._clock():
            events.append(Tick(self._clock()))
        return events, going

    def _carry_out(self, action: Action) -> None:
        if isinstance(action, JobEnded):
            self._open.pop(action.job_id, None)
        self._perform(action)

    def _refuse(self, error: BaseException) -> None:
        """The state cannot be trusted any more: end every job that waits."""
        while self._open:
            job_id, _ = self._open.popitem()
            try:
                self._perform(JobEnded(job_id, error))
            except Exception:
                logger.exception("The end of job %s could not be told", job_id)


def _as_defect(error: Exception) -> InternalError:
    if isinstance(error, InternalError):
        return error
    defect = InternalError(f"{error!r} while an action of the scheduler was carried out.")
    defect.__cause__ = error
    return defect
