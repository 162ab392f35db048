"""Speculation, exclusion, barriers, pools, dynamic allocation."""

from __future__ import annotations

import pytest
from scheduler_harness import narrow, reads, shuffle, source

from rayspark.errors.exceptions import IllegalArgumentException, SparkException
from rayspark.events import types as news
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.config import (
    AllocationConfig,
    ExclusionConfig,
    PoolConfig,
    SpeculationConfig,
)
from rayspark.scheduler.pools import read_pools
from rayspark.scheduler.task import TaskState
from rayspark.storagelevel import StorageLevel

# ------------------------------------------------------------------------------ speculation


@pytest.fixture
def straggling(make_harness):
    """Nine of ten tasks took a second; the tenth runs on e1."""
    h = make_harness(speculation=SpeculationConfig(enabled=True))
    h.executor("e1", cores=5)
    h.executor("e2", cores=5)
    h.submit(source(10))
    h.now = 1.0
    h.succeed(*h.of(0)[1:])
    return h


def test_a_straggler_gets_one_copy_elsewhere(straggling):
    h = straggling
    h.tick(1.9)
    assert len(h.of(0)) == 1
    h.tick(0.2)
    first, copy = h.of(0)
    assert (first.executor, copy.executor) == ("e1", "e2")
    assert (copy.task.speculative, copy.task.number) == (True, 1)
    h.tick(10.0)
    assert len(h.of(0)) == 2


@pytest.mark.parametrize("winner", [0, 1])
def test_the_first_success_wins_and_the_other_try_is_killed(straggling, winner):
    h = straggling
    h.tick(2.1)
    tries = h.of(0)
    h.succeed(tries[winner])
    assert h.ended == {0: None}
    assert h.kills == [tries[1 - winner].key]
    h.succeed(tries[1 - winner])
    assert sorted(h.results[0]) == list(range(10))
    h.assert_empty()


def test_a_copy_that_fails_does_no_harm(straggling):
    h = straggling
    h.tick(2.1)
    h.fail(h.of(0)[1])
    assert len(h.of(0)) == 1
    h.finish()
    assert h.ended == {0: None}
    h.assert_empty()


def test_a_copy_goes_on_when_the_first_try_is_lost(straggling):
    h = straggling
    h.tick(2.1)
    h.lose("e1")
    assert [r.executor for r in h.of(0)] == ["e2"]
    h.finish()
    assert h.ended == {0: None}


def test_before_the_quantile_nobody_is_slow(make_harness):
    h = make_harness(speculation=SpeculationConfig(enabled=True))
    h.executor("e1", cores=10)
    h.executor("e2", cores=10)
    h.submit(source(10))
    h.succeed(*h.of(0)[2:])
    h.tick(100.0)
    assert len(h.of(0)) == 2


def test_a_single_task_needs_a_threshold(make_harness):
    config = SpeculationConfig(enabled=True, duration_threshold=5.0)
    h = make_harness(speculation=config)
    h.executor("e1")
    h.executor("e2")
    h.submit(source(1))
    h.tick(4.0)
    assert len(h.of(0)) == 1
    h.tick(2.0)
    assert len(h.of(0)) == 2


def test_ticks_are_wanted_only_while_something_runs(straggling):
    h = straggling
    assert h.state.next_tick() is not None
    h.finish()
    assert h.state.next_tick() is None


# ------------------------------------------------------------------------------ exclusion


def excluding(make_harness, executors=2, **more):
    h = make_harness(exclusion=ExclusionConfig(enabled=True, **more))
    for i in range(executors):
        h.executor(f"e{i + 1}")
    return h


def test_a_task_is_not_tried_again_where_it_failed(make_harness):
    h = excluding(make_harness)
    h.submit(source(1))
    first = h.of(0)[0]
    h.fail(first)
    assert h.of(0)[0].executor != first.executor
    h.finish()
    h.assert_empty()


