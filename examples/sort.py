"""Sort the numbers of a text file.

    python examples/sort.py [PATH] [--partitions 3] [--master ray]

A sample of the keys gives the bounds of the output partitions, so that the sorted partitions, one
after the other, are the sorted file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rayspark import SparkContext

DATA = Path(__file__).resolve().parent / "data"


def main(argv: list[str] | None = None) -> None:
    """Print the numbers of a file in ascending order, twelve a line."""
    parser = argparse.ArgumentParser(description="Sort numbers.")
    parser.add_argument("path", nargs="?", default=str(DATA / "numbers.txt"))
    parser.add_argument("--partitions", type=int, default=3)
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    with SparkContext(args.master, "sort") as sc:
        numbers = (
            sc.textFile(args.path)
            .flatMap(str.split)
            .map(lambda text: (int(text), None))
            .sortByKey(numPartitions=args.partitions)
            .keys()
            .collect()
        )
    for start in range(0, len(numbers), 12):
        print(" ".join(f"{number:5d}" for number in numbers[start : start + 12]))


if __name__ == "__main__":
    main()
