"""Executors as threads of the driver's own process: ``master("local[n]")``.

The in-process twin of ``ray_backend``: the same batches, the same runner, no Ray. It starts in
milliseconds, is deterministic enough for tests and is what a user's own unit tests run on. Closures
and data still travel encoded, so what works here works on a cluster.
"""

from __future__ import annotations

import gc
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

from rayspark.errors.faults import DiskFull
from rayspark.errors.traceback import TaskError
from rayspark.executor.barrier import Hub
from rayspark.executor.batch import MergePart, TaskBatch
from rayspark.executor.report import TaskReport, TaskState
from rayspark.executor.runner import run_batch
from rayspark.executor.runtime import ExecutorRuntime, ExecutorSettings
from rayspark.ids import BlockId, ExecutorId, HostId, TaskKey
from rayspark.resource.needs import Needs
from rayspark.scheduler.backend import BatchOutcome, Blocks, handed_back
from rayspark.scheduler.events import Event, ExecutorAdded
from rayspark.scheduler.task import ExecutorOffer
from rayspark.storage.disk import DiskBlock

logger = logging.getLogger(__name__)

EXECUTOR = ExecutorId("driver")
HOST = HostId("localhost")
_STACK_BYTES = 64 << 20
_GC_ALLOCATIONS = 100_000
"""Allocations between collections: batches allocate tuples by the million, none of them cyclic."""


class LocalBackend:
    """One executor named ``driver`` with ``cores`` threads.

    Parameters
    ----------
    patience
        Seconds that a task may take to stop (``spark.python.task.killTimeout``).
    """

    def __init__(
        self,
        cores: int,
        settings: ExecutorSettings,
        storage_limit: int,
        clock: Callable[[], float],
        patience: float,
    ) -> None:
        self.default_parallelism = cores
        self.storage_limit = storage_limit
        self._clock = clock
        self._runtime = ExecutorRuntime(EXECUTOR, HOST, settings, fetch=list)
        self._batches: queue.SimpleQueue[TaskBatch | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._gc_threshold = gc.get_threshold()
        self._patience = patience
        self._at_work: dict[int, TaskBatch] = {}
        """What each thread runs, by its ident; a thread that is given up has no entry."""
        self._lock = threading.Lock()
        self._post: Callable[[Event], None]
        self._done: Callable[[BatchOutcome], None]

    def start(self, post: Callable[[Event], None], done: Callable[[BatchOutcome], None]) -> None:
        """See :class:`Backend`."""
        self._post, self._done = post, done
        self._gc_threshold = gc.get_threshold()
        gc.set_threshold(max(_GC_ALLOCATIONS, self._gc_threshold[0]), *self._gc_threshold[1:])
        settings = self._runtime.settings
        threads = max(settings.cores, int(settings.cores // settings.task_cpus))
        for _ in range(threads):
            self._start_thread()
        offer = ExecutorOffer(EXECUTOR, HOST, self.default_parallelism, threads=threads)
        post(ExecutorAdded(offer, self._clock()))

    def _start_thread(self) -> None:
        name = f"rayspark-task-{len(self._threads)}"
        previous = threading.stack_size(_STACK_BYTES)
        try:
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            thread.start()
        finally:
            threading.stack_size(previous)
        self._threads.append(thread)

    def _work(self) -> None:
        own = threading.get_ident()
        while (batch := self._batches.get()) is not None:
            self._at_work[own] = batch
            outcome = self._run(batch)
            with self._lock:
                if self._at_work.pop(own, None) is None:
                    return  # given up: another thread has this one's place
            self._done(outcome)

    def _run(self, batch: TaskBatch) -> BatchOutcome:
        try:
            result = run_batch(batch, self._runtime)
        except BaseException as error:  # noqa: BLE001  the thread serves later jobs too
            return _ended(batch, TaskState.FAILED, TaskError.of(error))
        stored = {
            block: (frame, frame.nbytes)
            for block, frame in zip(batch.store, result.stored, strict=True)
            if frame is not None
        }
        outcome = BatchOutcome(EXECUTOR, HOST, batch, result.reports, result.blocks, stored)
        outcome.heap, outcome.missed = result.heap, result.missed
        return outcome

    def submit(self, executor: ExecutorId, batch: TaskBatch) -> None:
        """See :class:`Backend`. Tasks are spread over the threads one by one."""
        self._batches.put(batch)

    def kill(self, executor: ExecutorId, keys: Sequence[TaskKey], reason: str) -> None:
        """See :class:`Backend`."""
        for key in keys:
            self._runtime.running.stop(key.tid, reason)
        timer = threading.Timer(self._patience, self._give_up, ([k.tid for k in keys], reason))
        timer.daemon = True
        timer.start()

    def _give_up(self, tids: Sequence[int], reason: str) -> None:
        """Leave threads alone that did not stop (they sit in C code); others take their places."""
        stuck = set(tids) & set(self._runtime.running.ids())
        with self._lock:
            left = [
                (thread, batch)
                for thread, batch in self._at_work.items()
                if any(task.key.tid in stuck for task in batch.tasks)
            ]
            for thread, _ in left:
                del self._at_work[thread]
        for _, batch in left:
            logger.warning(
                "a cancelled task of stage %d does not stop; its thread is given up (%s)",
                batch.tasks[0].key.stage,
                reason,
            )
            self._start_thread()
            self._done(_ended(batch, TaskState.KILLED, reason))

    def take_back(self, executor: ExecutorId, keys: Sequence[TaskKey]) -> None:
        """See :class:`Backend`."""
        answer = self._runtime.running.drop([key.tid for key in keys])
        self._post(handed_back(EXECUTOR, keys, answer, self._clock()))

    def push(self, executor: ExecutorId, handles: Sequence[Any]) -> None:
        """See :class:`Backend`. Every block is here already."""

    def copy(self, executor: ExecutorId, handle: Any, done: Callable[[Any], None]) -> None:
        """See :class:`Backend`. There is no other machine."""
        done(None)

    def merge(
        self, executor: ExecutorId, parts: Sequence[MergePart], done: Callable[[Blocks], None]
    ) -> None:
        """See :class:`Backend`. Never asked: a block is opened for nothing here."""
        done(None)

    def spill(self, block: BlockId, handle: Any) -> DiskBlock | None:
        """See :class:`Backend`. Without room on the disk the partition stays in memory."""
        try:
            return DiskBlock.write(block, handle, self._runtime.spill_directory())
        except DiskFull as full:
            logger.warning("%s It stays in memory, beyond the limit of storage.", full)
            return None

    def hub(self, executor: ExecutorId) -> Hub:
        """See :class:`Backend`."""
        return self._runtime.barriers

    def put(self, value: Any, size: int | None = None) -> Any:
        """See :class:`Backend`."""
        return value

    def scale(self, profile: str, target: int | None, needs: Needs | None = None) -> None:
        """See :class:`Backend`. There is one executor, always; it serves every profile."""

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


def _ended(batch: TaskBatch, state: TaskState, error: Any) -> BatchOutcome:
    """The outcome of a batch that left nothing behind."""
    reports = [TaskReport(task.key, state, error=error) for task in batch.tasks]
    return BatchOutcome(EXECUTOR, HOST, batch, reports)
