"""Rank pages by the links between them.

    python examples/pagerank.py [PATH] [--iterations 10] [--master ray]

The link table is partitioned once and cached; every iteration joins it with the current ranks.
The join is narrow because both sides share one partitioner: only the contributions are shuffled.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from operator import add
from pathlib import Path

from rayspark import SparkContext

DATA = Path(__file__).resolve().parent / "data"
DAMPING = 0.85


def parse(line: str) -> tuple[str, str]:
    """``"home about"`` -> ``("home", "about")``."""
    page, target = line.split()
    return page, target


def contributions(targets: Iterable[str], rank: float) -> Iterator[tuple[str, float]]:
    """Share a page's rank equally among the pages it links to."""
    targets = list(targets)
    for target in targets:
        yield target, rank / len(targets)


def main(argv: list[str] | None = None) -> None:
    """Print the pages of a link file with their ranks, highest first."""
    parser = argparse.ArgumentParser(description="PageRank.")
    parser.add_argument("path", nargs="?", default=str(DATA / "pages.txt"))
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    with SparkContext(args.master, "pagerank") as sc:
        links = (
            sc.textFile(args.path)
            .filter(lambda line: not line.startswith("#"))
            .map(parse)
            .distinct()
            .groupByKey(4)
            .cache()
        )
        ranks = links.mapValues(lambda _: 1.0)
        for _ in range(args.iterations):
            shares = links.join(ranks, 4).flatMap(lambda page: contributions(*page[1]))
            ranks = shares.reduceByKey(add, 4).mapValues(lambda s: 1 - DAMPING + DAMPING * s)
        for page, rank in ranks.sortBy(lambda pair: (-round(pair[1], 9), pair[0])).collect():
            print(f"{page:10s} {rank:.6f}")


if __name__ == "__main__":
    main()
