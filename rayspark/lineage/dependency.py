"""Edges of the lineage graph.

A *narrow* dependency says, for one partition of the child, which partitions of the parent it reads;
those are computed inside the same task. A :class:`ShuffleDependency` reads a little of every parent
partition: it is where the graph is cut into stages.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from rayspark.ids import ShuffleId

if TYPE_CHECKING:
    from rayspark.lineage.node import Node
    from rayspark.shuffle.spec import ShuffleSpec

_shuffle_ids = itertools.count()


class SplitMap(Protocol):
    """Which parent partitions feed one child partition (picklable, pure)."""

    def parents(self, split: int) -> Sequence[int]:
        """Parent partitions, in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class OneToOne:
    """Child partition i reads parent partition i."""

    def parents(self, split: int) -> Sequence[int]:
        """See :class:`SplitMap`."""
        return (split,)


@dataclass(frozen=True, slots=True)
class Range:
    """Child partitions ``[start, start + length)`` read the parent's ``[0, length)`` (union)."""

    start: int
    length: int

    def parents(self, split: int) -> Sequence[int]:
        """See :class:`SplitMap`."""
        at = split - self.start
        return (at,) if 0 <= at < self.length else ()


@dataclass(frozen=True, slots=True)
class Grouped:
    """Child partition i reads the listed parent partitions (coalesce, pruning)."""

    groups: tuple[tuple[int, ...], ...]

    def parents(self, split: int) -> Sequence[int]:
        """See :class:`SplitMap`."""
        return self.groups[split]


@dataclass(frozen=True, slots=True)
class Quotient:
    """Child partition i reads parent partition ``i // divisor`` (left side of cartesian)."""

    divisor: int

    def parents(self, split: int) -> Sequence[int]:
        """See :class:`SplitMap`."""
        return (split // self.divisor,)


@dataclass(frozen=True, slots=True)
class Remainder:
    """Child partition i reads parent partition ``i % divisor`` (right side of cartesian)."""

    divisor: int

    def parents(self, split: int) -> Sequence[int]:
        """See :class:`SplitMap`."""
        return (split % self.divisor,)


@dataclass(frozen=True, eq=False)
class NarrowDependency:
    """The parent's partitions are computed within the child's task."""

    parent: Node
    splits: SplitMap = field(default_factory=OneToOne)


@dataclass(frozen=True, eq=False)
class ShuffleDependency:
    """The parent's records are redistributed by a partitioner: a stage boundary.

    Identity matters: two jobs over the same dependency object share its map output, and when the
    last RDD that refers to it goes out of scope, its blocks are freed.
    """

    parent: Node
    spec: ShuffleSpec
    shuffle_id: ShuffleId = field(default_factory=lambda: ShuffleId(next(_shuffle_ids)))


Dependency = NarrowDependency | ShuffleDependency


def call_sites(node: Node, most: int = 6) -> list[str]:
    """The user's lines that a task of the node's stage carries out, from the last one backwards."""
    found: dict[str, None] = {}
    wanted, seen = deque([node]), {node}
    while wanted and len(found) < most:
        node = wanted.popleft()
        if node.call_site:
            found[node.call_site] = None
        for dependency in node.dependencies:
            if isinstance(dependency, NarrowDependency) and dependency.parent not in seen:
                seen.add(dependency.parent)
                wanted.append(dependency.parent)
    return list(found)
