"""Grouping by key, of one input or of several side by side, of more records than memory holds.

A group is a plain list of the values of one key, in the order in which they came. Co-grouping (what
joins are made of) keeps one dictionary for each input; when the task's memory is full all of them
are spilled by the same hash of the key, and then one part of each is taken up at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rayspark.executor.context import TaskContext
from rayspark.executor.external import FANOUT, ExternalAggregator, Replayed
from rayspark.shuffle.keyed import check_pairs
from rayspark.shuffle.writer import batches_of

Groups = dict[Any, list[Any]]


def _extend(into: list[Any], values: list[Any]) -> list[Any]:
    into.extend(values)
    return into


class ExternalGrouper(ExternalAggregator):
    """A dictionary from key to the list of its values that can be larger than memory."""

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
            if is_full() and self._can_split():
                self._spill()


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
            part = ExternalGrouper(context, grouper._level + 1)
            part.merge(Replayed(context, run))
            run.delete()
            inner.append(part)
        yield from _parts(context, inner)