def test_a_task_that_failed_everywhere_fails_its_job_at_once(make_harness):
    h = excluding(make_harness)
    job = h.submit(source(1))
    h.fail(h.of(0)[0])
    h.fail(h.of(0)[0])
    text = str(h.ended[job])
    assert "Aborting TaskSet 0.0 because task 0 (partition 0) cannot run anywhere" in text
    assert "Most recent failure:\nLost task 0.1 in stage 0.0" in text
    assert "boom" in text
    h.assert_empty()


def test_an_executor_that_fails_two_tasks_gets_no_more_of_the_stage(make_harness):
    h = excluding(make_harness)
    h.submit(source(12))
    for one in [r for r in h.of(0) if r.executor == "e1"]:
        h.fail(one)
    before = len(h.launched)
    h.finish()
    assert {r.executor for r in h.launched[before:]} == {"e2"}


def test_failures_of_a_stage_that_succeeds_count_for_the_application(make_harness):
    h = excluding(make_harness, timeout=60.0)
    h.submit(source(4))
    for one in [r for r in h.of(0) if r.executor == "e1"]:
        h.fail(one)
    h.finish()
    h.submit(source(4))
    assert set(h.where(1).values()) == {"e2"}
    assert h.state.next_tick() == 60.0
    told = [a.event for a in h.state.handle(ev.Tick(60.0)) if isinstance(a, act.Notify)]
    assert news.ExecutorUnexcluded(60_000, "e1") in told
    assert h.state.next_tick() is None


def test_excluded_executors_can_be_replaced(make_harness):
    h = excluding(make_harness, kill=True)
    h.submit(source(4))
    for one in [r for r in h.of(0) if r.executor == "e1"]:
        h.fail(one)
    released = []
    while h.running:
        one = next(iter(h.running.values()))
        released += [a for a in h.succeed(one) if isinstance(a, act.ReleaseExecutor)]
    assert [a.executor for a in released] == ["e1"]


def test_two_excluded_executors_exclude_their_host(make_harness):
    h = make_harness(exclusion=ExclusionConfig(enabled=True))
    h.executor("e1", host="bad")
    h.executor("e2", host="bad")
    h.executor("e3", host="bad")
    h.executor("e4", host="good", cores=8)
    h.submit(source(40))
    for one in [r for r in h.of(0) if r.executor in ("e1", "e2")]:
        h.fail(one)
    before = len(h.launched)
    h.finish()
    assert {r.executor for r in h.launched[before:]} == {"e4"}


def test_what_is_not_a_failure_excludes_nobody(make_harness):
    h = excluding(make_harness, executors=1)
    job = h.submit(source(1))
    h.fail(h.of(0)[0], TaskState.KILLED)
    h.finish()
    assert h.ended == {job: None}


# ------------------------------------------------------------------------------ barriers


def test_a_barrier_stage_starts_whole_or_not_at_all(harness):
    harness.submit(source(2))
    job = harness.submit(narrow(source(4), barrier=True))
    assert not harness.of(1)
    harness.succeed(*harness.of(0))
    assert len(harness.of(1)) == 4
    assert all(r.run.barrier for r in harness.of(1))
    harness.finish()
    assert harness.ended[job] is None
    harness.assert_empty()


def test_one_failure_fails_all_and_all_run_again(harness):
    job = harness.submit(narrow(source(4), barrier=True))
    done, failing, *rest = harness.of(0)
    harness.succeed(done)
    assert harness.results == {}, "results wait for the whole gang"
    harness.fail(failing)
    assert {k.tid for k in harness.kills} == {r.key.tid for r in rest}
    harness.drain_kills()
    assert [r.key.partition for r in harness.of(0, attempt=1)] == [0, 1, 2, 3]
    harness.finish()
    assert harness.ended == {job: None}
    assert sorted(harness.results[job]) == [0, 1, 2, 3]
    harness.assert_empty()


def test_an_executor_lost_fails_the_gang(harness):
    job = harness.submit(narrow(source(4), barrier=True))
    harness.lose("e1")
    harness.drain_kills()
    assert not harness.of(0)
    harness.executor("e3")
    assert len(harness.of(0, attempt=1)) == 4
    harness.finish()
    assert harness.ended == {job: None}
    harness.assert_empty()


