"""Launches become batches: a template sent once, inputs each executor does not know yet, tasks.

The launcher remembers what it told each executor, so that a task costs a few dozen bytes: the
second batch of a stage carries neither the template nor the shuffle handles again. What is told is
noted, and batches are numbered, only when all of them are built: a launch that fails half-way (an
object that cannot be pickled, say) leaves no trace. Thread-safe: the loop launches, backends and
finalizers forget.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from typing import Any

from rayspark.executor.barrier import BarrierGroup, Hub
from rayspark.executor.batch import BlockSource, Forget, ShuffleGroup, TaskBatch, TaskSpec
from rayspark.ids import BlockId, BroadcastId, ExecutorId, HostId, ShuffleId, StageId
from rayspark.lineage.dependency import ShuffleDependency
from rayspark.lineage.node import PYTHON
from rayspark.records import dataclass
from rayspark.scheduler.actions import Launch
from rayspark.scheduler.cached_blocks import CachedBlocks
from rayspark.scheduler.task import CallBlocks, MapStatus, StageRun, TaskLaunch
from rayspark.scheduler.templates import Explain, StageTemplate, build_template
from rayspark.shuffle.blocks import group_of
from rayspark.shuffle.tracker import ShuffleTracker

UNNUMBERED = -1
"""A batch that is still being built."""
MAX_GROUPS = 64
"""Blocks per call at most: more executors than this share groups."""


@dataclass(slots=True)
class _Told:
    """What batches say besides their tasks."""

    templates: set[int] = field(default_factory=set)
    groups: dict[tuple[ShuffleId, int], int] = field(default_factory=dict)
    cached: dict[BlockId, int] = field(default_factory=dict)
    broadcasts: set[BroadcastId] = field(default_factory=set)
    files: int = 0


@dataclass(slots=True, kw_only=True)
class _Known(_Told):
    """What one executor was told, in the batches sent to it."""

    cores: int
    threads: int
    host: HostId
    profile: str
    leaving: bool = False
    """It is about to be released: nothing is copied to it."""
    batches: int = 0
    forget: list[Forget] = field(default_factory=list)
    """What the next batch shall tell to forget."""

    def add(self, told: _Told) -> None:
        """These batches are sent as well."""
        self.templates |= told.templates
        self.groups |= told.groups
        self.cached |= told.cached
        self.broadcasts |= told.broadcasts
        self.files = max(self.files, told.files)

    def is_told(self, what: Forget) -> bool:
        """May the executor hold any of these? Partitions it may have made itself."""
        return (
            not self.templates.isdisjoint(what.templates)
            or not self.broadcasts.isdisjoint((*what.broadcasts, *what.broadcast_copies))
            or any(shuffle_id in what.shuffles for shuffle_id, _ in self.groups)
            or bool(what.rdds or what.blocks)
        )

    def drop(self, what: Forget) -> None:
        """Have the executor forget these, with the next batch."""
        self.forget.append(what)
        self.templates.difference_update(what.templates)
        self.broadcasts.difference_update(what.broadcasts)
        for at in [at for at in self.groups if at[0] in what.shuffles]:
            del self.groups[at]
        for block in what.blocks:
            self.cached.pop(block, None)

    def send(self, batches: Sequence[TaskBatch]) -> None:
        """Number batches that are complete; the first takes along what is to be forgotten."""
        batches[0].forget, self.forget = self.forget, []
        for batch in batches:
            batch.number = self.batches
            self.batches += 1


class Launcher:
    """Builds batches.

    Parameters
    ----------
    tracker
        Where map output lies (the scheduler's book; read only).
    broadcasts
        Handles of all broadcasts that are alive.
    hub_of
        The meeting place that an executor offers to barrier stages; ``None`` if it was lost.
    """

    def __init__(
        self,
        tracker: ShuffleTracker[MapStatus],
        cached: CachedBlocks,
        broadcasts: dict[BroadcastId, Any],
        explain: Explain,
        hub_of: Callable[[ExecutorId], Hub | None],
    ) -> None:
        self._tracker = tracker
        self._cached = cached
        self._broadcasts = broadcasts
        self._explain = explain
        self._hub_of = hub_of
        self._files: list[Any] = []
        self._hubs: dict[tuple[StageId, int], Hub] = {}
        self._known: dict[ExecutorId, _Known] = {}
        self._templates: dict[tuple[StageId, int], StageTemplate] = {}
        self._num_groups: dict[ShuffleId, int] = {}
        self._sources: dict[ShuffleId, tuple[int, list[ShuffleGroup]]] = {}
        self._ids = itertools.count()
        self._lock = threading.RLock()

    def executor_added(
        self,
        executor: ExecutorId,
        host: HostId,
        cores: int,
        profile: str = PYTHON,
        threads: int = 0,
    ) -> None:
        """A new executor knows nothing."""
        with self._lock:
            self._known[executor] = _Known(
                cores=cores, host=host, profile=profile, threads=max(cores, threads)
            )

    def add_file(self, handle: Any) -> None:
        """From now on every executor gets this file, with its next batch."""
        with self._lock:
            self._files.append(handle)

    def executors_elsewhere(self, host: HostId, salt: int) -> list[tuple[ExecutorId, HostId]]:
        """One executor of each other machine; ``salt`` spreads the choice."""
        with self._lock:
            places: dict[HostId, list[ExecutorId]] = {}
            for executor, known in self._known.items():
                if known.host != host and not known.leaving:
                    places.setdefault(known.host, []).append(executor)
        found = [(executors[salt % len(executors)], at) for at, executors in places.items()]
        first = salt % len(found) if found else 0
        return found[first:] + found[:first]

    def leave(self, executor: ExecutorId) -> HostId | None:
        """The executor is to be released; returns its machine, when no other stays there."""
        with self._lock:
            known = self._known.get(executor)
            if known is None:
                return None
            known.leaving = True
            staying = {other.host for other in self._known.values() if not other.leaving}
            return None if known.host in staying else known.host

    def readers(self, groups: int, writer: ExecutorId) -> list[ExecutorId | None]:
        """For each group, the executor on another machine that will probably reduce it, if so:
        one of the writer's profile.
        """
        with self._lock:
            source = self._known.get(writer)
            executors = [
                (executor, known.host)
                for executor, known in self._known.items()
                if source is not None and known.profile == source.profile and not known.leaving
            ]
        if source is None or all(host == source.host for _, host in executors):
            return [None] * groups
        owners = [executors[group * len(executors) // groups] for group in range(groups)]
        return [executor if host != source.host else None for executor, host in owners]

    def executor_lost(self, executor: ExecutorId) -> None:
        """Its successor will have another name."""
        with self._lock:
            self._known.pop(executor, None)

    def batches(self, action: Launch) -> list[TaskBatch]:
        """One batch per core of the executor, as the tasks allow; none if it was lost just now.

        Raises
        ------
        PySparkException
            When the stage's functions cannot be pickled.
        """
        with self._lock:
            known = self._known.get(action.executor)
            if known is None:
                return []
            template = self._template(action.run)
            if action.run.barrier and not self._has_hub(action):
                return []
            told = _Told()
            made = [
                self._batch(action.run, template, known, told, tasks)
                for tasks in _portions(action.tasks, known.threads)
            ]
            known.send(made)
            known.add(told)
            return made

    def _has_hub(self, action: Launch) -> bool:
        """Find the meeting place of a barrier stage: the first executor that gets a task of it."""
        key = (action.run.stage_id, action.run.attempt)
        if key not in self._hubs:
            hub = self._hub_of(action.executor)
            if hub is None:
                return False
            self._hubs[key] = hub
        return True

    def _template(self, run: StageRun) -> StageTemplate:
        key = (run.stage_id, run.attempt)
        template = self._templates.get(key)
        if template is None:
            template = build_template(next(self._ids), run, self._explain)
            self._templates[key] = template
        return template

    def _batch(
        self,
        run: StageRun,
        template: StageTemplate,
        known: _Known,
        told: _Told,
        tasks: Sequence[TaskLaunch],
    ) -> TaskBatch:
        """One batch, not numbered yet; what it says besides its tasks is added to ``told``."""
        batch = TaskBatch(UNNUMBERED, template.id, (), dict(run.properties), needs=run.needs)
        if template.id not in known.templates and template.id not in told.templates:
            told.templates.add(template.id)
            batch.template = template.data
        new = set(template.broadcasts) - known.broadcasts - told.broadcasts
        if new:
            told.broadcasts |= new
            batch.broadcasts = {b: self._broadcasts[b] for b in new if b in self._broadcasts}
        batch.files = self._files[max(known.files, told.files) :]
        told.files = len(self._files)
        if run.barrier:
            key = (run.stage_id, run.attempt)
            batch.barrier = BarrierGroup(key, run.num_tasks, self._hubs[key])
        if isinstance(run.sink, ShuffleDependency):
            batch.writes_shuffle, batch.groups = True, self._groups_of(run.sink)
        specs: list[TaskSpec] = []
        kept: list[BlockId] = []
        for task in tasks:
            payloads, may_keep = template.equip(task.key.partition)
            kept += may_keep
            specs.append(TaskSpec(task.key, task.number, payloads))
        batch.tasks = specs
        if kept:
            self._add_cached(batch, known, told, kept)
        if template.shuffles:
            self._add_shuffles(batch, template, known, told, tasks)
        return batch

    def _add_cached(
        self, batch: TaskBatch, known: _Known, told: _Told, kept: list[BlockId]
    ) -> None:
        handles = self._cached.handles(kept)
        batch.store = [block for block in dict.fromkeys(kept) if block not in handles]
        new = {
            b: h
            for b, h in handles.items()
            if id(h) not in (known.cached.get(b), told.cached.get(b))
        }
        told.cached.update((block, id(handle)) for block, handle in new.items())
        batch.cached = new

    def _add_shuffles(
        self,
        batch: TaskBatch,
        template: StageTemplate,
        known: _Known,
        told: _Told,
        tasks: Sequence[TaskLaunch],
    ) -> None:
        batch.num_groups = {
            s.shuffle_id: self._groups_of(s)
            for s in template.shuffles
            if s.shuffle_id in self._tracker
        }
        wanted = dict.fromkeys(self._groups_read(template, tasks))
        shuffles = []
        for shuffle_id, group in wanted:
            version, at = self._tracker.version(shuffle_id), (shuffle_id, group)
            if version not in (known.groups.get(at), told.groups.get(at)):
                told.groups[at] = version
                shuffles.append(self._group_sources(shuffle_id)[group])
        batch.shuffles = shuffles

    def _groups_read(
        self, template: StageTemplate, tasks: Sequence[TaskLaunch]
    ) -> Iterator[tuple[ShuffleId, int]]:
        for task in tasks:
            for source, piece in template.pieces(task.key.partition):
                if source.shuffle_id in self._tracker and piece.start_reduce < piece.end_reduce:
                    reduces = source.spec.partitioner.num_partitions
                    groups = self._num_groups[source.shuffle_id]
                    first = group_of(piece.start_reduce, reduces, groups)
                    last = group_of(piece.end_reduce - 1, reduces, groups)
                    for group in range(first, last + 1):
                        yield source.shuffle_id, group

    def _groups_of(self, dependency: ShuffleDependency) -> int:
        """Into how many blocks the map output of a shuffle is split; fixed once and for all."""
        groups = self._num_groups.get(dependency.shuffle_id)
        if groups is None:
            cores = Counter[str]()
            for known in self._known.values():
                cores[known.profile] += known.cores
            reduces = dependency.spec.partitioner.num_partitions
            groups = max(1, min(reduces, max(cores.values(), default=1), MAX_GROUPS))
            self._num_groups[dependency.shuffle_id] = groups
        return groups

    def _group_sources(self, shuffle_id: ShuffleId) -> list[ShuffleGroup]:
        """All groups of a shuffle; made once per version, since that costs O(maps)."""
        version = self._tracker.version(shuffle_id)
        made = self._sources.get(shuffle_id)
        if made is None or made[0] != version:
            made = version, self._make_groups(shuffle_id, version)
            self._sources[shuffle_id] = made
        return made[1]

    def _make_groups(self, shuffle_id: ShuffleId, version: int) -> list[ShuffleGroup]:
        current: dict[int, tuple[CallBlocks, list[int]]] = {}
        sizes: dict[int, int] = {}
        missing: list[int] = []
        for map_id, status in enumerate(self._tracker.statuses(shuffle_id)):
            if status is None:
                missing.append(map_id)
            else:
                key = id(status.blocks)
                current.setdefault(key, (status.blocks, []))[1].append(map_id)
                sizes[key] = sizes.get(key, 0) + status.bytes
        groups: list[list[BlockSource]] = [[] for _ in range(self._num_groups[shuffle_id])]
        for call, map_ids in current.values():
            valid = None if len(map_ids) == len(call.map_ids) else frozenset(map_ids)
            size = sizes[id(call)] // len(call.handles)
            for sources, handle in zip(groups, call.handles, strict=True):
                if handle is not None:
                    sources.append(BlockSource(handle, call.map_ids, valid, size))
        return [
            ShuffleGroup(shuffle_id, number, version, sources, tuple(missing))
            for number, sources in enumerate(groups)
        ]

    def stage_ended(self, stage: StageId, attempt: int) -> int | None:
        """The stage's template is not needed any more; returns its id."""
        with self._lock:
            self._hubs.pop((stage, attempt), None)
            template = self._templates.pop((stage, attempt), None)
            return None if template is None else template.id

    def forget(self, what: Forget) -> None:
        """Drop what is remembered of these, and have every executor do so with its next batch: it
        forgets what it was told before and keeps what it is told afterwards.

        Into how many groups a shuffle is split stays fixed while it may be made again: tries that
        were launched before still report.
        """
        with self._lock:
            for shuffle_id in what.shuffles:
                self._sources.pop(shuffle_id, None)
                if shuffle_id not in self._tracker:
                    self._num_groups.pop(shuffle_id, None)
            for known in self._known.values():
                if known.is_told(what):
                    known.drop(what)

    def news(self) -> list[tuple[ExecutorId, TaskBatch]]:
        """Batches without tasks, for executors that have something to forget."""
        with self._lock:
            made = []
            for executor, known in self._known.items():
                if known.forget:
                    batch = TaskBatch(UNNUMBERED, UNNUMBERED, (), {})
                    known.send([batch])
                    made.append((executor, batch))
            return made

    def told(self, executor: ExecutorId, blocks: Iterable[BlockId]) -> list[BlockId]:
        """Those cached partitions that an executor was told of as they still are."""
        with self._lock:
            known = self._known.get(executor)
            if known is None:
                return []
            handles = self._cached.handles(blocks)
            return [b for b, handle in handles.items() if known.cached.get(b) == id(handle)]


def _portions(tasks: Sequence[TaskLaunch], threads: int) -> Iterator[Sequence[TaskLaunch]]:
    count = min(len(tasks), threads)
    for number in range(count):
        start, stop = number * len(tasks) // count, (number + 1) * len(tasks) // count
        yield tasks[start:stop]
