"""What one session sees of tables and views.

A name of one part is a temporary view, else a table of the current database; ``global_temp.v`` is a
view of all sessions of the application; ``db.t`` a table; ``parquet.`path` `` files. Temporary
views are plans, tables of the warehouse are read from its files each time, the list of a table's
data files is kept until the table is written or refreshed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from rayspark.catalyst.expressions import Attribute, SubqueryExpression
from rayspark.catalyst.logical import (
    LogicalPlan,
    Relation,
    SubqueryAlias,
    UnresolvedRelation,
    WithCTE,
)
from rayspark.catalyst.parser import parse_query
from rayspark.config.entries import sql
from rayspark.datatypes import StructField, StructType
from rayspark.datatypes.lengths import read_fields
from rayspark.errors import AnalysisException
from rayspark.execution.catalog.errors import (
    CATALOG,
    error,
    not_a_table,
    schema_not_found,
    sql_name,
    table_not_found,
)
from rayspark.execution.catalog.metadata import Statistics, Table
from rayspark.execution.catalog.names import matching
from rayspark.execution.catalog.partitions import partition_directories
from rayspark.execution.catalog.warehouse import DEFAULT, Warehouse
from rayspark.execution.session_conf import SessionConf
from rayspark.execution.sources import open_source
from rayspark.execution.sources.api import Source
from rayspark.execution.sources.files import FileSource
from rayspark.records import dataclass

GLOBAL_TEMP = "global_temp"


@dataclass(frozen=True)
class TemporaryView:
    """A view that is a plan."""

    name: str
    plan: LogicalPlan
    text: str | None = None
    comment: str | None = None


@dataclass
class SharedCatalog:
    """What all sessions of an application share."""

    warehouse: Warehouse
    global_views: dict[str, TemporaryView] = field(default_factory=dict)
    sources: dict[tuple[str, str], tuple[tuple[int, ...], Source]] = field(default_factory=dict)
    """Opened tables, with the version of the table that they were opened at."""
    lock: threading.RLock = field(default_factory=threading.RLock)


class SessionCatalog:
    """The catalog of one session. Any thread may call it.

    Parameters
    ----------
    conf
        The session's settings.
    shared
        What it shares with the application's other sessions; made of the settings if not given.
    """

    def __init__(self, conf: SessionConf, shared: SharedCatalog | None = None) -> None:
        self._conf = conf
        self.shared = shared or SharedCatalog(Warehouse(conf[sql.WAREHOUSE]))
        self.current_database = DEFAULT
        self._views: dict[str, TemporaryView] = {}

    @property
    def warehouse(self) -> Warehouse:
        """Databases and tables."""
        return self.shared.warehouse

    def new_session(self, conf: SessionConf) -> SessionCatalog:
        """The catalog of another session of the application: without this one's views."""
        return SessionCatalog(conf, self.shared)

    # -- names -----------------------------------------------------------------------------------

    def key(self, name: str) -> str:
        """A temporary view's name as it is kept."""
        return name if self._conf[sql.CASE_SENSITIVE] else name.lower()

    def qualify(self, parts: tuple[str, ...]) -> tuple[str, str]:
        """Database and name of a table, as the warehouse keeps them.

        Raises
        ------
        AnalysisException
            REQUIRES_SINGLE_PART_NAMESPACE for a name with too many parts or of another catalog.
        """
        match parts:
            case (name,):
                return self.current_database, name.lower()
            case (database, name):
                return database.lower(), name.lower()
            case (catalog, database, name) if catalog.lower() == CATALOG:
                return database.lower(), name.lower()
        raise error(
            "REQUIRES_SINGLE_PART_NAMESPACE",
            sessionCatalog=CATALOG,
            identifier=sql_name(*parts),
        )

    def missing(self, parts: tuple[str, ...]) -> AnalysisException:
        """The error for a table or view that is not there."""
        return table_not_found(parts, self.current_database)

    def database_name(self, parts: tuple[str, ...]) -> str:
        """The name of a database as the warehouse keeps it."""
        match parts:
            case ():
                return self.current_database
            case (name,):
                return name.lower()
            case (catalog, name) if catalog.lower() == CATALOG:
                return name.lower()
        raise schema_not_found(*parts)

    def use(self, parts: tuple[str, ...]) -> None:
        """Make a database the current one."""
        name = self.database_name(parts)
        self.warehouse.database(name)
        self.current_database = name

    # -- temporary views -------------------------------------------------------------------------

    def view(self, parts: tuple[str, ...]) -> TemporaryView | None:
        """A temporary or global temporary view by its name."""
        match parts:
            case (name,):
                return self._views.get(self.key(name))
            case (database, name) if database.lower() == GLOBAL_TEMP:
                return self.shared.global_views.get(self.key(name))
        return None

    def views(self, *, of_all_sessions: bool = False) -> list[str]:
        """Names of temporary views."""
        return sorted(self.shared.global_views if of_all_sessions else self._views)

    def create_view(
        self,
        name: str,
        plan: LogicalPlan,
        *,
        replace: bool,
        of_all_sessions: bool = False,
        text: str | None = None,
        comment: str | None = None,
    ) -> None:
        """Add a temporary view.

        Raises
        ------
        AnalysisException
            TEMP_TABLE_OR_VIEW_ALREADY_EXISTS.
        """
        views = self.shared.global_views if of_all_sessions else self._views
        key = self.key(name)
        with self.shared.lock:
            if key in views and not replace:
                shown = (GLOBAL_TEMP, name) if of_all_sessions else (name,)
                raise error("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", relationName=sql_name(*shown))
            views[key] = TemporaryView(key, plan, text, comment)

    def drop_view(self, name: str, *, of_all_sessions: bool = False) -> LogicalPlan | None:
        """Remove a temporary view; returns its plan, or ``None`` if there was none."""
        views = self.shared.global_views if of_all_sessions else self._views
        with self.shared.lock:
            found = views.pop(self.key(name), None)
        return None if found is None else found.plan

    # -- tables ----------------------------------------------------------------------------------

    def find(self, parts: tuple[str, ...]) -> Table | None:
        """A table or persistent view, or ``None``."""
        return self.warehouse.find(*self.qualify(parts))

    def table(self, parts: tuple[str, ...]) -> Table:
        """A table or persistent view that must exist."""
        found = self.find(parts)
        if found is None:
            raise self.missing(parts)
        return found

    def is_view(self, parts: tuple[str, ...]) -> bool:
        """Whether the name is that of a view, temporary or not."""
        if self.view(parts) is not None:
            return True
        found = self.find(parts)
        return found is not None and found.is_view

    def columns(self, parts: tuple[str, ...]) -> StructType:
        """The columns of a table or view, as queries see them."""
        view = self.view(parts)
        if view is not None:
            return view.plan.schema
        table = self.table(parts)
        if table.is_view:
            return table.schema
        return StructType([StructField(f.name, f.dataType, True, f.metadata) for f in table.schema])

    def base_table(self, parts: tuple[str, ...], operation: str) -> Table:
        """A table that must exist and be no view."""
        if self.view(parts) is not None:
            raise not_a_table(parts, operation)
        found = self.table(parts)
        if found.is_view:
            raise not_a_table(found.parts, operation)
        return found

    def source(self, table: Table) -> Source:
        """The files of a table, opened."""
        key = (table.database, table.name)
        version = self.warehouse.version(table)
        kept = self.shared.sources.get(key)
        if kept is not None and kept[0] == version:
            return kept[1]
        made = self._open(table)
        self.shared.sources[key] = (version, made)
        return made

    def _open(self, table: Table) -> Source:
        assert table.provider is not None
        paths = [] if table.location is None else [table.location]
        schema = self.columns(table.parts) if table.schema.fields else None
        source = open_source(
            table.provider, paths, schema, dict(table.options), self._conf.effective()
        )
        if table.buckets is not None and isinstance(source, FileSource):
            return replace(source, buckets=table.buckets)
        return source

    def forget_files(self, database: str, name: str) -> None:
        """List a table's files anew when it is read next."""
        self.shared.sources.pop((database, name), None)

    def forget_path(self, path: str) -> None:
        """List the files of tables at or below a path anew."""
        for key, (_, source) in list(self.shared.sources.items()):
            if isinstance(source, FileSource) and source.reads_below(path):
                self.shared.sources.pop(key, None)

    def written(self, table: Table) -> None:
        """The table's files have changed: what was known of them is no longer so."""
        self.forget_files(table.database, table.name)
        if table.statistics is not None:
            self.warehouse.alter(
                table.database, table.name, lambda now: now.changed(statistics=None)
            )

    def statistics(self, database: str, name: str) -> Statistics | None:
        """What ANALYZE found of a table: for ``Relation.table``."""
        found = self.warehouse.find(database, name)
        return None if found is None else found.statistics

    def partitions(self, table: Table) -> list[str]:
        """The table's partition directories (``a=1/b=x``), sorted."""
        return partition_directories(table)

    # -- what analysis asks ----------------------------------------------------------------------

    def relation(self, parts: tuple[str, ...], options: Mapping[str, str]) -> LogicalPlan | None:
        """The plan behind a name, as a SubqueryAlias, or ``None``."""
        view = self.view(parts)
        if view is not None:
            qualifier = (parts[0], view.name) if len(parts) == 2 else (view.name,)
            return SubqueryAlias(view.plan, qualifier)
        table = self.find(parts)
        if table is not None:
            return self._relation_of(table)
        if len(parts) == 2 and not self.warehouse.has_database(parts[0].lower()):
            return self._files(parts, options)
        return None

    def _relation_of(self, table: Table) -> LogicalPlan:
        if table.is_view:
            return SubqueryAlias(view_plan(table), table.parts, tuple(table.schema.names))
        source = self.source(table)
        if isinstance(source, FileSource) and not self._conf[sql.BUCKETING]:
            source = replace(source, buckets=None)
        return SubqueryAlias(
            Relation(
                source,
                attributes_of(read_fields(source.schema)),
                table.parts[1:],
                table.statistics,
            ),
            table.parts,
        )

    def _files(self, parts: tuple[str, ...], options: Mapping[str, str]) -> LogicalPlan | None:
        """``parquet.`path` ``."""
        format, path = parts
        if "/" not in path and "." not in path:
            return None
        source = open_source(format, [path], None, dict(options), self._conf.effective())
        return Relation(source, attributes_of(source.schema))

    def relation_names(self) -> list[str]:
        """Temporary views and tables of the current database."""
        found = set(self._views)
        if self.warehouse.has_database(self.current_database):
            found |= set(self.warehouse.tables(self.current_database))
        return sorted(found)

    def search_path(self) -> str:
        """Where a name of one part is looked up."""
        return sql_name(CATALOG, self.current_database)

    def table_names(self, database: str, pattern: str | None = None) -> list[str]:
        """Tables and persistent views of a database."""
        return matching(self.warehouse.tables(database), pattern)


