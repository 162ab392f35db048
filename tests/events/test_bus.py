from __future__ import annotations

import logging
import sys
import threading
from dataclasses import dataclass, field

import pytest

from rayspark.events import EventBus
from rayspark.events.types import (
    Event,
    JobEnd,
    JobSucceeded,
    TaskInfo,
    TasksStarted,
    TaskStart,
    UnpersistRDD,
)

TASK = TaskInfo(1, 0, 0, 0, 0, "1", "host", "ANY")


@dataclass
class Recorder:
    kinds: tuple[type[Event], ...] = (UnpersistRDD,)
    seen: list[Event] = field(default_factory=list)

    def interests(self):
        return self.kinds

    def handle(self, event):
        self.seen.append(event)


class Blocker(Recorder):
    """Holds the bus's thread until released."""

    def __init__(self, *kinds):
        super().__init__(kinds)
        self.entered = threading.Event()
        self.release = threading.Event()

    def handle(self, event):
        self.entered.set()
        assert self.release.wait(10)
        super().handle(event)


@pytest.fixture
def bus():
    bus = EventBus(capacity=5, max_failures=3)
    yield bus
    bus.stop()


def test_events_arrive_in_the_order_they_were_posted(bus):
    recorder = Recorder()
    bus.subscribe(recorder)
    events = [UnpersistRDD(i) for i in range(1000)]
    for event in events:
        bus.post(event)
    assert bus.flush()
    assert recorder.seen == events


def test_events_from_many_threads_all_arrive(bus):
    recorder = Recorder()
    bus.subscribe(recorder)

    def post(first):
        for i in range(500):
            bus.post(UnpersistRDD(first + i))

    threads = [threading.Thread(target=post, args=(n * 500,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bus.flush()
    assert sorted(event.rdd_id for event in recorder.seen) == list(range(2000))


def test_bus_wants_only_what_somebody_subscribed_to(bus):
    assert not bus.wants(TaskStart)
    recorder = Recorder((TaskStart,))
    bus.subscribe(recorder)
    assert bus.wants(TaskStart)
    assert not bus.wants(UnpersistRDD)
    bus.unsubscribe(recorder)
    assert not bus.wants(TaskStart)


def test_subscribing_twice_delivers_once(bus):
    recorder = Recorder()
    bus.subscribe(recorder)
    bus.subscribe(recorder)
    bus.post(UnpersistRDD(1))
    bus.flush()
    assert recorder.seen == [UnpersistRDD(1)]


def test_equal_listeners_are_two_listeners(bus):
    first, second = Recorder(), Recorder()
    assert first == second
    bus.subscribe(first)
    bus.subscribe(second)
    bus.post(UnpersistRDD(1))
    bus.flush()
    assert first.seen == second.seen == [UnpersistRDD(1)]


def test_full_queue_drops_bulk_events_only_and_says_so(bus, caplog):
    blocker = Blocker(TaskStart, TasksStarted)
    bus.subscribe(blocker)
    bus.post(TasksStarted(0, 0, "1", 0))
    assert blocker.entered.wait(10)  # the thread is busy with the first event
    for _ in range(8):
        bus.post(TaskStart(0, 0, TASK))
    bus.post(TasksStarted(0, 0, "1", 8))
    assert bus.dropped == 3
    with caplog.at_level(logging.WARNING, "rayspark.events.bus"):
        blocker.release.set()
        assert bus.flush()
        bus.stop()
    kinds = [type(event) for event in blocker.seen]
    assert kinds == [TasksStarted, *[TaskStart] * 5, TasksStarted]
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "Dropped 3 task and block events"
    ]


def test_post_never_waits_for_a_listener(bus):
    blocker = Blocker(UnpersistRDD)
    bus.subscribe(blocker)
    for i in range(100):  # returns although the listener stands still
        bus.post(UnpersistRDD(i))
    assert blocker.seen == []
    assert not bus.flush(timeout=0.01)
    blocker.release.set()
    assert bus.flush()
    assert len(blocker.seen) == 100


@pytest.mark.parametrize("fail", [lambda: 1 / 0, sys.exit])
def test_failing_listener_is_logged_once_then_disabled_and_others_go_on(bus, caplog, fail):
    class Failing(Recorder):
        def handle(self, event):
            super().handle(event)
            fail()

    failing, healthy = Failing(), Recorder()
    bus.subscribe(failing)
    bus.subscribe(healthy)
    with caplog.at_level(logging.ERROR, "rayspark.events.bus"):
        for i in range(6):
            bus.post(UnpersistRDD(i))
        assert bus.flush()
    assert len(healthy.seen) == 6
    assert len(failing.seen) == 3
    first, last = caplog.records
    assert "Failing failed on UnpersistRDD" in first.getMessage()
    assert first.exc_info is not None
    assert "failed 3 times and is disabled" in last.getMessage()


def test_stop_delivers_what_is_queued_and_then_nothing(bus):
    recorder = Recorder()
    bus.subscribe(recorder)
    bus.post(UnpersistRDD(1))
    bus.stop()
    bus.post(UnpersistRDD(2))
    bus.stop()
    assert recorder.seen == [UnpersistRDD(1)]
    with pytest.raises(RuntimeError, match="Recorder: the event bus is stopped"):
        bus.subscribe(recorder)


def test_listener_that_waits_for_its_own_bus_gets_an_error_not_a_deadlock(bus):
    errors = []

    class Stopper(Recorder):
        def handle(self, event):
            try:
                bus.stop()
            except RuntimeError as error:
                errors.append(str(error))

    bus.subscribe(Stopper())
    bus.post(UnpersistRDD(1))
    assert bus.flush()
    assert errors == ["a listener cannot wait for the event bus that is calling it"]


def test_listener_may_post(bus):
    class Echo(Recorder):
        def handle(self, event):
            bus.post(JobEnd(event.rdd_id, 0, JobSucceeded()))

    recorder = Recorder((JobEnd,))
    bus.subscribe(Echo())
    bus.subscribe(recorder)
    bus.post(UnpersistRDD(5))
    bus.flush()
    bus.flush()
    assert recorder.seen == [JobEnd(5, 0, JobSucceeded())]


def test_nobody_listening_costs_no_thread():
    before = threading.active_count()
    bus = EventBus()
    bus.post(UnpersistRDD(1))
    assert bus.flush()
    assert threading.active_count() == before


def test_capacity_must_be_positive():
    with pytest.raises(ValueError, match="at least 1, not 0"):
        EventBus(capacity=0)
