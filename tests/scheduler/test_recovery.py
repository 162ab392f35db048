"""What is lost is made again, and nothing else."""

from __future__ import annotations

import pytest
from scheduler_harness import INDETERMINATE, narrow, reads, shuffle, source

from rayspark.errors.exceptions import SparkException
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.task import TaskState
from rayspark.storagelevel import StorageLevel


def ready(harness, maps=4, reduces=4, **more):
    """A job whose map stage (0) is done and whose reduce stage (1) runs."""
    edge = shuffle(source(maps, **more), reduces)
    job = harness.submit(narrow(reads(edge)))
    harness.succeed(*harness.of(0))
    return edge, job


# ------------------------------------------------------------------------------ fetch failures


def test_a_fetch_failure_runs_only_the_missing_maps_again(harness):
    edge, job = ready(harness)
    done, victim, *_ = harness.of(1)
    harness.succeed(done)
    actions = harness.fetch_failed(victim, edge, [2])
    assert act.DropMapOutput(edge.shuffle_id, [2]) in actions
    assert act.StageEnded(1, 0) in actions
    assert [(r.key.partition, r.key.attempt) for r in harness.of(0)] == [(2, 1)]
    harness.succeed(*harness.of(0))
    assert {r.key.partition for r in harness.of(1, attempt=1)} <= {1, 2, 3}
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == 1
    harness.assert_empty()


def test_fetch_failures_are_not_failures_of_the_task(make_harness):
    h = make_harness(max_task_failures=1)
    h.executor("e1", cores=4)
    edge, job = ready(h)
    h.fetch_failed(h.of(1)[0], edge, [0])
    h.finish()
    assert h.ended == {job: None}


def test_several_fetch_failures_of_one_attempt_are_one_failed_attempt(harness):
    edge, job = ready(harness)
    for map_id, victim in enumerate(harness.of(1)):
        harness.fetch_failed(victim, edge, [map_id])
    assert harness.state.tables.stages[1].failed_attempts == {0}
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == 4


def test_the_same_loss_is_repaired_once(harness):
    edge, job = ready(harness)
    first, second, *_ = harness.of(1)
    harness.fetch_failed(first, edge, [3])
    harness.succeed(*harness.of(0))
    harness.fetch_failed(second, edge, [3])
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == 1


@pytest.fixture
def roomy(make_harness):
    """Slots enough that nothing waits."""
    h = make_harness()
    h.executor("e1", cores=8)
    h.executor("e2", cores=8)
    return h


def test_without_map_ids_all_that_the_executor_made_is_lost(roomy):
    harness = roomy
    edge, job = ready(harness)
    by_e2 = [r.key.partition for r in harness.launched if r.run.sink is edge and r.executor == "e2"]
    harness.fetch_failed(harness.of(1)[0], edge, [], executor="e2")
    assert [r.key.partition for r in harness.of(0)] == by_e2
    harness.finish()
    assert harness.ended == {job: None}


def test_four_failed_attempts_in_a_row_end_the_job(harness):
    edge, job = ready(harness)
    for _ in range(4):
        harness.fetch_failed(harness.of(1)[-1], edge, [1])
        harness.succeed(*harness.of(0))
    text = str(harness.ended[job])
    assert "has failed the maximum allowable number of times: 4" in text
    assert "block is gone" in text
    harness.assert_empty()


def test_a_success_in_between_starts_the_count_anew(make_harness):
    h = make_harness(max_stage_attempts=2)
    h.executor("e1", cores=8)
    lower = shuffle(source(2), 2)
    upper = shuffle(reads(lower), 2)
    job = h.submit(reads(upper))
    for attempt in range(3):
        h.succeed(*h.of(0))
        h.fetch_failed(h.of(1)[0], lower, [0])
        h.succeed(*h.of(0))
        h.succeed(*h.of(1))
        if attempt < 1:
            h.fetch_failed(h.of(2)[0], upper, [0])
            h.feed(ev.ShuffleForgotten(lower.shuffle_id))
        else:
            break
    h.finish()
    assert h.ended == {job: None}


def test_results_of_a_stopped_attempt_count(harness):
    edge, job = ready(harness)
    first, second, third, fourth = harness.of(1)
    harness.fetch_failed(first, edge, [0])
    harness.succeed(second, third)
    harness.succeed(*harness.of(0))
    assert [r.key.partition for r in harness.of(1, attempt=1)] == [0, 3]
    harness.succeed(fourth)
    assert [k.partition for k in harness.kills] == [3]
    harness.drain_kills()
    harness.finish()
    assert harness.ended == {job: None}
    assert sorted(harness.results[job]) == [0, 1, 2, 3]
    harness.assert_empty()