def attributes_of(schema: StructType) -> tuple[Attribute, ...]:
    """New attributes for the columns of a source."""
    return tuple(
        Attribute(f.name, f.dataType, f.nullable, metadata=f.metadata or None) for f in schema
    )


def view_plan(table: Table) -> LogicalPlan:
    """The query of a persistent view: its names are those of the view's database."""
    assert table.view_text is not None
    database = table.view_database or table.database
    return qualified(parse_query(table.view_text), database)


def qualified(plan: LogicalPlan, database: str, temporary: Sequence[str] = ()) -> LogicalPlan:
    """The plan with a database in table names that have none, those of WITH and of temporary
    views excepted.
    """
    local = {view.lower() for view in temporary} | {
        query.name[-1].lower()
        for node in plans_in(plan)
        if isinstance(node, WithCTE)
        for query in node.queries
        if isinstance(query, SubqueryAlias)
    }

    def in_plan(node: Any) -> Any:
        if isinstance(node, UnresolvedRelation):
            if len(node.parts) == 1 and node.parts[0].lower() not in local:
                return node.copy(parts=(CATALOG, database, *node.parts))
            return node
        return node.transform_expressions(in_expression)

    def in_expression(e: Any) -> Any:
        if isinstance(e, SubqueryExpression):
            return e.copy(plan=e.plan.transform_up(in_plan))
        return e

    return plan.transform_up(in_plan)  # type: ignore[no-any-return]


def plans_in(plan: LogicalPlan) -> list[LogicalPlan]:
    """All nodes of a plan and of the queries inside its expressions."""
    found: list[LogicalPlan] = []
    stack = [plan]
    while stack:
        top = stack.pop()
        for node in top.walk():
            found.append(node)
            for expression in node.expressions:
                stack += [e.plan for e in expression.walk() if isinstance(e, SubqueryExpression)]
    return found
