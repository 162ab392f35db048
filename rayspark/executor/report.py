"""What came back from one try of a task."""

from __future__ import annotations

from enum import Enum
from typing import Any

from rayspark.ids import TaskKey
from rayspark.metrics import TaskMetrics
from rayspark.records import dataclass


class TaskState(Enum):
    """How a try ended."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    """User code or the engine raised; counts towards ``spark.task.maxFailures``."""
    FETCH_FAILED = "FETCH_FAILED"
    """Shuffle input is missing or corrupt; the map stage must be repaired; not the task's fault."""
    KILLED = "KILLED"
    """Killed by our own wish; not a failure."""
    LOST = "LOST"
    """Its executor died; counts as a failure unless the executor was drained on purpose."""
    COMMIT_DENIED = "COMMIT_DENIED"
    """Another try of it was allowed to commit its output; not a failure."""


NOT_BEGUN = "it was handed back before it began"
"""Error of a KILLED report: the try waited behind others and was taken back. It never was one."""


@dataclass(slots=True)
class TaskReport:
    """What came back from one try. ``value``, ``error`` and ``accumulators`` are opaque here."""

    key: TaskKey
    state: TaskState
    value: Any = None
    """Result stage: the result for the driver. Map stage: a :class:`MapStatus`."""
    error: Any = None
    """FAILED: a ``TaskError``. FETCH_FAILED: a ``FetchFailed`` (rayspark.errors.faults)."""
    accumulators: Any = None
    metrics: TaskMetrics | None = None
    duration: float = 0.0
    """Seconds inside the executor."""
