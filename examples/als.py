"""Factor a ratings matrix by alternating least squares.

    python examples/als.py [--movies 40] [--users 60] [--features 5] [--iterations 5] [--master ray]

The ratings and the factor that is held fixed are broadcast; the rows of the other factor are
solved in parallel.
"""

from __future__ import annotations

import argparse

import numpy as np

from rayspark import SparkContext

LAMBDA = 0.01


def rmse(ratings: np.ndarray, movies: np.ndarray, users: np.ndarray) -> float:
    """Root mean square error of ``movies @ users.T`` against the ratings."""
    return float(np.sqrt(((ratings - movies @ users.T) ** 2).mean()))


def solve(row: int, fixed: np.ndarray, ratings: np.ndarray) -> np.ndarray:
    """The factor of one row of ``ratings``, the other factor held fixed."""
    count, rank = fixed.shape
    regularised = fixed.T @ fixed + LAMBDA * count * np.eye(rank)
    return np.linalg.solve(regularised, fixed.T @ ratings[row])


def main(argv: list[str] | None = None) -> None:
    """Print the error after each iteration."""
    parser = argparse.ArgumentParser(description="Alternating least squares.")
    parser.add_argument("--movies", type=int, default=40)
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--features", type=int, default=5)
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--partitions", type=int, default=2)
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    dice = np.random.RandomState(42)
    true_movies, movies = dice.rand(2, args.movies, args.features)
    true_users, users = dice.rand(2, args.users, args.features)
    ratings = true_movies @ true_users.T

    with SparkContext(args.master, "als") as sc:
        by_movie, by_user = sc.broadcast(ratings), sc.broadcast(ratings.T)
        for step in range(args.iterations):
            fixed_users = sc.broadcast(users)
            movies = np.array(
                sc.parallelize(range(args.movies), args.partitions)
                .map(lambda i, fixed=fixed_users: solve(i, fixed.value, by_movie.value))
                .collect()
            )
            fixed_movies = sc.broadcast(movies)
            users = np.array(
                sc.parallelize(range(args.users), args.partitions)
                .map(lambda i, fixed=fixed_movies: solve(i, fixed.value, by_user.value))
                .collect()
            )
            print(f"iteration {step + 1}: RMSE {rmse(ratings, movies, users):.6f}")


if __name__ == "__main__":
    main()