def test_a_stopped_attempt_can_finish_the_job_before_the_repair(harness):
    edge, job = ready(harness)
    first, *others = harness.of(1)
    harness.fail(first, TaskState.LOST)
    again = [r for r in harness.of(1) if r.key.partition == 0]
    harness.fetch_failed(others[0], edge, [0])
    harness.succeed(*again, *others[1:])
    assert not harness.ended
    harness.succeed(*harness.of(0))
    harness.finish()
    assert harness.ended == {job: None}
    harness.assert_empty()


def test_late_map_output_of_an_old_attempt_is_used(harness):
    edge = shuffle(source(2), 2)
    upper = shuffle(narrow(reads(edge)), 2)
    job = harness.submit(reads(upper))
    harness.succeed(*harness.of(0))
    first, second = harness.of(1)
    harness.fetch_failed(first, edge, [0])
    harness.succeed(second)
    harness.succeed(*harness.of(0))
    assert [r.key.partition for r in harness.of(1)] == [0]
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == 1


def test_a_lost_grandparent_is_found_when_the_parent_runs_again(harness):
    lower = shuffle(source(2), 2)
    upper = shuffle(reads(lower), 2)
    job = harness.submit(reads(upper))
    harness.succeed(*harness.of(0))
    harness.succeed(*harness.of(1))
    harness.feed(ev.ShuffleForgotten(lower.shuffle_id))
    harness.fetch_failed(harness.of(2)[0], upper, [1])
    assert harness.of(0)
    harness.finish()
    assert harness.ended == {job: None}
    harness.assert_empty()


def test_a_lost_cached_block_brings_back_the_shuffle_below_it(harness):
    edge = shuffle(source(2), 2)
    cached = reads(edge)
    cached.marks.level = StorageLevel.MEMORY_ONLY
    blocks = [(cached.id, 0), (cached.id, 1)]
    harness.feed(ev.BlocksStored("e1", "host-e1", blocks, in_heap=False))
    job = harness.submit(narrow(cached))
    assert len(harness.state.tables.stages) == 1
    harness.fetch_failed(harness.of(0)[0], edge, [0])
    harness.finish()
    assert harness.ended == {job: None}
    assert [r.key.partition for r in harness.launched if r.run.sink is edge] == [0, 1]
    harness.assert_empty()


# ------------------------------------------------------------------------------ executors, hosts


def test_map_output_outlives_its_executor(harness):
    edge, job = ready(harness)
    harness.lose("e1")
    assert harness.known_maps(edge) == [0, 1, 2, 3]
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == 0
    harness.assert_empty()


def test_tries_of_a_dead_executor_run_elsewhere(harness):
    job = harness.submit(source(4))
    harness.lose("e1")
    harness.finish()
    assert harness.ended == {job: None}
    assert {r.executor for r in harness.launched[4:]} == {"e2"}
    assert len(harness.launched) == 6
    harness.assert_empty()


@pytest.mark.parametrize(("expected", "survives"), [(True, True), (False, False)])
def test_a_loss_on_purpose_is_not_counted(make_harness, expected, survives):
    h = make_harness(max_task_failures=1)
    h.executor("e1")
    job = h.submit(source(1))
    h.lose("e1", expected=expected)
    h.executor("e2")
    h.finish()
    assert (h.ended[job] is None) is survives


def test_without_executors_a_job_waits_for_the_next(harness):
    job = harness.submit(source(2))
    harness.lose("e1")
    harness.lose("e2")
    assert not harness.of(0)
    harness.executor("e3")
    harness.finish()
    assert harness.ended == {job: None}


def test_a_lost_host_costs_exactly_its_own_maps(roomy):
    harness = roomy
    edge, job = ready(harness)
    on_e1 = [r.key.partition for r in harness.launched if r.run.sink is edge and r.executor == "e1"]
    harness.lose_host("host-e1")
    assert [r.key.partition for r in harness.of(0)] == on_e1
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == len(on_e1)
    harness.assert_empty()


def test_a_lost_executor_may_take_its_host_along(harness):
    edge, job = ready(harness)
    harness.lose("e1", host_lost=True)
    assert len(harness.known_maps(edge)) == 2
    harness.finish()
    assert harness.ended == {job: None}


def test_a_host_lost_while_mapping_costs_its_finished_maps_too(harness):
    edge = shuffle(source(8), 2)
    job = harness.submit(reads(edge))
    done = [r for r in harness.of(0) if r.executor == "e1"]
    harness.succeed(*done)
    harness.lose_host("host-e1")
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == len(done)
    assert harness.state.tables.next_stage == 2
    harness.assert_empty()


