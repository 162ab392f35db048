"""CREATE, DROP, TRUNCATE, REFRESH and ALTER of tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from rayspark.catalyst.logical import LocalRelation, LogicalPlan, Relation
from rayspark.catalyst.logical import command as c
from rayspark.config.entries import sql
from rayspark.datatypes import DataType, StructField, StructType
from rayspark.errors import AnalysisException
from rayspark.execution.catalog.errors import (
    CATALOG,
    TABLE_EXISTS,
    error,
    schema_not_found,
    sql_name,
    table_exists,
    unsupported,
    wrong_kind,
)
from rayspark.execution.catalog.metadata import EXTERNAL, MANAGED, Table
from rayspark.execution.commands.caching import (
    files_changed,
    table_changed,
    table_plan,
    uncache_readers_of,
)
from rayspark.execution.commands.insert import write_rows
from rayspark.execution.commands.locations import absolute
from rayspark.execution.commands.partitions import (
    add_partitions,
    drop_partitions,
    truncate_partition,
)
from rayspark.execution.commands.result import nothing
from rayspark.execution.session_state import SessionState
from rayspark.execution.sources.buckets import check_buckets
from rayspark.execution.sources.registry import READERS, not_found, short_name
from rayspark.storage.files.paths import locate

WANTS_NOTHING = ("error", "errorifexists", "default")
"""Save modes with which nothing is replaced."""

# -- CREATE --------------------------------------------------------------------------------------


def create_table(command: c.CreateTable, state: SessionState) -> LocalRelation:
    """CREATE TABLE, and CREATE TABLE AS."""
    catalog = state.catalog
    database, name = catalog.qualify(command.name)
    if command.replace:
        operation = "REPLACE TABLE AS SELECT" if command.query is not None else "REPLACE TABLE"
        raise unsupported(database, name, operation)
    if not catalog.warehouse.has_database(database):
        raise schema_not_found(database)
    replaces = command.mode == "overwrite"
    if not replaces and catalog.warehouse.find(database, name) is not None:
        if command.if_not_exists:
            return nothing()
        raise table_exists(database, name)
    query = None if command.query is None else state.execute(command.query)
    schema = command.schema_ if query is None else query.schema
    table = _new_table(command, state, database, name, schema)
    with _one_of_several(command.if_not_exists):
        if not replaces:
            catalog.warehouse.check_new(table)
        if query is None:
            with catalog.warehouse.adding(table):
                make_directory(table)
        else:
            if command.mode in WANTS_NOTHING:
                _check_location(table, state)
            _create_as(table, query.analyzed, state, replaces=replaces)
    return nothing()


@contextmanager
def _one_of_several(if_not_exists: bool) -> Iterator[None]:
    """While a table is made: somebody else may have made it since it was looked for."""
    try:
        yield
    except AnalysisException as exists:
        if not (if_not_exists and exists.getCondition() == TABLE_EXISTS):
            raise


def _new_table(
    command: c.CreateTable,
    state: SessionState,
    database: str,
    name: str,
    schema: StructType | None,
) -> Table:
    options = dict(command.options)
    path = options.pop("path", None)
    location = absolute(command.location or path)
    provider = short_name(command.provider or state.conf[sql.DEFAULT_SOURCE])
    if provider not in READERS:
        raise not_found(command.provider or provider)
    table = Table(
        database,
        name,
        EXTERNAL if location is not None else MANAGED,
        schema or StructType([]),
        provider,
        location or state.catalog.warehouse.location_of(database, name),
        command.partition_by,
        options,
        dict(command.properties),
        command.comment,
        created=time.time(),
        buckets=command.buckets,
    )
    if schema is None and location is not None:
        found = state.catalog.source(table).schema
        return table.changed(schema=found)
    return _bucketed(table.changed(**_ordered(table)), state)


def _bucketed(table: Table, state: SessionState) -> Table:
    if table.buckets is None:
        return table
    most = state.conf[sql.MOST_BUCKETS]
    name = sql_name(*table.parts)
    spec = check_buckets(table.buckets, table.schema, table.partition_by, name, most)
    return table.changed(buckets=spec)


def _ordered(table: Table) -> dict[str, Any]:
    """Partition columns come last; no column occurs twice, none is unknown."""
    fields = {f.name.lower(): f for f in table.schema}
    if len(fields) < len(table.schema.fields):
        names = [f.name.lower() for f in table.schema]
        twice = next(n for n in names if names.count(n) > 1)
        raise error("COLUMN_ALREADY_EXISTS", columnName=sql_name(twice))
    for name in table.partition_by:
        if name.lower() not in fields:
            raise error(
                "COLUMN_NOT_DEFINED_IN_TABLE",
                colType="partition",
                colName=sql_name(name),
                tableName=sql_name(*table.parts),
                tableCols=", ".join(sql_name(f.name) for f in table.schema),
            )
    outside = [fields[name.lower()] for name in table.partition_by]
    if outside and len(outside) == len(fields):
        raise error("ALL_PARTITION_COLUMNS_NOT_ALLOWED")
    inside = [f for f in table.schema if f not in outside]
    return {
        "schema": StructType([*inside, *outside]),
        "partition_by": tuple(f.name for f in outside),
    }


def _create_as(table: Table, query: LogicalPlan, state: SessionState, *, replaces: bool) -> None:
    """Write the rows and make the table known: if that fails, all is as before."""
    warehouse = state.catalog.warehouse
    before = warehouse.find(table.database, table.name)
    if table.kind == EXTERNAL:  # others may wait for the catalog, not for a store of objects
        write_rows(table, query, state, "overwrite")
        with warehouse.adding(table, replaces=replaces):
            pass
    else:
        around = partial(warehouse.adding, table, replaces=replaces)
        write_rows(table, query, state, "overwrite", around=around)
    if before is not None:
        uncache_readers_of(state, before)
        table_changed(state, table)


def _check_location(table: Table, state: SessionState) -> None:
    """Is there nothing that the rows of a new table would replace?"""
    if table.kind != EXTERNAL or table.location is None or state.conf[sql.NON_EMPTY_LOCATION]:
        return
    where = locate(table.location)
    if where.filesystem.exists(where.inner) and where.filesystem.ls(where.inner, detail=False):
        raise error(
            "_LEGACY_ERROR_TEMP_1241",
            tablePath=f"file://{where.inner}" if where.scheme == "file" else where.path,
            config=sql.NON_EMPTY_LOCATION.key,
        )


def create_table_like(command: c.CreateTableLike, state: SessionState) -> LocalRelation:
    """CREATE TABLE a LIKE b."""
    catalog = state.catalog
    database, name = catalog.qualify(command.name)
    if catalog.warehouse.find(database, name) is not None:
        if command.if_not_exists:
            return nothing()
        raise table_exists(database, name)
    source = catalog.table(command.source)
    location = absolute(command.location)
    table = Table(
        database,
        name,
        MANAGED if location is None else EXTERNAL,
        source.schema,
        command.provider or source.provider or state.conf[sql.DEFAULT_SOURCE],
        location or catalog.warehouse.location_of(database, name),
        source.partition_by,
        source.options,
        created=time.time(),
        buckets=source.buckets,
    )
    with _one_of_several(command.if_not_exists), catalog.warehouse.adding(table):
        make_directory(table)
    return nothing()


# -- DROP and small ones -------------------------------------------------------------------------


def drop_table(command: c.DropTable, state: SessionState) -> LocalRelation:
    """DROP TABLE and DROP VIEW."""
    catalog, parts = state.catalog, command.name
    view = catalog.view(parts)
    if view is not None:
        catalog.drop_view(parts[-1], of_all_sessions=len(parts) == 2)
        return nothing()
    table = catalog.find(parts)
    if table is None:
        if command.if_exists:
            return nothing()
        raise catalog.missing((CATALOG, *catalog.qualify(parts)))
    if command.is_view and not table.is_view:
        raise wrong_kind("DROP VIEW", "VIEW or METRIC_VIEW", table.parts, table.kind, "DROP TABLE")
    uncache_readers_of(state, table)
    catalog.warehouse.drop(table.database, table.name, if_exists=command.if_exists)
    catalog.forget_files(table.database, table.name)
    return nothing()


def truncate_table(command: c.TruncateTable, state: SessionState) -> LocalRelation:
    """TRUNCATE TABLE."""
    table = state.catalog.base_table(command.name, "TRUNCATE TABLE")
    truncate_partition(table, command.partition, state)
    table_changed(state, table)
    return nothing()


def refresh_table(command: c.RefreshTable, state: SessionState) -> LocalRelation:
    """REFRESH TABLE, REFRESH 'path'."""
    if command.path is not None:
        files_changed(state, command.path)
    else:
        refresh(state, command.name)
    return nothing()


def refresh(state: SessionState, name: tuple[str, ...]) -> None:
    """Look at the files of a table, or of all that a view reads, again."""
    tables = [n.table for n in table_plan(state, name).walk() if isinstance(n, Relation)]
    for table in {parts: None for parts in tables if parts}:
        found = state.catalog.table(table)
        state.catalog.forget_files(found.database, found.name)
        if found.location is not None:
            files_changed(state, found.location)


# -- ALTER ---------------------------------------------------------------------------------------


def alter_table(command: c.AlterTable, state: SessionState) -> LocalRelation:
    """ALTER TABLE, except of views."""
    details = dict(command.details)
    operation = f"ALTER TABLE ... {command.action.upper()}"
    table = state.catalog.base_table(command.name, operation)
    match command.action:
        case "rename":
            _rename(table, details["to"], state)
        case "set properties" | "unset properties":
            alter_properties(table, command.action, details, state)
        case "set location":
            if "partition" in details:
                raise unsupported(table.database, table.name, "SET LOCATION of a partition")
            location = absolute(details["location"])
            _change(table, state, lambda now: now.changed(location=location, kind=EXTERNAL))
        case "add columns":
            _add_columns(table, details["columns"], state)
        case "alter column":
            _alter_column(table, details, state)
        case "rename column":
            raise unsupported(table.database, table.name, "RENAME COLUMN")
        case "drop columns":
            raise unsupported(table.database, table.name, "DROP COLUMN")
        case "add partitions":
            add_partitions(table, details["partitions"], details["if_not_exists"], state)
        case "drop partitions":
            drop_partitions(table, details["partitions"], details["if_exists"], state)
            table_changed(state, table)
        case "recover partitions":
            pass  # partitions are the directories that there are
        case _:
            raise unsupported(table.database, table.name, command.action.upper())
    state.catalog.forget_files(table.database, table.name)
    return nothing()


def _rename(table: Table, to: c.Name, state: SessionState) -> None:
    database = table.database if len(to) == 1 else state.catalog.qualify(to)[0]
    if database != table.database:
        raise unsupported(table.database, table.name, "RENAME TO another database")
    state.catalog.warehouse.rename(table.database, table.name, to[-1].lower())


def alter_properties(
    table: Table, action: str, details: dict[str, Any], state: SessionState
) -> None:
    """SET and UNSET TBLPROPERTIES, of tables and views; ``comment`` is no property."""

    def change(now: Table) -> Table:
        properties, comment = dict(now.properties), now.comment
        if action == "set properties":
            given = dict(details["properties"])
            comment = given.pop("comment", comment)
            properties.update(given)
        else:
            for key in details["keys"]:
                properties.pop(key, None)
                comment = None if key == "comment" else comment
        return now.changed(properties=properties, comment=comment or None)

    _change(table, state, change)


def _add_columns(table: Table, columns: tuple[StructField, ...], state: SessionState) -> None:
    def change(now: Table) -> Table:
        taken = {name.lower() for name in now.schema.names}
        for field in columns:
            if field.name.lower() in taken:
                raise error("COLUMN_ALREADY_EXISTS", columnName=sql_name(field.name.lower()))
            taken.add(field.name.lower())
        inside, fields = len(now.data_columns), now.schema.fields
        return now.changed(schema=StructType([*fields[:inside], *columns, *fields[inside:]]))

    _change(table, state, change)


def _alter_column(table: Table, details: dict[str, Any], state: SessionState) -> None:
    name = find_column(table, details["column"])
    field = table.schema[name]
    assert isinstance(field, StructField)
    wanted: DataType = details.get("type", field.dataType)
    if wanted != field.dataType or "to" in details:
        raise unsupported(table.database, table.name, "ALTER COLUMN ... TYPE")
    metadata = dict(field.metadata)
    if "comment" in details:
        metadata["comment"] = details["comment"]
    changed = StructField(field.name, field.dataType, details.get("nullable", field.nullable),
                          metadata)  # fmt: skip

    def change(now: Table) -> Table:
        fields = [changed if f.name == name else f for f in now.schema]
        return now.changed(schema=StructType(fields))

    _change(table, state, change)


def find_column(table: Table, parts: tuple[str, ...]) -> str:
    """The column of a table that a name means."""
    found = next((n for n in table.schema.names if n.lower() == parts[-1].lower()), None)
    if found is None or len(parts) != 1:
        raise error(
            "COLUMN_NOT_FOUND",
            colName=sql_name(*parts),
            caseSensitiveConfig='"spark.sql.caseSensitive"',
        )
    return found


def _change(table: Table, state: SessionState, change: Callable[[Table], Table]) -> None:
    """Change the table as it is now: another may have changed it since it was looked at."""
    state.catalog.warehouse.alter(table.database, table.name, change)


def make_directory(table: Table) -> None:
    """An empty table has a directory, too."""
    assert table.location is not None
    where = locate(table.location)
    where.filesystem.makedirs(where.inner, exist_ok=True)


def size_of_files(table: Table) -> int:
    """Bytes of a table's files."""
    assert table.location is not None
    where = locate(table.location)
    if not where.filesystem.exists(where.inner):
        return 0
    return sum(
        int(info["size"] or 0)
        for path, info in where.filesystem.find(where.inner, detail=True).items()
        if not PurePosixPath(path).name.startswith(("_", "."))
    )
