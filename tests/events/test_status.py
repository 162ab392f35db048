from __future__ import annotations

import pytest

from rayspark.events import types as ev
from rayspark.status import SparkExecutorInfo, SparkStageInfo, StatusStore, StatusTracker

MAP = ev.StageInfo(0, 0, "reduceByKey at a.py:7", 4)
RESULT = ev.StageInfo(1, 0, "collect at a.py:9", 3, parent_ids=(0,))
GROUP = {"spark.jobGroup.id": "g"}


@pytest.fixture
def store():
    return StatusStore()


@pytest.fixture
def tracker(store):
    return StatusTracker(store)


def feed(store, *events):
    for event in events:
        store.handle(event)


def run_stage(store, info, **ended):
    feed(
        store,
        ev.StageSubmitted(info),
        ev.TasksStarted(info.stage_id, info.attempt, "1", sum(ended.values())),
        ev.TasksEnded(info.stage_id, info.attempt, "1", **ended),
        ev.StageCompleted(info),
    )


def test_nothing_is_known_before_the_first_job(tracker):
    assert tracker.getJobIdsForGroup() == tracker.getActiveStageIds() == []
    assert tracker.getActiveJobsIds() == tracker.getExecutorInfos() == []
    assert tracker.getJobInfo(0) is tracker.getStageInfo(0) is None


def test_life_of_a_shuffle_job(store, tracker):
    """The answers are those of Spark 4.3 for the same job, asked at the same moments."""
    feed(store, ev.JobStart(0, 1, (MAP, RESULT), GROUP))
    run_stage(store, MAP, succeeded=4)
    feed(store, ev.StageSubmitted(RESULT))
    assert tracker.getJobIdsForGroup("g") == tracker.getActiveJobsIds() == [0]
    assert tracker.getJobIdsForGroup(None) == []
    assert tracker.getActiveStageIds() == [1]
    assert tracker.getJobInfo(0) == (0, [0, 1], "RUNNING")
    assert tracker.getStageInfo(0) == SparkStageInfo(0, 0, "reduceByKey at a.py:7", 4, 0, 4, 0)
    feed(store, ev.TasksStarted(1, 0, "1", 2))
    assert tracker.getStageInfo(1) == SparkStageInfo(1, 0, "collect at a.py:9", 3, 2, 0, 0)
    feed(
        store,
        ev.TasksEnded(1, 0, "1", succeeded=2),
        ev.TasksStarted(1, 0, "1", 1),
        ev.TasksEnded(1, 0, "1", succeeded=1),
        ev.StageCompleted(RESULT),
        ev.JobEnd(0, 2, ev.JobSucceeded()),
    )
    assert tracker.getJobInfo(0) == (0, [0, 1], "SUCCEEDED")
    assert tracker.getStageInfo(1) == SparkStageInfo(1, 0, "collect at a.py:9", 3, 0, 3, 0)
    assert tracker.getActiveStageIds() == tracker.getActiveJobsIds() == []


def test_skipped_stage_is_known_and_has_run_nothing(store, tracker):
    feed(store, ev.JobStart(1, 1, (MAP, RESULT)))
    run_stage(store, RESULT, succeeded=3)
    feed(store, ev.JobEnd(1, 2, ev.JobSucceeded()))
    assert tracker.getStageInfo(0) == SparkStageInfo(0, 0, "reduceByKey at a.py:7", 4, 0, 0, 0)
    assert store.stage(0).state.value == "SKIPPED"
    assert tracker.getJobIdsForGroup() == [1]


def test_failed_job_and_its_failed_tasks(store, tracker):
    failed = ev.StageInfo(0, 0, "count", 1, failure_reason="Task 0 failed")
    feed(store, ev.JobStart(0, 1, (failed,)), ev.StageSubmitted(failed))
    feed(store, ev.TasksStarted(0, 0, "1", 1), ev.TasksEnded(0, 0, "1", failed=1))
    feed(store, ev.StageCompleted(failed), ev.JobEnd(0, 2, ev.JobFailed("Task 0 failed")))
    assert tracker.getJobInfo(0).status == "FAILED"
    assert tracker.getStageInfo(0) == SparkStageInfo(0, 0, "count", 1, 0, 0, 1)
    assert store.stage(0).state.value == "FAILED"


