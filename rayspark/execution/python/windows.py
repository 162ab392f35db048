"""Aggregate functions over windows: a call for each row's frame.

A partition's rows come sorted by the windows' keys and order, so a window is a slice, and a frame a
slice of that. Neighbours with the same frame (all rows of a window without order) share a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from rayspark.columnar.ipc import ArrowBlock
from rayspark.execution.python.batches import Shape
from rayspark.execution.python.evaluate import UdfCall, arrow_column
from rayspark.execution.python.groups import aggregated, arguments, gathered, group_slices, inner
from rayspark.records import dataclass


@dataclass(frozen=True)
class PlacesOf:
    """A frame of ROWS: from so many rows off the current one to so many; ``None`` for all."""

    lower: int | None
    upper: int | None

    def bounds(self, window: pa.Table) -> tuple[Any, Any]:
        """First rows of the frames, and those after their last ones."""
        rows = window.num_rows
        at = np.arange(rows)
        start = np.zeros(rows, dtype=np.int64) if self.lower is None else at + self.lower
        end = np.full(rows, rows) if self.upper is None else at + self.upper + 1
        start = np.clip(start, 0, rows)
        return start, np.maximum(start, np.clip(end, 0, rows))


@dataclass(frozen=True)
class CountsOf:
    """A frame whose end and size were counted: columns of the input."""

    end: int
    size: int

    def bounds(self, window: pa.Table) -> tuple[Any, Any]:
        """As :class:`PlacesOf`."""
        end, size = (window.column(at).to_numpy() for at in (self.end, self.size))
        return end - size, end


@dataclass(frozen=True)
class AggregateWindows:
    """Partition function: the rows with the values of functions of their frames."""

    calls: tuple[UdfCall, ...]
    frames: tuple[PlacesOf | CountsOf, ...]
    keys: tuple[int, ...]
    given: Shape
    zone: str

    def __call__(self, split: int, blocks: Iterable[ArrowBlock]) -> Iterator[ArrowBlock]:
        table = gathered(blocks)
        if table is None or not table.num_rows:
            return
        windows = group_slices(table, list(self.keys)) if self.keys else [table]
        values: list[list[Any]] = [[] for _ in self.calls]
        for window in windows:
            for at, (call, frame) in enumerate(zip(self.calls, self.frames, strict=True)):
                values[at] += self._values(call, self.given.outward(window), frame.bounds(window))
        for call, found in zip(self.calls, values, strict=True):
            column = arrow_column(found, call.function)
            table = table.append_column(call.result, inner(column, call))
        yield ArrowBlock.of(table)

    def _values(self, call: UdfCall, window: pa.Table, bounds: tuple[Any, Any]) -> Iterator[Any]:
        columns = arguments(call, window, self.given, self.zone)
        last, value = None, None
        for frame in zip(*(ends.tolist() for ends in bounds), strict=True):
            if frame != last:
                last, value = frame, aggregated(call, [_part(c, *frame) for c in columns])
            yield value


def _part(column: Any, start: int, end: int) -> Any:
    if isinstance(column, pa.Array):
        return column.slice(start, end - start)
    return column.iloc[start:end]