def test_a_host_lost_after_the_job_costs_nothing_until_somebody_reads(harness):
    edge, job = ready(harness)
    harness.finish()
    harness.lose_host("host-e1")
    assert not harness.running
    before = len(harness.launched)
    harness.submit(reads(edge))
    harness.finish()
    assert len([r for r in harness.launched[before:] if r.run.sink is edge]) == 2
    assert harness.ended[job] is None


def test_all_hosts_lost(harness):
    _edge, job = ready(harness)
    harness.lose_host("host-e1")
    harness.lose_host("host-e2")
    harness.executor("e3")
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == 4
    harness.assert_empty()


def test_output_that_a_dead_host_reports_late_is_not_believed(harness):
    edge = shuffle(source(2), 2)
    job = harness.submit(reads(edge))
    late = harness.success(harness.of(0)[0])
    harness.lose_host("host-e1")
    harness.feed(ev.TasksEnded("e1", [late], 1.0))
    assert harness.known_maps(edge) == []
    harness.executor("e1b", host="host-e1")  # the machine is back, empty
    harness.feed(ev.TasksEnded("e1", [late], 1.0))
    assert harness.known_maps(edge) == []
    harness.finish()
    assert harness.ended == {job: None}


def test_output_that_a_dead_executor_left_is_believed(harness):
    edge = shuffle(source(2), 2)
    harness.submit(reads(edge))
    late = harness.success(harness.of(0)[0])
    harness.lose("e1")
    harness.feed(ev.TasksEnded("e1", [late], 1.0))
    assert harness.known_maps(edge) == [0]
    assert [k.partition for k in harness.kills] == [0]
    harness.drain_kills()
    harness.finish()
    harness.assert_empty()


def test_a_draining_executor_gets_no_more_tasks(harness):
    harness.feed(ev.ExecutorDraining("e1", 0.0))
    harness.submit(source(4))
    assert set(harness.where(0).values()) == {"e2"}
    harness.finish()


# ------------------------------------------------------------------------------ indeterminate


def test_an_indeterminate_stage_is_rolled_back_whole(harness):
    edge, job = ready(harness, **INDETERMINATE)
    old = harness.of(1)
    actions = harness.fetch_failed(old[0], edge, [1])
    assert act.DropMapOutput(edge.shuffle_id, None) in actions
    assert harness.known_maps(edge) == []
    harness.succeed(*[r for r in old[1:] if r.key.tid in harness.running])
    assert not harness.results, "rows of the old run were delivered"
    harness.drain_kills()
    harness.finish()
    assert harness.ended == {job: None}
    assert len([r for r in harness.launched if r.run.sink is edge]) == 8
    harness.assert_empty()


def test_rolling_back_takes_what_was_made_from_it(harness):
    edge = shuffle(source(2, **INDETERMINATE), 2)
    middle = shuffle(narrow(reads(edge)), 2)
    other = shuffle(source(2), 2)
    job = harness.submit(reads(middle, other))
    while not harness.known_maps(middle):
        first = next(r for r in harness.running.values() if r.run.sink is not other)
        harness.succeed(first)
    victim = next(r for r in harness.running.values() if r.run.sink is middle)
    harness.fetch_failed(victim, edge, [0])
    assert harness.known_maps(middle) == []
    assert harness.known_maps(edge) == []
    harness.drain_kills()
    harness.finish()
    assert harness.ended == {job: None}
    harness.assert_empty()


def test_delivered_results_cannot_be_rolled_back(harness):
    edge, job = ready(harness, **INDETERMINATE)
    first, second, *_ = harness.of(1)
    harness.succeed(first)
    harness.fetch_failed(second, edge, [1])
    assert isinstance(harness.ended[job], SparkException)
    assert "indeterminate output was failed and retried" in str(harness.ended[job])
    harness.assert_empty()


def test_a_host_lost_before_anybody_read_an_indeterminate_stage_costs_its_part_only(harness):
    edge = shuffle(source(8, **INDETERMINATE), 2)
    job = harness.submit(reads(edge))
    harness.succeed(*[r for r in harness.of(0) if r.executor == "e1"])
    harness.lose_host("host-e1")
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == 2


def test_an_indeterminate_stage_lost_in_part_is_made_whole_for_the_next_job(harness):
    edge, _job = ready(harness, **INDETERMINATE)
    harness.finish()
    harness.lose_host("host-e1")
    job = harness.submit(reads(edge))
    harness.finish()
    assert harness.ended[job] is None
    assert len([r for r in harness.launched if r.run.sink is edge]) == 8


def test_a_host_lost_rolls_back_an_indeterminate_stage_that_is_read(harness):
    _edge, job = ready(harness, **INDETERMINATE)
    harness.lose_host("host-e1")
    harness.drain_kills()
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.state.tracker.recomputed == 4
    harness.assert_empty()
