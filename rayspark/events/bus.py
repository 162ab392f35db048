"""The listener bus: producers post events, one daemon thread hands them to subscribers.

``post`` is called by the scheduler's thread for everything that happens, so it never waits: an
event nobody subscribed to is gone after one dictionary look-up, any other is appended to a queue.
The thread wakes at the first event, lingers a few milliseconds so that a burst costs one wake-up
instead of one per event, and delivers the queue in order::

    bus = EventBus()
    bus.subscribe(MyListener())
    if bus.wants(TaskEnd):  # skip building what nobody reads
        bus.post(TaskEnd(...))
    bus.flush()  # all posted so far is delivered
    bus.stop()

When subscribers are slower than the engine, the queue fills to its capacity; from then on bulk
events (:data:`~rayspark.events.types.BULK_EVENTS`) are dropped, counted and reported in the log,
while the few events about jobs, stages and executors are always kept. A subscriber that raises is
logged and goes on; after `max_failures` it is disabled. Subscribers run on the bus's thread, one at
a time, so they need no lock towards each other.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Protocol

from rayspark.events.types import BULK_EVENTS, Event

logger = logging.getLogger(__name__)

LINGER_S = 0.01
"""How long the thread lets a burst gather. 100 wake-ups a second at most; a human sees no delay."""
DROP_REPORT_S = 60.0


class Subscriber(Protocol):
    """Somebody who wants events."""

    def interests(self) -> Collection[type[Event]]:
        """Classes of the events to deliver; asked once, when subscribing."""
        ...

    def handle(self, event: Event) -> None:
        """Take one event, on the bus's thread."""
        ...


class _Marker:
    """A place in the queue that ``flush`` waits for."""

    __slots__ = ("reached",)

    def __init__(self) -> None:
        self.reached = threading.Event()


