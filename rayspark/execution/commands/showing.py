"""SHOW."""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.functions.registry import functions
from rayspark.catalyst.logical import LocalRelation
from rayspark.catalyst.logical import command as c
from rayspark.datatypes.ddl import quote_name, type_to_ddl
from rayspark.execution.catalog.errors import CATALOG, unsupported
from rayspark.execution.catalog.metadata import EXTERNAL, Table
from rayspark.execution.catalog.names import matching
from rayspark.execution.catalog.session import GLOBAL_TEMP
from rayspark.execution.commands.describing import details_of
from rayspark.execution.commands.locations import shown
from rayspark.execution.commands.partitions import partitions_of
from rayspark.execution.commands.result import FLAG, TEXT, table_of, texts
from rayspark.execution.session_state import SessionState


def show(command: c.Show, state: SessionState) -> LocalRelation:
    """SHOW, of anything."""
    match command.what:
        case "databases":
            names = matching(state.catalog.warehouse.databases(), command.pattern)
            return texts("namespace", rows=[(name,) for name in names])
        case "tables":
            return _tables(command, state)
        case "table extended":
            return _extended(command, state)
        case "views":
            return _views(command, state)
        case "columns":
            schema = state.catalog.columns(command.name)
            return texts("col_name", rows=[(name,) for name in schema.names])
        case "partitions":
            return _partitions(command, state)
        case "create table":
            table = state.catalog.table(command.name)
            text = create_statement(table)
            return texts("createtab_stmt", rows=[(text,)])
        case "tblproperties":
            return _properties(command, state)
        case "functions":
            return _functions(command, state)
        case "catalogs":
            rows = [(name,) for name in matching([CATALOG], command.pattern)]
            return texts("catalog", rows=rows)
        case _:
            rows2 = [(CATALOG, state.catalog.current_database)]
            return texts("catalog", "namespace", rows=rows2)


LISTED = {"namespace": TEXT, "tableName": TEXT, "isTemporary": FLAG}


def _listed(command: c.Show, state: SessionState) -> list[tuple[str, str, bool]]:
    """Tables of a database, then temporary views."""
    catalog = state.catalog
    database = catalog.database_name(command.name)
    if database == GLOBAL_TEMP:
        names = matching(catalog.views(of_all_sessions=True), command.pattern)
        rows = [(GLOBAL_TEMP, name, True) for name in names]
    else:
        names = catalog.table_names(database, command.pattern)
        rows = [(database, name, False) for name in names]
    return rows + [("", name, True) for name in matching(catalog.views(), command.pattern)]


def _tables(command: c.Show, state: SessionState) -> LocalRelation:
    found: LocalRelation = table_of(LISTED, _listed(command, state))
    return found


def _views(command: c.Show, state: SessionState) -> LocalRelation:
    rows = [
        row
        for row in _listed(command, state)
        if row[2] or state.catalog.table((row[0], row[1])).is_view
    ]
    found: LocalRelation = table_of(
        {"namespace": TEXT, "viewName": TEXT, "isTemporary": FLAG}, rows
    )
    return found


def _extended(command: c.Show, state: SessionState) -> LocalRelation:
    rows = []
    for database, name, temporary in _listed(command, state):
        if temporary:
            continue
        table = state.catalog.table((database, name))
        lines = [f"{key}: {value}" for key, value in details_of(table, state)]
        if table.partition_by:
            columns = ", ".join(f"`{column}`" for column in table.partition_by)
            lines.append(f"Partition Columns: [{columns}]")
        schema = state.catalog.columns((database, name))
        lines.append(f"Schema: {schema.treeString()}")
        rows.append((database, name, False, "\n".join(lines) + "\n"))
    found: LocalRelation = table_of({**LISTED, "information": TEXT}, rows)
    return found


def _partitions(command: c.Show, state: SessionState) -> LocalRelation:
    table = state.catalog.base_table(command.name, "SHOW PARTITIONS")
    if not table.partition_by:
        raise unsupported(table.database, table.name, "SHOW PARTITIONS: it is not partitioned")
    spec: Any = dict(command.details)["partition"]
    names = partitions_of(table, spec, state) if spec else state.catalog.partitions(table)
    return texts("partition", rows=[(name,) for name in names])


def _properties(command: c.Show, state: SessionState) -> LocalRelation:
    if state.catalog.view(command.name) is not None:
        return texts("key", "value", rows=[])
    table = state.catalog.table(command.name)
    key = dict(command.details)["key"]
    if key is None:
        return texts("key", "value", rows=sorted(table.properties.items()))
    missing = f"Table {'.'.join(table.parts)} does not have property: {key}"
    return texts("key", "value", rows=[(key, table.properties.get(key, missing))])


def _functions(command: c.Show, state: SessionState) -> LocalRelation:
    scope = dict(command.details)["scope"]
    names: set[str] = set()
    if scope in ("all", "system"):
        names |= {name for name, row in functions().items() if row.refused is None}
    if scope in ("all", "user"):
        names |= {*state.functions, *state.table_functions}
    return texts("function", rows=[(name,) for name in matching(names, command.pattern)])


# -- SHOW CREATE TABLE ---------------------------------------------------------------------------


def create_statement(table: Table) -> str:
    """The statement that would make the table or view."""
    return _create_view(table) if table.is_view else _create_table(table)


def _create_table(table: Table) -> str:
    columns = ",\n  ".join(
        f"{quote_name(f.name)} {_collated(type_to_ddl(f.dataType))}{_comment(f.metadata)}"
        for f in table.schema
    )
    lines = [f"CREATE TABLE {'.'.join(table.parts)} (\n  {columns})", f"USING {table.provider}"]
    if table.options:
        lines.append(_pairs("OPTIONS", table.options))
    if table.partition_by:
        lines.append(f"PARTITIONED BY ({', '.join(map(quote_name, table.partition_by))})")
    if (buckets := table.buckets) is not None:
        lines.append(f"CLUSTERED BY ({', '.join(map(quote_name, buckets.columns))})")
        if buckets.sorted:
            lines.append(f"SORTED BY ({', '.join(map(quote_name, buckets.sorted))})")
        lines.append(f"INTO {buckets.count} BUCKETS")
    if table.comment:
        lines.append(f"COMMENT {_quoted(table.comment)}")
    if table.kind == EXTERNAL and table.location is not None:
        lines.append(f"LOCATION {_quoted(shown(table.location))}")
    if table.properties:
        lines.append(_pairs("TBLPROPERTIES", table.properties))
    return "\n".join(lines) + "\n"


def _create_view(table: Table) -> str:
    columns = ",\n  ".join(f"{quote_name(f.name)}{_comment(f.metadata)}" for f in table.schema)
    lines = [f"CREATE VIEW {table.database}.{table.name} (\n  {columns})"]
    if table.comment:
        lines.append(f"COMMENT {_quoted(table.comment)}")
    if table.properties:
        lines.append(_pairs("TBLPROPERTIES", table.properties))
    lines += ["WITH SCHEMA COMPENSATION", f"AS {table.view_text}"]
    return "\n".join(lines) + "\n"


def _collated(ddl: str) -> str:
    return "STRING COLLATE UTF8_BINARY" if ddl == "STRING" else ddl


def _comment(metadata: dict[str, Any]) -> str:
    note = metadata.get("comment")
    return "" if note is None else f" COMMENT {_quoted(str(note))}"


def _pairs(word: str, pairs: Any) -> str:
    inner = ",\n  ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in sorted(pairs.items()))
    return f"{word} (\n  {inner})"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
