"""The Ray actor that is an executor: a thin shell over :mod:`rayspark.executor.runner`.

Three groups of threads: ``compute`` runs batches, one per core; ``control`` answers while they run
(kills, heartbeats, barriers) and never waits, so that a busy executor can always be talked to;
``transfer`` brings blocks from other machines, which may take a minute. Everything that
must outlive the process leaves it as a *return* of :meth:`ExecutorActor.run`: returns belong to the
driver and stay in the machine's object store when this process dies.
"""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import ray

from rayspark.executor.barrier import Key
from rayspark.executor.batch import MergePart, TaskBatch
from rayspark.executor.runner import run_batch
from rayspark.executor.runtime import ExecutorRuntime, ExecutorSettings
from rayspark.executor.shuffle_store import merge_groups
from rayspark.ids import ExecutorId, HostId
from rayspark.shuffle.blocks import GroupBlock
from rayspark.storage.ray_store import INLINE_BYTES, Inline, fetch, prefetch

COMPUTE = "compute"
CONTROL = "control"
CONTROL_THREADS = 2
TRANSFER = "transfer"
TRANSFER_THREADS = 2
MEET_TIMEOUT = 30.0
"""Seconds for one question to the meeting place; its executor is dead when it takes longer."""
_GC_THRESHOLD = (200_000, 20, 100)
"""Batches allocate millions of tuples; the default of 700 would walk them thousands of times."""
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


class ExecutorActor:
    """See the module."""

    def __init__(self, executor: ExecutorId, settings: ExecutorSettings) -> None:
        os.environ["OMP_NUM_THREADS"] = str(settings.cores)  # Ray thinks of claimed CPUs
        os.environ.update(settings.environment)
        if "gpu" in settings.resources:  # Ray says which it has set aside
            gpus: Any = ray.get_gpu_ids
            addresses = {**settings.resources, "gpu": [str(gpu) for gpu in gpus()]}
            settings = replace(settings, resources=addresses)
        host = HostId(ray.get_runtime_context().get_node_id())
        self._runtime = ExecutorRuntime(executor, host, settings, fetch)
        self._runtime.address = _node_address()
        gc.set_threshold(*_GC_THRESHOLD)
        _keep_freed_memory()

    @ray.method(concurrency_group=CONTROL)
    def ready(self) -> tuple[str, int, list[int], Mapping[str, Sequence[str]]]:
        """Host, process id, the tasks that run now, and addresses of the resources that it holds;
        the first call that an executor answers.
        """
        runtime = self._runtime
        return runtime.host, os.getpid(), runtime.running.ids(), runtime.settings.resources

    @ray.method(concurrency_group=COMPUTE)
    def run(self, batch: TaskBatch) -> Any:
        """Run a batch. Returns the header, then a block per group, then the partitions to cache.

        Blocks of a call that wrote little travel in the header, in place of their sizes.
        """
        result = run_batch(batch, self._runtime)
        blocks = result.blocks
        told: list[int | Inline] = [*_sizes(blocks)]
        if sum(block.nbytes for block in blocks if block is not None) <= INLINE_BYTES:
            told = [0 if block is None else Inline.of(block) for block in blocks]
            blocks = [None] * len(blocks)
        kept = [0 if frame is None else frame.nbytes for frame in result.stored]
        header = (result.reports, told, kept, result.heap, result.missed)
        if not blocks and not result.stored:
            return header
        return [header, *blocks, *result.stored]

    @ray.method(concurrency_group=CONTROL)
    def kill(self, tids: Sequence[int], reason: str) -> None:
        """Interrupt running tasks."""
        for tid in tids:
            self._runtime.running.stop(tid, reason)

    @ray.method(concurrency_group=CONTROL)
    def drop(self, tids: Sequence[int]) -> tuple[list[int], list[int]]:
        """Give tasks back that have not begun; says which, and which are over."""
        return self._runtime.running.drop(tids)

    @ray.method(concurrency_group=TRANSFER)
    def prefetch(self, handles: Sequence[Any]) -> None:
        """Push: blocks made elsewhere that a reduce task here will read."""
        prefetch(handles)

    @ray.method(concurrency_group=TRANSFER)
    def copy(self, handles: Sequence[Any]) -> tuple[bool, Any]:
        """A second copy of a block, with its home on this machine; and whether it was to be had.

        Two returns, so that the driver can wait for the answer without fetching the copy.
        """
        block = fetch(handles)[0]
        if isinstance(block, BaseException):
            return False, None
        return True, block

    @ray.method(concurrency_group=TRANSFER)
    def merge(self, parts: Sequence[MergePart]) -> Any:
        """Small blocks of calls of this machine as one block per group. Returns their sizes, then
        the blocks; all None when one of the small ones is not to be had.
        """
        made = merge_groups(parts, fetch)
        if made is None:
            return [None] * (1 + len(parts[0].handles))
        return [_sizes(made), *made]

    @ray.method(concurrency_group=CONTROL)
    def meet(self, key: Key, size: int, epoch: int, index: int, message: str) -> list[str] | None:
        """Meeting place of a barrier stage whose first task runs here."""
        return self._runtime.barriers.submit(key, size, epoch, index, message)

    @ray.method(concurrency_group=CONTROL)
    def close(self) -> None:
        """Remove what lies on the local disk; the process is about to be stopped."""
        self._runtime.close()


def _sizes(blocks: Sequence[GroupBlock | None]) -> list[int]:
    """What the driver is told of blocks: 0 where there is none."""
    return [0 if block is None else block.nbytes + 1 for block in blocks]


def _keep_freed_memory() -> None:
    """Have malloc reuse blocks of a few megabytes instead of giving them back to the kernel.

    Encoded batches come and go by the thousand; page faults of fresh memory cost as much as the
    encoding itself (measured). Where there is no glibc, nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 32 << 20)
        mallopt(_M_TRIM_THRESHOLD, 256 << 20)


def _node_address() -> str:
    address: Any = ray.util.get_node_ip_address
    return str(address())


class RemoteHub:
    """The meeting place of a barrier stage, in whichever executor it is."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def submit(self, key: Key, size: int, epoch: int, index: int, message: str) -> list[str] | None:
        """See :class:`rayspark.executor.barrier.Hub`."""
        reply = self._actor.meet.remote(key, size, epoch, index, message)
        messages: list[str] | None = ray.get(reply, timeout=MEET_TIMEOUT)
        return messages
