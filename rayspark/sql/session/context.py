"""The SparkContext of a session: started at once on this machine, behind the user's back on Ray.

Starting Ray takes seconds, and a small query needs none of it. So on other masters than ``local``
the context starts in a thread of its own; who needs it waits.
"""

from __future__ import annotations

import threading
from typing import Any

from rayspark.conf import SparkConf
from rayspark.context import SparkContext


class ContextStart:
    """A context, there or on its way. Any thread may ask for it."""

    def __init__(self, conf: SparkConf | None, running: SparkContext | None = None) -> None:
        self._context = running
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None
        if running is None:
            assert conf is not None
            self._begin(conf)

    def _begin(self, conf: SparkConf) -> None:
        if (conf.get("spark.master") or "ray").startswith("local"):
            self._context = SparkContext.getOrCreate(conf)
            return
        locked = threading.Event()
        self._thread = threading.Thread(
            target=self._start, args=(conf, locked), name="context-start", daemon=True
        )
        self._thread.start()
        locked.wait()

    def _start(self, conf: SparkConf, locked: threading.Event) -> None:
        with SparkContext._lock:  # whoever asks for a context from now on gets this one
            locked.set()
            try:
                self._context = SparkContext.getOrCreate(conf)
            except BaseException as error:  # noqa: BLE001  raised where the context is asked for
                self._error = error

    def get(self) -> SparkContext:
        """The context, as soon as it runs."""
        if self._thread is not None:
            self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._context is not None
        return self._context

    def settings(self, asked: dict[str, str]) -> dict[str, str]:
        """The application's settings, as far as they are known without waiting."""
        if self._context is None:
            return asked
        return {**dict(self._context.getConf().getAll()), **asked}

    def engine(self) -> Any:
        """The application's driver."""
        return self.get()._driver
