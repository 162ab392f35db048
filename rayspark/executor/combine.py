"""Map-side combining: values of one key are merged before they are sent.

The record ops that make the pairs are compiled together with the folding of those into one loop.
Combining is legal in any portion, so the dictionary is handed on whenever memory is full, and
combining that does not combine (nearly every key is new) is given up after a sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from rayspark.lineage.pipeline import Fused, RecordSteps, fuse, fuse_fold
from rayspark.shuffle.spec import Aggregator
from rayspark.shuffle.writer import CHUNK, MapWriter, fold

SOURCE_CHUNK = 1 << 12
"""Records at a time that are made into pairs: lines of text give a dozen each."""
SAMPLE = 1 << 17
"""Pairs after which it is judged whether combining pays."""
USEFUL = 0.75
"""Combining goes on when it leaves fewer than this share of the records."""


def write_combined(
    writer: MapWriter,
    source: Iterable[Any],
    steps: RecordSteps,
    aggregator: Aggregator,
    is_full: Callable[[], bool],
) -> None:
    """Make pairs of the source's records, combine their values by key, write the combiners."""
    create, merge = aggregator.create, aggregator.merge_value
    expand: Fused = fuse(steps) if steps else iter
    fold_into = fuse_fold(steps, create, merge) if steps else None
    iterator = iter(source)
    combined: dict[Any, Any] = {}
    seen = 0
    while chunk := list(islice(iterator, SOURCE_CHUNK if steps else CHUNK)):
        if fold_into is None or seen < SAMPLE:
            pairs = list(expand(chunk))
            seen += len(pairs)
            fold(combined, pairs, create, merge)
        else:
            fold_into(chunk, combined)
        if is_full():
            writer.take_combined(combined)
            combined = {}
        elif SAMPLE <= seen < 2 * SAMPLE and len(combined) > USEFUL * seen:
            break
    writer.take_combined(combined)
    rest = expand(iterator)
    writer.write(rest if create is None else ((k, create(v)) for k, v in rest))
