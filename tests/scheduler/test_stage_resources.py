"""Stages that ask for resources of their own (``RDD.withResources``)."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduler_harness import Harness, narrow, reads, shuffle, source

from rayspark.errors.exceptions import IllegalArgumentException, SparkException
from rayspark.events.types import ResourceProfileAdded, StageSubmitted
from rayspark.lineage.dependency import NarrowDependency
from rayspark.lineage.node import Node
from rayspark.resource.needs import Needs
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.task import TaskState

ACME = Needs(resources=(("acme", 1),), amounts=(("acme", Fraction(1, 2)),))


def cpus(number: int | str) -> Needs:
    return Needs(cpus=Fraction(number))


def asking(node: Node, needs: Needs) -> Node:
    node.marks.needs = needs
    return node


def targets(actions: list[act.Action]) -> list[tuple[str, int | None, Needs | None]]:
    return [(a.profile, a.target, a.needs) for a in actions if isinstance(a, act.SetExecutorTarget)]


def submit(h: Harness, node: Node) -> list[act.Action]:
    h.jobs += 1
    job = ev.JobSubmitted(h.jobs - 1, node, range(node.num_partitions), None, h.now)
    return h.feed(job)


def news(h: Harness, node: Node) -> list[Any]:
    h.jobs += 1
    job = ev.JobSubmitted(h.jobs - 1, node, range(node.num_partitions), None, h.now)
    actions = h.state.handle(job)
    for action in actions:
        h._note(action)
    return [a.event for a in actions if isinstance(a, act.Notify)]


def test_tasks_of_two_cpus_have_half_the_slots(make_harness):
    h = make_harness(executor_cores=4)
    h.executor("e1", cores=4)
    h.submit(asking(source(5), cpus(2)))
    assert len(h.of(0)) == 2
    h.succeed(h.of(0)[0], duration=0.001)
    assert len(h.of(0)) == 2, "short ones are not queued: they would run on idle threads"
    h.finish()
    h.assert_empty()


def test_stages_of_different_cpus_share_an_executor(make_harness):
    h = make_harness(executor_cores=4)
    h.executor("e1", cores=4)
    h.submit(source(1))
    h.submit(asking(source(4), cpus("1.5")))
    h.submit(source(1))
    assert Counter(r.key.stage for r in h.running.values()) == {0: 1, 1: 2}
    h.succeed(h.of(0)[0])
    assert Counter(r.key.stage for r in h.running.values()) == {1: 2, 2: 1}
    h.finish()
    h.assert_empty()


def test_only_the_stage_that_asks_is_changed(make_harness):
    h = make_harness(executor_cores=2)
    h.executor("e1", cores=2)
    h.submit(reads(shuffle(asking(source(2), cpus(2)), 2)))
    assert len(h.of(0)) == 1
    h.succeed(h.of(0)[0])
    h.succeed(h.of(0)[0])
    assert len(h.of(1)) == 2


def test_more_cpus_than_an_executor_has_fail_the_job_at_once(make_harness):
    h = make_harness(executor_cores=2)
    h.executor("e1", cores=2)
    job = h.submit(asking(source(2), cpus(3)))
    assert isinstance(h.ended[job], SparkException)
    assert "cores per executor (=2) has to be >= the number of cpus per task (=3)" in str(
        h.ended[job]
    )
    h.assert_empty()


def test_a_gang_needs_room_for_all_its_cpus(make_harness):
    h = make_harness(executor_cores=2)
    h.executor("e1", cores=2)
    h.submit(asking(source(2, barrier=True), cpus(2)))
    assert not h.running
    h.executor("e2", cores=2)
    assert len(h.of(0)) == 2
    h.finish()
    h.assert_empty()


def conflicting() -> Node:
    left, right = asking(source(2), cpus(1)), asking(source(2), cpus(2))
    return Node(left.op, (NarrowDependency(left), NarrowDependency(right)), 2)


def test_different_profiles_in_a_stage_are_an_error(make_harness):
    h = make_harness(executor_cores=2)
    h.executor("e1", cores=2)
    job = h.submit(conflicting())
    assert isinstance(h.ended[job], IllegalArgumentException)
    assert "Multiple ResourceProfiles specified in the RDDs for this stage" in str(h.ended[job])
    h.assert_empty()


def test_or_the_most_of_each_is_taken(make_harness):
    h = make_harness(executor_cores=2, merge_profiles=True)
    h.executor("e1", cores=2)
    h.submit(conflicting())
    (one,) = h.of(0)
    assert one.run.needs == cpus(2)


def test_executors_of_a_profile_come_on_demand_and_go_when_idle(make_harness):
    h = make_harness()
    h.executor("e1", "a", cores=1)
    asked = targets(submit(h, asking(source(3), ACME)))
    assert asked == [(ACME.name, 3, ACME)], "one core each"
    assert not h.running, "not on executors without the resource"
    h.executor("x1", "a", cores=2, profile=ACME.name)
    assert h.where(0) == {0: "x1", 1: "x1"}, "half a unit each"
    h.finish()
    assert h.ended == {0: None}
    released = [a.executor for a in h.tick(61.0) if isinstance(a, act.ReleaseExecutor)]
    assert released == ["x1"]
    h.lose("x1", expected=True)
    assert targets(submit(h, asking(source(1), ACME))) == [(ACME.name, 1, ACME)]


def test_a_refused_profile_fails_its_jobs_only_and_is_asked_for_again(make_harness):
    h = make_harness()
    h.executor("e1")
    other = h.submit(source(2))
    needy = h.submit(narrow(reads(shuffle(asking(source(2), ACME), 2))))
    error = SparkException("no node has acme")
    h.feed(ev.ProfileRefused(ACME.name, error, h.now))
    assert h.ended == {needy: error}
    assert targets(submit(h, asking(source(1), ACME))) == [(ACME.name, 1, ACME)]
    h.finish(other)
    assert h.ended[other] is None


def test_a_local_master_has_no_executors_to_give(make_harness):
    h = make_harness(one_profile=True, executor_cores=2)
    h.executor("driver", cores=2)
    job = h.submit(asking(source(2), ACME))
    assert "With a local master there is one executor" in str(h.ended[job])
    job = h.submit(asking(source(2), cpus(2)))
    assert len(h.running) == 1
    h.finish(job)
    h.assert_empty()


def test_limits_by_cores_and_units():
    assert ACME.tasks(cores=4, task_cpus=1) == 2
    assert ACME.tasks(cores=1, task_cpus=1) == 1
    two = Needs(resources=(("acme", 4),), cpus=Fraction(2), amounts=(("acme", Fraction(2)),))
    assert two.tasks(cores=8, task_cpus=1) == 2
    assert two.tasks(cores=2, task_cpus=1) == 1


NEEDS = [None, cpus(1), cpus(2), cpus("1.5"), cpus("0.5"), ACME]


@pytest.mark.parametrize("task_cpus", [1, 2])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_in_any_order_no_executor_has_more_than_its_cores(task_cpus, seed):
    chance = Random(seed)
    h = Harness(executor_cores=4, task_cpus=task_cpus, fair=chance.random() < 0.5)
    for name, host in (("e1", "a"), ("e2", "b")):
        h.executor(name, host, cores=4)
    asked: dict[int, Needs | None] = {}
    for _ in range(chance.randint(1, 5)):
        needs = chance.choice(NEEDS)
        node = source(chance.randint(1, 9))
        job = h.submit(node if needs is None else asking(node, needs))
        asked[job] = needs
    h.executor("x1", "a", cores=2, profile=ACME.name)
    while h.running:
        load: dict[str, Fraction] = {}
        for one in h.running.values():
            needs = one.run.needs
            takes = Fraction(task_cpus) if needs is None else needs.task_cpus(task_cpus)
            load[one.executor] = load.get(one.executor, Fraction(0)) + takes
            assert (one.executor == "x1") == (needs == ACME)
        assert all(cores <= 4 for cores in load.values()), load
        one = chance.choice(list(h.running.values()))
        if chance.random() < 0.1:
            h.fail(one, TaskState.KILLED)
        else:
            h.succeed(one, duration=1.0)
    assert set(h.ended) == set(asked)
    assert not any(h.ended.values())
    h.assert_empty()


def test_units_of_the_application_limit_its_tasks(make_harness):
    default = Needs(resources=(("acme", 2),), amounts=(("acme", Fraction(1)),))
    h = make_harness(executor_cores=4, needs=default)
    h.executor("e1", cores=4)
    h.submit(source(9))
    assert len(h.of(0)) == 2, "four cores, two units"
    h.finish()
    h.submit(asking(source(9), Needs(amounts=(("acme", Fraction(1, 2)),))))
    assert len(h.of(1)) == 4, "half a unit each: as many as cores"
    h.submit(asking(source(9), cpus(1)))
    h.succeed(h.of(1)[0])
    for one in list(h.running.values()):
        h.succeed(one)
    assert len(h.running) <= 4
    h.finish()
    h.assert_empty()


def test_tasks_of_half_a_core(make_harness):
    h = make_harness(executor_cores=2, task_cpus=Fraction(1, 2))
    h.executor("e1", cores=2)
    h.submit(source(9))
    assert len(h.running) == 4
    h.finish()
    h.assert_empty()


def test_events_tell_profiles(make_harness):
    acme = Needs(resources=(("acme", 1),))
    h = make_harness(executor_cores=2, merge_profiles=True, needs=acme)
    h.executor("e1", cores=2)
    left = asking(source(2), Needs(cpus=Fraction(1), profile_id=7))
    right = asking(source(2), Needs(cpus=Fraction(2), profile_id=8))
    told = news(h, left)
    assert [e.stage_info.resource_profile_id for e in told if isinstance(e, StageSubmitted)] == [7]
    h.finish()
    both = Node(left.op, (NarrowDependency(left), NarrowDependency(right)), 2)
    told = news(h, both)
    assert not [e for e in told if isinstance(e, ResourceProfileAdded)], "the larger is profile 8"
    mixed = asking(source(2), Needs(amounts=(("acme", Fraction(1)),), profile_id=9))
    h.finish()
    both = Node(left.op, (NarrowDependency(right), NarrowDependency(mixed)), 2)
    told = news(h, both)
    [merger] = [e for e in told if isinstance(e, ResourceProfileAdded)]
    assert merger.task_requests == {"cpus": 2.0, "acme": 1.0}
    [stage] = [e for e in told if isinstance(e, StageSubmitted)]
    assert stage.stage_info.resource_profile_id == merger.profile_id > 9
