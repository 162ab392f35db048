"""All that lives in an executor process between tasks, and what tasks ask of it.

One :class:`ExecutorRuntime` serves every task of its process, from one or several threads. It knows
nothing of Ray: the transport gives it a ``fetch`` function that resolves opaque handles (object
references on Ray, the objects themselves in process).
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from rayspark.errors.faults import FetchFailed
from rayspark.executor import added_files
from rayspark.executor.barrier import BarrierHub
from rayspark.executor.batch import Forget, ShuffleInput, TaskBatch
from rayspark.executor.context import TaskContext
from rayspark.executor.evaluate import LoadedTemplate
from rayspark.executor.heap import HeapCache
from rayspark.executor.records import ShuffledRecords
from rayspark.executor.running import RunningTasks
from rayspark.executor.shuffle_store import ALL_MAPS, Fetch, ShuffleStore
from rayspark.executor.units import ResourceUnits
from rayspark.ids import BlockId, BroadcastId, ExecutorId, HostId, ShuffleId
from rayspark.lineage.dependency import Piece
from rayspark.metrics import TaskMetrics
from rayspark.records import dataclass
from rayspark.serializers import Frame, decode, encode, load
from rayspark.shuffle.blocks import Batch, group_of
from rayspark.storage.disk import DiskBlock
from rayspark.storagelevel import StorageLevel

T = TypeVar("T")
logger = logging.getLogger(__name__)

LEARN_TIMEOUT = 60.0
"""Seconds until a batch that never came is an error instead of a wait."""


@dataclass(slots=True)
class ExecutorSettings:
    """Numbers that an executor needs, taken from the configuration when it starts. Bytes."""

    cores: int = 1
    """Threads that run tasks."""
    execution_memory: int = 512 << 20
    """Of all its tasks together: what an engine that lives in the process may use."""
    task_memory: int = 512 << 20
    heap_cache: int = 1 << 30
    open_blocks: int = 256 << 20
    task_cpus: Fraction | int = 1
    amounts: Sequence[tuple[str, Fraction]] = ()
    """Units of custom resources that a task takes where its stage does not say."""
    checksum: bool = True
    local_dir: str = ""
    """The application's own directory; it goes away with the application."""
    barrier_timeout: float | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Addresses of the units of custom resources that it holds."""
    faults: Mapping[str, str] = field(default_factory=dict)


class TemplateGone(Exception):
    """A batch of a stage that is over: it waited while the stage was cancelled or failed."""


def _nothing() -> None:
    """Close what needs no closing."""


def _load_template(data: bytes) -> LoadedTemplate | Exception:
    try:
        return LoadedTemplate(data)
    except Exception as error:  # noqa: BLE001  unpickling imports and runs user code
        return error


class ExecutorRuntime:
    """State of an executor: templates, cached copies, known shuffles, broadcasts."""

    def __init__(
        self, executor: ExecutorId, host: HostId, settings: ExecutorSettings, fetch: Fetch
    ) -> None:
        self.executor = executor
        self.host = host
        self.address = "localhost"
        """Network name of the machine, as other tasks may use it."""
        self.settings = settings
        self._fetch = fetch
        self._templates: dict[int, LoadedTemplate | Exception] = {}
        self._spill_directory: Path | None = None
        self._spill_lock = threading.Lock()
        self._learnt = 0
        self._turn = threading.Condition()
        self._shuffle_groups: dict[ShuffleId, int] = {}
        self.heap = HeapCache(settings.heap_cache)
        self.shuffles = ShuffleStore(fetch, settings.open_blocks)
        self._cached: dict[BlockId, Any] = {}
        self._on_disk: dict[BlockId, DiskBlock] = {}
        self._broadcast_handles: dict[BroadcastId, Any] = {}
        self._broadcasts: dict[BroadcastId, Any] = {}
        self._broadcast_lock = threading.Lock()
        self.barriers = BarrierHub()
        self.running = RunningTasks()
        self.units = ResourceUnits(settings.resources)
        self._shared: dict[str, Any] = {}
        self._shared_lock = threading.RLock()

    def shared(self, key: str, make: Callable[[ExecutorRuntime], T]) -> T:
        """What all tasks of this process share, made by the first that asks for it.

        ``make`` is called once, while others that ask wait. What it made is closed with the
        executor, if it has a method ``close``.
        """
        with self._shared_lock:
            if key not in self._shared:
                self._shared[key] = make(self)
            made: T = self._shared[key]
            return made

    def spill_directory(self) -> Path:
        """Directory of this executor alone for runs, made when first needed."""
        with self._spill_lock:
            if self._spill_directory is None:
                parent = self.settings.local_dir
                if parent:
                    Path(parent).mkdir(parents=True, exist_ok=True)
                name = tempfile.mkdtemp(prefix=f"executor-{self.executor}-", dir=parent or None)
                self._spill_directory = Path(name)
            return self._spill_directory

    def close(self) -> None:
        """The application stops: remove what is left on the local disk, also of executors of this
        machine that could not do so themselves.
        """
        with self._shared_lock:
            made, self._shared = list(self._shared.items()), {}
        for key, one in reversed(made):
            try:
                getattr(one, "close", _nothing)()
            except Exception:
                logger.exception("%s of executor %s could not be closed", key, self.executor)
        added_files.close()
        for directory in (self._spill_directory, self.settings.local_dir):
            if directory:
                shutil.rmtree(directory, ignore_errors=True)

    # -- what batches bring ------------------------------------------------------------------

    def learn(self, batch: TaskBatch) -> LoadedTemplate | None:
        """Take in what a batch tells besides its tasks; returns its compiled template, if any.

        Batches are learnt in the order in which the driver sent them, whatever thread is faster.
        """
        with self._turn:
            if not self._turn.wait_for(lambda: self._learnt == batch.number, LEARN_TIMEOUT):
                raise RuntimeError(f"batch {self._learnt} never reached executor {self.executor}")
            try:
                return self._learn(batch)
            finally:
                self._learnt += 1
                self._turn.notify_all()

    def _learn(self, batch: TaskBatch) -> LoadedTemplate | None:
        for gone in batch.forget:
            self.forget(gone)
        self.shuffles.learn(batch.shuffles)
        self._shuffle_groups.update(batch.num_groups)
        self._cached.update(batch.cached)
        self._broadcast_handles.update(batch.broadcasts)
        for file in self._fetch(batch.files) if batch.files else ():
            if isinstance(file, BaseException):
                raise file
            added_files.install(file, self.settings.local_dir)
        if not batch.tasks:
            return None
        if batch.template is not None:
            self._templates[batch.template_id] = _load_template(batch.template)
        template = self._templates.get(batch.template_id)
        if template is None:
            raise TemplateGone(f"stage {batch.tasks[0].key.stage} is over")
        if isinstance(template, Exception):  # told to every batch of the stage
            raise template
        return template

    def forget(self, what: Forget) -> None:
        """Let go of what the driver no longer needs."""
        for template in what.templates:
            self._templates.pop(template, None)
        if what.shuffles:
            self.shuffles.forget(what.shuffles)
            for shuffle in what.shuffles:
                self._shuffle_groups.pop(shuffle, None)
        blocks = what.blocks
        if what.rdds:
            self.heap.drop(what.rdds)
            gone = set(what.rdds)
            # Tasks add to these tables meanwhile: list() takes a copy in one step.
            for block in [b for b in list(self._cached) if b.rdd in gone]:
                self._cached.pop(block, None)
            blocks = [*blocks, *(b for b in list(self._on_disk) if b.rdd in gone)]
        if blocks:
            self.heap.drop_blocks(blocks)
            for block in blocks:
                self._cached.pop(block, None)
                on_disk = self._on_disk.pop(block, None)
                if on_disk is not None:
                    on_disk.delete()
        for broadcast in what.broadcasts:
            self._broadcasts.pop(broadcast, None)
            self._broadcast_handles.pop(broadcast, None)
        for broadcast in what.broadcast_copies:
            self._broadcasts.pop(broadcast, None)

    # -- what tasks ask for ------------------------------------------------------------------

    def decode_payload(self, frame: Frame) -> list[Any]:
        """Records of a source partition that came with the task."""
        return decode(frame.kind, frame.main, frame.buffers)

    def read_shuffle(
        self, source: ShuffleInput, split: int, context: TaskContext
    ) -> ShuffledRecords:
        """Records of a reduce partition."""
        return ShuffledRecords(lambda: self._shuffle_batches(source, split, context))

    def _shuffle_batches(
        self, source: ShuffleInput, split: int, context: TaskContext
    ) -> Iterator[Batch]:
        try:
            for piece in source.pieces(split):
                yield from self._read_piece(source, piece, context._metrics)
        except FetchFailed as fault:
            context._fault = fault
            raise

    def _read_piece(
        self, source: ShuffleInput, piece: Piece, metrics: TaskMetrics
    ) -> Iterator[Batch]:
        shuffle_id, reduces = source.shuffle_id, source.spec.partitioner.num_partitions
        maps = ALL_MAPS
        if piece.start_map or piece.end_map is not None:
            end = sys.maxsize if piece.end_map is None else piece.end_map
            maps = range(piece.start_map, end)
        for reduce_id in range(piece.start_reduce, piece.end_reduce):
            # A shuffle that was forgotten meanwhile has no groups: reading any is a fetch failure.
            group = group_of(reduce_id, reduces, self._shuffle_groups.get(shuffle_id, 1))
            for size, records, batch in self.shuffles.read(shuffle_id, group, reduce_id, maps):
                metrics.shuffle_local_blocks += 1
                metrics.shuffle_local_bytes += size
                metrics.shuffle_read_records += records
                yield batch

    def cached(self, block: BlockId, context: TaskContext) -> Iterator[Any] | None:
        """Records of a cached partition, from the heap or from its block; ``None`` on a miss."""
        found = self.heap.get(block)
        handle = self._cached.get(block)
        if found is None and handle is not None:
            fetched = self._fetch([handle])[0]
            if isinstance(fetched, DiskBlock):
                fetched = fetched.read()
            if isinstance(fetched, Frame):
                records = decode(fetched.kind, fetched.main, fetched.buffers, shared=True)
                self.heap.put(block, fetched, records)
                found = iter(records)
            else:
                self._cached.pop(block, None)
        if found is None:
            context._metrics.cache_misses += 1
        else:
            context._metrics.cache_hits += 1
        return found

    def keep(
        self, block: BlockId, records: list[Any], level: StorageLevel, context: TaskContext
    ) -> Iterator[Any]:
        """Encode a freshly computed partition for the store, keep a copy, hand the records on."""
        frame = encode(records).detached()
        # A copy elsewhere needs the bytes, which a file here cannot give: replicated levels live in
        # the object store, which moves them to disk when it is full.
        if not level.useMemory and level.replication == 1:
            on_disk = DiskBlock.write(block, frame, self.spill_directory())
            context._stored[block] = self._on_disk[block] = on_disk
            return iter(decode(frame.kind, frame.main, frame.buffers, shared=True))
        context._stored[block] = frame
        if self.heap.put(block, frame, records):
            copy = self.heap.get(block)
            if copy is not None:
                return copy
        return iter(decode(frame.kind, frame.main, frame.buffers, shared=True))

    def discard(self, stored: Mapping[BlockId, Frame | DiskBlock]) -> None:
        """A task that stored partitions did not succeed: its files would stay as long as the
        executor.
        """
        for block, one in stored.items():
            if isinstance(one, DiskBlock):
                one.delete()
                if self._on_disk.get(block) is one:
                    self._on_disk.pop(block, None)

    def broadcast(self, broadcast: BroadcastId) -> Any:
        """Value of a broadcast: fetched once per executor."""
        with self._broadcast_lock:
            if broadcast not in self._broadcasts:
                fetched = self._fetch([self._broadcast_handles[broadcast]])[0]
                if isinstance(fetched, BaseException):
                    raise fetched
                main, buffers = fetched
                self._broadcasts[broadcast] = load(main, buffers)
            return self._broadcasts[broadcast]