def test_new_attempt_starts_afresh_and_ignores_stragglers_of_the_old(store, tracker):
    again = ev.StageInfo(0, 1, "again", 2)
    feed(store, ev.JobStart(0, 1, (MAP,)), ev.StageSubmitted(MAP), ev.TasksStarted(0, 0, "1", 4))
    feed(store, ev.TasksEnded(0, 0, "1", succeeded=1, failed=1), ev.StageSubmitted(again))
    feed(store, ev.TasksStarted(0, 1, "1", 1), ev.TasksEnded(0, 0, "1", succeeded=2))
    feed(store, ev.StageCompleted(MAP))
    assert tracker.getStageInfo(0) == SparkStageInfo(0, 1, "again", 2, 1, 0, 0)
    assert tracker.getActiveStageIds() == [0]


def test_lost_output_of_a_running_stage_is_no_longer_completed(store, tracker):
    feed(store, ev.StageSubmitted(MAP), ev.TasksStarted(0, 0, "1", 4))
    feed(store, ev.TasksEnded(0, 0, "1", succeeded=3), ev.TasksEnded(0, 0, "1", resubmitted=2))
    assert tracker.getStageInfo(0)[4:] == (1, 1, 0)


def test_stage_that_another_running_job_waits_for_is_not_skipped(store):
    feed(store, ev.JobStart(0, 1, (MAP, RESULT)), ev.JobStart(1, 1, (MAP,)))
    feed(store, ev.JobEnd(1, 2, ev.JobFailed("cancelled")))
    assert store.stage(0).state.value == "PENDING"


def test_retention_forgets_the_oldest_ended_and_never_what_runs():
    store = StatusStore(retained_jobs=2, retained_stages=3)
    tracker = StatusTracker(store)
    feed(store, ev.JobStart(0, 0, (ev.StageInfo(0, 0, "long", 1),)))
    feed(store, ev.StageSubmitted(ev.StageInfo(0, 0, "long", 1)))
    for i in range(1, 6):
        info = ev.StageInfo(i, 0, "short", 1)
        feed(store, ev.JobStart(i, 0, (info,)))
        run_stage(store, info, succeeded=1)
        feed(store, ev.JobEnd(i, 0, ev.JobSucceeded()))
    assert tracker.getJobIdsForGroup() == [0, 5]
    assert [i for i in range(6) if tracker.getStageInfo(i)] == [0, 4, 5]
    assert tracker.getJobInfo(1) is None


def test_executors_with_running_tasks_and_cached_bytes(store, tracker):
    level = ev.StorageLevelInfo(use_memory=True)
    manager = ev.BlockManagerId("1", "host", 7)
    feed(store, ev.BlockManagerAdded(0, ev.BlockManagerId("driver", "here", 5), 50))
    feed(store, ev.ExecutorAdded(0, "1", "host", 2), ev.BlockManagerAdded(0, manager, 100))
    feed(store, ev.TasksStarted(0, 0, "1", 3), ev.TasksEnded(0, 0, "1", succeeded=1, killed=1))
    feed(store, ev.BlockUpdated(manager, "rdd_1_0", level, 40, 0))
    feed(store, ev.BlockUpdated(manager, "rdd_2_0", level, 2, 0))
    assert tracker.getExecutorInfos() == [
        SparkExecutorInfo("here", 5, 0, 0, 0, 0, 50, 0),
        SparkExecutorInfo("host", 7, 42, 1, 42, 0, 100, 0),
    ]
    feed(store, ev.UnpersistRDD(1))
    assert tracker.getExecutorInfos()[1].cacheSize == 2
    feed(store, ev.BlockUpdated(manager, "rdd_2_0", level, 0, 9))  # moved to disk
    assert tracker.getExecutorInfos()[1].cacheSize == 0
    feed(store, ev.ExecutorRemoved(1, "1", "killed"))
    assert [e.host for e in tracker.getExecutorInfos()] == ["here"]


def test_per_task_events_are_not_counted_again(store):
    assert not {ev.TaskStart, ev.TaskEnd} & set(store.interests())
