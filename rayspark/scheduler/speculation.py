"""Speculation: a copy of a task that is much slower than its kind (``spark.speculation.*``).

When ``quantile`` of an attempt's tasks have succeeded, a task that has been running longer than
``multiplier`` times their median gets one copy on another executor. The first success wins, and the
other try is killed.
"""

from __future__ import annotations

from statistics import median

from rayspark.scheduler.config import SpeculationConfig
from rayspark.scheduler.tables import Tables
from rayspark.scheduler.task_set import TaskSet


def threshold(task_set: TaskSet, config: SpeculationConfig, slots: int) -> float | None:
    """Seconds after which a running task of the attempt is slow; None: cannot be told yet."""
    done = task_set.size - task_set.remaining
    needed = max(int(config.quantile * task_set.size), 1)
    if task_set.durations and done >= needed and task_set.size > 1:
        return max(config.multiplier * _median(task_set), config.min_task_runtime)
    if config.duration_threshold is not None and task_set.size <= slots:
        return config.duration_threshold
    return None


def _median(task_set: TaskSet) -> float:
    """Median duration of the successes; a tenth more of them hardly moves it, but costs a sort."""
    assert task_set.durations
    count, known = task_set.median
    if len(task_set.durations) > 1.1 * count:
        known = median(task_set.durations)
        task_set.median = len(task_set.durations), known
    return known


def find_slow(task_set: TaskSet, tables: Tables) -> list[int]:
    """Tasks of the attempt that deserve a copy and have none."""
    config = tables.config.speculation
    if task_set.barrier or task_set.is_zombie:
        return []
    executors = tables.usable.get(task_set.profile, {}).values()
    slots = max((int(e.slots // task_set.weight) for e in executors), default=1)
    limit = threshold(task_set, config, slots)
    if limit is None:
        return []
    return [
        t.task
        for t in task_set.tries.values()
        if tables.now - t.start > limit
        and task_set.copies[t.task] == 1
        and not task_set.done[t.task]
        and t.task not in task_set.slow
    ]
