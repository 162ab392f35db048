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
from rayspark.catalyst.logical import LogicalPlan, Relation, StoredRelation
from rayspark.execution.sources.files import FileSource
from rayspark.records import dataclass
from rayspark.storagelevel import StorageLevel


@dataclass(eq=False)
class CachedPlan:
    """A plan whose rows are kept."""

    plan: LogicalPlan
    level: StorageLevel
    make: Callable[[], StoredRelation]
    """Called when the rows are wanted for the first time."""
    name: str | None = None
    key: Any = field(init=False)
    made: StoredRelation | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.key = cache_key(self.plan)

    @property
    def relation(self) -> StoredRelation:
        """The rows."""
        with self._lock:
            if self.made is None:
                self.made = self.make()
            return self.made


def cache_key(plan: LogicalPlan) -> Any:
    """Equal for plans whose kept rows stand for each other: files count by the paths that were
    asked for, so that rows stay found until somebody says that their files have changed.
    """

    def unlisted(node: Any) -> Any:
        if isinstance(node, Relation) and isinstance(node.source, FileSource):
            return node.copy(source=node.source.unlisted())
        return node

    return canonical(plan.transform_up(unlisted))


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
        """The plan with stored rows where it contains plans that are kept."""
        if not self._entries:
            return plan

        def stored(node: Any) -> Any:
            if not node.resolved:
                return node
            found = self.find(node)
            if found is None:
                return node
            attributes = tuple(
                kept.copy(id=own.id, qualifier=own.qualifier, name=own.name)
                for kept, own in zip(found.relation.attributes, node.output, strict=True)
            )
            return found.relation.copy(attributes=attributes)

        return plan.transform_down(stored)  # type: ignore[no-any-return]
