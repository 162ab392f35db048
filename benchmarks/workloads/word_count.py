"""Word count over 512 MB of text: Zipf-distributed words, lines as long as those of prose."""

from __future__ import annotations

import zlib
from operator import add
from pathlib import Path

import numpy as np

from benchmarks.workload import Bench, Workload

MEGABYTES = 512
VOCABULARY = 100_000
SYLLABLES = "ka lo mi ter an de sun vor el ip ra ne tho qua bis".split()  # noqa: SIM905


def input_file(folder: Path, scale: float) -> Path:
    """Where the text of this scale lies."""
    return folder / f"text-{max(1, round(MEGABYTES * scale))}mb.txt"


def write_text(folder: Path, scale: float) -> None:
    """Write the text, unless it is there."""
    path = input_file(folder, scale)
    if path.exists():
        return
    dice = np.random.default_rng(2013)
    counts = dice.integers(1, 5, VOCABULARY)
    parts = dice.choice(SYLLABLES, (VOCABULARY, 4))
    words = ["".join(part[:n]) for part, n in zip(parts, counts, strict=True)]
    inside = np.array([f"{word} ".encode() for word in words], dtype=object)
    at_end = np.array([f"{word}\n".encode() for word in words], dtype=object)
    weights = 1 / np.arange(1, VOCABULARY + 1)
    steps = np.cumsum(weights / weights.sum())

    target = max(1, round(MEGABYTES * scale)) * 1_000_000
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        while file.tell() < target:
            ranks = np.minimum(np.searchsorted(steps, dice.random(200_000)), VOCABULARY - 1)
            text = inside[ranks]
            ends = np.cumsum(dice.poisson(11, len(ranks) // 11) + 1) - 1
            ends = np.append(ends[ends < len(ranks)], len(ranks) - 1)
            text[ends] = at_end[ranks[ends]]
            file.write(b"".join(text))
    unfinished.rename(path)


def run(bench: Bench) -> list[int]:
    """Words, different words, and a checksum of the twenty most frequent."""
    counts = (
        bench.sc.textFile(str(input_file(bench.data, bench.scale)))
        .flatMap(str.split)
        .map(lambda word: (word, 1))
        .reduceByKey(add, 8)
        .cache()
    )
    top = counts.takeOrdered(20, key=lambda pair: (-pair[1], pair[0]))
    answer = [counts.values().sum(), counts.count(), zlib.crc32(repr(top).encode())]
    counts.unpersist()
    return answer


WORKLOAD = Workload(
    title=f"word count, {MEGABYTES} MB of text", run=run, prepare=write_text, repeats=1
)
