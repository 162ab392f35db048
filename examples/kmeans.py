"""Group points around k centres (Lloyd's algorithm).

    python examples/kmeans.py [PATH] [-k 2] [--converge 0.001] [--master ray]

The input is a CSV file with a header and numeric columns; the one that comes with the examples is
made up after the eruptions of a geyser (duration, waiting time), which fall into two groups. The
points are cached; each pass ships the centres in the closure and brings back one sum per centre.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from rayspark import SparkContext

DATA = Path(__file__).resolve().parent / "data"


def parse(line: str) -> np.ndarray:
    """One CSV line as a vector."""
    return np.array([float(field) for field in line.split(",")])


def closest(point: np.ndarray, centres: np.ndarray) -> int:
    """The number of the centre nearest to ``point``."""
    return int(np.argmin(((centres - point) ** 2).sum(axis=1)))


def main(argv: list[str] | None = None) -> None:
    """Print the centres found and how many points belong to each."""
    parser = argparse.ArgumentParser(description="k-means clustering.")
    parser.add_argument("path", nargs="?", default=str(DATA / "geyser.csv"))
    parser.add_argument("-k", type=int, default=2)
    parser.add_argument("--converge", type=float, default=1e-3)
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    with SparkContext(args.master, "k-means") as sc:
        lines = sc.textFile(args.path)
        header = lines.first()
        points = lines.filter(lambda line: line != header).map(parse).cache()

        centres = np.array(points.takeSample(False, args.k, 1))
        passes, moved = 0, args.converge + 1
        while moved > args.converge:
            sums = (
                points.map(lambda point, c=centres: (closest(point, c), (point, 1)))
                .reduceByKey(lambda a, b: (a[0] + b[0], a[1] + b[1]))
                .collectAsMap()
            )
            found = centres.copy()
            for i, (total, count) in sums.items():
                found[i] = total / count
            moved = float(((found - centres) ** 2).sum())
            centres = found
            passes += 1
        sizes = points.map(lambda point: closest(point, centres)).countByValue()

    print(f"{header}: {args.k} centres after {passes} passes")
    for i in np.lexsort(centres.T[::-1]):
        place = ", ".join(f"{x:.4f}" for x in centres[i])
        print(f"({place})  {sizes[int(i)]} points")


if __name__ == "__main__":
    main()
