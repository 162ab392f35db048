"""Which task runs where: free slots are offered to the stage attempts in turn.

Locality (delay scheduling, as in Spark's TaskSetManager): an attempt starts at the best level at
which any of its tasks could run and moves to the next when it has launched nothing at that level
for ``spark.locality.wait``. Tasks without a wish run anywhere at once.

Depth: an executor whose tasks are long has one task per slot. When they are short, waiting for the
driver after each would cost more than the task itself, so up to ``batch_window`` seconds of work
are queued there, refilled when half of it is done, and never more than an even share of what is
left, so that no executor is left with a tail while others idle. When they turn out to be long after
all, what has not begun is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from rayspark.ids import ExecutorId, TaskKey
from rayspark.scheduler.actions import Launch, TakeBack
from rayspark.scheduler.exclusion import Exclusion
from rayspark.scheduler.notices import Notices
from rayspark.scheduler.pools import in_turn
from rayspark.scheduler.tables import Executor, Tables
from rayspark.scheduler.task import Locality, TaskLaunch
from rayspark.scheduler.task_set import Slots, TaskSet, Try

LEVELS = (Locality.PROCESS_LOCAL, Locality.NODE_LOCAL, Locality.NO_PREF, Locality.ANY)


class Placement:
    """Gives places to waiting tasks."""

    def __init__(self, tables: Tables, exclusion: Exclusion, notices: Notices) -> None:
        self._tables = tables
        self._exclusion = exclusion
        self._notices = notices
        config = tables.config
        self._waits = (config.locality_wait_process, config.locality_wait_node, 0.0)

    def place(self) -> None:
        """Launch what can be launched now."""
        tables = self._tables
        hungry = [t for t in tables.live.values() if t.pending.count or t.slow]
        if hungry:
            if tables.config.fair and len(hungry) > 1:
                self._place_fairly(hungry)
            else:
                for task_set in in_turn(hungry, {}, fair=False):
                    self._place_from(task_set, None)
        for executor_id in tables.touched:
            if (executor := tables.executors.get(executor_id)) is not None:
                tables.note_ahead(executor)
        tables.touched.clear()

    def take_back(self) -> None:
        """Ask silent executors for what they have not begun: others may be idle."""
        tables = self._tables
        while tables.ahead:
            executor, heard = next(iter(tables.ahead.items()))
            if heard + tables.config.hand_back > tables.now:
                break
            del tables.ahead[executor]
            tables.executors[executor].deep = False
            keys = [
                task_set.key_of(tid)
                for task_set in tables.live.values()
                if not task_set.barrier
                for tid, trial in task_set.tries.items()
                if trial.executor == executor and tid not in task_set.killed
            ]
            if keys:
                tables.actions.append(TakeBack(executor, keys))

    def next_wake(self) -> float | None:
        """When a wait for locality ends next, or an executor has been silent for too long."""
        times = [
            t.level_since + self._waits[t.level_at]
            for t in self._tables.live.values()
            if t.pending.count and t.level_at < 3 and not t.soft and t.locate is not None
            and self._tables.free.get(t.profile)
        ]  # fmt: skip
        for heard in self._tables.ahead.values():
            times.append(heard + self._tables.config.hand_back)
            break  # the longest ago is first
        return min(times, default=None)

    def _place_fairly(self, hungry: list[TaskSet]) -> None:
        """A few places at a time, so that the order is looked at again in between."""
        tables = self._tables
        while hungry:
            for task_set in in_turn(hungry, tables.config.pools, fair=True):
                free = tables.free_slots(task_set.profile, task_set.weight)
                share = free // (2 * len(hungry))
                if self._place_from(task_set, max(1, share)):
                    break
            else:
                return
            hungry = [t for t in hungry if t.pending.count or t.slow]

    # ------------------------------------------------------------------------------ one attempt

    def _place_from(self, task_set: TaskSet, limit: int | None) -> int:
        """Launch tasks of one attempt, at most `limit`; returns how many."""
        if task_set.barrier:
            return self._place_barrier(task_set)
        batches: dict[ExecutorId, list[TaskLaunch]] = {}
        allowed = self._allowed_level(task_set)
        left = task_set.pending.count if limit is None else min(limit, task_set.pending.count)
        total = 0
        for level in LEVELS:
            if level.value > allowed and level is not Locality.NO_PREF:
                continue
            while left and task_set.pending.has(level):
                taken = self._sweep(task_set, level, left, batches)
                left -= taken
                total += taken
                if not taken or not self._tables.free.get(task_set.profile):
                    break
        if task_set.slow and (limit is None or total < limit):
            total += self._place_copies(task_set, batches)
        self._send(task_set, batches)
        return total

    def _allowed_level(self, task_set: TaskSet) -> int:
        """How far from their data tasks may run by now (delay scheduling)."""
        if task_set.soft or task_set.locate is None:
            return Locality.ANY.value
        now, pending = self._tables.now, task_set.pending
        while task_set.level_at < Locality.ANY.value:
            level = LEVELS[task_set.level_at]
            wait = self._waits[task_set.level_at]
            if not pending.has(level) or not self._reachable(task_set, level):
                task_set.level_since = now
            elif now - task_set.level_since >= wait:
                task_set.level_since += wait
            else:
                break
            task_set.level_at += 1
        return task_set.level_at

    def _reachable(self, task_set: TaskSet, level: Locality) -> bool:
        """Does any task wait for an executor that is alive, at this level?"""
        pending = task_set.pending
        if level not in (Locality.PROCESS_LOCAL, Locality.NODE_LOCAL):
            return True
        executors = self._tables.usable.get(task_set.profile, {}).values()
        return any(pending.wants(level, e.id, e.host) for e in executors)

    def _candidates(self, task_set: TaskSet, level: Locality) -> list[Executor]:
        """Executors with a free slot, and those that may be given work ahead."""
        tables = self._tables
        found = dict(tables.free.get(task_set.profile, {}))
        if 0 <= task_set.pace(level) < tables.config.long_task:
            for executor_id in tables.touched:
                executor = tables.executors.get(executor_id)
                if (
                    executor is not None
                    and executor.profile == task_set.profile
                    and not executor.draining
                ):
                    found[executor_id] = executor
        return list(found.values())

    def _sweep(
        self,
        task_set: TaskSet,
        level: Locality,
        left: int,
        batches: dict[ExecutorId, list[TaskLaunch]],
    ) -> int:
        """Offer one level once to every candidate; returns how many tasks were taken."""
        pending = task_set.pending
        candidates = self._candidates(task_set, level)
        local = level in (Locality.PROCESS_LOCAL, Locality.NODE_LOCAL)
        share = self._share(task_set)
        taken_in_all = 0
        for position, executor in enumerate(candidates):
            if local and not pending.queue(level, executor.id, executor.host):
                continue
            even = left if local else ceil(left / (len(candidates) - position))
            room = min(self._room(task_set, executor, level, even, share), left)
            if room <= 0:
                continue
            fits = self._exclusion.fits(task_set, executor)
            taken = pending.take(level, executor.id, executor.host, room, fits)
            if taken:
                batch = batches.setdefault(executor.id, [])
                self._launch(task_set, executor, taken, level, batch)
                left -= len(taken)
                taken_in_all += len(taken)
            if not left:
                break
        if taken_in_all and level is not Locality.NO_PREF:
            task_set.level_at = min(task_set.level_at, level.value)
            task_set.level_since = self._tables.now
        return taken_in_all

    def _room(
        self, task_set: TaskSet, executor: Executor, level: Locality, even: int, share: int
    ) -> int:
        """How many more tasks of the attempt the executor is given now: free slots, up to an even
        split among candidates, or work ahead, up to an even split among all executors.
        """
        slots, in_flight = executor.slots, executor.in_flight
        room = self._tables.room(executor)
        now = min(int(room // task_set.weight), even)
        depth = self._depth(task_set, executor, level)
        if room < slots - in_flight:  # executors of another profile have the machine's cores
            return now
        if depth <= slots or (in_flight >= slots and in_flight > depth // 2):
            return now
        return max(now, int(min(depth, share) - in_flight))

    def _share(self, task_set: TaskSet) -> int:
        """What is left to do of the attempt, split evenly among all executors."""
        left = task_set.pending.count + len(task_set.tries)
        return left // max(1, len(self._tables.usable.get(task_set.profile, ())))

    def _depth(self, task_set: TaskSet, executor: Executor, level: Locality) -> Slots:
        """Tries wanted in flight at the executor.

        What is queued runs on any of its threads, one per core: so only where each task is meant to
        have one.
        """
        config, mean = self._tables.config, task_set.pace(level)
        slots = executor.slots
        if mean < 0 or mean >= config.long_task or slots != executor.cores:
            return slots
        rivals = self._tables.live.values()
        if any(t.weight != 1 and t.profile == executor.profile for t in rivals):
            return slots
        ahead = max(2.0, config.batch_window / mean) if mean > 0 else float(config.max_batch)
        return int(max(min(slots * ahead, config.max_batch), slots))

    # ------------------------------------------------------------------------------ special cases

    def _place_barrier(self, task_set: TaskSet) -> int:
        """All tasks at once, or none."""
        pending, profile, weight = task_set.pending, task_set.profile, task_set.weight
        if pending.count < task_set.size:
            return 0
        if self._tables.free_slots(profile, weight) < task_set.size:
            return 0
        free = list(self._tables.free[profile].values())
        batches: dict[ExecutorId, list[TaskLaunch]] = {}
        while pending.count:
            for position, executor in enumerate(free):
                room = int(self._tables.room(executor) // weight)
                room = min(room, ceil(pending.count / (len(free) - position)))
                for level in LEVELS:
                    taken = pending.take(level, executor.id, executor.host, room)
                    room -= len(taken)
                    if taken:
                        batch = batches.setdefault(executor.id, [])
                        self._launch(task_set, executor, taken, level, batch)
        self._send(task_set, batches)
        return task_set.size

    def _place_copies(self, task_set: TaskSet, batches: dict[ExecutorId, list[TaskLaunch]]) -> int:
        """Speculative copies, each on an executor that does not run the task yet."""
        placed = 0
        for index in list(task_set.slow):
            if task_set.copies[index] != 1 or task_set.done[index]:
                del task_set.slow[index]
                continue
            busy = {task_set.tries[tid].executor for tid in task_set.tries_of(index)}
            for executor in list(self._tables.free.get(task_set.profile, {}).values()):
                fits = self._exclusion.fits(task_set, executor)
                if executor.id in busy or (fits is not None and not fits(index)):
                    continue
                if self._tables.room(executor) < task_set.weight:
                    continue
                del task_set.slow[index]
                batch = batches.setdefault(executor.id, [])
                self._launch(task_set, executor, [index], Locality.ANY, batch, speculative=True)
                placed += 1
                break
        return placed

    # ------------------------------------------------------------------------------ launching

    def _launch(
        self,
        task_set: TaskSet,
        executor: Executor,
        indices: Iterable[int],
        level: Locality,
        batch: list[TaskLaunch],
        *,
        speculative: bool = False,
    ) -> None:
        """Note tries; the action itself is made by ``_send``."""
        tables = self._tables
        stage_id, attempt, now = task_set.stage.id, task_set.attempt, tables.now
        tid, before = tables.next_tid, tables.next_tid
        tries, copies, numbers = task_set.tries, task_set.copies, task_set.numbers
        partitions, executor_id = task_set.partitions, executor.id
        for index in indices:
            number = numbers[index]
            numbers[index] = number + 1
            copies[index] += 1
            tries[tid] = Try(index, executor_id, now, number, speculative, level)
            key = TaskKey(stage_id, attempt, partitions[index], tid)
            batch.append(TaskLaunch(key, number, speculative, level))
            tid += 1
        tables.next_tid = tid
        executor.in_flight += (tid - before) * task_set.weight
        executor.idle_since = None
        tables.refresh(executor)
        tables.note_ahead(executor)

    def _send(self, task_set: TaskSet, batches: dict[ExecutorId, list[TaskLaunch]]) -> None:
        run = task_set.run
        for executor, tasks in batches.items():
            assert run is not None
            half = self._first_half(task_set, self._tables.executors[executor].slots, tasks)
            self._tables.actions.append(Launch(executor, run, tasks[:half]))
            if half < len(tasks):
                self._tables.actions.append(Launch(executor, run, tasks[half:]))
            self._notices.tasks_started(task_set, executor, tasks)

    def _first_half(self, task_set: TaskSet, slots: Slots, tasks: list[TaskLaunch]) -> int:
        """How many of the tasks go into the first batch: all, unless there is work ahead that takes
        time. A batch reports when it is over, and its slots would have nothing to do until
        the answer comes: so the second half runs while the first is answered with more.
        """
        pace = task_set.pace(tasks[0].locality)
        if len(tasks) <= slots or pace * len(tasks) / slots < self._tables.config.answer_time:
            return len(tasks)
        return max(ceil(slots), int(len(tasks) // 2 // slots * slots))
