"""Executors as Ray actors: ``master("ray")`` and every other cluster.

Calls are batches of tasks; a call's returns are a header (reports, results) and blocks that the
driver owns from then on. Completion arrives through futures, on Ray's own threads. An executor
whose call fails with an actor error is lost: the scheduler is told, whether its machine is gone
too is asked of Ray's node table, and a replacement is started.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import field, replace
from typing import Any

import ray
from ray.exceptions import OutOfMemoryError, RayActorError, RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from rayspark.errors.exceptions import SparkException
from rayspark.errors.traceback import TaskError
from rayspark.executor.actor import (
    COMPUTE,
    CONTROL,
    CONTROL_THREADS,
    TRANSFER,
    TRANSFER_THREADS,
    ExecutorActor,
    RemoteHub,
)
from rayspark.executor.barrier import Hub
from rayspark.executor.batch import MergePart, TaskBatch
from rayspark.executor.report import TaskReport, TaskState
from rayspark.executor.runtime import ExecutorSettings
from rayspark.executor.shares import MemoryShares
from rayspark.ids import ExecutorId, HostId, TaskKey
from rayspark.lineage.node import NATIVE, PYTHON
from rayspark.records import dataclass
from rayspark.resource.needs import NOTHING, Needs
from rayspark.scheduler.backend import BatchOutcome, Blocks, handed_back
from rayspark.scheduler.events import (
    BackendFailed,
    Event,
    ExecutorAdded,
    ExecutorLost,
    HostLost,
    ProfileRefused,
)
from rayspark.scheduler.ray_cluster import Cluster
from rayspark.scheduler.ray_resources import claims_of, place_staged, places, refusal
from rayspark.scheduler.ray_watch import Patience, Watch
from rayspark.scheduler.task import ExecutorOffer
from rayspark.storage.ray_store import INLINE_BYTES, Inline

logger = logging.getLogger(__name__)

LOST = (RayActorError, OutOfMemoryError)
"""What a call to an executor fails with whose process is gone: also when Ray's memory monitor
ended it."""
_KILLED = "died unexpectedly"
"""What Ray says when a process is gone and Ray does not know why."""
MAX_START_FAILURES = 5
"""Executors that die before they answered once, in a row, until the application gives up."""


@dataclass(slots=True, eq=False)
class _Executor:
    """A Ray actor that is, or is becoming, an executor."""

    id: ExecutorId
    host: HostId
    actor: Any
    cores: int
    threads: int
    profile: str = PYTHON
    pid: int | None = None
    pending: dict[int, TaskBatch] = field(default_factory=dict)
    releasing: bool = False


class RayBackend:
    """See :class:`rayspark.scheduler.backend.Backend`.

    Parameters
    ----------
    cluster
        The Ray cluster this application runs on.
    instances
        Executors wanted; ``None`` for one per ``cores`` of every machine.
    cores
        Tasks that one python executor runs at a time.
    memory
        Parts of the executors' memory; its ``fraction`` also is the share of a machine's object
        store that cached partitions may take.
    most
        With dynamic allocation, executors that there may be; ``None`` without.
    needs
        Resources that each python executor holds (``spark.executor.resource.*``).
    """

    def __init__(
        self,
        cluster: Cluster,
        settings: ExecutorSettings,
        instances: int | None,
        cores: int,
        memory: MemoryShares,
        patience: Patience,
        most: int | None = None,
        needs: Needs = NOTHING,
    ) -> None:
        self._cluster = cluster
        self._settings = settings
        self._memory = memory
        self._most = most
        self._cores = cores
        self._needs = needs
        if instances is None:
            instances = cluster.free_slots(cores)
            if needs.resources:
                instances = min(instances, places(cluster.resources(), needs, cores))
        self._target = instances
        self.default_parallelism = max(1, self._target) * cores
        self._staged: dict[str, tuple[Needs, int]] = {}
        """Profiles of stages (``RDD.withResources``), and how many executors of each are wanted."""
        self._natives: int | None = 0
        """Native executors wanted; None: one on each machine that has python executors."""
        self.storage_limit = int(cluster.object_store_bytes() * memory.fraction)
        if memory.executor_memory is not None:
            on_a_host = -(-max(1, self._target) // max(1, len(cluster.live_hosts())))
            granted = int(memory.executor_memory * memory.fraction) * on_a_host
            self.storage_limit = min(self.storage_limit, granted)
        self.spill = None
        self._executors: dict[ExecutorId, _Executor] = {}
        self._ids = itertools.count()
        self._calls = itertools.count()
        self._start_failures = 0
        self._shortage = -1
        self._stopping = False
        self._lock = threading.RLock()
        self._hosts = cluster.live_hosts()
        self._lost_hosts: set[HostId] = set()
        self._watch = Watch(self, patience)
        self._post: Callable[[Event], None]
        self._done: Callable[[BatchOutcome], None]

    # -- start and stop ----------------------------------------------------------------------

    def start(self, post: Callable[[Event], None], done: Callable[[BatchOutcome], None]) -> None:
        """See :class:`Backend`."""
        self._post, self._done = post, done
        with self._lock:
            self._fill()
        self._watch.start()

    def stop(self) -> None:
        """See :class:`Backend`."""
        with self._lock:
            self._stopping = True
            executors = list(self._executors.values())
            self._executors.clear()
        self._watch.stop()
        closing = [executor.actor.close.remote() for executor in executors]
        ray.wait(closing, num_returns=len(closing), timeout=0.2)
        for executor in executors:
            ray.kill(executor.actor)
        self._cluster.disconnect()

    def _fill(self) -> None:
        """Start executors until there are as many as wanted."""
        while len(self._of(PYTHON)) < self._target:
            host = self._place_python()
            if host is None:
                self._warn_of_shortage(len(self._of(PYTHON)))
                break
            self._start_executor(host, PYTHON, self._cores, self._needs)
        for profile, (needs, target) in self._staged.items():
            self._fill_staged(profile, needs, target)
        natives = {executor.host for executor in self._of(NATIVE)}
        if self._natives is not None and len(natives) >= self._natives:
            return
        for host, cores in self._room_for_natives(natives).items():
            if self._natives is not None and len(natives) >= self._natives:
                break
            natives.add(host)
            self._start_executor(host, NATIVE, cores)

    def _fill_staged(self, profile: str, needs: Needs, target: int) -> None:
        """Start executors of a profile of stages, as far as machines have what they hold.

        As native executors they claim none of Ray's CPUs: the scheduler has all executors of a
        machine share its cores.
        """
        cores = needs.cores or self._cores
        for _ in range(target - len(self._of(profile))):
            host = self._place_holder(needs, cores)
            if host is None:
                break
            self._start_executor(host, profile, cores, needs)

    def _place_python(self) -> HostId | None:
        if self._needs.resources:
            return self._place_holder(self._needs, self._cores)
        return self._cluster.place(self._taken(), self._cores)

    def _place_holder(self, needs: Needs, cores: int) -> HostId | None:
        """A machine that has what such an executor holds, beside what those there hold."""
        held = {PYTHON: self._needs, **{name: asked for name, (asked, _) in self._staged.items()}}
        present = [(e.host, held[e.profile]) for e in self._executors.values() if e.profile in held]
        return place_staged(self._cluster.resources(), needs, cores, present, self._cores)

    def _of(self, profile: str) -> list[_Executor]:
        return [e for e in list(self._executors.values()) if e.profile == profile]

    def _taken(self) -> dict[HostId, int]:
        """Cores of the python executors of each machine: native ones use the same."""
        taken: dict[HostId, int] = {}
        for executor in self._of(PYTHON):
            taken[executor.host] = taken.get(executor.host, 0) + executor.cores
        return taken

    def _room_for_natives(self, present: Collection[HostId]) -> dict[HostId, int]:
        """Machines that may have a native executor and have none, with its cores.

        Without dynamic allocation it has those of the python executors there; with it, since they
        come and go, all that the application may ever have of the machine.
        """
        taken = self._taken()
        if self._most is None:
            return {host: cores for host, cores in taken.items() if host not in present}
        left = self._most * self._cores - sum(e.cores for e in self._of(NATIVE))
        totals = self._cluster.cores()
        room: dict[HostId, int] = {}
        for host in sorted(totals, key=lambda host: -taken.get(host, 0)):
            cores = min(totals[host], left) // self._cores * self._cores
            if host not in present and cores:
                room[host] = cores
                left -= cores
        return room

    def _settings_of(
        self, host: HostId, profile: str, cores: int, needs: Needs | None
    ) -> ExecutorSettings:
        if needs is not None:
            memory = self._memory
            if needs.memory is not None:
                memory = replace(memory, executor_memory=needs.memory)
            settings = memory.python(self._settings, cores)
            addresses = {name: [str(i) for i in range(count)] for name, count in needs.resources}
            return replace(settings, resources=addresses)
        units = max(1, cores // self._cores)
        share = cores / max(cores, self._cluster.cores().get(host, cores))
        free = int(self._cluster.task_memory(host) * share)
        return self._memory.native(self._settings, cores, units, free)

    def _warn_of_shortage(self, running: int) -> None:
        if running != self._shortage:
            self._shortage = running
            logger.warning(
                "no machine of the Ray cluster has %d free cores%s; %d of %d executors run",
                self._cores, "".join(f" and {n} {name}" for name, n in self._needs.resources),
                running, self._target,
            )  # fmt: skip

    def _start_executor(
        self, host: HostId, profile: str, cores: int, needs: Needs | None = None
    ) -> None:
        executor_id = ExecutorId(str(next(self._ids)))
        threads = max(cores, (needs or NOTHING).tasks(cores, self._settings.task_cpus))
        options: dict[str, Any] = {
            "num_cpus": cores if profile == PYTHON else 0,
            "max_restarts": 0,
            "max_task_retries": 0,
            "concurrency_groups": {
                COMPUTE: threads,
                CONTROL: CONTROL_THREADS,
                TRANSFER: TRANSFER_THREADS,
            },
            "scheduling_strategy": NodeAffinitySchedulingStrategy(host, soft=False),
        }
        if needs is not None and needs.resources:
            options["num_gpus"], options["resources"] = claims_of(needs)
        make: Any = ray.remote
        settings = self._settings_of(host, profile, cores, needs)
        actor = make(**options)(ExecutorActor).remote(executor_id, settings)
        executor = _Executor(executor_id, host, actor, cores, threads, profile)
        self._executors[executor_id] = executor
        future = actor.ready.remote().future()
        future.add_done_callback(lambda f: self._started(executor, f))

    def _started(self, executor: _Executor, future: Future[Any]) -> None:
        error = future.exception()
        if error is not None:
            with self._lock:
                self._start_failures += 1
                hopeless = self._start_failures >= MAX_START_FAILURES
            if hopeless and not self._stopping:
                self._post(BackendFailed(_cannot_start(error), time.monotonic()))
            else:
                _soon(self._lose, executor, f"it did not start: {error}")
            return
        self._start_failures = 0
        _, pid, _, held = future.result()
        offer = ExecutorOffer(
            executor.id, executor.host, executor.cores, executor.profile, held, executor.threads
        )
        with self._lock:  # whoever takes it out of the table posts its loss after this
            if executor.id in self._executors:
                executor.pid = pid
                self._post(ExecutorAdded(offer, time.monotonic()))

    # -- batches -----------------------------------------------------------------------------

    def submit(self, executor: ExecutorId, batch: TaskBatch) -> None:
        """See :class:`Backend`."""
        target = self._executors.get(executor)
        if target is None:  # lost a moment ago: the scheduler is about to hear of it
            return
        groups = batch.groups if batch.writes_shuffle else 0
        returns = 1 + groups + len(batch.store)
        number = next(self._calls)
        target.pending[number] = batch
        try:
            refs = target.actor.run.options(num_returns=returns).remote(batch)
        except Exception as error:  # noqa: BLE001  Ray refuses for many reasons
            # The executor waits for this batch's number: it is of no use any more.
            self._lose(target, f"a batch could not be sent to it: {error!r}")
            return
        header, rest = (refs, []) if returns == 1 else (refs[0], refs[1:])
        header.future().add_done_callback(
            lambda future: self._finished(target, number, batch, future, rest)
        )

    def _finished(
        self,
        executor: _Executor,
        number: int,
        batch: TaskBatch,
        future: Future[Any],
        refs: Sequence[Any],
    ) -> None:
        executor.pending.pop(number, None)
        error = future.exception()
        if isinstance(error, LOST):
            _soon(self._lose, executor, _why(error))
            return
        if error is not None:
            self._done(_engine_failure(executor, batch, error))
            return
        reports, told, kept, heap, missed = future.result()
        pairs = zip(refs, told, strict=False)
        blocks = [one if isinstance(one, Inline) else ref if one else None for ref, one in pairs]
        places = zip(batch.store, refs[len(told) :], kept, strict=True)
        stored = {block: (ref, size) for block, ref, size in places if size}
        self._done(
            BatchOutcome(executor.id, executor.host, batch, reports, blocks, stored, heap, missed)
        )

    def kill(self, executor: ExecutorId, keys: Sequence[TaskKey], reason: str) -> None:
        """See :class:`Backend`."""
        target = self._executors.get(executor)
        if target is not None:
            tids = [key.tid for key in keys]
            target.actor.kill.remote(tids, reason)
            self._watch.expect_end(executor, tids, reason)

    def take_back(self, executor: ExecutorId, keys: Sequence[TaskKey]) -> None:
        """See :class:`Backend`."""
        target = self._executors.get(executor)
        if target is None:
            return

        def answered(future: Future[Any]) -> None:
            if future.exception() is None:  # else it is lost, as the watch will find
                self._post(handed_back(executor, keys, future.result(), time.monotonic()))

        tids = [key.tid for key in keys]
        target.actor.drop.remote(tids).future().add_done_callback(answered)

    def push(self, executor: ExecutorId, handles: Sequence[Any]) -> None:
        """See :class:`Backend`."""
        target = self._executors.get(executor)
        stored = [handle for handle in handles if not isinstance(handle, Inline)]
        if target is not None and stored:
            target.actor.prefetch.remote(stored)

    def copy(self, executor: ExecutorId, handle: Any, done: Callable[[Any], None]) -> None:
        """See :class:`Backend`."""
        target = self._executors.get(executor)
        if target is None:
            done(None)
            return
        told, made = target.actor.copy.options(num_returns=2).remote([handle])
        told.future().add_done_callback(
            lambda future: done(made if future.exception() is None and future.result() else None)
        )

    def merge(
        self, executor: ExecutorId, parts: Sequence[MergePart], done: Callable[[Blocks], None]
    ) -> None:
        """See :class:`Backend`."""
        target = self._executors.get(executor)
        if target is None:
            done(None)
            return
        returns = 1 + len(parts[0].handles)
        told, *made = target.actor.merge.options(num_returns=returns).remote(list(parts))

        def answered(future: Future[Any]) -> None:
            sizes = None if future.exception() is not None else future.result()
            if sizes is None:
                done(None)
            else:
                done([ref if size else None for ref, size in zip(made, sizes, strict=True)])

        told.future().add_done_callback(answered)

    def hub(self, executor: ExecutorId) -> Hub | None:
        """See :class:`Backend`."""
        target = self._executors.get(executor)
        return None if target is None else RemoteHub(target.actor)

    def put(self, value: Any, size: int | None = None) -> Any:
        """See :class:`Backend`."""
        return ray.put(value) if size is None or size > INLINE_BYTES else Inline.of(value)

    # -- losses and scaling ------------------------------------------------------------------

    def _lose(self, executor: _Executor, reason: str) -> None:
        """An executor is gone; each is reported once."""
        with self._lock:
            if self._executors.pop(executor.id, None) is None or self._stopping:
                return
        if executor.releasing:
            logger.info("released executor %s on %s: %s", executor.id, executor.host, reason)
        else:
            logger.warning("lost executor %s on %s: %s", executor.id, executor.host, reason)
        host_lost = False
        try:
            # It may live, only out of reach, while others do its tasks.
            _soon(ray.kill, executor.actor)
            host_lost = not self._cluster.is_up(executor.host)
            if host_lost:
                self._lose_host(executor.host)
        finally:  # whatever Ray says: nobody else will tell of it
            now = time.monotonic()
            self._post(ExecutorLost(executor.id, reason, now, host_lost, executor.releasing))
        with self._lock:
            if not self._stopping:
                self._fill()

    def _lose_host(self, host: HostId) -> None:
        with self._lock:
            if host in self._lost_hosts:
                return
            self._lost_hosts.add(host)
            gone = [e for e in self._executors.values() if e.host == host]
            for executor in gone:
                del self._executors[executor.id]
        now = time.monotonic()
        self._post(HostLost(host, "the node left the Ray cluster", now))
        for executor in gone:
            self._post(ExecutorLost(executor.id, "its node was lost", now, True))

    # -- what the watch asks -----------------------------------------------------------------

    def look_at_nodes(self) -> None:
        """See :class:`Watched`."""
        try:
            alive = self._cluster.live_hosts()
        except RayError as error:
            self._post(BackendFailed(SparkException(f"Ray is gone: {error}"), time.monotonic()))
            return
        for host in self._hosts - alive:
            self._lose_host(host)
        self._hosts = alive
        with self._lock:
            if not self._stopping:
                self._fill()

    def executor_ids(self) -> Sequence[ExecutorId]:
        """See :class:`Watched`."""
        return [e.id for e in list(self._executors.values()) if e.pid is not None]

    def has_task(self, executor: ExecutorId, tid: int) -> bool:
        """See :class:`Watched`."""
        target = self._executors.get(executor)
        batches = list(target.pending.values()) if target is not None else []
        return any(task.key.tid == tid for batch in batches for task in batch.tasks)

    def beat(self, executor: ExecutorId, heard: Callable[[Collection[int]], None]) -> None:
        """See :class:`Watched`."""
        target = self._executors.get(executor)
        if target is None:
            return

        def answered(future: Future[Any]) -> None:
            error = future.exception()
            if isinstance(error, LOST):
                _soon(self._lose, target, _why(error))
            elif error is None:
                _, _, running, _ = future.result()
                heard(running)

        target.actor.ready.remote().future().add_done_callback(answered)

    def end(self, executor: ExecutorId, reason: str, *, expected: bool) -> None:
        """See :class:`Watched`."""
        with self._lock:
            target = self._executors.get(executor)
            if target is None:
                return
            target.releasing = expected
        self._lose(target, reason)

    def scale(self, profile: str, target: int | None, needs: Needs | None = None) -> None:
        """See :class:`Backend`."""
        with self._lock:
            if needs is not None:
                self._scale_staged(profile, target or 0, needs)
                return
            if profile == NATIVE:
                self._natives = target
            elif target is not None:
                self._target = target
            if target is not None:
                self._cluster.request(max(self._target, self._natives or 0) * self._cores)
            self._fill()

    def _scale_staged(self, profile: str, target: int, needs: Needs) -> None:
        self._staged[profile] = needs, target
        problem = refusal(self._cluster.resources(), needs, needs.cores or self._cores)
        if problem is None:
            self._fill()
        else:
            self._staged[profile] = needs, 0
            self._post(ProfileRefused(profile, SparkException(problem), time.monotonic()))

    def release(self, executor: ExecutorId, reason: str) -> None:
        """See :class:`Backend`."""
        self.end(executor, reason, expected=True)


def _soon(call: Callable[..., Any], *arguments: Any) -> None:
    """Call it on a thread of its own.

    Losses are told on Ray's callback thread, where calls that wait for Ray may never return:
    ``kill``, and all of them under Ray Client.
    """
    threading.Thread(target=call, args=arguments, name="rayspark-loss", daemon=True).start()


def _why(error: RayError) -> str:
    """In a line: Ray says it in fifty."""
    text = str(error).strip()
    first = text.partition("\n")[0] or type(error).__name__
    if isinstance(error, OutOfMemoryError):
        return f"Ray ended it, for its machine was running out of memory: {first}"
    if _KILLED in text:
        return "its process was killed, as the system does when memory is short, or it crashed"
    return first


def _cannot_start(error: BaseException) -> SparkException:
    return SparkException(
        f"executors do not start on this Ray cluster: {error}\n"
        "Is rayspark installed on every node in the same version as on the driver?"
    )


def _engine_failure(executor: _Executor, batch: TaskBatch, error: BaseException) -> BatchOutcome:
    """The call itself failed (its reply could not be pickled, say): every task of it failed."""
    wrapped = TaskError.of(error)
    reports = [TaskReport(t.key, TaskState.FAILED, error=wrapped) for t in batch.tasks]
    return BatchOutcome(executor.id, executor.host, batch, reports)
