"""Edges of the lineage graph.

A *narrow* dependency says, for one partition of the child, which partitions of the parent it reads;
those are computed inside the same task. A :class:`ShuffleDependency` reads a little of every parent
partition: it is where the graph is cut into stages.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rayspark.ids import ShuffleId
from rayspark.records import dataclass

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


class Piece(NamedTuple):
    """Some of a shuffle: reduce partitions ``[start_reduce, end_reduce)``, of what map tasks
    ``[start_map, end_map)`` wrote for them.
    """

    start_reduce: int
    end_reduce: int
    start_map: int = 0
    end_map: int | None = None
    """None: to the last."""


@dataclass(frozen=True, slots=True)
class ShuffleRead:
    """Which pieces of a shuffle each partition of a node reads, in this order, where that is not
    reduce partition i for partition i.

    Small reduce partitions are read together, large ones in parts, as found out when the map side
    has run; the map output itself stays as it is::

        ShuffleRead.ranges([(0, 3), (3, 4)])  # two tasks read four partitions
        ShuffleRead(((Piece(0, 1, 0, 5),), (Piece(0, 1, 5),)))  # two tasks read one partition
    """

    pieces: tuple[tuple[Piece, ...], ...]

    @classmethod
    def ranges(cls, ranges: Iterable[tuple[int, int]]) -> ShuffleRead:
        """Partition i reads the reduce partitions ``[start, end)`` of the i-th range."""
        return cls(tuple((Piece(start, end),) for start, end in ranges))

    def check(self, dependency: ShuffleDependency) -> None:
        """Is every piece there?

        Raises
        ------
        ValueError
            That names the piece which is not part of the shuffle.
        """
        reduces = dependency.spec.partitioner.num_partitions
        maps = dependency.parent.num_partitions
        for piece in itertools.chain.from_iterable(self.pieces):
            end_map = maps if piece.end_map is None else piece.end_map
            if not (
                0 <= piece.start_reduce <= piece.end_reduce <= reduces
                and 0 <= piece.start_map <= end_map <= maps
            ):
                raise ValueError(
                    f"{piece} is not within shuffle {dependency.shuffle_id}, which has {reduces} "
                    f"reduce partitions of {maps} map tasks"
                )


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