def test_a_gang_that_always_fails_is_given_up(harness):
    job = harness.submit(narrow(source(2), barrier=True))
    for _ in range(4):
        harness.fail(harness.of(0)[0])
        harness.drain_kills()
    assert "has failed the maximum allowable number of times: 4" in str(harness.ended[job])
    harness.assert_empty()


def test_a_barrier_map_stage_is_made_whole_again(harness):
    edge = shuffle(narrow(source(4), barrier=True), 2)
    job = harness.submit(reads(edge))
    harness.succeed(*harness.of(0))
    harness.fetch_failed(harness.of(1)[0], edge, [2])
    harness.finish()
    assert len([r for r in harness.launched if r.run.sink is edge]) == 8
    assert harness.ended == {job: None}
    harness.assert_empty()


def test_a_gang_larger_than_the_cluster_is_refused_after_a_while(make_harness):
    h = make_harness(barrier_check_failures=2)
    h.executor("e1")
    job = h.submit(narrow(source(3), barrier=True))
    h.tick(15.0)
    assert not h.ended
    assert h.state.next_tick() == 30.0
    h.tick(15.0)
    assert "[SPARK-24819]" in str(h.ended[job])
    assert "The stage has 3 tasks, the cluster 2 slots" in str(h.ended[job])
    h.assert_empty()


def test_or_started_when_executors_come(make_harness):
    h = make_harness()
    h.executor("e1")
    h.submit(narrow(source(3), barrier=True))
    h.executor("e2")
    assert len(h.of(0)) == 3
    h.finish()
    h.assert_empty()


def test_a_gang_over_fewer_partitions_is_refused(harness):
    gang = narrow(source(4), barrier=True)
    job = harness.submit(gang, partitions=[0])
    assert "[SPARK-24820]" in str(harness.ended[job])
    harness.assert_empty()


def test_a_gang_and_dynamic_allocation_do_not_go_together(make_harness):
    h = make_harness(allocation=AllocationConfig(enabled=True))
    h.executor("e1")
    job = h.submit(narrow(source(2), barrier=True))
    assert "[SPARK-24942]" in str(h.ended[job])


# ------------------------------------------------------------------------------ pools


def test_weights_and_minimum_shares(make_harness):
    pools = {
        "heavy": PoolConfig("heavy", weight=3),
        "light": PoolConfig("light"),
        "sure": PoolConfig("sure", min_share=2),
    }
    h = make_harness(fair=True, pools=pools)
    h.executor("e1", cores=10)
    for pool in pools:
        h.submit(source(100), spark_scheduler_pool=pool)
    for _ in range(60):
        h.succeed(next(iter(h.running.values())))
    counts = [len(h.of(stage)) for stage in range(3)]
    assert sum(counts) == 10
    assert counts[0] in (5, 6)
    assert counts[1] == 2
    assert counts[2] in (2, 3)


XML = """<?xml version="1.0"?>
<allocations>
  <pool name="production">
    <schedulingMode>FAIR</schedulingMode><weight>2</weight><minShare>3</minShare>
  </pool>
  <pool name="test"/>
</allocations>"""


def test_pools_are_read_from_spark_s_file(tmp_path):
    path = tmp_path / "fairscheduler.xml"
    path.write_text(XML)
    assert read_pools(path) == {
        "production": PoolConfig("production", fair=True, weight=2, min_share=3),
        "test": PoolConfig("test"),
    }


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        ("<allocations>", "not well-formed"),
        ("<pools/>", "must be <allocations>, found <pools>"),
        ("<allocations><pool/></allocations>", "needs a name"),
        (
            "<allocations><pool name='a'><weight>x</weight></pool></allocations>",
            "weight must be a whole number >= 1, found 'x'",
        ),
        (
            "<allocations><pool name='a'><schedulingMode>LIFO</schedulingMode></pool>"
            "</allocations>",
            "must be FIFO or FAIR, found 'LIFO'",
        ),
    ],
)
def test_a_bad_pool_file_is_an_error(tmp_path, xml, says):
    path = tmp_path / "bad.xml"
    path.write_text(xml)
    with pytest.raises(IllegalArgumentException, match=says):
        read_pools(path)


