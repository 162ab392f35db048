"""Which tasks run in this process, and how they are stopped.

A task is stopped by an asynchronous exception: its next Python instruction raises
:class:`~rayspark.executor.context.TaskInterrupted`. Two things need care, and have it here: a task
may be told to stop before it starts (it waits in a batch), and the exception must never strike
after the task is over, in the engine or in the next task of the same thread.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rayspark.executor.context import TaskContext, TaskInterrupted
from rayspark.executor.report import NOT_BEGUN

_REMEMBERED = 10_000
"""Tasks that were killed before they were seen, or that began, that are remembered; older ones are
gone."""


class RunningTasks:
    """Thread-safe register of running tasks."""

    def __init__(self) -> None:
        self._running: dict[int, tuple[TaskContext, int]] = {}
        self._killed: dict[int, str] = {}
        self._begun: set[int] = set()
        """The last tasks that began, over or not; and those before them."""
        self._begun_before: set[int] = set()
        self._endings: dict[int, Callable[[], None]] = {}
        """By thread: what ends the C code that it sits in."""
        self._lock = threading.Lock()

    def start(self, tid: int, context: TaskContext) -> None:
        """The calling thread begins a task.

        Raises
        ------
        TaskInterrupted
            When it was told to stop before it began.
        """
        with self._lock:
            reason = self._killed.pop(tid, None)
            if reason is None:
                self._begun.add(tid)
                if len(self._begun) >= _REMEMBERED:
                    self._begun_before, self._begun = self._begun, set()
                self._running[tid] = context, threading.get_ident()
                return
        raise TaskInterrupted(reason)

    def stop(self, tid: int, reason: str) -> None:
        """Have a task stop, now or as soon as it begins.

        A task that sits in C code (``time.sleep``, a long regular expression) sees it when the
        call returns; whoever asked kills the process when that takes too long.
        """
        with self._lock:
            found = self._running.get(tid)
            if found is None:
                self._killed[tid] = reason
                _cut(self._killed)
                return
            context, thread = found
            context._killed = reason
            _raise_in(thread, TaskInterrupted)
            ending = self._endings.get(thread)
            if ending is not None:
                ending()

    @contextmanager
    def ended_by(self, ending: Callable[[], None]) -> Iterator[None]:
        """While the calling thread sits in C code that ``ending``, called by another thread, ends:
        a query of DuckDB.
        """
        thread = threading.get_ident()
        self._endings[thread] = ending
        try:
            yield
        finally:
            self._endings.pop(thread, None)

    def drop(self, tids: Sequence[int]) -> tuple[list[int], list[int]]:
        """Those of the tasks that have not begun: they will not, when their turn comes; and those
        that are over.
        """
        with self._lock:
            begun = self._begun | self._begun_before
            dropped = [tid for tid in tids if tid not in begun]
            self._killed.update(dict.fromkeys(dropped, NOT_BEGUN))
            _cut(self._killed)
            return dropped, [t for t in tids if t in begun and t not in self._running]

    def end(self, tid: int) -> None:
        """The calling thread's task is over: from here on nothing can strike it."""
        while True:
            try:
                with self._lock:
                    if self._running.pop(tid, None) is not None:
                        _raise_in(threading.get_ident(), None)
                return
            except TaskInterrupted:  # struck on the way to the lock; there is at most one
                continue

    def ids(self) -> list[int]:
        """Tasks that run now."""
        with self._lock:
            return list(self._running)


def _cut(remembered: dict[int, str]) -> None:
    while len(remembered) > _REMEMBERED:
        del remembered[next(iter(remembered))]


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    """Set, or with None clear, the exception that a thread raises at its next instruction."""
    value = ctypes.py_object() if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), value)
