"""CREATE and ALTER VIEW, in the warehouse and for a session."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from rayspark.catalyst.expressions import Alias, VariableReference
from rayspark.catalyst.logical import (
    LocalRelation,
    LogicalPlan,
    Project,
    Relation,
    SubqueryAlias,
    UnresolvedRelation,
)
from rayspark.catalyst.logical import command as c
from rayspark.datatypes import StructField, StructType
from rayspark.errors import AnalysisException
from rayspark.execution.catalog.errors import (
    error,
    not_a_view,
    schema_not_found,
    sql_name,
    table_exists,
)
from rayspark.execution.catalog.metadata import VIEW, Table
from rayspark.execution.catalog.session import attributes_of, plans_in, qualified, view_plan
from rayspark.execution.commands.result import nothing
from rayspark.execution.commands.tables import alter_properties
from rayspark.execution.session_state import SessionState
from rayspark.execution.sources import open_source


def create_view(command: c.CreateView, state: SessionState) -> LocalRelation:
    """CREATE VIEW of any scope."""
    if command.scope == "catalog":
        return _create_persistent(command, state)
    everywhere = command.scope == "global temporary"
    name = command.name[-1]
    shown = ("global_temp", name) if everywhere else (name,)
    if command.if_not_exists and state.catalog.view(shown) is not None:
        return nothing()
    plan = state.execute(command.query).analyzed
    if command.columns:
        plan = _renamed(plan, command.columns, shown)
    if any(_variables(plan)):  # whose values are those of the query that reads the view
        here = state.catalog.current_database
        raw = qualified(command.query, here, temporary=state.catalog.views())
        plan = SubqueryAlias(raw, shown, tuple(a.name for a in plan.output))
    state.catalog.create_view(
        name,
        plan,
        replace=command.replace,
        of_all_sessions=everywhere,
        text=command.text,
        comment=command.comment,
    )
    return nothing()


def _check_variables(plan: LogicalPlan, name: tuple[str, ...]) -> None:
    """A view of all sessions does not read a variable of one."""
    for variable in _variables(plan):
        raise AnalysisException(
            errorClass="INVALID_TEMP_OBJ_REFERENCE",
            messageParameters={
                "obj": "VIEW",
                "objName": ".".join(f"`{part}`" for part in name),
                "tempObj": "VARIABLE",
                "tempObjName": f"`{variable.name}`",
            },
        )


def _variables(plan: LogicalPlan) -> Iterator[VariableReference]:
    for node in plans_in(plan):
        for e in node.expressions:
            yield from e.collect(VariableReference)


def _renamed(plan: LogicalPlan, names: Sequence[str], view: tuple[str, ...]) -> LogicalPlan:
    _check_count(plan, names, view)
    return Project(tuple(Alias(a, n) for a, n in zip(plan.output, names, strict=True)), plan)


def _check_count(plan: LogicalPlan, names: Sequence[str], view: tuple[str, ...]) -> None:
    if len(plan.output) == len(names):
        return
    kind = "NOT_ENOUGH" if len(plan.output) < len(names) else "TOO_MANY"
    raise error(
        f"CREATE_VIEW_COLUMN_ARITY_MISMATCH.{kind}_DATA_COLUMNS",
        viewName=sql_name(*view),
        viewColumns=", ".join(map(sql_name, names)),
        dataColumns=", ".join(sql_name(a.name) for a in plan.output),
    )


def _create_persistent(command: c.CreateView, state: SessionState) -> LocalRelation:
    catalog = state.catalog
    database, name = catalog.qualify(command.name)
    if not catalog.warehouse.has_database(database):
        raise schema_not_found(database)
    there = catalog.warehouse.find(database, name)
    if there is not None:
        if command.if_not_exists:
            return nothing()
        if not command.replace:
            raise table_exists(database, name)
        if not there.is_view:
            raise not_a_view(there.parts, "CREATE OR REPLACE VIEW")
    view = Table(
        database,
        name,
        VIEW,
        StructType([]),
        comment=command.comment,
        properties=dict(command.properties),
        created=time.time(),
    )
    made = _with_query(view, command, state)
    catalog.warehouse.create(made, replace=command.replace)
    return nothing()


def _with_query(view: Table, command: c.CreateView, state: SessionState) -> Table:
    """The view with its text, its columns and their comments."""
    _check_references(view, command.query, state)
    plan = state.execute(command.query).analyzed
    _check_variables(plan, command.name)
    names = command.columns or tuple(a.name for a in plan.output)
    _check_count(plan, names, view.parts)
    comments = command.column_comments or (None,) * len(names)
    fields = [
        StructField(n, a.type, a.is_nullable, {} if note is None else {"comment": note})
        for n, a, note in zip(names, plan.output, comments, strict=True)
    ]
    twice = [f.name for at, f in enumerate(fields) if f.name.lower() in
             {other.name.lower() for other in fields[:at]}]  # fmt: skip
    if twice:
        raise error("COLUMN_ALREADY_EXISTS", columnName=sql_name(twice[0].lower()))
    return view.changed(
        schema=StructType(fields),
        view_text=command.text,
        view_database=state.catalog.current_database,
        view_columns=tuple(a.name for a in plan.output),
    )


def _check_references(view: Table, query: LogicalPlan, state: SessionState) -> None:
    """A persistent view reads no temporary view, and not itself, through others neither."""
    for node in plans_in(query):
        if isinstance(node, UnresolvedRelation) and state.catalog.view(node.parts) is not None:
            raise error(
                "INVALID_TEMP_OBJ_REFERENCE",
                obj="VIEW",
                objName=sql_name(*view.parts),
                tempObj="VIEW",
                tempObjName=sql_name(*node.parts),
            )
    paths: list[tuple[tuple[str, ...], LogicalPlan]] = [((sql_name(*view.parts),), query)]
    while paths:
        path, plan = paths.pop()
        for node in plans_in(plan):
            if not isinstance(node, UnresolvedRelation):
                continue
            found = state.catalog.find(node.parts)
            if found is None or not found.is_view:
                continue
            longer = (*path, sql_name(*found.parts))
            if found.parts == view.parts:
                shown = " -> ".join(longer)
                raise error("RECURSIVE_VIEW", viewIdent=sql_name(*view.parts), newPath=shown)
            paths.append((longer, view_plan(found)))


def create_view_using(command: c.CreateTemporaryViewUsing, state: SessionState) -> LocalRelation:
    """CREATE TEMPORARY VIEW ... USING."""
    options = dict(command.options)
    path = options.pop("path", None)
    source = open_source(
        command.provider,
        [] if path is None else [path],
        command.schema_,
        options,
        state.conf.effective(),
    )
    plan = Relation(source, attributes_of(source.schema))
    state.catalog.create_view(command.name[-1], plan, replace=command.replace)
    return nothing()


def alter_view(command: c.AlterTable, state: SessionState) -> LocalRelation:
    """ALTER VIEW."""
    catalog = state.catalog
    details = dict(command.details)
    temporary = catalog.view(command.name)
    if temporary is not None:
        return _alter_temporary(command, details, state)
    view = catalog.table(command.name)
    if not view.is_view:
        action = "AS" if command.action == "set query" else command.action.upper()
        raise not_a_view(view.parts, f"ALTER VIEW ... {action}")
    match command.action:
        case "set query":
            wanted = c.CreateView(command.name, details["query"], details["text"])
            made = _with_query(view, wanted, state)
            catalog.warehouse.create(made, replace=True)
        case "rename":
            catalog.warehouse.rename(view.database, view.name, details["to"][-1].lower())
        case "set properties" | "unset properties":
            alter_properties(view, command.action, details, state)
        case _:
            raise not_a_view(view.parts, f"ALTER VIEW ... {command.action.upper()}")
    return nothing()


def _alter_temporary(
    command: c.AlterTable, details: dict[str, object], state: SessionState
) -> LocalRelation:
    catalog = state.catalog
    everywhere = len(command.name) == 2
    match command.action:
        case "set query":
            query = details["query"]
            assert isinstance(query, LogicalPlan)
            plan, name = state.execute(query).analyzed, command.name[-1]
        case "rename":
            to = details["to"]
            assert isinstance(to, tuple)
            dropped = catalog.drop_view(command.name[-1], of_all_sessions=everywhere)
            assert dropped is not None
            plan, name = dropped, to[-1]
        case _:
            raise not_a_view(command.name, f"ALTER VIEW ... {command.action.upper()}")
    catalog.create_view(name, plan, replace=True, of_all_sessions=everywhere)
    return nothing()
