"""INSERT INTO and INSERT OVERWRITE.

Columns of the query are matched with the table's by position, or by name where the statement says
so, cast under ``spark.sql.storeAssignmentPolicy``, and written through a sink, which makes all rows
visible in one step or none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    CaseWhen,
    Cast,
    CastMode,
    Expression,
    Literal,
    SortOrder,
    UnresolvedFunction,
    lit,
)
from rayspark.catalyst.logical import LocalRelation, LogicalPlan, OneRow, Project, Relation, Sort
from rayspark.catalyst.logical import command as c
from rayspark.catalyst.parser import parse_expression
from rayspark.config.entries import sql
from rayspark.datatypes import DataType, NullType, NumericType, StructField
from rayspark.datatypes.casts import can_cast, can_store, can_up_cast
from rayspark.datatypes.ddl import type_to_ddl
from rayspark.datatypes.lengths import without_lengths
from rayspark.errors import AnalysisException
from rayspark.execution.catalog.errors import error, sql_name
from rayspark.execution.catalog.metadata import MANAGED, Table
from rayspark.execution.commands.caching import files_changed, table_changed
from rayspark.execution.commands.lengths import fitted
from rayspark.execution.commands.result import nothing
from rayspark.execution.session_state import SessionState
from rayspark.execution.sources.files import FileSource
from rayspark.execution.sources.guarded import GuardedSink
from rayspark.execution.sources.partition_text import partition_texts
from rayspark.execution.sources.partitions import directory_name
from rayspark.execution.sources.registry import open_sink
from rayspark.storage.files.paths import locate

Partition = Sequence[tuple[str, Expression | None]]


def insert(command: c.Insert, state: SessionState) -> LocalRelation:
    """INSERT."""
    table = state.catalog.base_table(command.table, "INSERT")
    query = state.execute(command.query).analyzed
    static = static_partition(table, command.partition)
    policy = state.conf[sql.STORE_ASSIGNMENT]
    columns = _columns(table, query, command, static, policy)
    plan = Project(columns, query)
    within = ""
    if command.overwrite and static:
        within = partition_directory(table, static, state)
    mode = "overwrite" if command.overwrite else "append"
    if command.overwrite:
        _check_not_read(table, query, static, state)
    if command.if_partition_not_exists and within and _has_partition(table, within, state):
        return nothing()
    warehouse = state.catalog.warehouse
    around = partial(warehouse.using, table) if table.kind == MANAGED else nullcontext
    write_rows(table, plan, state, mode, within, around)
    table_changed(state, table)
    return nothing()


def _check_not_read(
    table: Table, query: LogicalPlan, static: Mapping[str, Expression], state: SessionState
) -> None:
    """What replaces the files of a table must not read them. Where only the partitions that are
    written are replaced, it may.

    Raises
    ------
    AnalysisException
        UNSUPPORTED_OVERWRITE.TABLE.
    """
    assert table.location is not None
    dynamic = state.conf[sql.PARTITION_OVERWRITE].lower() == "dynamic"
    if dynamic and len(static) < len(table.partition_by):
        return
    where = locate(table.location).path
    for node in query.walk():
        if isinstance(node, Relation) and isinstance(node.source, FileSource):
            opened = node.source.opened
            if opened is not None and where in opened.roots:
                raise error("UNSUPPORTED_OVERWRITE.TABLE", table=sql_name(*table.parts))


def insert_directory(command: c.InsertDirectory, state: SessionState) -> LocalRelation:
    """INSERT OVERWRITE DIRECTORY."""
    query = state.execute(command.query)
    settings = state.conf.effective()
    sink = open_sink(
        command.provider,
        command.path,
        query.schema,
        "overwrite",
        (),
        {k: v for k, v in command.options if k != "path"},
        settings,
    )
    query.write(sink)
    files_changed(state, command.path)
    return nothing()


def write_rows(
    table: Table,
    plan: LogicalPlan,
    state: SessionState,
    mode: str,
    within: str = "",
    around: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> None:
    """Write a plan with the table's columns to the table's files; they become visible within the
    context ``around``.
    """
    assert table.provider is not None and table.location is not None
    query, buckets = state.execute(plan), table.buckets
    if buckets is not None and buckets.sorted:
        columns = {a.name.lower(): a for a in query.analyzed.output}
        order = tuple(SortOrder(columns[name.lower()]) for name in buckets.sorted)
        query = state.execute(Sort(query.analyzed, order, False))
    settings = state.conf.effective()
    sink = open_sink(
        table.provider,
        table.location,
        query.schema,
        mode,
        table.partition_by,
        dict(table.options),
        settings,
        within=within,
        buckets=buckets,
    )
    query.write(GuardedSink(sink, around))


# -- columns -------------------------------------------------------------------------------------


def static_partition(table: Table, partition: Partition) -> dict[str, Expression]:
    """The partition columns that have a constant, by their names in the table."""
    names = {name.lower(): name for name in table.partition_by}
    unknown = [name for name, _ in partition if name.lower() not in names]
    if unknown:
        raise error(
            "PARTITIONS_NOT_FOUND",
            partitionList=", ".join(map(sql_name, unknown)),
            tableName=sql_name(*table.parts),
        )
    return {names[name.lower()]: value for name, value in partition if value is not None}


def _columns(
    table: Table,
    query: LogicalPlan,
    command: c.Insert,
    static: dict[str, Expression],
    policy: str,
) -> tuple[Expression, ...]:
    """For each column of the table: what is written."""
    given = _matched(table, query.output, command, static)
    made: list[Expression] = []
    for field in table.schema:
        value = given.get(field.name)
        if value is None:
            value = default_of(field)
        made.append(Alias(stored(value, field, table, policy), field.name))
    return tuple(made)


def _matched(
    table: Table, output: Sequence[Attribute], command: c.Insert, static: dict[str, Expression]
) -> dict[str, Expression]:
    targets = [f.name for f in table.schema if f.name not in static]
    if command.by_name:
        by_name = {name.lower(): name for name in targets}
        extra = [a.name for a in output if a.name.lower() not in by_name]
        if extra:
            raise error(
                "INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS",
                tableName=sql_name(*table.parts),
                extraColumns=", ".join(map(sql_name, extra)),
            )
        return {**static, **{by_name[a.name.lower()]: a for a in output}}
    if command.columns:
        targets = [_known(table, name) for name in command.columns]
    if len(output) != len(targets):
        raise _arity(table, output, static, len(targets))
    return {**static, **dict(zip(targets, output, strict=True))}


def _known(table: Table, name: str) -> str:
    found = next((n for n in table.schema.names if n.lower() == name.lower()), None)
    if found is None:
        raise error(
            "UNRESOLVED_COLUMN.WITH_SUGGESTION",
            objectName=sql_name(name),
            proposal=", ".join(map(sql_name, table.schema.names)),
        )
    return found


def _arity(
    table: Table, output: Sequence[Attribute], static: dict[str, Expression], wanted: int
) -> AnalysisException:
    names = {
        "tableName": sql_name(*table.parts),
        "tableColumns": ", ".join(map(sql_name, table.schema.names)),
        "dataColumns": ", ".join(sql_name(a.name) for a in output),
    }
    if static:
        return error(
            "INSERT_PARTITION_COLUMN_ARITY_MISMATCH",
            staticPartCols=", ".join(map(sql_name, static)),
            **names,
        )
    kind = "NOT_ENOUGH_DATA_COLUMNS" if len(output) < wanted else "TOO_MANY_DATA_COLUMNS"
    return error(f"INSERT_COLUMN_ARITY_MISMATCH.{kind}", **names)


def default_of(field: StructField) -> Expression:
    """What a column holds for which nothing is given."""
    text = field.metadata.get("CURRENT_DEFAULT")
    return Literal(None, NullType()) if text is None else parse_expression(text)


def stored(value: Expression, field: StructField, table: Table, policy: str) -> Expression:
    """A value in a column's type, if the policy lets it be stored."""
    return fitted(_cast(value, field, table, policy), field.dataType)


