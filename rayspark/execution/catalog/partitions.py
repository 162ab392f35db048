"""Partitions of a table: the directories below its location that are named for them.

The directories themselves are the truth: there is no list that could disagree with them, so MSCK
REPAIR TABLE has nothing to do.
"""

from __future__ import annotations

from rayspark.execution.catalog.metadata import Table
from rayspark.storage.files.paths import Location, locate


def partition_directories(table: Table) -> list[str]:
    """Paths below the table's location: ``a=1/b=x``."""
    if not table.partition_by or table.location is None:
        return []
    found = [""]
    for column in table.partition_by:
        found = [
            f"{parent}/{name}" if parent else name
            for parent in found
            for name in _directories(directory(table, parent), column)
        ]
    return sorted(found)


def directory(table: Table, partition: str) -> Location:
    """Where a partition's files are."""
    assert table.location is not None
    where = locate(table.location)
    for part in partition.split("/"):
        where = where.child(part) if part else where
    return where


def _directories(where: Location, column: str) -> list[str]:
    if not where.filesystem.exists(where.inner):
        return []
    names = [
        str(entry["name"]).rstrip("/").rsplit("/", 1)[-1]
        for entry in where.filesystem.ls(where.inner, detail=True)
        if entry["type"] == "directory"
    ]
    prefix = column.lower() + "="
    return [name for name in names if name.lower().startswith(prefix)]
