"""Executors as threads of the driver's own process: ``master("local[n]")``.

The in-process twin of ``ray_backend``: the same batches, the same runner, no Ray. It starts in
milliseconds, is deterministic enough for tests and is what a user's own unit tests run on. Closures
and data still travel encoded, so what works here works on a cluster.
"""

from __future__ import annotations

import gc
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

from rayspark.errors.traceback import TaskError
from rayspark.executor.barrier import Hub
from rayspark.executor.batch import TaskBatch
from rayspark.executor.report import TaskReport, TaskState
from rayspark.executor.runner import run_batch
from rayspark.executor.runtime import ExecutorRuntime, ExecutorSettings
from rayspark.ids import ExecutorId, HostId, TaskKey
from rayspark.scheduler.backend import BatchOutcome
from rayspark.scheduler.events import Event, ExecutorAdded
from rayspark.scheduler.task import ExecutorOffer

EXECUTOR = ExecutorId("driver")
HOST = HostId("localhost")
_STACK_BYTES = 64 << 20
_GC_ALLOCATIONS = 100_000
"""Allocations between collections: batches allocate tuples by the million, none of them cyclic."""


class LocalBackend:
    """One executor named ``driver`` with ``cores`` threads."""

    def __init__(
        self, cores: int, settings: ExecutorSettings, storage_limit: int, clock: Callable[[], float]
    ) -> None:
        self.default_parallelism = cores
        self.storage_limit = storage_limit
        self._clock = clock
        self._runtime = ExecutorRuntime(EXECUTOR, HOST, settings, fetch=list)
        self._batches: queue.SimpleQueue[TaskBatch | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._gc_threshold = gc.get_threshold()
        self._done: Callable[[BatchOutcome], None]

    def start(self, post: Callable[[Event], None], done: Callable[[BatchOutcome], None]) -> None:
        """See :class:`Backend`."""
        self._done = done
        self._gc_threshold = gc.get_threshold()
        gc.set_threshold(max(_GC_ALLOCATIONS, self._gc_threshold[0]), *self._gc_threshold[1:])
        previous = threading.stack_size(_STACK_BYTES)
        try:
            for number in range(self.default_parallelism):
                name = f"rayspark-task-{number}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                thread.start()
                self._threads.append(thread)
        finally:
            threading.stack_size(previous)
        offer = ExecutorOffer(EXECUTOR, HOST, self.default_parallelism)
        post(ExecutorAdded(offer, self._clock()))

    def _work(self) -> None:
        while (batch := self._batches.get()) is not None:
            try:
                result = run_batch(batch, self._runtime)
            except BaseException as error:  # noqa: BLE001  the thread serves later jobs too
                failure = TaskError.of(error)
                reports = [
                    TaskReport(task.key, TaskState.FAILED, error=failure) for task in batch.tasks
                ]
                self._done(BatchOutcome(EXECUTOR, HOST, batch, reports))
                continue
            stored = {
                block: (frame, frame.nbytes)
                for block, frame in zip(batch.store, result.stored, strict=True)
                if frame is not None
            }
            outcome = BatchOutcome(EXECUTOR, HOST, batch, result.reports, result.blocks, stored)
            outcome.heap, outcome.missed = result.heap, result.missed
            self._done(outcome)

    def submit(self, executor: ExecutorId, batch: TaskBatch) -> None:
        """See :class:`Backend`. Tasks are spread over the threads one by one."""
        self._batches.put(batch)

    def kill(self, executor: ExecutorId, keys: Sequence[TaskKey], reason: str) -> None:
        """See :class:`Backend`."""
        for key in keys:
            self._runtime.running.stop(key.tid, reason)

    def push(self, executor: ExecutorId, handles: Sequence[Any]) -> None:
        """See :class:`Backend`. Every block is here already."""

    def copy(self, executor: ExecutorId, handle: Any, done: Callable[[Any], None]) -> None:
        """See :class:`Backend`. There is no other machine."""
        done(None)

    def hub(self, executor: ExecutorId) -> Hub:
        """See :class:`Backend`."""
        return self._runtime.barriers

    def put(self, value: Any) -> Any:
        """See :class:`Backend`."""
        return value

    def scale(self, profile: str, target: int) -> None:
        """See :class:`Backend`. There is one executor, always."""

    def release(self, executor: ExecutorId, reason: str) -> None:
        """See :class:`Backend`. There is one executor, always."""

    def stop(self) -> None:
        """See :class:`Backend`."""
        for tid in self._runtime.running.ids():
            self._runtime.running.stop(tid, "the application stopped")
        for _ in self._threads:
            self._batches.put(None)
        for thread in self._threads:
            thread.join(timeout=0.2)
        gc.set_threshold(*self._gc_threshold)
        self._runtime.close()
