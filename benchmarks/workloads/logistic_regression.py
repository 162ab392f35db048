"""Logistic regression: ten iterations of gradient descent over cached numpy blocks (168 MB)."""

from __future__ import annotations

from operator import add

import numpy as np

from benchmarks.workload import Bench, Workload

ROWS = 1_000_000
FEATURES = 20
PARTS = 8
ITERATIONS = 10


def block(part: int, rows: int) -> np.ndarray:
    """Labels and features of one partition."""
    dice = np.random.default_rng(part)
    features = dice.standard_normal((rows, FEATURES))
    score = features @ np.linspace(-1, 1, FEATURES) + dice.standard_normal(rows)
    return np.column_stack([score > 0, features])


def gradient(data: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The gradient of the logistic loss over one block."""
    features = data[:, 1:]
    slope: np.ndarray = features.T @ (1 / (1 + np.exp(-features @ weights)) - data[:, 0])
    return slope


def run(bench: Bench) -> list[float]:
    """The fitted weights."""
    rows = bench.scaled(ROWS // PARTS, least=10)
    blocks = bench.sc.parallelize(range(PARTS), PARTS).map(lambda part: block(part, rows)).cache()
    weights = np.zeros(FEATURES)
    for _ in range(ITERATIONS):
        slope = blocks.map(lambda data, w=weights: gradient(data, w)).reduce(add)
        weights = weights - 2.0 * slope / (rows * PARTS)
    blocks.unpersist()
    return [float(weight) for weight in weights]


WORKLOAD = Workload(title="logistic regression, 10 iterations, 1 M x 20 cached", run=run, repeats=3)
