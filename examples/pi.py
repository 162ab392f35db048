"""Estimate pi by throwing darts at a square.

    python examples/pi.py [PARTITIONS] [--darts 100000] [--master ray]

Each partition has its own seed, so the answer is the same on every run.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator

from rayspark import SparkContext


def hits(partition: int, darts: Iterator[int]) -> Iterator[int]:
    """How many of this partition's darts land inside the unit circle."""
    dice = random.Random(partition)
    yield sum(dice.random() ** 2 + dice.random() ** 2 <= 1.0 for _ in darts)


def main(argv: list[str] | None = None) -> None:
    """Print an estimate of pi."""
    parser = argparse.ArgumentParser(description="Estimate pi.")
    parser.add_argument("partitions", nargs="?", type=int, default=4)
    parser.add_argument("--darts", type=int, default=100_000, help="darts per partition")
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    total = args.darts * args.partitions
    with SparkContext(args.master, "pi") as sc:
        inside = sc.range(total, numSlices=args.partitions).mapPartitionsWithIndex(hits).sum()
    print(f"{inside} of {total} darts landed inside the circle")
    print(f"Pi is roughly {4.0 * inside / total:.6f}")


if __name__ == "__main__":
    main()
