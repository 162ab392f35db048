"""DESCRIBE and EXPLAIN."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from rayspark.catalyst.functions.registry import find_function
from rayspark.catalyst.logical import LocalRelation
from rayspark.catalyst.logical import command as c
from rayspark.datatypes import StructType
from rayspark.execution.catalog.errors import CATALOG, error, sql_name
from rayspark.execution.catalog.metadata import Table
from rayspark.execution.catalog.partitions import directory
from rayspark.execution.commands.locations import shown
from rayspark.execution.commands.partitions import partition_missing, partitions_of
from rayspark.execution.commands.result import texts
from rayspark.execution.commands.tables import find_column
from rayspark.execution.session_state import SessionState

Lines = list[tuple[str, str | None, str | None]]
CREATOR = "RaySpark"


def describe(command: c.Describe, state: SessionState) -> LocalRelation:
    """DESCRIBE, of anything."""
    match command.what:
        case "database":
            return _database(command, state)
        case "function":
            return _function(command, state)
        case "query":
            assert command.query is not None
            return _columns_of(_columns(state.execute(command.query).schema))
    if command.column:
        return _column(command, state)
    return _table(command, state)


def _columns_of(lines: Lines) -> LocalRelation:
    return texts("col_name", "data_type", "comment", rows=lines, nullable=["comment"])


def _columns(schema: StructType) -> Lines:
    return [(f.name, f.dataType.simpleString(), f.metadata.get("comment")) for f in schema]


def _database(command: c.Describe, state: SessionState) -> LocalRelation:
    database = state.catalog.warehouse.database(state.catalog.database_name(command.name))
    rows = [
        ("Catalog Name", CATALOG),
        ("Namespace Name", database.name),
        ("Comment", database.comment),
        ("Location", shown(database.location)),
    ]
    if database.owner:
        rows.append(("Owner", database.owner))
    if command.extended:
        pairs = sorted(database.properties.items())
        inner = ", ".join(f"({key},{value})" for key, value in pairs)
        rows.append(("Properties", f"({inner})" if pairs else ""))
    return texts("info_name", "info_value", rows=rows)


def _function(command: c.Describe, state: SessionState) -> LocalRelation:
    name = ".".join(command.name)
    row = find_function(name)
    if row is None:
        user = state.functions.get(name.lower())
        if user is None:
            raise error(
                "UNRESOLVED_ROUTINE",
                routineName=sql_name(*command.name),
                searchPath=f"[{state.catalog.search_path()}]",
            )
        lines = [f"Function: {user.name}", f"Usage: a Python function; gives {user.returns}"]
        return texts("function_desc", rows=[(line,) for line in lines])
    lines = [f"Function: {row.name}", f"Usage: {row.name}({row.args}) - {row.doc}"]
    if command.extended:
        examples = "".join(f"\n      > SELECT {example};" for example in row.examples)
        lines.append(f"Extended Usage:\n    Examples:{examples}\n\n    Since: {row.since}\n")
    return texts("function_desc", rows=[(line,) for line in lines])


# -- tables --------------------------------------------------------------------------------------


def _table(command: c.Describe, state: SessionState) -> LocalRelation:
    catalog = state.catalog
    if catalog.view(command.name) is not None:
        return _columns_of(_columns(catalog.columns(command.name)))
    table = catalog.table(command.name)
    lines = _columns(catalog.columns(command.name))
    if table.partition_by:
        lines += [("# Partition Information", "", ""), ("# col_name", "data_type", "comment")]
        lines += _columns(StructType([table.schema[name] for name in table.partition_by]))
    if command.partition:
        found = _partition(command, table, state)
        return _columns_of(lines + (found if command.extended else []))
    if command.extended:
        lines += [("", "", ""), ("# Detailed Table Information", "", "")]
        lines += [(key, value, "") for key, value in details_of(table, state)]
    return _columns_of(lines)


def _partition(command: c.Describe, table: Table, state: SessionState) -> Lines:
    """One partition: where it is and how large."""
    names = partitions_of(table, command.partition, state)
    if len(names) != 1:
        raise partition_missing(table, command.partition, state)
    where = directory(table, names[0])
    files = where.filesystem.find(where.inner, detail=True).values()
    shown_files = [f for f in files if not str(f["name"]).rsplit("/", 1)[-1].startswith(("_", "."))]
    size = sum(int(f["size"] or 0) for f in shown_files)
    assert table.location is not None
    return [
        ("", "", ""),
        ("# Detailed Partition Information", "", ""),
        ("Database", table.database, ""),
        ("Table", table.name, ""),
        ("Partition Values", f"[{names[0].replace('/', ', ')}]", ""),
        ("Location", f"{shown(table.location)}/{names[0]}", ""),
        ("Partition Parameters", f"[numFiles={len(shown_files)}, totalSize={size}]", ""),
        ("", "", ""),
        ("# Storage Information", "", ""),
        ("Location", shown(table.location), ""),
    ]


def details_of(table: Table, state: SessionState) -> list[tuple[str, str]]:
    """What is known of a table beside its columns, in Spark's order."""
    zone = ZoneInfo(state.conf.zone)
    created = datetime.datetime.fromtimestamp(table.created, zone)
    rows = [
        ("Catalog", CATALOG),
        ("Database", table.database),
        ("Table", table.name),
        ("Created Time", created.strftime("%a %b %d %H:%M:%S %Z %Y")),
        ("Last Access", "UNKNOWN"),
        ("Created By", CREATOR),
        ("Type", table.kind),
    ]
    if table.provider:
        rows.append(("Provider", table.provider))
    if (buckets := table.buckets) is not None:
        rows.append(("Num Buckets", str(buckets.count)))
        for word, names in (("Bucket", buckets.columns), ("Sort", buckets.sorted)):
            rows.append((f"{word} Columns", f"[{', '.join(f'`{name}`' for name in names)}]"))
    if table.comment:
        rows.append(("Comment", table.comment))
    if table.is_view:
        rows += _view_details(table)
    if table.properties:
        rows.append(("Table Properties", _listed(table.properties)))
    if (found := table.statistics) is not None:
        count = "" if found.rows is None else f", {found.rows} rows"
        rows.append(("Statistics", f"{found.bytes} bytes{count}"))
    if table.location and not table.is_view:
        rows.append(("Location", shown(table.location)))
    if table.options:
        rows.append(("Storage Properties", _listed(table.options)))
    if table.partition_by:
        rows.append(("Partition Provider", "Catalog"))
    return rows


