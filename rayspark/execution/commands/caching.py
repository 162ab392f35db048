"""CACHE TABLE, UNCACHE TABLE, CLEAR CACHE; and what ``DataFrame.persist`` does."""

from __future__ import annotations

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
from rayspark.execution.cache import CachedPlan
from rayspark.execution.catalog.metadata import Table
from rayspark.execution.commands.result import nothing
from rayspark.execution.session_state import SessionState
from rayspark.storagelevel import StorageLevel

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
    node = query.node()
    state.engine().persist(node, level)
    relation = StoredRelation(node, plan.output, "InMemoryRelation")
    state.cache.add(CachedPlan(plan, level, relation, name))


def uncache_plan(state: SessionState, plan: LogicalPlan) -> bool:
    """Keep the rows no longer; whether they were kept."""
    found = state.cache.remove(plan)
    if found is not None:
        state.engine().unpersist(found.relation.node)
    return found is not None


def clear_cache(state: SessionState) -> None:
    """Keep nothing."""
    for entry in state.cache.clear():
        state.engine().unpersist(entry.relation.node)


def uncache_readers(state: SessionState, table: Table) -> list[CachedPlan]:
    """Keep the rows of plans that read a table no longer; the plans."""
    name = (table.database, table.name)
    found = [
        entry
        for entry in state.cache.entries()
        if any(isinstance(n, Relation) and n.table == name for n in entry.plan.walk())
    ]
    for entry in found:
        uncache_plan(state, entry.plan)
    return found


def table_changed(state: SessionState, table: Table) -> None:
    """Forget what was known of a table's files; cached plans that read it are made anew when used.

    Every statement that writes a table ends with this.
    """
    state.catalog.written(table)
    name = (table.database, table.name)
    for entry in uncache_readers(state, table):
        source = state.catalog.source(state.catalog.table(table.parts))

        def renewed(node: Any, source: Any = source) -> Any:
            if isinstance(node, Relation) and node.table == name:
                return node.copy(source=source)
            return node

        cache_plan(state, entry.plan.transform_up(renewed), entry.level, entry.name)


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
