from __future__ import annotations

from typing import get_args

from rayspark.events import EventBus, SparkListener
from rayspark.events.listener import HOOKS
from rayspark.events.sql import SqlEvent
from rayspark.events.types import (
    Event,
    JobStart,
    LogStart,
    StageInfo,
    StageSubmitted,
    TaskEnd,
    TasksEnded,
    TasksStarted,
    TaskStart,
)

# org.apache.spark.scheduler.SparkListenerInterface of Spark 4.3.0 (javap), without the deprecated
# "Blacklisted" names and onStageExecutorMetrics, which only the event log writes.
SPARK_HOOKS = {
    *("onApplicationStart", "onApplicationEnd", "onEnvironmentUpdate", "onResourceProfileAdded"),
    *("onJobStart", "onJobEnd", "onStageSubmitted", "onStageCompleted", "onOtherEvent"),
    *("onTaskStart", "onTaskGettingResult", "onTaskEnd", "onSpeculativeTaskSubmitted"),
    *("onExecutorAdded", "onExecutorRemoved", "onExecutorMetricsUpdate"),
    *("onExecutorExcluded", "onExecutorExcludedForStage", "onExecutorUnexcluded"),
    *("onNodeExcluded", "onNodeExcludedForStage", "onNodeUnexcluded"),
    *("onUnschedulableTaskSetAdded", "onUnschedulableTaskSetRemoved", "onUnpersistRDD"),
    *("onBlockManagerAdded", "onBlockManagerRemoved", "onBlockUpdated"),
}


def test_every_hook_of_spark_exists_and_is_reached_by_an_event():
    assert {*HOOKS.values(), "onOtherEvent"} == SPARK_HOOKS
    assert {name for name in dir(SparkListener) if name.startswith("on")} == SPARK_HOOKS


def test_events_without_a_hook_are_our_own():
    assert set(get_args(Event)) - set(HOOKS) == {
        *(LogStart, TasksStarted, TasksEnded),
        *get_args(SqlEvent),
    }


def test_plain_listener_makes_nobody_build_events():
    bus = EventBus()
    bus.subscribe(SparkListener())
    assert not any(bus.wants(kind) for kind in get_args(Event))
    bus.stop()


def test_only_overridden_hooks_are_delivered():
    calls = []

    class Mine(SparkListener):
        def onStageSubmitted(self, stageSubmitted):
            calls.append(stageSubmitted)

        def onOtherEvent(self, event):
            calls.append(event)

    bus = EventBus()
    bus.subscribe(Mine())
    assert not bus.wants(TaskEnd)
    assert not bus.wants(TaskStart)
    submitted = StageSubmitted(StageInfo(0, 0, "count", 2))
    bus.post(JobStart(0, 0, ()))
    bus.post(submitted)
    bus.post(TasksStarted(0, 0, "driver", 2))
    bus.stop()
    assert calls == [submitted, TasksStarted(0, 0, "driver", 2)]


def test_hook_set_on_the_instance_counts_as_overridden():
    calls = []
    listener = SparkListener()
    listener.onJobStart = calls.append
    assert listener.interests() == [JobStart]
    listener.handle(JobStart(1, 0, ()))
    assert calls == [JobStart(1, 0, ())]
