"""Map-side combining: values of one key are merged before they are sent.

The record ops that make the pairs are compiled together with the folding of those into one loop.
Combining is legal in any portion, so the dictionary is handed on whenever memory is full, and
combining that does not combine (nearly every key is new) is given up after a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from rayspark.executor.memory import MemoryBudget
from rayspark.lineage.pipeline import Fused, FusedFold, RecordSteps, fuse, fuse_fold
from rayspark.shuffle.keyed import check_pairs
from rayspark.shuffle.spec import Aggregator
from rayspark.shuffle.writer import CHUNK, MapWriter, fold

SAMPLE = 1 << 17
"""Pairs after which it is judged whether combining pays."""
USEFUL = 0.75
"""Combining goes on when it leaves fewer than this share of the records."""


def write_combined(
    writer: MapWriter,
    source: Iterable[Any],
    steps: RecordSteps,
    aggregator: Aggregator,
    budget: MemoryBudget,
) -> None:
    """Make pairs of the source's records, combine their values by key, write the combiners."""
    create = aggregator.create
    expand: Fused = fuse(steps) if steps else iter
    iterator = iter(source)
    combiner = _Combiner(writer, aggregator, budget)
    useful = combiner.sample(expand, iterator)
    if useful:
        fold_into = fuse_fold(steps, create, aggregator.merge_value) if steps else None
        while chunk := list(islice(iterator, combiner.source_chunk)):
            combiner.add(chunk, fold_into)
    combiner.hand_on()
    rest = expand(iterator)
    writer.write(rest if create is None else ((k, create(v)) for k, v in rest))


class _Combiner:
    """The dictionary, handed on whenever memory is full."""

    def __init__(self, writer: MapWriter, aggregator: Aggregator, budget: MemoryBudget) -> None:
        self._writer = writer
        self._aggregator = aggregator
        self._budget = budget
        self._combined: dict[Any, Any] = {}
        self.source_chunk = 1
        """Source records at a time: about ``CHUNK`` pairs, by what was seen."""

    def sample(self, expand: Fused, source: Iterator[Any]) -> bool:
        """Combine the first pairs by the plain way, counting; does it pay to go on?"""
        taken = seen = distinct = 0
        while seen < SAMPLE and (chunk := list(islice(source, self.source_chunk))):
            taken += len(chunk)
            pairs = expand(chunk)
            while batch := list(islice(pairs, CHUNK)):
                before = len(self._combined)
                self._fold(batch)
                seen += len(batch)
                distinct += len(self._combined) - before
                self._check_budget()
            self.source_chunk = max(1, min(CHUNK, CHUNK * taken // max(1, seen), 2 * taken))
        return seen < SAMPLE or distinct <= USEFUL * seen

    def add(self, chunk: list[Any], fold_into: FusedFold | None) -> None:
        """Combine what a few source records give."""
        if fold_into is None:
            self._fold(chunk)
        else:
            fold_into(chunk, self._combined)
        self._check_budget()

    def hand_on(self) -> None:
        """Write what is combined so far."""
        self._writer.take_combined(self._combined)
        self._combined = {}

    def _fold(self, pairs: list[Any]) -> None:
        try:
            fold(self._combined, pairs, self._aggregator.create, self._aggregator.merge_value)
        except (TypeError, ValueError):
            check_pairs(pairs)
            raise

    def _check_budget(self) -> None:
        if self._budget.is_full():
            self.hand_on()
            self._budget.released()
