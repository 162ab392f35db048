"""Running, grouping, cancelling and watching jobs; barrier tasks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from rayspark import BarrierTaskContext, InheritableThread, SparkContext, TaskContext
from rayspark.errors import IllegalArgumentException, PySparkTypeError, SparkException
from rayspark.events import SparkListener, types
from tests.context.conftest import conf


class Started(SparkListener):
    """Sets an event when a task starts."""

    def __init__(self) -> None:
        self.seen = threading.Event()

    def onTaskStart(self, taskStart: types.TaskStart) -> None:
        self.seen.set()


def forever(records: Any) -> None:
    while True:
        time.sleep(0.001)


def cancelled(sc: SparkContext, prepare: Callable[[], Any], cancel: Callable[[], Any]) -> str:
    """What a job that never ends raises when it is cancelled from another thread."""
    listener = Started()
    sc.addSparkListener(listener)
    canceller = threading.Thread(target=lambda: listener.seen.wait(10) and cancel())
    canceller.start()
    prepare()
    sc.setInterruptOnCancel(True)
    with pytest.raises(SparkException) as caught:
        sc.range(2, numSlices=1).foreachPartition(forever)
    canceller.join()
    assert caught.value.getCondition() == "SPARK_JOB_CANCELLED"
    assert sc.range(3).count() == 3
    return str(caught.value)


def test_run_job_gives_the_elements_in_the_order_asked(sc: SparkContext) -> None:
    numbers = sc.parallelize(range(6), 3)
    assert sc.runJob(numbers, lambda part: (x * x for x in part)) == [0, 1, 4, 9, 16, 25]
    assert sc.runJob(numbers, list, [2, 0, 2]) == [4, 5, 0, 1, 4, 5]
    assert sc.runJob(numbers, list, []) == []


@pytest.mark.parametrize("split", [-1, 3])
def test_run_job_refuses_a_partition_that_does_not_exist(sc: SparkContext, split: int) -> None:
    with pytest.raises(IllegalArgumentException, match=f"partition: {split}. Total .*: 3"):
        sc.runJob(sc.parallelize(range(6), 3), list, [0, split])


def test_a_group_a_tag_and_all_jobs_can_be_cancelled(sc: SparkContext) -> None:
    text = cancelled(sc, lambda: sc.setJobGroup("g", "d"), lambda: sc.cancelJobGroup("g"))
    assert "part of cancelled job group g" in text
    text = cancelled(sc, lambda: sc.addJobTag("t"), lambda: sc.cancelJobsWithTag("t"))
    assert "part of cancelled jobs with tag t" in text
    assert "cancellation of all jobs" in cancelled(sc, lambda: None, sc.cancelAllJobs)


def test_cancelling_one_group_leaves_others_alone(sc: SparkContext) -> None:
    sc.setJobGroup("mine", "")
    listener = Started()
    sc.addSparkListener(listener)
    found: list[int] = []
    gate = threading.Thread(target=lambda: (listener.seen.wait(10), sc.cancelJobGroup("other")))
    gate.start()
    found.append(sc.range(4, numSlices=2).map(lambda x: (time.sleep(0.01), x)[1]).sum())
    gate.join()
    assert found == [6]


def test_properties_belong_to_a_thread_unless_it_inherits(sc: SparkContext) -> None:
    sc.setJobGroup("parent", "d")
    sc.addJobTag("a")
    seen: dict[str, Any] = {}

    def look(name: str) -> None:
        seen[name] = (sc.getLocalProperty("spark.jobGroup.id"), sc.getJobTags())

    for name, kind in (("plain", threading.Thread), ("heir", InheritableThread)):
        thread = kind(target=look, args=(name,))
        thread.start()
        thread.join()
    assert seen == {"plain": (None, set()), "heir": ("parent", {"a"})}


def test_properties_reach_tasks(sc: SparkContext) -> None:
    sc.setLocalProperty("color", "red")
    seen = sc.range(1).map(lambda _: TaskContext.get().getLocalProperty("color")).collect()  # type: ignore[union-attr]
    assert seen == ["red"]


def test_the_tracker_knows_a_job_the_moment_it_ends(sc: SparkContext) -> None:
    for round_ in range(50):
        sc.range(4, numSlices=2).map(lambda x: (x % 2, x)).reduceByKey(max).count()
        info = sc.statusTracker().getJobInfo(round_)
        assert info is not None
        assert (info.status, len(info.stageIds)) == ("SUCCEEDED", 2)
    assert sc.statusTracker().getActiveStageIds() == []
    stage = sc.statusTracker().getStageInfo(info.stageIds[1])
    assert stage is not None
    assert stage.name.startswith("count at ")
    assert stage.name.rpartition(":")[0].endswith("test_jobs.py")


def test_the_tracker_remembers_as_much_as_it_is_told_to() -> None:
    settings = conf().set("spark.ui.retainedJobs", "2").set("spark.ui.retainedStages", "2")
    with SparkContext(conf=settings) as context:
        for _ in range(5):
            context.range(1).count()
        tracker = context.statusTracker()
        assert [tracker.getJobInfo(i) is None for i in range(5)] == [True] * 3 + [False] * 2


def test_a_listener_gets_task_events_only_while_it_listens(sc: SparkContext) -> None:
    class Tasks(SparkListener):
        def __init__(self) -> None:
            self.ended: list[types.TaskEnd] = []

        def onTaskEnd(self, taskEnd: types.TaskEnd) -> None:
            self.ended.append(taskEnd)

    listener = Tasks()
    sc.range(2, numSlices=2).count()
    sc.addSparkListener(listener)
    sc.range(3, numSlices=3).count()
    sc.removeSparkListener(listener)
    sc.range(5, numSlices=5).count()
    assert len(listener.ended) == 3


def test_the_summary_tells_what_ran(sc: SparkContext) -> None:
    sc.range(4, numSlices=2).count()
    assert "jobs      1 succeeded" in sc._summary.render()
    sc.stop()
    text = sc._summary.render()
    assert "tasks     2 succeeded" in text
    assert sc.applicationId in text


def test_the_progress_bar_is_gone_when_an_action_returns(
    sc: SparkContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    class Bar:
        def clear(self) -> None:
            calls.append("clear")

        def stop(self) -> None:
            calls.append("stop")

    monkeypatch.setattr(sc._application, "_progress", Bar())
    sc.range(2).count()
    assert calls == ["clear"]
    sc.stop()
    assert calls == ["clear", "stop"]


# -- barriers --------------------------------------------------------------------------------


def test_barrier_tasks_exchange_messages_several_times(sc: SparkContext) -> None:
    def run(records: Any) -> Any:
        context = BarrierTaskContext.get()
        first = context.allGather(f"{context.partitionId()}: a:b")
        context.barrier()
        return [(first, BarrierTaskContext.get().allGather(str(len(first))))]

    found = sc.range(4, numSlices=2).barrier().mapPartitions(run).collect()
    assert found == [(["0: a:b", "1: a:b"], ["2", "2"])] * 2


def test_different_calls_are_told(sc: SparkContext) -> None:
    def run(records: Any) -> Any:
        context = BarrierTaskContext.get()
        if context.partitionId():
            context.barrier()
        else:
            context.allGather("x")
        return []

    with pytest.raises(SparkException, match="different calls: allGather, barrier"):
        sc.range(2, numSlices=2).barrier().mapPartitions(run).collect()


def test_a_message_must_be_text(sc: SparkContext) -> None:
    run = lambda part: [BarrierTaskContext.get().allGather(1)]  # type: ignore[arg-type]  # noqa: E731
    with pytest.raises(SparkException, match="allGather takes a str, found int"):
        sc.range(1, numSlices=1).barrier().mapPartitions(run).collect()


def test_waiting_for_a_task_that_does_not_come_ends() -> None:
    def run(records: Any) -> Any:
        context = BarrierTaskContext.get()
        if context.partitionId() == 0:
            context.barrier()
        return []

    settings = conf().set("spark.barrier.sync.timeout", "0s")
    with pytest.raises(IllegalArgumentException, match=r"spark\.barrier\.sync\.timeout"):
        SparkContext(conf=settings)
    with (
        SparkContext(conf=settings.set("spark.barrier.sync.timeout", "20ms")) as context,
        pytest.raises(SparkException, match=r"spark\.barrier\.sync\.timeout"),
    ):
        context.range(2, numSlices=2).barrier().mapPartitions(run).collect()


@pytest.mark.parametrize(
    "call",
    [
        lambda sc: sc.setLocalProperty("spark.job.interruptOnCancel", True),
        lambda sc: sc.setLocalProperty("spark.scheduler.pool", 1),
        lambda sc: sc.setLocalProperty(None, "x"),
        lambda sc: sc.setJobGroup(1, "x"),
        lambda sc: sc.setJobGroup("group", 1),
        lambda sc: sc.setJobGroup("group", "x", "yes"),
        lambda sc: sc.setJobDescription(1),
        lambda sc: sc.setInterruptOnCancel(1),
        lambda sc: sc.addJobTag(1),
        lambda sc: sc.removeJobTag(None),
        lambda sc: sc.cancelJobGroup(1),
        lambda sc: sc.cancelJobsWithTag(1),
        lambda sc: sc.runJob(sc.range(4), list, [0.0]),
    ],
)
def test_an_argument_of_another_type_is_refused_at_the_call(sc: SparkContext, call: Any) -> None:
    with pytest.raises(PySparkTypeError) as caught:
        call(sc)
    assert caught.value.getCondition() == "NOT_EXPECTED_TYPE"
    assert sc.range(3).count() == 3


def test_local_properties_end_with_the_context() -> None:
    with SparkContext(conf=conf()) as first:
        first.setLocalProperty("spark.scheduler.pool", "reports")
        first.addJobTag("nightly")
    with SparkContext(conf=conf()) as second:
        assert second.getLocalProperty("spark.scheduler.pool") is None
        assert second.getJobTags() == set()
