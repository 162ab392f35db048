"""Aggregation, grouping and sorting of more records than memory holds.

Each starts in memory and pays nothing until the budget is full. Then aggregation spills its
dictionary hash-partitioned (so that one part at a time can be merged in memory), and sorting spills
sorted runs (merged by a heap at the end).
"""

from __future__ import annotations

import gc
import heapq
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from rayspark.columnar.pairs import PairColumns, concatenate, same_kind, sort_order
from rayspark.executor.context import TaskContext
from rayspark.executor.records import ShuffledRecords
from rayspark.serializers import batched
from rayspark.shuffle.blocks import Batch
from rayspark.shuffle.writer import CHUNK, batches_of, fold
from rayspark.storage.spill import Run

FANOUT = 32
"""Parts of a spilled dictionary. 32 parts of a quarter of memory each cover 8 times the memory."""
MAX_LEVEL = 3
"""32 parts of 32 parts of 32 parts: what does not fit then has other reasons to be full."""
RUN_BATCH = 4096
"""Records per batch in a sorted run: what the merge holds per run."""

_first = itemgetter(0)


class ExternalAggregator:
    """A dictionary from key to combiner that can be larger than memory."""

    def __init__(
        self,
        context: TaskContext,
        create: Callable[[Any], Any] | None,
        merge_value: Callable[[Any, Any], Any],
        merge_combiners: Callable[[Any, Any], Any],
        level: int = 0,
    ) -> None:
        self._context = context
        self._create = create
        self._merge_value = merge_value
        self._merge_combiners = merge_combiners
        self._level = level
        self._data: dict[Any, Any] = {}
        self._parts: list[Run] | None = None

    def insert(self, pairs: Iterable[Any]) -> None:
        """Fold values in."""
        self._fold(pairs, self._create, self._merge_value)

    def merge(self, pairs: Iterable[Any]) -> None:
        """Fold combiners in."""
        self._fold(pairs, None, self._merge_combiners)

    def _fold(self, pairs: Iterable[Any], create: Any, merge: Any) -> None:
        is_full = self._context._budget.is_full
        for batch in batches_of(pairs):
            fold(self._data, batch, create, merge)
            if is_full():
                self._make_room()

    def _make_room(self) -> None:
        """One key cannot be split: its combiner has to fit. Nor does it help to split too fine."""
        if len(self._data) > 1 and self._level < MAX_LEVEL:
            self._spill()

    def _deeper(self) -> ExternalAggregator:
        """What takes up one spilled part."""
        merge = self._merge_combiners
        return ExternalAggregator(self._context, None, merge, merge, self._level + 1)

    def _spill(self) -> None:
        if self._parts is None:
            self._parts = [self._context._new_run() for _ in range(FANOUT)]
        buckets: list[list[Any]] = [[] for _ in range(FANOUT)]
        part_of = self._part_of
        for item in self._data.items():
            buckets[part_of(item[0])].append(item)
        self._data = {}
        for part, bucket in zip(self._parts, buckets, strict=True):
            for start in range(0, len(bucket), CHUNK):
                self._context._spill(part, bucket[start : start + CHUNK])
        buckets.clear()
        gc.collect()
        self._context._budget.released()

    def _part_of(self, key: Any) -> int:
        return hash((key, self._level)) % FANOUT

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Every key once, with its combiner."""
        return chain.from_iterable(self.parts())

    def parts(self) -> Iterator[Iterable[tuple[Any, Any]]]:
        """The same in pieces that fit into memory."""
        if self._parts is None:
            yield self._data.items()
            return
        self._spill()
        for part in self._parts:
            inner = self._deeper()
            inner.merge(Replayed(self._context, part))
            part.delete()
            yield from inner.parts()


class Replayed:
    """A spilled part, to be merged batch by batch."""

    def __init__(self, context: TaskContext, run: Run) -> None:
        self._context = context
        self._run = run

    def batches(self) -> Iterator[list[Any]]:
        """As they were written."""
        return self._context._replay(self._run)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.batches())


def external_sorted(
    context: TaskContext,
    records: Iterable[Any],
    key: Callable[[Any], Any] | None,
    *,
    reverse: bool = False,
) -> Iterator[Any]:
    """Records in the order of ``key``; stable. Spills sorted runs when the budget is full.

    Without ``key`` records are pairs, compared by their keys; pairs of numbers that come from a
    shuffle are then sorted as columns.
    """
    if key is None and isinstance(records, ShuffledRecords):
        whole, records = _columns_of(records, is_full=context._budget.is_full)
        if whole is not None:
            order = sort_order(whole.keys, reverse=reverse)
            if order is not None:
                return whole.take(order).rows()
            records = whole.rows()
    key = key or _first
    runs: list[Run] = []
    held: list[Any] = []
    iterator = iter(records)
    is_full = context._budget.is_full
    while chunk := list(islice(iterator, CHUNK)):
        held.extend(chunk)
        if is_full():
            runs.append(_sorted_run(context, held, key, reverse))
            held = []
            gc.collect()
            context._budget.released()
    held.sort(key=key, reverse=reverse)
    if not runs:
        return iter(held)
    sources = [chain.from_iterable(context._replay(run)) for run in runs]
    return heapq.merge(*sources, held, key=key, reverse=reverse)


def _columns_of(
    records: ShuffledRecords, is_full: Callable[[], bool]
) -> tuple[PairColumns | None, Iterable[Any]]:
    """All records as columns, or (None and) the records, when they are not or are too many."""
    held: list[PairColumns] = []
    batches = records.batches()
    for batch in batches:
        fits = isinstance(batch, PairColumns) and (not held or same_kind(held[0], batch))
        if not fits or is_full():
            read = [*held, batch]
            return None, chain.from_iterable(map(_rows, chain(read, batches)))
        held.append(batch)  # type: ignore[arg-type]
    return (concatenate(held) if held else None), ()


def _rows(batch: Batch) -> Iterable[Any]:
    return batch.rows() if isinstance(batch, PairColumns) else batch


def _sorted_run(
    context: TaskContext, held: list[Any], key: Callable[[Any], Any], reverse: bool
) -> Run:
    held.sort(key=key, reverse=reverse)
    run = context._new_run()
    for batch in batched(held, RUN_BATCH):
        context._spill(run, batch)
    return run
