"""Tasks of a stage attempt that wait for a place, by where they would like to run.

An index stands in several queues at once (its executors', its hosts', the common one); a byte per
task says whether it still waits, and queues are cleaned when they are read. So a task costs a few
words and is taken in constant time, whatever the size of the stage.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from rayspark.ids import ExecutorId, HostId
from rayspark.scheduler.task import Locality

Queue = deque[int]
Fits = Callable[[int], bool]


class Pending:
    """The queues of one stage attempt.

    >>> pending = Pending(2)
    >>> pending.add(0)
    >>> pending.add(1, executors=["e1"])
    >>> pending.take(Locality.PROCESS_LOCAL, "e1", "h1", 9)
    [1]
    >>> pending.take(Locality.NO_PREF, "e1", "h1", 9)
    [0]
    """

    __slots__ = ("anywhere", "by_executor", "by_host", "count", "free", "waiting")

    def __init__(self, size: int) -> None:
        self.waiting = bytearray(size)
        self.count = 0
        self.by_executor: dict[ExecutorId, Queue] = {}
        self.by_host: dict[HostId, Queue] = {}
        self.free: Queue = deque()
        """No preference."""
        self.anywhere: Queue = deque()
        """Those with a preference, for when waiting for it was in vain."""

    def fill(self, size: int) -> None:
        """All tasks wait, none with a preference."""
        self.waiting = bytearray(b"\x01") * size
        self.free = deque(range(size))
        self.count = size

    def add(
        self,
        index: int,
        executors: Iterable[ExecutorId] = (),
        hosts: Iterable[HostId] = (),
        *,
        first: bool = False,
    ) -> None:
        """A task waits from now on; with `first` before all others."""
        if self.waiting[index]:
            return
        self.waiting[index] = 1
        self.count += 1
        queues = [self.by_executor.setdefault(e, deque()) for e in executors]
        queues += [self.by_host.setdefault(h, deque()) for h in hosts]
        queues.append(self.anywhere if queues else self.free)
        for queue in queues:
            if first:
                queue.appendleft(index)
            else:
                queue.append(index)

    def discard(self, index: int) -> None:
        """The task need not run any more."""
        if self.waiting[index]:
            self.waiting[index] = 0
            self.count -= 1

    def clear(self) -> None:
        """No task waits any more."""
        self.waiting = bytearray(len(self.waiting))
        self.count = 0
        self.by_executor, self.by_host = {}, {}
        self.free, self.anywhere = deque(), deque()

    def queue(self, level: Locality, executor: ExecutorId, host: HostId) -> Queue | None:
        """Tasks to which this executor offers exactly this level."""
        if level is Locality.ANY:
            return self.anywhere
        if level is Locality.NO_PREF:
            return self.free
        if level is Locality.PROCESS_LOCAL:
            return self.by_executor.get(executor)
        return self.by_host.get(host)

    def take(
        self,
        level: Locality,
        executor: ExecutorId,
        host: HostId,
        limit: int,
        fits: Fits | None = None,
    ) -> list[int]:
        """Up to `limit` tasks of that level for the executor; `fits` may refuse some."""
        queue = self.queue(level, executor, host)
        taken: list[int] = []
        if queue is None:
            return taken
        waiting, refused = self.waiting, []
        while queue and len(taken) < limit:
            index = queue.popleft()
            if not waiting[index]:
                continue
            if fits is not None and not fits(index):
                refused.append(index)
                continue
            waiting[index] = 0
            taken.append(index)
        queue.extendleft(reversed(refused))
        self.count -= len(taken)
        return taken

    def has(self, level: Locality) -> bool:
        """Does any task wait that could run at this level somewhere?"""
        if level is Locality.PROCESS_LOCAL:
            return self._any_of(self.by_executor)
        if level is Locality.NODE_LOCAL:
            return self._any_of(self.by_host)
        if level is Locality.NO_PREF:
            return self._first(self.free)
        return self.count > 0

    def wants(self, level: Locality, executor: ExecutorId, host: HostId) -> bool:
        """Does any task wait to which this executor offers exactly this level?"""
        queue = self.queue(level, executor, host)
        return queue is not None and self._first(queue)

    def _first(self, queue: Queue) -> bool:
        while queue and not self.waiting[queue[0]]:
            queue.popleft()
        return bool(queue)

    def _any_of(self, queues: dict[ExecutorId, Queue] | dict[HostId, Queue]) -> bool:
        return any(map(self._first, queues.values()))
