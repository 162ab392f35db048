"""The SparkContext of a session: started at once on this machine, behind the user's back on Ray.

Starting Ray takes seconds, and a small query needs none of it. So on other masters than ``local``
the context starts in a thread of its own; who needs it waits.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from rayspark.conf import SparkConf
from rayspark.config.entries import application as app
from rayspark.context import SparkContext
from rayspark.core._application import DEFAULT_MASTER
from rayspark.events.bus import EventBus
from rayspark.execution.session_state import Resources
from rayspark.masters import FleetMaster, LocalMaster, parse_master

HEAD_START = 0.2
"""Seconds for a first query that needs no cluster: loading Ray would take its processor from it.
Who asks for the context ends the wait."""

MEMORY_SHARE = 0.5
"""Of the machine's memory, where no setting says how much an executor may use."""


class ContextStart:
    """A context, there or on its way. Any thread may ask for it."""

    def __init__(self, conf: SparkConf | None, running: SparkContext | None = None) -> None:
        self._context = running
        self._error: BaseException | None = None
        self._trace: TracebackType | None = None
        self._ready = threading.Event()
        self._wanted = threading.Event()
        self._settings = dict((running.getConf() if running else conf or SparkConf()).getAll())
        if running is None:
            assert conf is not None
            self._begin(conf)

    def _begin(self, conf: SparkConf) -> None:
        master = parse_master(conf.get("spark.master") or DEFAULT_MASTER)
        # Ray's test clusters set signal handlers, which only the main thread may.
        if isinstance(master, (LocalMaster, FleetMaster)):
            self._context = SparkContext.getOrCreate(conf)
            return
        locked = threading.Event()
        thread = threading.Thread(
            target=self._start, args=(conf, locked), name="context-start", daemon=True
        )
        thread.start()
        locked.wait()

    def _start(self, conf: SparkConf, locked: threading.Event) -> None:
        with SparkContext._lock:  # whoever asks for a context from now on gets this one
            locked.set()
            self._wanted.wait(HEAD_START)
            try:
                self._context = SparkContext.getOrCreate(conf)
            except BaseException as error:  # noqa: BLE001  raised where the context is asked for
                self._error, self._trace = error, error.__traceback__
        self._ready.set()
        if self._error is not None:
            return
        # Linux ends the processes of an embedded Ray with the thread that started them.
        threading.Event().wait()

    def get(self) -> SparkContext:
        """The context, as soon as it runs; why it could not start is raised to all who ask."""
        self._wait()
        if self._error is not None:
            raise self._error.with_traceback(self._trace)
        assert self._context is not None
        return self._context

    def _wait(self) -> None:
        if self._context is None:
            self._wanted.set()
            self._ready.wait()

    @property
    def is_over(self) -> bool:
        """Whether nobody can use it any more: it could not start, or was stopped."""
        context = self._context
        return self._error is not None or (context is not None and bool(context._stopped_at))

    def stop(self) -> None:
        """Stop the context, if it could start."""
        self._wait()
        if self._context is not None:
            self._context.stop()

    def settings(self, asked: dict[str, str]) -> dict[str, str]:
        """The application's settings, as far as they are known without waiting."""
        if self._context is None:
            return asked
        return {**dict(self._context.getConf().getAll()), **asked}

    def resources(self) -> Resources:
        """What there is to run on; waits only where a cluster must be asked."""
        settings = self._settings
        master = parse_master(settings.get("spark.master") or DEFAULT_MASTER)
        match master:
            case LocalMaster(threads=threads):
                return Resources(True, threads, 1, app.DRIVER_MEMORY.read(settings) or _memory(1))
            case FleetMaster(nodes=nodes, cores=cores, memory_mb=memory):
                return Resources(False, nodes * cores, nodes, memory << 20)
        if master.address is None and "RAY_ADDRESS" not in os.environ:
            cores = os.cpu_count() or 1
            return Resources(False, cores, 1, _executor_memory(settings))
        cores = self.get().defaultParallelism
        instances = app.EXECUTOR_INSTANCES.read(settings) or 2
        return Resources(False, cores, instances, _executor_memory(settings))

    def bus(self) -> EventBus | None:
        """The application's listener bus, as soon as it runs; an event log is waited for."""
        if self._context is None and not app.EVENT_LOG_ENABLED.read(self._settings):
            return None
        return self.engine().bus  # type: ignore[no-any-return]

    def engine(self) -> Any:
        """The application's driver."""
        return self.get()._driver


def _executor_memory(settings: Mapping[str, str]) -> int:
    asked = app.EXECUTOR_MEMORY.read(settings)
    return asked or _memory(app.EXECUTOR_INSTANCES.read(settings) or 1)


def _memory(shares: int) -> int:
    """A share of this machine's memory."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return int(pages * size * MEMORY_SHARE / shares)
