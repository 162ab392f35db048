"""A sink whose rows become visible within a context of the driver: a lock of the catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from rayspark.execution.sources.api import Sink, TaskOutput

if TYPE_CHECKING:
    import pyarrow as pa


class GuardedSink:
    """See ``api.Sink``. Tasks get the sink inside."""

    def __init__(self, sink: Sink, around: Callable[[], AbstractContextManager[None]]) -> None:
        self._sink, self._around = sink, around

    def __reduce__(self) -> tuple[Any, ...]:
        return _itself, (self._sink,)

    @property
    def name(self) -> str:
        return self._sink.name

    def begin(self) -> None:
        self._sink.begin()

    def write(self, partition: int, attempt: int, batches: Iterator[pa.Table]) -> TaskOutput:
        return self._sink.write(partition, attempt, batches)

    def commit(self, outputs: Sequence[Any]) -> None:
        with self._around():
            self._sink.commit(outputs)

    def abort(self) -> None:
        self._sink.abort()


def _itself(sink: Sink) -> Sink:
    return sink
