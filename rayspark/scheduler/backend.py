"""What carries the scheduler's actions out: executors and a place for blocks.

There are two: threads of the driver's own process (``local_backend``) and Ray actors
(``ray_backend``). A *handle* is the backend's name of a stored object: the object itself in
process, an object reference on Ray. Handles free what they name when the last one is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol

from rayspark.executor.barrier import Hub
from rayspark.executor.batch import MergePart, TaskBatch
from rayspark.executor.report import NOT_BEGUN, TaskReport, TaskState
from rayspark.ids import BlockId, ExecutorId, HostId, TaskKey
from rayspark.records import dataclass
from rayspark.resource.needs import Needs
from rayspark.scheduler.cached_blocks import Spill
from rayspark.scheduler.events import Event, TasksEnded

Blocks = Sequence[Any] | None
"""Handles of map output, one per group; or nothing."""


@dataclass(slots=True)
class BatchOutcome:
    """How a batch ended, when its executor lived to tell (else ``ExecutorLost`` is posted)."""

    executor: ExecutorId
    host: HostId
    batch: TaskBatch
    reports: Sequence[TaskReport]
    blocks: Sequence[Any] = ()
    """Handles of map output, one per group."""
    stored: Mapping[BlockId, tuple[Any, int]] = field(default_factory=dict)
    """Handles and sizes (bytes) of cached partitions."""
    heap: Sequence[BlockId] = ()
    missed: Sequence[BlockId] = ()
    """Cached partitions that the executor was told of and could not have."""


def handed_back(
    executor: ExecutorId, keys: Sequence[TaskKey], answer: tuple[list[int], list[int]], now: float
) -> TasksEnded:
    """News of an executor that was asked for the tries that it had not begun."""
    dropped, over = map(set, answer)
    reports = [
        TaskReport(key, TaskState.KILLED, error=NOT_BEGUN) for key in keys if key.tid in dropped
    ]
    return TasksEnded(executor, reports, now, [key for key in keys if key.tid in over])


class Backend(Protocol):
    """Called from the loop's thread, except ``put`` and ``stop``. Nothing here waits."""

    default_parallelism: int
    storage_limit: int
    """Bytes per host that cached partitions may take."""

    @property
    def spill(self) -> Spill | None:
        """Writes a cached partition to disk; None where an object store does so by itself."""

    def start(self, post: Callable[[Event], None], done: Callable[[BatchOutcome], None]) -> None:
        """Start executors; ``ExecutorAdded`` is posted for each as it becomes ready."""

    def submit(self, executor: ExecutorId, batch: TaskBatch) -> None:
        """Run a batch; ``done`` is called with its outcome, from any thread, unless it is lost."""

    def kill(self, executor: ExecutorId, keys: Sequence[TaskKey], reason: str) -> None:
        """Interrupt running tasks; they still report."""

    def take_back(self, executor: ExecutorId, keys: Sequence[TaskKey]) -> None:
        """Drop those tries that have not begun; ``TasksEnded`` is posted for them soon."""

    def push(self, executor: ExecutorId, handles: Sequence[Any]) -> None:
        """Bring blocks to the machine of the executor that will read them."""

    def copy(self, executor: ExecutorId, handle: Any, done: Callable[[Any], None]) -> None:
        """Have an executor copy a block to its machine; ``done`` gets the handle, or None."""

    def merge(
        self, executor: ExecutorId, parts: Sequence[MergePart], done: Callable[[Blocks], None]
    ) -> None:
        """Have an executor make one block per group of those; ``done`` gets their handles, or
        None when they could not be made.
        """

    def hub(self, executor: ExecutorId) -> Hub | None:
        """The meeting place that this executor offers to tasks of a barrier stage, unless lost."""

    def put(self, value: Any, size: int | None = None) -> Any:
        """Store a driver-side value, of so many bytes if that is known; returns its handle."""

    def scale(self, profile: str, target: int | None, needs: Needs | None = None) -> None:
        """Have this many executors of a profile; None: as many as there is room for.

        ``needs``: of a profile of stages; ``ProfileRefused`` is posted when no machine can hold
        one.
        """

    def release(self, executor: ExecutorId, reason: str) -> None:
        """Stop an executor that the scheduler gave up on purpose."""

    def stop(self) -> None:
        """Stop every executor."""
