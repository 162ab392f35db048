"""The driver: everything of an application that is not per row.

It owns the scheduler loop, the backend, the book of cached partitions, broadcasts, accumulators and
the listener bus, and carries the scheduler's actions out::

    user thread --submit--> loop (SchedulerState.handle) --Launch--> launcher --batch--> backend
    user thread <--waiter-- Accept, JobEnded <-- loop <--TasksEnded-- backend (executor reports)

Threads: the loop's thread runs ``_perform``; backends call ``_batch_done`` from their own threads,
which only builds events and posts them; finalizers post to the janitor's queue, never wait.
Batches are sent by the loop and the janitor alone: backends' threads must not wait for either.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from rayspark.closures import explain_unpicklable
from rayspark.errors.exceptions import SparkException
from rayspark.events.bus import EventBus
from rayspark.executor.added_files import AddedFile
from rayspark.executor.batch import Forget, MergePart
from rayspark.executor.report import TaskReport, TaskState
from rayspark.ids import (
    AccumulatorId,
    BlockId,
    BroadcastId,
    ExecutorId,
    JobId,
    RddId,
    ShuffleId,
)
from rayspark.lineage.dependency import ShuffleDependency
from rayspark.lineage.node import Node
from rayspark.scheduler.actions import (
    Accept,
    Action,
    DropMapOutput,
    JobEnded,
    Kill,
    Launch,
    MergeMapOutput,
    Notify,
    ReleaseExecutor,
    SetExecutorTarget,
    StageEnded,
    TakeBack,
    Warn,
)
from rayspark.scheduler.backend import Backend, BatchOutcome
from rayspark.scheduler.cache_manager import CacheManager
from rayspark.scheduler.cached_blocks import CachedBlock, CachedBlocks
from rayspark.scheduler.events import (
    Event,
    ExecutorAdded,
    ExecutorDraining,
    ExecutorLost,
    HostLost,
    JobCancelled,
    JobSubmitted,
    LaunchFailed,
    MapOutputMerged,
    MapStageSubmitted,
    ShuffleForgotten,
    StageCancelled,
    TasksEnded,
)
from rayspark.scheduler.job import JobWaiter, MapStageWaiter
from rayspark.scheduler.launcher import Launcher
from rayspark.scheduler.loop import SchedulerLoop
from rayspark.scheduler.merging import is_small
from rayspark.scheduler.state import SchedulerState
from rayspark.scheduler.task import CallBlocks, MapStatus, ResultFunction
from rayspark.serializers import dump, load
from rayspark.storagelevel import StorageLevel

logger = logging.getLogger(__name__)

JANITOR_SECONDS = 5.0
"""How long stopping waits for house-keeping that is under way."""
NEWS_SECONDS = 0.2
"""How long the template of a stage that is over may lie in executors that get no batch."""
FREE_SECONDS = 0.05
"""How long blocks may that nobody reads any more: queries in a row tell it with their batches."""


class Driver:
    """The engine of one application.

    Parameters
    ----------
    backend
        Where tasks run.
    state
        The scheduler's state machine.
    max_result_size
        Bytes of results that one job may bring to the driver; 0 for no limit.
    observe
        Called with each event before a job's end is told to the user, unlike the bus's listeners.
    """

    def __init__(
        self,
        backend: Backend,
        state: SchedulerState,
        bus: EventBus,
        max_result_size: int,
        observe: Callable[[Any], None],
    ) -> None:
        self.bus = bus
        self._observe = observe
        self._backend = backend
        self._state = state
        self._max_result_size = max_result_size
        cached = CachedBlocks(backend.storage_limit, backend.spill)
        self._broadcasts: dict[BroadcastId, Any] = {}
        self._accumulators: dict[AccumulatorId, Callable[[Any], None]] = {}
        self._launcher = Launcher(
            state.tracker, cached, self._broadcasts, explain_unpicklable, backend.hub
        )
        self._cache = CacheManager(cached, self._launcher, backend, bus, self._post, self._forget)
        self._sending = threading.Lock()
        """Held from the numbering of batches until they are sent: they arrive in that order."""
        self._waiters: dict[JobId, JobWaiter | MapStageWaiter] = {}
        self._result_bytes: dict[JobId, int] = {}
        self._job_ids = itertools.count()
        self._broadcast_ids = itertools.count()
        self._garbage: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._news_due: float | None = None
        """When executors are to be told what they may forget. The janitor's own."""
        self._janitor = threading.Thread(target=self._clean, name="rayspark-janitor", daemon=True)
        self._loop = SchedulerLoop(state, self._perform)
        self._stopped = False

    @property
    def default_parallelism(self) -> int:
        """Cores that the application may use."""
        return self._backend.default_parallelism

    def start(self) -> None:
        """Start the loop and the executors."""
        self._loop.start()
        self._janitor.start()
        self._backend.start(self._post, self._batch_done)

    def stop(self) -> None:
        """Fail what still runs, stop the executors, deliver the last events."""
        if self._stopped:
            return
        self._stopped = True
        self.cancel("the SparkContext was stopped")
        self._loop.stop()
        for waiter in list(self._waiters.values()):
            waiter.end(_shut_down())
        self._garbage.put(None)
        if self._janitor.is_alive() and threading.current_thread() is not self._janitor:
            self._janitor.join(JANITOR_SECONDS)  # it talks to the backend
        self._backend.stop()

    # -- jobs --------------------------------------------------------------------------------

    def submit(
        self,
        node: Node,
        func: Callable[[int, Any], Any],
        partitions: Sequence[int],
        *,
        call_site: str = "",
        properties: Mapping[str, str] | None = None,
    ) -> JobWaiter:
        """Run ``func(split, iterator)`` over partitions of a node; returns at once."""
        job_id = JobId(next(self._job_ids))
        waiter = JobWaiter(job_id, len(partitions), self._cancel_job)
        event = JobSubmitted(
            job_id, node, partitions, ResultFunction(func), time.monotonic(), call_site,
            properties or {},
        )  # fmt: skip
        self._submit(event, waiter)
        return waiter

    def submit_map_stage(
        self,
        dependency: ShuffleDependency,
        *,
        call_site: str = "",
        properties: Mapping[str, str] | None = None,
    ) -> MapStageWaiter:
        """Run the map side of a shuffle; returns at once.

        The output stays for later jobs over the same dependency, until ``forget_shuffle``. The
        waiter's ``results()`` gives :class:`~rayspark.shuffle.sizes.MapOutputStatistics`.
        """
        job_id = JobId(next(self._job_ids))
        waiter = MapStageWaiter(job_id, self._cancel_job)
        event = MapStageSubmitted(job_id, dependency, time.monotonic(), call_site, properties or {})
        self._submit(event, waiter)
        return waiter

    def _submit(
        self, event: JobSubmitted | MapStageSubmitted, waiter: JobWaiter | MapStageWaiter
    ) -> None:
        self._waiters[event.job_id] = waiter
        self._post(event)
        if self._stopped and self._waiters.pop(event.job_id, None) is not None:
            waiter.end(_shut_down())  # stop() may have looked at the waiters before

    def cancel(
        self,
        reason: str,
        *,
        job_id: int | None = None,
        group: str | None = None,
        tag: str | None = None,
        stage_id: int | None = None,
    ) -> None:
        """Cancel jobs; without a selector, all of them."""
        now = time.monotonic()
        if stage_id is not None:
            self._post(StageCancelled(stage_id, now, reason))
        else:
            chosen = None if job_id is None else JobId(job_id)
            self._post(JobCancelled(now, reason, chosen, group, tag))

    def _cancel_job(self, job_id: JobId, reason: str) -> None:
        self.cancel(reason, job_id=job_id)

    # -- broadcasts and accumulators ---------------------------------------------------------

    def broadcast(self, value: Any) -> BroadcastId:
        """Store a value that every executor may read."""
        broadcast = BroadcastId(next(self._broadcast_ids))
        main, buffers = dump(value, by_value=True)
        size = len(main) + sum(map(len, buffers))
        self._broadcasts[broadcast] = self._backend.put((main, buffers), size)
        return broadcast

    def unpersist_broadcast(self, broadcast: BroadcastId, *, destroy: bool) -> None:
        """Drop the executors' copies; with ``destroy`` also the value itself. Thread-safe."""
        self._garbage.put(lambda: self._drop_broadcast(broadcast, destroy))

    def _drop_broadcast(self, broadcast: BroadcastId, destroy: bool) -> None:
        if destroy:
            self._broadcasts.pop(broadcast, None)
            self._forget(Forget(broadcasts=[broadcast]))
        else:
            self._forget(Forget(broadcast_copies=[broadcast]))

    def add_file(self, file: AddedFile) -> None:
        """Send a file of the user to every executor, before the tasks of any later job."""
        self._launcher.add_file(self._backend.put(file))

    def register_accumulator(
        self, accumulator: AccumulatorId, merge: Callable[[Any], None]
    ) -> None:
        """Call ``merge`` with each accepted task's update."""
        self._accumulators[accumulator] = merge

    def forget_accumulator(self, accumulator: AccumulatorId) -> None:
        """Nobody can read it any more."""
        self._accumulators.pop(accumulator, None)

    # -- cached partitions and shuffles ------------------------------------------------------

    def persist(self, node: Node, level: StorageLevel) -> None:
        """Keep the node's partitions from the next time they are computed."""
        self._cache.persist(node, level)

    def unpersist(self, node: Node) -> None:
        """Free the node's cached partitions. A ``persist`` that follows begins anew."""
        node.marks.level = None
        self._cache.drop_rdd(node.id)

    def forget_node(self, rdd: RddId) -> None:
        """The RDD is out of scope. Called by finalizers: never waits."""
        self._garbage.put(lambda: self._cache.drop_rdd(rdd))

    def forget_shuffle(self, shuffle_id: ShuffleId) -> None:
        """No RDD can read the shuffle any more. Called by finalizers: never waits."""
        self._garbage.put(lambda: self.drop_shuffle(shuffle_id))

    def drop_shuffle(self, shuffle_id: ShuffleId) -> None:
        """Free the shuffle's blocks: jobs submitted from now on make them again."""
        self._post(ShuffleForgotten(shuffle_id))

    def cached_blocks(self) -> Mapping[BlockId, CachedBlock]:
        """What is cached now, by partition."""
        return self._cache.blocks.snapshot()

    def _clean(self) -> None:
        while (work := self._next_garbage()) is not None:
            try:
                work()
            except Exception:
                logger.exception("What is out of scope could not be freed; house-keeping goes on")

    def _next_garbage(self) -> Callable[[], None] | None:
        """What to clean next; news for executors when it has waited long enough."""
        if self._news_due is None:
            return self._garbage.get()
        try:
            return self._garbage.get(timeout=max(0.0, self._news_due - time.monotonic()))
        except queue.Empty:
            return self._send_news

    # -- from the backend --------------------------------------------------------------------

    def _post(self, event: Event) -> None:
        """Keep the launcher's and the cache's books in step with the scheduler's, then tell it."""
        match event:
            case ExecutorAdded(offer=offer):
                self._launcher.executor_added(
                    offer.executor, offer.host, offer.cores, offer.profile, offer.threads
                )
            case ExecutorLost(executor=executor):
                self._launcher.executor_lost(executor)
            case HostLost(host=host):
                self._cache.lose_host(host)
        self._loop.post(event)

    def _batch_done(self, outcome: BatchOutcome) -> None:
        """An executor finished a batch, or died over it. Any thread."""
        now = time.monotonic()
        reports = outcome.reports
        if outcome.blocks:
            blocks = _add_statuses(outcome, reports)
            if not is_small(blocks, self._state.tables.config.merged_block_size):
                self._push(outcome.blocks, outcome.executor)
        if outcome.stored or outcome.missed:
            self._cache.take(outcome)
        if reports:
            self._post(TasksEnded(outcome.executor, reports, now))

    def _push(self, blocks: Sequence[Any], writer: ExecutorId) -> None:
        """Send map output to the machines whose executors will reduce it, while maps still run.
        What is not sent is fetched.
        """
        readers = self._launcher.readers(len(blocks), writer)
        try:
            for reader, handle in zip(readers, blocks, strict=True):
                if reader is not None and handle is not None:
                    self._backend.push(reader, [handle])
        except Exception:
            logger.exception("Map output of executor %s could not be sent ahead", writer)

    def _merge(self, action: MergeMapOutput) -> None:
        """Have small blocks made large ones; where that cannot be, they stay as they are."""
        parts = [MergePart(blocks.handles, maps) for blocks, maps in action.parts]
        try:
            self._backend.merge(action.executor, parts, partial(self._merged, action))
        except Exception:
            logger.exception("Blocks of shuffle %s could not be merged", action.shuffle_id)
            self._merged(action, None)

    def _merged(self, action: MergeMapOutput, handles: Sequence[Any] | None) -> None:
        """An executor merged blocks, or could not. Any thread."""
        made = None
        if handles is not None:
            map_ids = tuple(sorted(m for _, maps in action.parts for m in maps))
            made = CallBlocks(handles, map_ids, sum(blocks.size for blocks, _ in action.parts))
            self._push(handles, action.executor)
        self._post(MapOutputMerged(action.shuffle_id, action.host, action.number, made))

    # -- from the scheduler ------------------------------------------------------------------

    def _perform(self, action: Action) -> None:
        match action:
            case Launch():
                self._launch(action)
            case Accept(report=report, job_id=job_id, index=index):
                self._accept(report, job_id, index)
            case JobEnded(job_id=job_id, error=error, statistics=statistics):
                self._result_bytes.pop(job_id, None)
                waiter = self._waiters.pop(job_id, None)
                if isinstance(waiter, MapStageWaiter):
                    waiter.end(error, statistics)
                elif waiter is not None:
                    waiter.end(error)
            case Notify(event=event):
                self._tell(event)
            case Warn(message=message):
                logger.warning(message)
            case Kill(executor=executor, keys=keys, reason=reason):
                self._backend.kill(executor, keys, reason)
            case TakeBack(executor=executor, keys=keys):
                self._backend.take_back(executor, keys)
            case StageEnded(stage_id=stage_id, attempt=attempt):
                template = self._launcher.stage_ended(stage_id, attempt)
                if template is not None:
                    self._launcher.forget(Forget(templates=[template]))
                    self._garbage.put(partial(self._note_news, NEWS_SECONDS))
            case DropMapOutput(shuffle_id=shuffle_id, map_ids=None):
                self._forget(Forget(shuffles=[ShuffleId(shuffle_id)]))
            case DropMapOutput():
                pass  # part of a shuffle: its handles went with the tracker's statuses
            case MergeMapOutput():
                self._merge(action)
            case SetExecutorTarget(profile=profile, target=target, needs=needs):
                self._backend.scale(profile, target, needs)
            case ReleaseExecutor(executor=executor, reason=reason):
                self._release(executor, reason)

    def _tell(self, event: Any) -> None:
        """Tell those who watch; a defect of theirs must not end the jobs."""
        try:
            self._observe(event)
        except Exception:
            logger.exception("%s was not understood; the scheduler goes on", type(event).__name__)
        self.bus.post(event)

    def _forget(self, what: Forget) -> None:
        """Have executors let go of these. Any thread; never waits."""
        self._launcher.forget(what)
        self._garbage.put(partial(self._note_news, FREE_SECONDS))

    def _note_news(self, patience: float) -> None:
        """There is something to forget: a batch that is sent soon tells it without a call more."""
        due = time.monotonic() + patience
        self._news_due = due if self._news_due is None else min(due, self._news_due)

    def _send_news(self) -> None:
        """Tell executors that get no tasks now what they shall forget."""
        self._news_due = None
        with self._sending:
            for executor, batch in self._launcher.news():
                self._backend.submit(executor, batch)

    def _release(self, executor: ExecutorId, reason: str) -> None:
        """Stop an executor; the last one of a machine first has its cached blocks moved away."""
        host = self._launcher.leave(executor)
        self._post(ExecutorDraining(executor, time.monotonic()))
        if host is None:
            self._backend.release(executor, reason)
        else:
            self._cache.move_away(host, lambda: self._backend.release(executor, reason))

    def _launch(self, action: Launch) -> None:
        with self._sending:
            try:
                batches = self._launcher.batches(action)
            except Exception as error:  # noqa: BLE001  a user's object may fail to pickle in any way
                now = time.monotonic()
                self._post(LaunchFailed(action.executor, action.tasks, error, now))
                return
            for batch in batches:
                self._backend.submit(action.executor, batch)

    def _accept(self, report: TaskReport, job_id: JobId, index: int | None) -> None:
        if report.accumulators is not None:
            try:
                self._accumulate(report)
            except Exception as error:  # noqa: BLE001  user-defined AccumulatorParam
                self._fail_job(job_id, error)
        if index is None:
            return
        size = self._result_bytes.get(job_id, 0) + report.value.nbytes
        self._result_bytes[job_id] = size
        if 0 < self._max_result_size < size:
            self._fail_job(job_id, _too_large(size, self._max_result_size))
            return
        waiter = self._waiters.get(job_id)
        if isinstance(waiter, JobWaiter):
            waiter.deliver(index, report.value)

    def _accumulate(self, report: TaskReport) -> None:
        main, buffers = report.accumulators
        for accumulator, update in load(main, buffers).items():
            merge = self._accumulators.get(accumulator)
            if merge is not None:
                merge(update)

    def _fail_job(self, job_id: JobId, error: BaseException) -> None:
        """End the user's wait with this error now, then cancel what still runs."""
        waiter = self._waiters.pop(job_id, None)
        if waiter is not None:
            waiter.end(error)
            self.cancel(str(error), job_id=job_id)


def _add_statuses(outcome: BatchOutcome, reports: Sequence[TaskReport]) -> CallBlocks:
    """Turn what each map task tells of its output into a status, sharing the call's blocks."""
    done = [r for r in reports if r.state is TaskState.SUCCESS]
    written = sum(report.value[0] for report in done)
    map_ids = tuple(report.key.partition for report in done)
    call = CallBlocks(outcome.blocks, map_ids, written // len(outcome.blocks))
    for report in done:
        size, records, sizes = report.value
        report.value = MapStatus(
            outcome.executor, outcome.host, report.key.tid, call, size, records, sizes
        )
    return call


def _shut_down() -> SparkException:
    return SparkException("Job was cancelled because SparkContext was shut down")


def _too_large(size: int, limit: int) -> SparkException:
    return SparkException(
        f"Total size of serialized results ({size / 2**20:.1f} MiB) is bigger than "
        f"spark.driver.maxResultSize ({limit / 2**20:.1f} MiB). Write the result with "
        "saveAsTextFile or saveAsPickleFile, iterate with toLocalIterator, or raise the limit."
    )
