"""Ops that collect records by key and may spill: what stands on the reduce side of a shuffle.

Each reads its inputs when the first record is asked for, not before: a union of aggregations holds
one of them in memory at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from rayspark.executor.context import TaskContext
from rayspark.executor.external import ExternalAggregator, external_sorted
from rayspark.executor.grouping import ExternalGrouper, Groups, co_group
from rayspark.lineage.pipeline import stop_iteration
from rayspark.records import dataclass
from rayspark.shuffle.spec import Aggregator

Inputs = Sequence[Iterable[Any]]


@dataclass(frozen=True, slots=True)
class AggregateOp:
    """One record ``(key, combiner)`` for each key."""

    aggregator: Aggregator
    combined: bool
    """The input holds combiners (a shuffle with map-side combine), not values."""

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return chain.from_iterable(self._aggregate(inputs[0], context))

    def _aggregate(self, pairs: Iterable[Any], context: TaskContext) -> Iterator[Iterable[Any]]:
        parts = self.aggregator
        external = ExternalAggregator(
            context, parts.create, parts.merge_value, parts.merge_combiners
        )
        try:
            if self.combined:
                external.merge(pairs)
            else:
                external.insert(pairs)
        except StopIteration as stop:
            raise stop_iteration(stop) from stop
        yield from external.parts()


@dataclass(frozen=True, slots=True)
class GroupOp:
    """One record ``(key, [values])`` for each key."""

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return chain.from_iterable(self._group(inputs[0], context))

    def _group(self, pairs: Iterable[Any], context: TaskContext) -> Iterator[Iterable[Any]]:
        external = ExternalGrouper(context)
        external.insert(pairs)
        yield from external.parts()


@dataclass(frozen=True, slots=True)
class CoGroupOp:
    """Several inputs of pairs, grouped side by side; ``emit`` makes records of the groups."""

    emit: Callable[[Sequence[Groups]], Iterable[Any]]

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return chain.from_iterable(self._co_group(inputs, context))

    def _co_group(self, inputs: Inputs, context: TaskContext) -> Iterator[Iterable[Any]]:
        for groups in co_group(context, inputs):
            yield self.emit(groups)


@dataclass(frozen=True, slots=True)
class SortOp:
    """The partition in the order of ``key``; stable in both directions."""

    key: Callable[[Any], Any] | None
    """From a record to what is compared; None: the records are pairs, compared by their key."""
    ascending: bool = True

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return chain.from_iterable(self._sort(inputs[0], context))

    def _sort(self, records: Iterable[Any], context: TaskContext) -> Iterator[Iterable[Any]]:
        yield external_sorted(context, records, self.key, reverse=not self.ascending)
