"""Tries succeed, fail, are repeated, killed and cancelled."""

from __future__ import annotations

import pytest
from scheduler_harness import narrow, reads, shuffle, source

from rayspark.errors.exceptions import SparkException
from rayspark.errors.traceback import TaskError
from rayspark.events import types as news
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.task import TaskReport, TaskState


def test_a_task_that_fails_twice_is_tried_a_third_time(harness):
    job = harness.submit(source(2))
    for number in range(2):
        one = harness.of(0)[0]
        assert one.task.number == number
        harness.fail(one)
    assert harness.of(0)[0].task.number == 2
    harness.finish()
    assert harness.ended == {job: None}
    harness.assert_empty()


def test_the_fourth_failure_ends_the_job_and_no_other(harness):
    other = harness.submit(source(1))
    job = harness.submit(source(1))
    try:
        raise ValueError("bad row")
    except ValueError as error:
        cause = TaskError.of(error)
    for _ in range(4):
        harness.fail(harness.of(1)[0], error=cause)
    error = harness.ended[job]
    assert isinstance(error, SparkException)
    assert "Task 0 in stage 1.0 failed 4 times, most recent failure: Lost task 0.3 in" in str(error)
    assert "ValueError: bad row" in str(error)
    assert isinstance(error.__cause__, ValueError)
    assert (error.jobId, error.stageId, error.stageAttempt) == (job, 1, 0)
    assert (error.partition, error.attempt) == (0, 3)
    harness.finish()
    assert harness.ended[other] is None
    harness.assert_empty()


def test_failures_are_counted_per_task(make_harness):
    h = make_harness(max_task_failures=2)
    h.executor("e1", cores=4)
    job = h.submit(source(4))
    for partition in range(4):
        h.fail(h.of(0)[partition])
    h.finish()
    assert h.ended == {job: None}


@pytest.mark.parametrize("state", [TaskState.KILLED, TaskState.COMMIT_DENIED])
def test_what_is_not_the_task_s_fault_is_not_counted(harness, state):
    job = harness.submit(source(1))
    for _ in range(10):
        harness.fail(harness.of(0)[0], state)
    harness.finish()
    assert harness.ended == {job: None}


def test_a_failed_map_stage_fails_every_job_that_needs_it(harness):
    edge = shuffle(source(1), 1)
    jobs = [harness.submit(reads(edge)), harness.submit(narrow(reads(edge)))]
    for _ in range(4):
        harness.fail(harness.of(0)[0])
    assert all(isinstance(harness.ended[j], SparkException) for j in jobs)
    harness.assert_empty()


def test_a_repeated_report_is_harmless(harness):
    job = harness.submit(source(2))
    one, other = harness.of(0)
    report = harness.success(one)
    harness.report(report)
    assert harness.report(report) == []
    harness.report(report, harness.success(other), report)
    assert harness.ended == {job: None}
    assert harness.report(report) == []
    harness.assert_empty()


def test_contradicting_reports_of_one_try_count_once(harness):
    harness.submit(source(2))
    one = harness.of(0)[0]
    harness.report(
        harness.success(one), TaskReport(one.key, TaskState.FAILED, error="too late"), executor="e1"
    )
    assert [r.key.partition for r in harness.launched] == [0, 1]


def test_a_success_after_the_try_was_given_up_still_counts(harness):
    job = harness.submit(source(1), partitions=[0])
    one = harness.of(0)[0]
    harness.fail(one, TaskState.LOST)
    again = harness.of(0)[0]
    harness.report(harness.success(one))
    assert harness.ended == {job: None}
    assert harness.kills == [again.key]
    harness.assert_empty()


def test_a_failing_job_kills_what_it_runs(harness):
    job = harness.submit(source(4))
    first = harness.of(0)[0]
    for _ in range(3):
        harness.fail(next(r for r in harness.of(0) if r.key.partition == 0))
    actions = harness.fail(next(r for r in harness.of(0) if r.key.partition == 0))
    kills = [a for a in actions if isinstance(a, act.Kill)]
    assert {k.partition for a in kills for k in a.keys} == {1, 2, 3}
    assert first.key.stage == 0
    assert job in harness.ended
    harness.assert_empty()


def test_reports_of_a_dead_job_only_free_the_slot(harness):
    harness.submit(source(4))
    harness.feed(ev.JobCancelled(0.0, "enough"))
    assert harness.state.tables.executors["e1"].in_flight == 2
    harness.succeed(*harness.of(0))
    assert harness.accepted == []
    harness.assert_empty()


