"""The lineage as text, in Spark's form: ``rdd.toDebugString()``.

One line for each step; a run of narrow Python steps, which is one loop in the executor, is one
step. Each shuffle is drawn as a branch with the number of partitions on its other side::

    (2) ShuffledRDD[4] at reduceByKey at job.py:3 []
     +-(3) PythonRDD[3] at map at job.py:3 []
        |  ParallelCollectionRDD[1] at parallelize at job.py:2 []
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rayspark.lineage.dependency import OneToOne, ShuffleDependency
from rayspark.lineage.node import Node

PYTHON = "PythonRDD"


def debug_string(root: Node, describe: Callable[[Node], list[str]]) -> str:
    """The text. ``describe`` gives the lines of one node. Uses no recursion."""
    head = f"({root.num_partitions})"
    lines = _with_heads(describe(root), f"{head} ", f"{_bar(head)} ")
    stack = _children(root, f"{_bar(head)} ")
    while stack:
        node, prefix, is_shuffle, is_last = stack.pop()
        if is_shuffle:
            head = f"({node.num_partitions})"
            stem = re.sub(r"\|\s+$", "", prefix)
            below = stem + ("  " if is_last else "| ") + _bar(head) + " "
            lines += _with_heads(describe(node), f"{stem}+-{head} ", below)
        else:
            below = prefix
            lines += [prefix + line for line in describe(node)]
        stack += _children(node, below)
    return "\n".join(lines)


def _with_heads(lines: list[str], first: str, others: str) -> list[str]:
    return [(first if at == 0 else others) + line for at, line in enumerate(lines)]


def _bar(head: str) -> str:
    """A bar below the middle of ``(n)``."""
    left = (len(head) - 1) // 2
    return " " * left + "|" + " " * (len(head) - left - 1)


def _children(node: Node, prefix: str) -> list[tuple[Node, str, bool, bool]]:
    """What a step reads, in the order in which a stack must hold it."""
    parents = _end_of_pipeline(node).dependencies
    return [
        (d.parent, prefix, isinstance(d, ShuffleDependency), at == len(parents) - 1)
        for at, d in enumerate(parents)
    ][::-1]


def _end_of_pipeline(node: Node) -> Node:
    """The lowest step of the loop that ends at ``node``."""
    while node.label == PYTHON and len(node.dependencies) == 1:
        dependency = node.dependencies[0]
        below = dependency.parent
        is_narrow = not isinstance(dependency, ShuffleDependency) and isinstance(
            dependency.splits, OneToOne
        )
        marks = below.marks
        if not is_narrow or below.label != PYTHON or marks.level or marks.name or below.barrier:
            break
        node = below
    return node
