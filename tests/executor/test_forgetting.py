"""What an executor lets go of."""

from __future__ import annotations

from rayspark.executor.batch import Forget, TaskBatch
from rayspark.executor.runtime import ExecutorRuntime, ExecutorSettings
from rayspark.ids import ExecutorId, HostId, ShuffleId


def test_nothing_is_kept_of_a_shuffle_that_is_over() -> None:
    runtime = ExecutorRuntime(ExecutorId("1"), HostId("a"), ExecutorSettings(), fetch=list)
    gone, kept = ShuffleId(1), ShuffleId(2)
    runtime.learn(TaskBatch(0, 0, (), {}, num_groups={gone: 3, kept: 4}))
    assert runtime._shuffle_groups == {gone: 3, kept: 4}
    runtime.learn(TaskBatch(1, 0, (), {}, forget=[Forget(shuffles=[gone])]))
    assert runtime._shuffle_groups == {kept: 4}
