"""Cached plans: which results are kept, and by which lineage nodes.

A plan that is marked stays lazy: the first query that uses it makes its partitions, which the
engine then keeps. Later plans that contain the same sub-plan read those partitions instead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import field
from typing import Any

from rayspark.catalyst.canonical import canonical
from rayspark.catalyst.expressions import SubqueryExpression
from rayspark.catalyst.logical import LogicalPlan, Relation, StoredRelation
from rayspark.execution.catalog.session import plans_in
from rayspark.execution.sources.files import FileSource
from rayspark.lineage.node import Node
from rayspark.records import dataclass
from rayspark.storagelevel import StorageLevel


@dataclass(eq=False)
class CachedPlan:
    """A plan whose rows are kept."""

    plan: LogicalPlan
    level: StorageLevel
    relation: StoredRelation
    """Its ``node`` is :class:`KeptRows`."""
    name: str | None = None
    key: Any = field(init=False)

    def __post_init__(self) -> None:
        self.key = cache_key(self.plan)

    @property
    def kept(self) -> KeptRows:
        """What knows the lineage."""
        found: KeptRows = self.relation.node
        return found


class KeptRows:
    """The lineage node of a cached plan, made when it is needed: its exchanges run then.

    Until then plans count with as many partitions as there would be if nothing ran.
    """

    def __init__(self, make: Callable[[], Node], planned: Callable[[], int]) -> None:
        self.made: Node | None = None
        self._make, self._planned = make, planned
        self._lock = threading.Lock()

    @property
    def num_partitions(self) -> int:
        """Of the node, as far as known."""
        return self._planned() if self.made is None else self.made.num_partitions

    def node(self) -> Node:
        """The node."""
        with self._lock:
            if self.made is None:
                self.made = self._make()
            return self.made


def lineage_of(stored: Any) -> Node:
    """The node of stored rows."""
    node: Node = stored.node() if isinstance(stored, KeptRows) else stored
    return node


def not_kept_yet(plan: LogicalPlan) -> list[KeptRows]:
    """Rows to be kept that a plan reads, and that are not made yet: how many partitions they will
    have is a guess.
    """
    return [
        node.node
        for node in plans_in(plan)
        if isinstance(node, StoredRelation)
        and isinstance(node.node, KeptRows)
        and node.node.made is None
    ]


def cache_key(plan: LogicalPlan) -> Any:
    """Equal for plans whose kept rows stand for each other: files count by the paths that were
    asked for, so that rows stay found until somebody says that their files have changed.
    """

    def unlisted(node: Any) -> Any:
        if isinstance(node, Relation) and isinstance(node.source, FileSource):
            return node.copy(source=node.source.unlisted())
        return with_inner_plans(node, lambda inner: inner.transform_up(unlisted))

    return canonical(plan.transform_up(unlisted))


def with_inner_plans(node: Any, change: Callable[[LogicalPlan], LogicalPlan]) -> Any:
    """A node with the plans of its inner queries changed."""

    def in_expression(e: Any) -> Any:
        return e.copy(plan=change(e.plan)) if isinstance(e, SubqueryExpression) else e

    if any(e.has(SubqueryExpression) for e in node.expressions):
        return node.transform_expressions(in_expression)
    return node


class CacheTable:
    """All cached plans of an application. Safe to use from several threads."""

    def __init__(self) -> None:
        self._entries: list[CachedPlan] = []
        self._lock = threading.Lock()

    def add(self, cached: CachedPlan) -> None:
        """Keep a plan's rows from now on."""
        with self._lock:
            self._entries.append(cached)

    def find(self, plan: LogicalPlan) -> CachedPlan | None:
        """The entry of an equal plan."""
        key = cache_key(plan)
        with self._lock:
            return next((e for e in self._entries if e.key == key), None)

    def remove(self, plan: LogicalPlan) -> CachedPlan | None:
        """Forget a plan; returns its entry, whose node the caller unpersists."""
        found = self.find(plan)
        if found is not None:
            with self._lock:
                self._entries.remove(found)
        return found

    def entries(self) -> list[CachedPlan]:
        """All that is kept now."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> list[CachedPlan]:
        """Forget everything."""
        with self._lock:
            entries, self._entries = self._entries, []
            return entries

    def substitute(self, plan: LogicalPlan) -> LogicalPlan:
        """The plan, inner queries included, with stored rows where it contains plans that are
        kept.
        """
        if not self._entries:
            return plan

        def stored(node: Any) -> Any:
            if not node.resolved:
                return node
            found = self.find(node)
            if found is None:
                return with_inner_plans(node, self.substitute)
            attributes = tuple(
                kept.copy(id=own.id, qualifier=own.qualifier, name=own.name)
                for kept, own in zip(found.relation.attributes, node.output, strict=True)
            )
            return found.relation.copy(attributes=attributes)

        return plan.transform_down(stored)  # type: ignore[no-any-return]
