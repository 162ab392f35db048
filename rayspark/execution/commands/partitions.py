"""Partitions: ADD, DROP, TRUNCATE, and which of them a specification means."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.expressions import Expression
from rayspark.execution.catalog.errors import error, sql_name, unsupported
from rayspark.execution.catalog.metadata import Table
from rayspark.execution.catalog.partitions import directory
from rayspark.execution.commands.insert import (
    partition_directory,
    partition_values,
    static_partition,
)
from rayspark.execution.session_state import SessionState
from rayspark.execution.sources.partitions import directory_name

Spec = Sequence[tuple[str, Expression | None]]


def add_partitions(
    table: Table, specs: Sequence[Spec], if_not_exists: bool, state: SessionState
) -> None:
    """ALTER TABLE ... ADD PARTITION: makes the directories."""
    there = set(state.catalog.partitions(table))
    made = []
    for spec in specs:
        static = _whole(table, spec, "ADD PARTITION")
        name = partition_directory(table, static, state)
        if name in there and not if_not_exists:
            raise _conflict("PARTITIONS_ALREADY_EXIST", table, spec, state)
        made.append(name)
    for name in made:
        where = directory(table, name)
        where.filesystem.makedirs(where.inner, exist_ok=True)


def drop_partitions(
    table: Table, specs: Sequence[Spec], if_exists: bool, state: SessionState
) -> None:
    """ALTER TABLE ... DROP PARTITION: removes the directories."""
    chosen: list[str] = []
    for spec in specs:
        found = partitions_of(table, spec, state)
        if not found and not if_exists:
            raise _conflict("PARTITIONS_NOT_FOUND", table, spec, state)
        chosen += found
    _remove(table, chosen)


def truncate_partition(table: Table, spec: Spec, state: SessionState) -> None:
    """Remove all files of a table, or of the partitions that a specification means."""
    if spec:
        names = partitions_of(table, spec, state)
        if not names:
            raise _conflict("PARTITIONS_NOT_FOUND", table, spec, state)
        _remove(table, names, keep=True)
        return
    where = directory(table, "")
    if where.filesystem.exists(where.inner):
        where.filesystem.rm(where.inner, recursive=True)
    where.filesystem.makedirs(where.inner, exist_ok=True)


def partitions_of(table: Table, spec: Spec, state: SessionState) -> list[str]:
    """The partition directories that have the values of a specification."""
    if not table.partition_by:
        raise unsupported(table.database, table.name, "PARTITION: it has no partition columns")
    static = static_partition(table, spec)
    names = [name for name in table.partition_by if name in static]
    values = partition_values(table, static, state)
    wanted = {directory_name([n], [v]) for n, v in zip(names, values, strict=True)}
    return [p for p in state.catalog.partitions(table) if wanted <= set(p.split("/"))]


def _whole(table: Table, spec: Spec, operation: str) -> dict[str, Expression]:
    static = static_partition(table, spec)
    if len(static) != len(table.partition_by) or not static:
        raise unsupported(
            table.database, table.name, f"{operation} without a value for each partition column"
        )
    return static


def _remove(table: Table, names: Sequence[str], *, keep: bool = False) -> None:
    for name in names:
        where = directory(table, name)
        where.filesystem.rm(where.inner, recursive=True)
        if keep:
            where.filesystem.makedirs(where.inner, exist_ok=True)


def partition_missing(table: Table, spec: Spec, state: SessionState) -> Exception:
    """No partition, or more than one, is meant."""
    return _conflict("PARTITIONS_NOT_FOUND", table, spec, state)


def _conflict(condition: str, table: Table, spec: Spec, state: SessionState) -> Exception:
    static = static_partition(table, spec)
    values = partition_values(table, static, state)
    names = [name for name in table.partition_by if name in static]
    shown = ", ".join(
        f"{sql_name(n)} = {'null' if v is None else v}" for n, v in zip(names, values, strict=True)
    )
    return error(
        condition,
        partitionList=f"PARTITION ({shown})",
        tableName=sql_name(table.database, table.name),
    )
