"""Grouping by key, of one input or of several side by side, of more records than memory holds.

A group is a plain list of the values of one key, in the order in which they came. Co-grouping (what
joins are made of) keeps one dictionary for each input; when the task's memory is full all of them
are spilled by the same hash of the key, and then one part of each is taken up at a time. Groups
that splitting by key cannot make smaller go to disk by themselves: :class:`SpilledGroup`.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from rayspark.executor.context import TaskContext
from rayspark.executor.external import FANOUT, MAX_LEVEL, ExternalAggregator, Replayed
from rayspark.shuffle.keyed import check_pairs
from rayspark.shuffle.writer import CHUNK, batches_of

LARGE_GROUP = 1000
"""Values from which on a group is worth a file of its own."""


class SpilledGroup(Collection[Any]):
    """Values of one key that memory has no room for: a local file, and the latest of them.

    They can be counted and iterated again and again, a batch at a time. The file goes away with the
    task: whoever takes the group elsewhere (pickles it) takes a list.
    """

    def __init__(self, context: TaskContext, values: list[Any]) -> None:
        self._context = context
        self._run = context._new_run()
        self._on_disk = 0
        self._latest = values
        self.append, self.extend = values.append, values.extend

    def spill(self) -> None:
        """Move all values to the file."""
        for start in range(0, len(self._latest), CHUNK):
            self._context._spill(self._run, self._latest[start : start + CHUNK])
        self._on_disk += len(self._latest)
        self._latest.clear()

    def batches(self) -> Iterator[list[Any]]:
        """The values in their order."""
        if self._on_disk:
            yield from self._context._replay(self._run)
        yield self._latest

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.batches())

    def __len__(self) -> int:
        return self._on_disk + len(self._latest)

    def __contains__(self, value: object) -> bool:
        return any(value == one for one in self)

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


Groups = dict[Any, list[Any] | SpilledGroup]


def _extend(into: list[Any] | SpilledGroup, values: list[Any]) -> list[Any] | SpilledGroup:
    into.extend(values)
    return into


class ExternalGrouper(ExternalAggregator):
    """A dictionary from key to its values that can be larger than memory, as can be the values."""

    def __init__(self, context: TaskContext, level: int = 0) -> None:
        super().__init__(context, None, _extend, _extend, level)

    def insert(self, pairs: Iterable[Any]) -> None:
        """Append each value to the group of its key: a loop without a call per record."""
        is_full = self._context._budget.is_full
        for batch in batches_of(pairs):
            groups = self._data
            try:
                for key, value in batch:
                    if key in groups:
                        groups[key].append(value)
                    else:
                        groups[key] = [value]
            except (TypeError, ValueError):
                check_pairs(batch)
                raise
            if is_full():
                self._make_room()

    def _make_room(self) -> None:
        if len(self._data) > 1 and self._level < MAX_LEVEL:
            self._spill()
        else:
            self._spill_groups()

    def _spill_groups(self) -> None:
        """No part could be smaller: large groups go to files of their own."""
        large = [item for item in self._data.items() if len(item[1]) >= LARGE_GROUP]
        for key, group in large:
            if isinstance(group, list):
                group = self._data[key] = SpilledGroup(self._context, group)
            group.spill()
        if large:
            gc.collect()
            self._context._budget.released()

    def _spill(self) -> None:
        """Groups that lie in files already go along piece by piece."""
        spilled = [item for item in self._data.items() if isinstance(item[1], SpilledGroup)]
        for key, _ in spilled:
            del self._data[key]
        super()._spill()
        assert self._parts is not None
        for key, group in spilled:
            part = self._parts[self._part_of(key)]
            for batch in group.batches():
                self._context._spill(part, [(key, batch)])

    def _deeper(self) -> ExternalGrouper:
        return ExternalGrouper(self._context, self._level + 1)


def co_group(context: TaskContext, inputs: Sequence[Iterable[Any]]) -> Iterator[Sequence[Groups]]:
    """Groups of several inputs of pairs. Each item holds one dictionary per input; a key occurs in
    the dictionaries of one item only. Without spilling there is just one item.
    """
    groupers = []
    for pairs in inputs:
        grouper = ExternalGrouper(context)
        grouper.insert(pairs)
        groupers.append(grouper)
    return _parts(context, groupers)


def _parts(context: TaskContext, groupers: Sequence[ExternalGrouper]) -> Iterator[Sequence[Groups]]:
    if all(grouper._parts is None for grouper in groupers):
        yield [grouper._data for grouper in groupers]
        return
    for grouper in groupers:
        grouper._spill()
    for number in range(FANOUT):
        inner = []
        for grouper in groupers:
            assert grouper._parts is not None
            run = grouper._parts[number]
            part = grouper._deeper()
            part.merge(Replayed(context, run))
            run.delete()
            inner.append(part)
        yield from _parts(context, inner)
