"""Jobs that run the map side of a shuffle only, to learn how much it makes."""

from __future__ import annotations

from scheduler_harness import INDETERMINATE, narrow, reads, shuffle, source

from rayspark.errors.exceptions import SparkException
from rayspark.scheduler import events as ev
from rayspark.shuffle.sizes import MapOutputStatistics


def test_it_ends_when_all_output_is_there_and_tells_its_sizes(harness):
    edge = shuffle(source(3), 2)
    job = harness.submit_map_stage(edge)
    for _ in range(2):
        harness.succeed(harness.of(0)[0])
        assert job not in harness.ended
    harness.succeed(harness.of(0)[0])
    assert harness.ended[job] is None
    assert harness.statistics[job] == MapOutputStatistics(edge.shuffle_id, [30, 33], [3, 3])
    harness.assert_empty()


def test_a_later_job_reads_what_is_there(harness):
    edge = shuffle(source(3), 2)
    harness.submit_map_stage(edge)
    harness.finish()
    job = harness.submit(reads(edge))
    assert {one.key.stage for one in harness.running.values()} == {2}
    harness.finish()
    assert harness.ended[job] is None
    assert harness.statistics[job] is None
    again = harness.submit_map_stage(edge)
    assert harness.ended[again] is None, "nothing is left to do"
    assert harness.statistics[again].rows_by_partition == [3, 3]
    harness.assert_empty()


def test_stages_below_run_first(harness):
    below = shuffle(source(2), 2)
    edge = shuffle(narrow(reads(below)), 4)
    job = harness.submit_map_stage(edge)
    assert [one.key.stage for one in harness.running.values()] == [0, 0]
    harness.succeed(*harness.of(0))
    assert [one.key.stage for one in harness.running.values()] == [1, 1]
    harness.succeed(*harness.of(1))
    assert harness.statistics[job].bytes_by_partition == [20, 22, 24, 26]
    harness.assert_empty()


def test_it_shares_the_stage_with_a_job_that_reads_it(harness):
    edge = shuffle(source(4), 2)
    reading = harness.submit(reads(edge))
    job = harness.submit_map_stage(edge)
    harness.succeed(*harness.of(0))
    assert harness.ended == {job: None}
    harness.finish()
    assert harness.ended[reading] is None
    assert sum(one.key.stage == 0 for one in harness.launched) == 4
    harness.assert_empty()


def test_lost_output_is_made_again_and_counted_once(harness):
    edge = shuffle(source(5), 2)
    job = harness.submit_map_stage(edge)
    first = harness.where(0)
    harness.succeed(*harness.of(0))
    assert len(harness.known_maps(edge)) == 4
    harness.lose_host("host-e1")
    lost = [m for m, executor in first.items() if executor == "e1"]
    assert lost
    harness.finish()
    assert harness.ended[job] is None
    assert harness.statistics[job].rows_by_partition == [5, 5]
    harness.assert_empty()


def test_output_lost_afterwards_is_missing_to_the_next(harness):
    edge = shuffle(source(4), 2)
    harness.submit_map_stage(edge)
    harness.finish()
    harness.lose_host("host-e1")
    again = harness.submit_map_stage(edge)
    assert len(harness.running) == 2, "one try for each of the two slots that are left"
    harness.finish()
    assert harness.statistics[again].rows_by_partition == [4, 4]
    assert harness.known_maps(edge) == [0, 1, 2, 3]
    harness.assert_empty()


def test_indeterminate_output_lost_in_part_is_made_and_counted_anew(harness):
    edge = shuffle(source(4, **INDETERMINATE), 2)
    harness.submit_map_stage(edge)
    harness.finish()
    harness.lose_host("host-e1")
    again = harness.submit_map_stage(edge)
    harness.finish()
    assert harness.statistics[again].bytes_by_partition == [40, 44]
    assert sum(one.key.stage == 1 for one in harness.launched) == 4
    harness.assert_empty()


def test_it_fails_and_is_cancelled_like_any_other(harness):
    job = harness.submit_map_stage(shuffle(source(1), 2))
    for _ in range(4):
        harness.fail(harness.of(0)[0])
    assert isinstance(harness.ended[job], SparkException)
    assert harness.statistics[job] is None
    other = harness.submit_map_stage(shuffle(source(1), 2))
    harness.feed(ev.JobCancelled(harness.now, "by hand", job_id=other))
    assert harness.ended[other].getCondition() == "SPARK_JOB_CANCELLED"
    harness.assert_empty()


def test_a_shuffle_of_nothing_is_complete_at_once(harness):
    job = harness.submit_map_stage(shuffle(source(0), 2))
    assert harness.statistics[job].bytes_by_partition == [0, 0]
    harness.assert_empty()


def test_nothing_runs_when_nothing_can(harness):
    error = SparkException("Ray is gone")
    harness.feed(ev.BackendFailed(error, 0.0))
    job = harness.submit_map_stage(shuffle(source(1), 2))
    assert harness.ended[job] is error
    harness.assert_empty()
