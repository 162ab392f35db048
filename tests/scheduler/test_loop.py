"""The loop: one thread, prompt, quiet when idle, never a hang."""

from __future__ import annotations

import queue
import threading
import time

import pytest
from scheduler_harness import source

from rayspark.errors.exceptions import InternalError
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.config import SchedulerConfig
from rayspark.scheduler.loop import SchedulerLoop
from rayspark.scheduler.state import SchedulerState
from rayspark.scheduler.task import ExecutorOffer, TaskReport, TaskState

pytestmark = pytest.mark.timeout(20)


class Echo:
    """A backend whose tasks succeed at once."""

    def __init__(self, state=None):
        self.ended: queue.Queue = queue.Queue()
        self.threads = set()
        self.fail_on = None
        self.loop = SchedulerLoop(state or SchedulerState(SchedulerConfig()), self.perform)

    def perform(self, action):
        self.threads.add(threading.current_thread().name)
        if self.fail_on is not None and isinstance(action, self.fail_on):
            raise RuntimeError("cannot perform")
        match action:
            case act.Launch(executor=executor, tasks=tasks):
                reports = [TaskReport(t.key, TaskState.SUCCESS) for t in tasks]
                self.loop.post(ev.TasksEnded(executor, reports, time.monotonic()))
            case act.JobEnded(job_id=job, error=error):
                self.ended.put((job, error))

    def add_executor(self):
        self.loop.post(ev.ExecutorAdded(ExecutorOffer("e", "h", 2), time.monotonic()))

    def submit(self, job, node):
        partitions = range(node.num_partitions)
        self.loop.post(ev.JobSubmitted(job, node, partitions, None, time.monotonic()))


@pytest.fixture
def echo():
    backend = Echo()
    backend.loop.start()
    yield backend
    backend.loop.stop()


def test_jobs_run_on_one_thread(echo):
    echo.add_executor()
    for job in range(3):
        echo.submit(job, source(50))
    assert sorted(echo.ended.get(timeout=5) for _ in range(3)) == [(i, None) for i in range(3)]
    assert echo.threads == {"rayspark-scheduler"}


def test_stopping_is_quick_and_ends_the_thread(echo):
    began = time.perf_counter()
    echo.loop.stop()
    assert time.perf_counter() - began < 0.05
    assert not echo.loop._thread.is_alive()


def test_events_posted_before_stop_are_handled(echo):
    echo.add_executor()
    echo.submit(0, source(0))
    echo.loop.stop()
    assert echo.ended.get(timeout=0) == (0, None)


def test_a_defect_ends_waiting_and_later_jobs(echo):
    echo.submit(0, source(2))
    # No state survives a job without a node.
    echo.loop.post(ev.JobSubmitted(1, None, [0], None, time.monotonic()))
    first, second = echo.ended.get(timeout=5), echo.ended.get(timeout=5)
    assert {first[0], second[0]} == {0, 1}
    assert isinstance(first[1], InternalError)
    assert "The last events were" in str(first[1])
    echo.submit(2, source(1))
    assert isinstance(echo.ended.get(timeout=5)[1], InternalError)


def test_an_action_that_cannot_be_performed_ends_all_jobs(echo):
    echo.add_executor()
    echo.fail_on = act.Launch
    echo.submit(0, source(2))
    job, error = echo.ended.get(timeout=5)
    assert job == 0
    assert isinstance(error.__cause__, RuntimeError)


class Ticking(SchedulerState):
    """Wants a tick until it has had three."""

    def __init__(self):
        super().__init__(SchedulerConfig())
        self.ticks = queue.Queue()

    def next_tick(self):
        return 0.0 if self.ticks.qsize() < 3 else None

    def handle_all(self, events):
        for event in events:
            if isinstance(event, ev.Tick):
                self.ticks.put(event.now)
        return []


def test_ticks_come_when_wanted_and_only_then():
    state = Ticking()
    echo = Echo(state)
    echo.loop.start()
    for _ in range(3):
        state.ticks.get(timeout=5)
        state.ticks.put(0.0)
        echo.loop.post(ev.Tick(0.0))
    echo.loop.stop()
    assert state.ticks.qsize() >= 3


def test_an_idle_loop_uses_no_processor(echo):
    echo.add_executor()
    echo.submit(0, source(1))
    echo.ended.get(timeout=5)
    before = time.process_time()
    threading.Event().wait(0.1)
    assert time.process_time() - before < 0.02
