"""Find every pair of nodes of a graph that a path connects.

    python examples/transitive_closure.py [--edges 60] [--nodes 40] [--seed 42] [--master ray]

Semi-naive iteration: paths (x, y) joined with edges (y, z) give paths (x, z), until no new ones
appear.
"""

from __future__ import annotations

import argparse
import random

from rayspark import SparkContext


def random_edges(edges: int, nodes: int, seed: int) -> list[tuple[int, int]]:
    """``edges`` different directed edges between ``nodes`` nodes, no loops."""
    dice = random.Random(seed)
    chosen: set[tuple[int, int]] = set()
    while len(chosen) < edges:
        source, target = dice.randrange(nodes), dice.randrange(nodes)
        if source != target:
            chosen.add((source, target))
    return sorted(chosen)


def main(argv: list[str] | None = None) -> None:
    """Print the size of the closure after each step, then the best connected nodes."""
    parser = argparse.ArgumentParser(description="Transitive closure of a random graph.")
    parser.add_argument("--edges", type=int, default=60)
    parser.add_argument("--nodes", type=int, default=40)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    with SparkContext(args.master, "transitive closure") as sc:
        closure = sc.parallelize(random_edges(args.edges, args.nodes, args.seed), 2).cache()
        by_target = closure.map(lambda edge: (edge[1], edge[0])).cache()
        size, before = closure.count(), -1
        while size != before:
            before = size
            longer = closure.join(by_target).map(lambda path: (path[1][1], path[1][0]))
            closure = closure.union(longer).distinct(2).cache()
            size = closure.count()
            print(f"{size} paths")
        reach = closure.countByKey()
        for node, count in sorted(reach.items(), key=lambda item: (-item[1], item[0]))[:5]:
            print(f"node {node} reaches {count} nodes")


if __name__ == "__main__":
    main()