@pytest.mark.parametrize(
    ("selector", "cancelled"),
    [
        ({"job_id": 0}, {0}),
        ({"group": "g"}, {0, 1}),
        ({"tag": "t"}, {1}),
        ({"group": "absent"}, set()),
        ({}, {0, 1, 2}),
    ],
)
def test_cancellation_selects_jobs(harness, selector, cancelled):
    harness.submit(source(1), spark_jobGroup_id="g")
    harness.submit(source(1), spark_jobGroup_id="g", spark_job_tags="s,t")
    harness.submit(source(1))
    harness.feed(ev.JobCancelled(1.0, "part of cancelled job group g", **selector))
    assert set(harness.ended) == cancelled
    for job in cancelled:
        assert harness.ended[job].getCondition() == "SPARK_JOB_CANCELLED"
        assert f"Job {job} cancelled part of cancelled job group g" in str(harness.ended[job])
    harness.drain_kills()
    harness.finish()
    assert set(harness.ended) == {0, 1, 2}
    harness.assert_empty()


def test_cancelling_a_stage_cancels_the_jobs_that_need_it(harness):
    edge = shuffle(source(2), 2)
    jobs = [harness.submit(reads(edge)), harness.submit(reads(edge))]
    bystander = harness.submit(source(1))
    harness.feed(ev.StageCancelled(0, 1.0, "because Stage 0 was cancelled"))
    assert set(harness.ended) == set(jobs)
    harness.drain_kills()
    harness.finish()
    assert harness.ended[bystander] is None
    harness.assert_empty()


def test_a_shared_map_stage_outlives_one_of_its_jobs(harness):
    edge = shuffle(source(4), 2)
    first, second = harness.submit(reads(edge)), harness.submit(reads(edge))
    harness.feed(ev.JobCancelled(1.0, "", job_id=first))
    assert harness.kills == []
    harness.finish()
    assert harness.ended[second] is None
    assert len([r for r in harness.launched if r.run.sink is edge]) == 4
    harness.assert_empty()


def test_accumulators_of_a_shared_stage_go_to_a_job_that_lives(harness):
    edge = shuffle(source(1), 1)
    first, second = harness.submit(reads(edge)), harness.submit(reads(edge))
    harness.feed(ev.JobCancelled(1.0, "", job_id=first))
    accepts = [a for a in harness.succeed(*harness.of(0)) if isinstance(a, act.Accept)]
    assert [(a.job_id, a.index) for a in accepts] == [(second, None)]
    harness.finish()


def test_when_the_backend_fails_every_job_ends_and_none_begins(harness):
    first = harness.submit(source(2))
    gone = RuntimeError("Ray is gone")
    harness.feed(ev.BackendFailed(gone, 1.0))
    second = harness.submit(source(2))
    assert harness.ended == {first: gone, second: gone}
    harness.assert_empty()


def test_a_batch_of_reports_is_told_in_one_event(harness):
    harness.submit(source(2))
    reports = [harness.success(r) for r in harness.of(0)]
    actions = harness.state.handle(ev.TasksEnded("e1", reports, 1.0))
    ended = [a.event for a in actions if isinstance(getattr(a, "event", None), news.TasksEnded)]
    assert [(e.stage_id, e.attempt, e.executor_id, e.succeeded) for e in ended] == [(0, 0, "e1", 2)]


def test_single_tasks_are_told_only_when_wanted(make_harness):
    h = make_harness(per_task_events=True, epoch_ms=1000)
    h.executor("e1")
    h.now = 2.0
    job = ev.JobSubmitted(0, source(1), [0], None, 2.0)
    started = [a.event for a in h.state.handle(job) if isinstance(a, act.Notify)]
    (start,) = [e for e in started if isinstance(e, news.TaskStart)]
    assert start.task_info.launch_time == 3000
    assert (start.task_info.host, start.task_info.locality) == ("host-e1", "NO_PREF")
    key = next(iter(h.state.tables.task_sets.values())).key_of(0)
    report = TaskReport(key, TaskState.FAILED, error=ValueError("boom"))
    told = [
        a.event for a in h.state.handle(ev.TasksEnded("e1", [report], 3.0)) if type(a) is act.Notify
    ]
    (end,) = [e for e in told if isinstance(e, news.TaskEnd)]
    assert end.reason == news.ExceptionFailure("ValueError", "boom")
    assert (end.task_info.finish_time, end.task_info.failed) == (4000, True)


def test_an_illegal_transition_tells_its_story(harness):
    harness.submit(source(1))
    with pytest.raises(SparkException, match=r"JobSubmitted\(0.*\n.*'0 in flight'|JobSubmitted"):
        harness.state.handle(ev.JobSubmitted(1, None, [0], None, 0.0))