def _cast(value: Expression, field: StructField, table: Table, policy: str) -> Expression:
    target = without_lengths(field.dataType)
    if not value.resolved or isinstance(value, Literal):
        return Cast(value, target, CastMode.ANSI, implicit=True)
    source = value.dtype
    allowed = {"ANSI": can_store, "STRICT": can_up_cast, "LEGACY": _legacy}[policy]
    if not allowed(source, target):
        raise error(
            "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST",
            tableName=sql_name(*table.parts),
            colName=sql_name(field.name),
            srcType=f'"{type_to_ddl(source)}"',
            targetType=f'"{type_to_ddl(target)}"',
        )
    if source == target:
        return value
    if policy == "ANSI" and isinstance(source, NumericType) and isinstance(target, NumericType):
        return _narrowed(value, field.name, target)
    mode = CastMode.LEGACY if policy == "LEGACY" else CastMode.ANSI
    return Cast(value, target, mode, implicit=True)


def _narrowed(value: Expression, column: str, target: DataType) -> Expression:
    """A number in the column's type; what does not fit is an error that names the column."""
    source = value.dtype
    if can_up_cast(source, target):
        return Cast(value, target, CastMode.ANSI, implicit=True)
    kept = Cast(value, target, CastMode.TRY, implicit=True)
    parameters = [
        lit(text)
        for pair in (
            ("sourceType", f'"{type_to_ddl(source)}"'),
            ("targetType", f'"{type_to_ddl(target)}"'),
            ("columnName", sql_name(column)),
        )
        for text in pair
    ]
    told = UnresolvedFunction("map", tuple(parameters))
    raised = UnresolvedFunction("raise_error", (lit("CAST_OVERFLOW_IN_TABLE_INSERT"), told))
    lost = UnresolvedFunction(
        "and",
        (UnresolvedFunction("isnotnull", (value,)), UnresolvedFunction("isnull", (kept,))),
    )
    return CaseWhen(((lost, raised),), kept)


def _legacy(source: DataType, target: DataType) -> bool:
    return can_cast(source, target, ansi=False)


# -- partitions ----------------------------------------------------------------------------------


def partition_directory(table: Table, static: dict[str, Expression], state: SessionState) -> str:
    """The directory of constants that are the first partition columns: ``a=1/b=x``."""
    names = table.partition_by[: len(static)]
    if set(names) != set(static):
        raise error(
            "PARTITIONS_NOT_FOUND",
            partitionList=", ".join(map(sql_name, static)),
            tableName=sql_name(*table.parts),
        )
    return directory_name(list(names), partition_values(table, static, state))


def partition_values(
    table: Table, static: dict[str, Expression], state: SessionState
) -> list[str | None]:
    """Constants of partition columns, in the table's order, as they stand in directories."""
    fields = [table.schema[name] for name in table.partition_by if name in static]
    casts = tuple(Alias(Cast(static[f.name], f.dataType, CastMode.ANSI), f.name) for f in fields)
    row = state.execute(Project(casts, OneRow())).to_arrow()
    found = []
    for field, column in zip(fields, row.columns, strict=True):
        values, _ = partition_texts(column, field.dataType, state.conf.zone)
        found.append(values[0])
    return found


def _has_partition(table: Table, within: str, state: SessionState) -> bool:
    return any(
        name == within or name.startswith(within + "/") for name in state.catalog.partitions(table)
    )
