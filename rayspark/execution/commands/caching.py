"""CACHE TABLE, UNCACHE TABLE, CLEAR CACHE; and what ``DataFrame.persist`` does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from rayspark.catalyst.expressions import Alias, UnresolvedFunction, lit
from rayspark.catalyst.logical import (
    Aggregate,
    LocalRelation,
    LogicalPlan,
    Relation,
    StoredRelation,
    UnresolvedRelation,
)
from rayspark.catalyst.logical import command as c
from rayspark.execution.cache import CachedPlan, KeptRows, with_inner_plans
from rayspark.execution.catalog.metadata import Table
from rayspark.execution.catalog.session import plans_in
from rayspark.execution.commands.result import nothing
from rayspark.execution.session_state import SessionState
from rayspark.execution.sources.files import FileSource
from rayspark.execution.sources.registry import opened_again
from rayspark.lineage.node import Node
from rayspark.storage.files.paths import locate
from rayspark.storagelevel import StorageLevel

log = logging.getLogger(__name__)

DEFAULT_LEVEL = StorageLevel.MEMORY_AND_DISK_DESER


def cache_plan(
    state: SessionState,
    plan: LogicalPlan,
    level: StorageLevel = DEFAULT_LEVEL,
    name: str | None = None,
) -> None:
    """Keep an analysed plan's rows once they have been made; nothing happens if they are kept."""
    if state.cache.find(plan) is not None:
        return
    query = state.execute(plan)
    _ = query.optimized  # reads what is kept of other plans now, not of this one

    def make() -> Node:
        node = query.kept_node()
        state.engine().persist(node, level)
        return node

    rows = KeptRows(make, query.num_partitions)
    relation = StoredRelation(rows, plan.output, "InMemoryRelation")
    state.cache.add(CachedPlan(plan, level, relation, name))


def uncache_plan(state: SessionState, plan: LogicalPlan) -> bool:
    """Keep the rows no longer; whether they were kept."""
    found = state.cache.remove(plan)
    if found is not None:
        _forget(state, found)
    return found is not None


def _forget(state: SessionState, cached: CachedPlan) -> None:
    if cached.kept.made is not None:
        state.engine().unpersist(cached.kept.made)


def clear_cache(state: SessionState) -> None:
    """Keep nothing."""
    for entry in state.cache.clear():
        _forget(state, entry)


def uncache_readers(state: SessionState, reads: Callable[[Relation], bool]) -> list[CachedPlan]:
    """Keep the rows of plans that read something no longer; the plans."""
    found = [
        entry
        for entry in state.cache.entries()
        if any(isinstance(n, Relation) and reads(n) for n in plans_in(entry.plan))
    ]
    for entry in found:
        uncache_plan(state, entry.plan)
    return found


def uncache_readers_of(state: SessionState, table: Table) -> None:
    """Keep the rows of plans that read a table no longer."""
    uncache_readers(state, lambda relation: relation.table == (table.database, table.name))


def table_changed(state: SessionState, table: Table) -> None:
    """Forget what was known of a table's files; cached plans that read it are made anew when used.

    Every statement that writes a table ends with this.
    """
    state.catalog.written(table)
    if table.location is not None:
        files_changed(state, table.location)


def files_changed(state: SessionState, path: str) -> None:
    """List files at a path, and below it, anew; cached plans that read them are made anew when
    used. Every write of files ends with this.
    """
    where = locate(path).path
    state.catalog.forget_path(where)

    def reads(relation: Relation) -> bool:
        source = relation.source
        return isinstance(source, FileSource) and source.reads_below(where)

    def renewed(node: Any) -> Any:
        if isinstance(node, Relation) and reads(node):
            return node.copy(source=opened_again(node.source, settings))
        return with_inner_plans(node, lambda inner: inner.transform_up(renewed))

    entries = uncache_readers(state, reads)
    settings = state.conf.effective() if entries else {}
    for entry in entries:
        try:
            plan = entry.plan.transform_up(renewed)
            cache_plan(state, plan, entry.level, entry.name)
        except Exception as error:  # noqa: BLE001  what was to be done is done
            log.warning("No longer cached, because its files cannot be opened again: %s", error)


def table_plan(state: SessionState, parts: tuple[str, ...]) -> LogicalPlan:
    """The analysed plan of a table or view."""
    return state.execute(UnresolvedRelation(parts)).analyzed


def cache_table(command: c.CacheTable, state: SessionState) -> LocalRelation:
    """CACHE [LAZY] TABLE."""
    if command.query is not None:
        plan = state.execute(command.query).analyzed
        state.catalog.create_view(command.name[-1], plan, replace=False)
    options = {key.lower(): value for key, value in command.options}
    named = options.get("storagelevel")
    level = DEFAULT_LEVEL if named is None else getattr(StorageLevel, named.upper())
    plan = table_plan(state, command.name)
    cache_plan(state, plan, level, ".".join(command.name))
    if not command.lazy:
        count = Alias(UnresolvedFunction("count", (lit(1),)), "count")
        state.execute(Aggregate((), (count,), plan)).to_arrow()
    return nothing()


def uncache_table(command: c.UncacheTable, state: SessionState) -> LocalRelation:
    """UNCACHE TABLE, CLEAR CACHE."""
    if not command.name:
        clear_cache(state)
        return nothing()
    catalog = state.catalog
    missing = catalog.view(command.name) is None and catalog.find(command.name) is None
    if missing and command.if_exists:
        return nothing()
    uncache_plan(state, table_plan(state, command.name))
    return nothing()