# ------------------------------------------------------------------------------ allocation


def targets(actions):
    return [a.target for a in actions if isinstance(a, act.SetExecutorTarget)]


def test_a_backlog_asks_for_1_2_4_more(make_harness):
    h = make_harness(allocation=AllocationConfig(enabled=True, max_executors=10))
    h.submit(source(100))
    assert targets(h.tick(0.9)) == []
    assert targets(h.tick(0.1)) == [1]
    assert targets(h.tick(1.0)) == [3]
    assert targets(h.tick(1.0)) == [7]
    assert targets(h.tick(1.0)) == [10]
    assert targets(h.tick(1.0)) == []


def test_no_more_than_the_tasks_need(make_harness):
    h = make_harness(allocation=AllocationConfig(enabled=True), executor_cores=4)
    h.submit(source(6))
    assert targets(h.tick(1.0)) == [1]
    assert targets(h.tick(1.0)) == [2]
    assert targets(h.tick(1.0)) == []


def test_the_start_value_is_asked_for_with_the_first_stage(make_harness):
    config = AllocationConfig(enabled=True, min_executors=1, initial_executors=3)
    h = make_harness(allocation=config)
    actions = h.state.handle(ev.JobSubmitted(0, source(1), [0], None, 0.0))
    assert act.SetExecutorTarget("python", 3) in actions


def test_idle_executors_are_released_down_to_the_minimum(make_harness):
    config = AllocationConfig(enabled=True, min_executors=1)
    h = make_harness(allocation=config)
    h.executor("e1")
    h.executor("e2")
    h.submit(source(2))
    h.finish()
    assert h.tick(59.0) == [] or targets(h.tick(0.0)) == []
    released = [a for a in h.tick(2.0) if isinstance(a, act.ReleaseExecutor)]
    assert [a.executor for a in released] == ["e1"]
    h.submit(source(4))
    assert set(h.where(1).values()) == {"e2"}
    h.finish()


def test_executors_with_cached_blocks_stay(make_harness):
    h = make_harness(allocation=AllocationConfig(enabled=True))
    h.executor("e1")
    cached = source(1)
    cached.marks.level = StorageLevel.MEMORY_ONLY
    h.submit(cached)
    h.finish()
    h.feed(ev.BlocksStored("e1", "host-e1", [(cached.id, 0)], in_heap=True))
    assert not [a for a in h.tick(1000.0) if isinstance(a, act.ReleaseExecutor)]
    h.feed(ev.BlocksDropped([(cached.id, 0)]))
    assert [a for a in h.tick(1.0) if isinstance(a, act.ReleaseExecutor)]


def test_a_released_executor_s_loss_counts_against_nobody(make_harness):
    h = make_harness(allocation=AllocationConfig(enabled=True), max_task_failures=1)
    h.executor("e1")
    h.submit(source(1))
    h.finish()
    h.tick(61.0)
    h.lose("e1", expected=True)
    job = h.submit(source(1))
    h.executor("e2")
    h.finish()
    assert not isinstance(h.ended[job], SparkException)


def test_who_waits_without_any_executor_is_told_so_again_and_again(make_harness):
    h = make_harness()
    h.submit(source(2))
    assert h.state.next_tick() == 15.0
    assert h.tick(14.0) == []
    (warning,) = h.tick(1.0)
    assert isinstance(warning, act.Warn)
    assert warning.message.startswith("Initial job has not accepted any resources; check")
    assert h.state.next_tick() == 30.0
    assert len(h.tick(15.0)) == 1
    h.executor("e1")
    assert h.state.next_tick() is None
    assert h.tick(60.0) == []
    h.finish()
    h.assert_empty()