class EventBus:
    """Delivers events to subscribers, in order, away from the producer's thread.

    Parameters
    ----------
    capacity : int, default 10000
        Events waiting before bulk events are dropped
        (``spark.scheduler.listenerbus.eventqueue.capacity``).
    max_failures : int, default 10
        Exceptions after which a subscriber is disabled.
    monotonic : callable, default time.monotonic
        The clock that spaces reports of drops.

    Examples
    --------
    >>> from rayspark.events.types import UnpersistRDD
    >>> class Printer:
    ...     def interests(self):
    ...         return [UnpersistRDD]
    ...
    ...     def handle(self, event):
    ...         print(event)
    >>> bus = EventBus()
    >>> bus.subscribe(Printer())
    >>> bus.post(UnpersistRDD(7))
    >>> bus.stop()
    UnpersistRDD(rdd_id=7)
    """

    def __init__(
        self,
        capacity: int = 10_000,
        max_failures: int = 10,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if capacity < 1:
            raise ValueError(f"the event queue needs a capacity of at least 1, not {capacity}")
        self.dropped = 0
        self._capacity = capacity
        self._max_failures = max_failures
        self._monotonic = monotonic
        self._queue: deque[Event | _Marker] = deque()
        self._routes: dict[type[Event], tuple[Subscriber, ...]] = {}
        # By id(): a listener may be a dataclass, equal to another one and not hashable.
        self._subscribers: dict[int, tuple[Subscriber, frozenset[type[Event]]]] = {}
        self._failures: dict[int, int] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._asleep = False
        self._bell = threading.Event()
        self._hurry = threading.Event()
        self._stopped = False
        self._reported_drops = 0
        self._next_drop_report = float("-inf")

    # ------------------------------------------------------------------ producers

    def wants(self, event_type: type[Event]) -> bool:
        """Would anybody get an event of this class?"""
        return event_type in self._routes

    def post(self, event: Event) -> None:
        """Hand over an event. Returns at once, from any thread."""
        kind = type(event)
        if kind not in self._routes:
            return
        if len(self._queue) >= self._capacity and kind in BULK_EVENTS:
            with self._lock:
                self.dropped += 1
            return
        self._queue.append(event)
        # The thread sets _asleep before it looks at the queue a last time, so either it sees this
        # event or we see the flag: no event is left lying.
        if self._asleep:
            self._bell.set()

    # ------------------------------------------------------------------ subscribers

    def subscribe(self, subscriber: Subscriber) -> None:
        """Deliver events from now on. Subscribing twice changes nothing.

        Raises
        ------
        RuntimeError
            If the bus is stopped: the subscriber would wait for ever.
        """
        interests = frozenset(subscriber.interests())
        with self._lock:
            if self._stopped:
                raise RuntimeError(
                    f"cannot add {_name_of(subscriber)}: the event bus is stopped; "
                    "add listeners before SparkContext.stop()"
                )
            self._subscribers[id(subscriber)] = (subscriber, interests)
            self._rebuild_routes()
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="rayspark-event-bus", daemon=True
                )
                self._thread.start()

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Deliver nothing more; events under way may still arrive."""
        with self._lock:
            self._subscribers.pop(id(subscriber), None)
            self._failures.pop(id(subscriber), None)
            self._rebuild_routes()

    def _rebuild_routes(self) -> None:
        routes: dict[type[Event], tuple[Subscriber, ...]] = {}
        for subscriber, kinds in self._subscribers.values():
            for kind in kinds:
                routes[kind] = (*routes.get(kind, ()), subscriber)
        self._routes = routes  # replaced as a whole: post() reads it without a lock

    # ------------------------------------------------------------------ waiting

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until everything posted so far is delivered; False when `timeout` came first.

        Raises
        ------
        RuntimeError
            If called from a subscriber: it would wait for itself.
        """
        if self._thread is None or self._stopped:
            return True
        if self._thread is threading.current_thread():
            raise RuntimeError("a listener cannot wait for the event bus that is calling it")
        marker = _Marker()
        self._queue.append(marker)
        self._hurry.set()
        self._bell.set()
        return marker.reached.wait(timeout)

    def stop(self, timeout: float = 10.0) -> None:
        """Deliver what is queued and end the thread. Later posts go nowhere.

        Events still queued after `timeout` seconds are given up, with a warning.

        Raises
        ------
        RuntimeError
            If called from a subscriber.
        """
        if not self.flush(timeout):
            logger.warning(
                "Listeners did not finish within %.0f s; %d events are not delivered",
                timeout,
                len(self._queue),
            )
        with self._lock:
            self._stopped = True
            self._routes = {}
        self._next_drop_report = float("-inf")
        self._report_drops()
        self._hurry.set()
        self._bell.set()

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        while True:
            self._asleep = True
            if not self._queue and not self._stopped:
                self._bell.wait()
            self._asleep = False
            self._bell.clear()
            if self._stopped:
                self._release_waiters()
                return
            self._hurry.wait(LINGER_S)
            self._hurry.clear()
            self._deliver_queued()
            self._report_drops()

    def _deliver_queued(self) -> None:
        queue = self._queue
        while queue and not self._stopped:
            item = queue.popleft()
            if isinstance(item, _Marker):
                item.reached.set()
                continue
            for subscriber in self._routes.get(type(item), ()):
                try:
                    subscriber.handle(item)
                # SystemExit too: sys.exit() in a listener would end this thread, not the program.
                except (Exception, SystemExit) as error:  # noqa: BLE001 - logged there
                    self._record_failure(subscriber, item, error)

    def _release_waiters(self) -> None:
        while self._queue:
            item = self._queue.popleft()
            if isinstance(item, _Marker):
                item.reached.set()

    def _record_failure(self, subscriber: Subscriber, event: Event, error: BaseException) -> None:
        count = self._failures.get(id(subscriber), 0) + 1
        self._failures[id(subscriber)] = count
        name = _name_of(subscriber)
        if count == 1:
            logger.error(
                "Listener %s failed on %s; further failures are counted, not shown",
                name,
                type(event).__name__,
                exc_info=error,
            )
        if count >= self._max_failures:
            logger.error("Listener %s failed %d times and is disabled", name, count)
            self.unsubscribe(subscriber)

    def _report_drops(self) -> None:
        new = self.dropped - self._reported_drops
        if new and self._monotonic() >= self._next_drop_report:
            logger.warning(
                "Dropped %d task and block events: listeners are slower than the engine. Raise "
                "spark.scheduler.listenerbus.eventqueue.capacity (now %d) or make them faster",
                new,
                self._capacity,
            )
            self._reported_drops = self.dropped
            self._next_drop_report = self._monotonic() + DROP_REPORT_S


def _name_of(subscriber: Subscriber) -> str:
    return type(subscriber).__qualname__
