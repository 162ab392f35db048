"""The user's side of a job: wait for results, stream them, cancel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from rayspark.errors.traceback import hide_engine_frames
from rayspark.ids import JobId
from rayspark.serializers import Frame, decode
from rayspark.shuffle.sizes import MapOutputStatistics


class JobHandle(Protocol):
    """A submitted job, as faces see it."""

    job_id: JobId

    def results(self) -> list[Any]:
        """Wait for the whole job; values in the order of the requested partitions.

        Raises what the job failed with; Ctrl-C cancels the job first.
        """

    def stream(self) -> Iterator[Any]:
        """Values in the order of the requested partitions, each as soon as it is there."""

    def cancel(self, reason: str) -> None:
        """Stop the job; ``results`` raises."""


class Waiter:
    """Has the user's thread wait for a job."""

    def __init__(self, job_id: JobId, cancel: Callable[[JobId, str], None]) -> None:
        self.job_id = job_id
        self._cancel = cancel
        self._error: BaseException | None = None
        self._ended = False
        self._changed = threading.Condition()

    def end(self, error: BaseException | None) -> None:
        """Called by the loop: the job is over."""
        with self._changed:
            self._error = error
            self._ended = True
            self._changed.notify_all()

    def cancel(self, reason: str) -> None:
        """See :class:`JobHandle`."""
        self._cancel(self.job_id, reason)

    def _wait_for_end(self) -> None:
        self._wait(lambda: self._ended)
        if self._error is not None:
            hide_engine_frames()  # it was made on another thread
            raise self._error

    def _wait(self, done: Callable[[], bool]) -> None:
        try:
            with self._changed:
                while not done():
                    self._changed.wait()
        except KeyboardInterrupt:
            self.cancel("interrupted from the keyboard")
            raise


class MapStageWaiter(Waiter):
    """Waits for the map side of a shuffle. Made by ``Driver.submit_map_stage``."""

    _statistics: MapOutputStatistics | None = None

    def end(
        self, error: BaseException | None, statistics: MapOutputStatistics | None = None
    ) -> None:
        """Called by the loop: the job is over."""
        self._statistics = statistics
        super().end(error)

    def results(self) -> MapOutputStatistics:
        """Wait until all output is there; what each reduce partition will read.

        Raises what the job failed with; Ctrl-C cancels the job first.
        """
        self._wait_for_end()
        assert self._statistics is not None
        return self._statistics


class JobWaiter(Waiter):
    """Collects what the loop delivers and wakes the user's thread. Made by the driver.

    Results stay encoded until the user's thread asks, so that unpickling neither holds up the
    scheduler nor happens for results that nobody reads.
    """

    def __init__(self, job_id: JobId, size: int, cancel: Callable[[JobId, str], None]) -> None:
        super().__init__(job_id, cancel)
        self._size = size
        self._frames: dict[int, Frame] = {}
        self._streaming = False

    def deliver(self, index: int, frame: Frame) -> None:
        """Called by the loop: one result arrived."""
        with self._changed:
            self._frames[index] = frame
            if self._streaming:
                self._changed.notify_all()

    def results(self) -> list[Any]:
        """See :class:`JobHandle`."""
        self._wait_for_end()
        return [_value(self._frames.pop(index)) for index in range(self._size)]

    def stream(self) -> Iterator[Any]:
        """See :class:`JobHandle`."""
        with self._changed:
            self._streaming = True
        try:
            for index in range(self._size):
                self._wait(lambda index=index: index in self._frames or self._ended)  # type: ignore[misc]
                if index not in self._frames and self._error is not None:
                    hide_engine_frames()
                    raise self._error
                yield _value(self._frames.pop(index))
        finally:
            if not self._ended:
                self.cancel("the iterator over its results was closed")


def _value(frame: Frame) -> Any:
    return decode(frame.kind, frame.main, frame.buffers)[0]
