"""Spark's listener hook in Python: subclass, override what you care about, register.

::

    class SlowTasks(SparkListener):
        def onTaskEnd(self, taskEnd):
            if taskEnd.metrics and taskEnd.metrics.executor_run_time > 10_000:
                print("slow:", taskEnd.task_info)


    sc.addSparkListener(SlowTasks())

Hooks run on the event bus's thread, in the order of the events. Only events whose hook is
overridden are delivered, and the per-task events are not even built unless somebody overrides
``onTaskStart``, ``onTaskEnd`` or ``onTaskGettingResult``: ``onStageCompleted`` costs nothing.
A hook that raises is logged and does not disturb the job; the events are described in
:mod:`rayspark.events.types`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from rayspark.events import types
from rayspark.events.types import Event

HOOKS: dict[type[Event], str] = {
    types.ApplicationStart: "onApplicationStart",
    types.ApplicationEnd: "onApplicationEnd",
    types.EnvironmentUpdate: "onEnvironmentUpdate",
    types.ResourceProfileAdded: "onResourceProfileAdded",
    types.JobStart: "onJobStart",
    types.JobEnd: "onJobEnd",
    types.StageSubmitted: "onStageSubmitted",
    types.StageCompleted: "onStageCompleted",
    types.TaskStart: "onTaskStart",
    types.TaskGettingResult: "onTaskGettingResult",
    types.TaskEnd: "onTaskEnd",
    types.SpeculativeTaskSubmitted: "onSpeculativeTaskSubmitted",
    types.ExecutorAdded: "onExecutorAdded",
    types.ExecutorRemoved: "onExecutorRemoved",
    types.ExecutorMetricsUpdate: "onExecutorMetricsUpdate",
    types.ExecutorExcluded: "onExecutorExcluded",
    types.ExecutorExcludedForStage: "onExecutorExcludedForStage",
    types.ExecutorUnexcluded: "onExecutorUnexcluded",
    types.NodeExcluded: "onNodeExcluded",
    types.NodeExcludedForStage: "onNodeExcludedForStage",
    types.NodeUnexcluded: "onNodeUnexcluded",
    types.UnschedulableTaskSetAdded: "onUnschedulableTaskSetAdded",
    types.UnschedulableTaskSetRemoved: "onUnschedulableTaskSetRemoved",
    types.BlockManagerAdded: "onBlockManagerAdded",
    types.BlockManagerRemoved: "onBlockManagerRemoved",
    types.BlockUpdated: "onBlockUpdated",
    types.UnpersistRDD: "onUnpersistRDD",
}
"""Event class -> hook. Events that Spark does not have go to ``onOtherEvent``."""


class SparkListener:
    """Base class of listeners; every hook does nothing until overridden.

    Examples
    --------
    >>> from rayspark.events import EventBus
    >>> from rayspark.events.types import JobEnd, JobSucceeded
    >>> class Jobs(SparkListener):
    ...     def onJobEnd(self, jobEnd):
    ...         print(f"job {jobEnd.job_id}: {jobEnd.result}")
    >>> bus = EventBus()
    >>> bus.subscribe(Jobs())
    >>> bus.post(JobEnd(job_id=3, time=0, result=JobSucceeded()))
    >>> bus.stop()
    job 3: JobSucceeded()
    """

    def interests(self) -> Collection[type[Event]]:
        """Return the events whose hook the subclass overrides."""
        return [kind for kind in get_args(Event) if self._overrides(_hook_of(kind))]

    def handle(self, event: Event) -> None:
        """Call the hook of this event."""
        getattr(self, _hook_of(type(event)))(event)

    def _overrides(self, hook: str) -> bool:
        # The bound method's function differs from ours, also for a hook set on the instance.
        own = getattr(self, hook)
        return getattr(own, "__func__", own) is not getattr(SparkListener, hook)

    def onApplicationStart(self, applicationStart: types.ApplicationStart) -> None:
        """The SparkContext started."""

    def onApplicationEnd(self, applicationEnd: types.ApplicationEnd) -> None:
        """The SparkContext stops."""

    def onEnvironmentUpdate(self, environmentUpdate: types.EnvironmentUpdate) -> None:
        """Configuration and versions are known, or a file was added."""

    def onResourceProfileAdded(self, event: types.ResourceProfileAdded) -> None:
        """A resource profile is used for the first time."""

    def onJobStart(self, jobStart: types.JobStart) -> None:
        """An action became a job."""

    def onJobEnd(self, jobEnd: types.JobEnd) -> None:
        """A job succeeded or failed."""

    def onStageSubmitted(self, stageSubmitted: types.StageSubmitted) -> None:
        """A stage attempt begins."""

    def onStageCompleted(self, stageCompleted: types.StageCompleted) -> None:
        """A stage attempt succeeded or failed."""

    def onTaskStart(self, taskStart: types.TaskStart) -> None:
        """A try of a task was launched."""

    def onTaskGettingResult(self, taskGettingResult: types.TaskGettingResult) -> None:
        """The driver fetches a large result."""

    def onTaskEnd(self, taskEnd: types.TaskEnd) -> None:
        """A try of a task ended."""

    def onSpeculativeTaskSubmitted(self, speculativeTask: types.SpeculativeTaskSubmitted) -> None:
        """A slow task gets a second copy."""

    def onExecutorAdded(self, executorAdded: types.ExecutorAdded) -> None:
        """An executor is ready."""

    def onExecutorRemoved(self, executorRemoved: types.ExecutorRemoved) -> None:
        """An executor died or was released."""

    def onExecutorMetricsUpdate(self, executorMetricsUpdate: types.ExecutorMetricsUpdate) -> None:
        """An executor sent a heartbeat."""

    def onExecutorExcluded(self, executorExcluded: types.ExecutorExcluded) -> None:
        """An executor failed too often."""

    def onExecutorExcludedForStage(self, event: types.ExecutorExcludedForStage) -> None:
        """An executor failed too often in one stage."""

    def onExecutorUnexcluded(self, executorUnexcluded: types.ExecutorUnexcluded) -> None:
        """An executor is used again."""

    def onNodeExcluded(self, nodeExcluded: types.NodeExcluded) -> None:
        """A machine failed too often."""

    def onNodeExcludedForStage(self, event: types.NodeExcludedForStage) -> None:
        """A machine failed too often in one stage."""

    def onNodeUnexcluded(self, nodeUnexcluded: types.NodeUnexcluded) -> None:
        """A machine is used again."""

    def onUnschedulableTaskSetAdded(self, event: types.UnschedulableTaskSetAdded) -> None:
        """No executor may run a task of this stage attempt."""

    def onUnschedulableTaskSetRemoved(self, event: types.UnschedulableTaskSetRemoved) -> None:
        """The stage attempt can be scheduled again."""

    def onBlockManagerAdded(self, blockManagerAdded: types.BlockManagerAdded) -> None:
        """A block store is registered."""

    def onBlockManagerRemoved(self, blockManagerRemoved: types.BlockManagerRemoved) -> None:
        """A block store is gone."""

    def onBlockUpdated(self, blockUpdated: types.BlockUpdated) -> None:
        """A block was stored, moved or dropped."""

    def onUnpersistRDD(self, unpersistRDD: types.UnpersistRDD) -> None:
        """An RDD is no longer cached."""

    def onOtherEvent(self, event: Event) -> None:
        """Take an event without a hook of its own: RaySpark's TasksStarted and
        TasksEnded, and those of SQL (:mod:`rayspark.events.sql`).
        """


def _hook_of(kind: type[Event]) -> str:
    return HOOKS.get(kind, "onOtherEvent")
