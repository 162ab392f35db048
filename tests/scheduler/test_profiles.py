"""Executors of two kinds beside each other: who runs what, and whose cores they are."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from scheduler_harness import Harness, narrow, reads, shuffle, source

from rayspark.lineage.node import NATIVE, PYTHON
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.config import AllocationConfig


def machine(h: Harness, host: str, cores: int) -> None:
    """A machine with an executor of one core for each of its cores, and one native for all."""
    for core in range(cores):
        h.executor(f"{host}-py{core}", host, cores=1)
    h.executor(f"{host}-native", host, cores=cores, profile=NATIVE)


def at_work(h: Harness) -> Counter[str]:
    return Counter(one.executor for one in h.running.values())


def test_stages_run_where_they_are_meant_to(make_harness):
    h = make_harness()
    machine(h, "a", 2)
    compiled = narrow(source(2), profile=NATIVE)
    h.submit(narrow(reads(shuffle(compiled, 2))))
    assert set(h.where(0).values()) == {"a-native"}
    h.finish()
    assert {one.executor for one in h.launched if one.key.stage == 1} == {"a-py0", "a-py1"}
    h.assert_empty()


def test_both_kinds_share_the_cores_of_their_machine(make_harness):
    h = make_harness()
    machine(h, "a", 2)
    h.submit(source(3))
    h.submit(source(3, profile=NATIVE))
    assert at_work(h) == {"a-py0": 1, "a-py1": 1}, "the machine has two cores"
    h.succeed(h.of(0)[0])
    h.succeed(h.of(0)[0])
    assert at_work(h) == {"a-py0": 1, "a-native": 1}
    h.succeed(h.of(1)[0])
    assert at_work(h) == {"a-py0": 1, "a-native": 1}
    h.succeed(h.of(0)[0])
    assert at_work(h) == {"a-native": 2}
    h.finish()
    h.assert_empty()


def test_cores_are_free_again_when_those_of_the_other_kind_are_lost(make_harness):
    h = make_harness()
    machine(h, "a", 1)
    h.submit(source(1, profile=NATIVE))
    job = h.submit(source(1))
    assert at_work(h) == {"a-native": 1}
    h.lose("a-native")
    assert at_work(h) == {"a-py0": 1}
    h.executor("again", "a", cores=1, profile=NATIVE)
    assert at_work(h) == {"a-py0": 1}
    h.finish(job)
    assert at_work(h) == {"again": 1}
    h.finish()
    h.assert_empty()


def test_short_tasks_are_not_queued_where_the_other_kind_has_the_cores(make_harness):
    h = make_harness()
    machine(h, "a", 2)
    h.submit(source(400, profile=NATIVE))
    h.submit(source(400))
    for _ in range(3):
        h.succeed(h.of(0)[0], duration=0.001)
    assert at_work(h)["a-native"] > 2, "short tasks are queued"
    assert set(at_work(h)) == {"a-native"}


def test_a_gang_waits_for_cores_that_the_other_kind_has(make_harness):
    h = make_harness()
    machine(h, "a", 2)
    h.submit(source(1, profile=NATIVE))
    job = h.submit(source(2, barrier=True))
    assert at_work(h) == {"a-native": 1}
    h.succeed(h.of(0)[0])
    assert at_work(h) == {"a-py0": 1, "a-py1": 1}
    h.finish(job)
    h.assert_empty()


def test_the_first_stage_of_a_kind_asks_for_its_executors(make_harness):
    h = make_harness()
    h.executor("e1", "a")
    asked = act.SetExecutorTarget(NATIVE, None)
    compiled = source(1, profile=NATIVE)
    first = h.feed(ev.JobSubmitted(0, compiled, [0], None, 0.0))
    again = h.feed(ev.JobSubmitted(1, compiled, [0], None, 0.0))
    assert asked in first
    assert asked not in again


def test_a_kind_that_has_no_executors_is_told_to_the_user(make_harness):
    h = make_harness()
    h.executor("e1", "a")
    h.submit(source(1, profile=NATIVE))
    (warning,) = [a for a in h.tick(15.0) if isinstance(a, act.Warn)]
    assert "Initial job has not accepted any resources" in warning.message


def test_idle_executors_of_each_kind_are_released(make_harness):
    h = make_harness(allocation=AllocationConfig(enabled=True))
    machine(h, "a", 1)
    h.submit(narrow(reads(shuffle(source(2), 1)), profile=NATIVE))
    h.finish()
    released = [a.executor for a in h.tick(61.0) if isinstance(a, act.ReleaseExecutor)]
    assert sorted(released) == ["a-native", "a-py0"]


def test_one_executor_serves_every_kind_where_there_is_but_one(make_harness):
    h = make_harness(one_profile=True)
    h.executor("driver", "localhost", cores=2)
    job = h.submit(narrow(reads(shuffle(source(2, profile=NATIVE), 2))))
    h.finish()
    assert h.ended[job] is None
    h.assert_empty()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_never_more_tasks_than_cores(data):
    h = Harness(fair=data.draw(st.booleans()))
    cores = {"a": data.draw(st.integers(1, 4)), "b": data.draw(st.integers(1, 2))}
    for host, count in cores.items():
        machine(h, host, count)
    slots = {e.id: e.slots for e in h.state.tables.executors.values()}
    for _ in range(data.draw(st.integers(1, 4))):
        profile = data.draw(st.sampled_from([PYTHON, NATIVE]))
        h.submit(source(data.draw(st.integers(1, 9)), profile=profile))
    while h.running:
        busy = Counter[str]()
        for executor, tasks in at_work(h).items():
            busy[h.hosts[executor]] += min(tasks, slots[executor])
        assert all(busy[host] <= count for host, count in cores.items()), busy
        one = data.draw(st.sampled_from(list(h.running.values())))
        h.succeed(one, duration=data.draw(st.sampled_from([0.001, 1.0])))
    assert set(h.ended) == set(range(h.jobs))
    h.assert_empty()