def _view_details(table: Table) -> list[tuple[str, str]]:
    columns = ", ".join(f"`{name}`" for name in table.view_columns)
    return [
        ("View Text", table.view_text or ""),
        ("View Original Text", table.view_text or ""),
        ("View Schema Mode", "COMPENSATION"),
        ("View Catalog and Namespace", f"{CATALOG}.{table.view_database}"),
        ("View Query Output Columns", f"[{columns}]"),
    ]


def _listed(pairs: object) -> str:
    assert isinstance(pairs, dict)
    return "[" + ", ".join(f"{key}={value}" for key, value in sorted(pairs.items())) + "]"


def _column(command: c.Describe, state: SessionState) -> LocalRelation:
    catalog = state.catalog
    table = catalog.table(command.name)
    field = table.schema[find_column(table, command.column)]
    rows = [
        ("col_name", field.name),
        ("data_type", field.dataType.simpleString()),
        ("comment", field.metadata.get("comment", "NULL")),
    ]
    if command.extended:
        known = table.statistics
        found = None if known is None else known.columns.get(field.name)
        values = (
            [None] * 6
            if found is None
            else [found.smallest, found.greatest, found.nulls, found.distinct,
                  found.average_length, found.longest]
        )  # fmt: skip
        names = ("min", "max", "num_nulls", "distinct_count", "avg_col_len", "max_col_len")
        rows += [(n, "NULL" if v is None else str(v)) for n, v in zip(names, values, strict=True)]
        rows.append(("histogram", "NULL"))
    return texts("info_name", "info_value", rows=rows)


def explain(command: c.Explain, state: SessionState) -> LocalRelation:
    """EXPLAIN."""
    if isinstance(command.query, c.Command):
        text = f"== Physical Plan ==\nExecute {type(command.query).__name__}\n"
    else:
        text = state.execute(command.query).explain_text(command.mode)
    return texts("plan", rows=[(text,)])
