"""Fit a logistic regression by gradient descent over cached numpy blocks.

    python examples/logistic_regression.py [PATH] [--iterations 50] [--master ray]

Each partition becomes one matrix, parsed once and cached; an iteration is one vectorised gradient
per partition and a sum. This is the program the RDD was invented for.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from operator import add
from pathlib import Path

import numpy as np

from rayspark import SparkContext

DATA = Path(__file__).resolve().parent / "data"


def to_matrix(lines: Iterator[str]) -> Iterator[np.ndarray]:
    """The partition's lines as one matrix: label, 1 (for the intercept), features."""
    rows = [[float(field) for field in line.split(",")] for line in lines]
    if rows:
        yield np.insert(np.array(rows), 1, 1.0, axis=1)


def gradient(block: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The gradient of the logistic loss over one block."""
    labels, features = block[:, 0], block[:, 1:]
    predicted = 1.0 / (1.0 + np.exp(-features @ weights))
    slope: np.ndarray = features.T @ (predicted - labels)
    return slope


def correct(block: np.ndarray, weights: np.ndarray) -> int:
    """How many rows of a block are predicted rightly."""
    return int(((block[:, 1:] @ weights > 0) == (block[:, 0] > 0)).sum())


def main(argv: list[str] | None = None) -> None:
    """Print the fitted weights and the accuracy on the training data."""
    parser = argparse.ArgumentParser(description="Logistic regression.")
    parser.add_argument("path", nargs="?", default=str(DATA / "exam.csv"))
    parser.add_argument("--iterations", type=int, default=50)
    parser.add_argument("--rate", type=float, default=0.05, help="learning rate")
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    with SparkContext(args.master, "logistic regression") as sc:
        lines = sc.textFile(args.path, 2)
        header = lines.first()
        blocks = lines.filter(lambda line: line != header).mapPartitions(to_matrix).cache()
        rows = blocks.map(len).sum()
        names = ["intercept", *header.split(",")[1:]]
        weights = np.zeros(len(names))
        for _ in range(args.iterations):
            slope = blocks.map(lambda block, w=weights: gradient(block, w)).reduce(add)
            weights = weights - args.rate * slope / rows
        right = blocks.map(lambda block: correct(block, weights)).sum()

    for name, weight in zip(names, weights, strict=True):
        print(f"{name:15s} {weight: .6f}")
    print(f"{right} of {rows} predicted rightly ({100 * right / rows:.1f} %)")


if __name__ == "__main__":
    main()
