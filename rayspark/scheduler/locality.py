"""Where the tasks of a stage would like to run.

A task's wish is, as in Spark: the place of the first cached block on the way down its narrow
lineage, else what a source says (``Node.preferred``), else, for a stage that only reads shuffles,
the executor that owns its share of the reduce partitions (a wish for which nobody waits).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from rayspark.ids import ExecutorId, ShuffleId
from rayspark.lineage.dependency import NarrowDependency, OneToOne, ShuffleDependency
from rayspark.lineage.node import Node
from rayspark.records import dataclass
from rayspark.scheduler.task_set import Locator, Preferences
from rayspark.storage.directory import CacheDirectory

NO_WISH: Preferences = ((), ())


def owner(partition: int, num_partitions: int, num_owners: int) -> int:
    """Which of `num_owners` owns a reduce partition: contiguous ranges, sizes differ by one.

    >>> [owner(p, 5, 2) for p in range(5)]
    [0, 0, 0, 1, 1]
    """
    return partition * num_owners // num_partitions


def spread(
    partitions: Sequence[int], num_partitions: int, executors: Sequence[ExecutorId]
) -> Locator:
    """Wishes by ownership: partitions of neighbouring numbers go to the same executor."""
    count = len(executors)

    def locate(index: int) -> Preferences:
        return (executors[owner(partitions[index], num_partitions, count)],), ()

    return locate


@dataclass(slots=True)
class StageGraph:
    """The nodes that one task computes together, and the shuffles at their edge."""

    root: Node
    nodes: list[Node] = field(default_factory=list)
    """In order of discovery from the root."""
    shuffles: dict[ShuffleId, ShuffleDependency] = field(default_factory=dict)


def stage_graph(root: Node, directory: CacheDirectory | None) -> StageGraph:
    """Walk a stage down to its shuffles and to nodes that `directory` holds completely."""
    graph = StageGraph(root)
    seen = {id(root)}
    stack = [root]
    while stack:
        node = stack.pop()
        graph.nodes.append(node)
        if directory is not None and is_cached(node, directory):
            continue
        parents: list[Node] = []
        for dependency in node.dependencies:
            if isinstance(dependency, ShuffleDependency):
                graph.shuffles.setdefault(dependency.shuffle_id, dependency)
            elif id(dependency.parent) not in seen:
                seen.add(id(dependency.parent))
                parents.append(dependency.parent)
        stack.extend(reversed(parents))
    return graph


def is_cached(node: Node, directory: CacheDirectory) -> bool:
    """Can every partition be read from the cache?"""
    return node.marks.level is not None and directory.is_complete(node.id, node.num_partitions)


def locator(
    graph: StageGraph, partitions: Sequence[int], directory: CacheDirectory
) -> Locator | None:
    """Wishes by cache and source; None if no task can have one."""
    telling = {id(n) for n in graph.nodes if n.preferred is not None or directory.knows(n.id)}
    if not telling:
        return None
    steps = _Steps(graph, telling)

    def locate(index: int) -> Preferences:
        return steps.wish(partitions[index], directory)

    return locate


class _Steps:
    """The part of a stage's graph that leads to nodes with something to say, chains cut short."""

    def __init__(self, graph: StageGraph, telling: set[int]) -> None:
        self._telling = telling
        self._useful = self._ancestors(graph, telling)
        self._shortcut: dict[int, Node] = {}
        self._root = graph.root

    @staticmethod
    def _ancestors(graph: StageGraph, telling: set[int]) -> set[int]:
        """Nodes from which a telling node is reached."""
        children: dict[int, list[int]] = {}
        for node in graph.nodes:
            for dependency in node.dependencies:
                if isinstance(dependency, NarrowDependency):
                    children.setdefault(id(dependency.parent), []).append(id(node))
        useful = set(telling)
        stack = list(telling)
        while stack:
            for child in children.get(stack.pop(), ()):
                if child not in useful:
                    useful.add(child)
                    stack.append(child)
        return useful

    def _land(self, node: Node) -> Node:
        """Follow one-to-one steps that say nothing: a chain of 10,000 is walked once per stage."""
        passed = []
        at = node
        while id(at) not in self._telling:
            known = self._shortcut.get(id(at))
            if known is not None:
                at = known
                break
            narrow = [d for d in at.dependencies if isinstance(d, NarrowDependency)]
            if len(narrow) != 1 or not isinstance(narrow[0].splits, OneToOne):
                break
            passed.append(at)
            at = narrow[0].parent
        for one in passed:
            self._shortcut[id(one)] = at
        return at

    def wish(self, partition: int, directory: CacheDirectory) -> Preferences:
        """First location found, depth first, for one partition of the root."""
        stack = [(self._root, partition)]
        seen = set()
        while stack:
            node, split = stack.pop()
            if id(node) not in self._useful:
                continue
            node = self._land(node)
            if (id(node), split) in seen:
                continue
            seen.add((id(node), split))
            executors, hosts = directory.locations(node.id, split)
            if hosts:
                return tuple(executors), tuple(hosts)
            if node.preferred is not None and (wanted := node.preferred(split)):
                return (), tuple(wanted)
            for dependency in reversed(node.dependencies):
                if isinstance(dependency, NarrowDependency):
                    parents = dependency.splits.parents(split)
                    stack.extend((dependency.parent, p) for p in reversed(parents))
        return NO_WISH
