"""Catalog: ``spark.catalog``, the session's databases, tables, views and functions."""

from __future__ import annotations

import fnmatch
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from rayspark.catalyst.functions import functions
from rayspark.catalyst.logical import command as commands
from rayspark.catalyst.parser import parse_table_name
from rayspark.datatypes import DataType, StructType
from rayspark.errors import AnalysisException
from rayspark.execution.catalog.session import GLOBAL_TEMP
from rayspark.lazy import lazy_function
from rayspark.sql.expected import expected, refused

if TYPE_CHECKING:
    from rayspark.execution.catalog import SessionCatalog
    from rayspark.execution.commands.caching import clear_cache
    from rayspark.sql.dataframe import DataFrame
    from rayspark.sql.session import SparkSession
    from rayspark.storagelevel import StorageLevel
else:
    clear_cache = lazy_function("rayspark.execution.commands.caching", "clear_cache")

SPARK_CATALOG = "spark_catalog"


class CatalogMetadata(NamedTuple):
    """A catalog."""

    name: str
    description: str | None


class Database(NamedTuple):
    """A database."""

    name: str
    catalog: str | None
    description: str | None
    locationUri: str


class Table(NamedTuple):
    """A table or view."""

    name: str
    catalog: str | None
    namespace: list[str] | None
    description: str | None
    tableType: str
    isTemporary: bool

    @property
    def database(self) -> str | None:
        """Its database."""
        return self.namespace[0] if self.namespace and len(self.namespace) == 1 else None


class Column(NamedTuple):
    """A column of a table or view."""

    name: str
    description: str | None
    dataType: str
    nullable: bool
    isPartition: bool
    isBucket: bool
    isCluster: bool


class Function(NamedTuple):
    """A function."""

    name: str
    catalog: str | None
    namespace: list[str] | None
    description: str | None
    className: str
    isTemporary: bool


class TablePartition(NamedTuple):
    """A partition of a table: ``day=2026-01-01``."""

    partition: str


class Catalog:
    """The session's databases, tables, views and functions."""

    def __init__(self, sparkSession: SparkSession) -> None:
        self._sparkSession = sparkSession

    @property
    def _catalog(self) -> SessionCatalog:
        return self._sparkSession._state.catalog

    # -- catalogs and databases --------------------------------------------------------------

    def currentCatalog(self) -> str:
        """The catalog: there is one, ``spark_catalog``.

        >>> spark.catalog.currentCatalog()
        'spark_catalog'
        """
        return SPARK_CATALOG

    def setCurrentCatalog(self, catalogName: str) -> None:
        """Nothing for ``spark_catalog``; there is no other."""
        if catalogName != SPARK_CATALOG:
            raise AnalysisException(
                errorClass="CATALOG_NOT_FOUND",
                messageParameters={
                    "catalogName": catalogName,
                    "config": f'"spark.sql.catalog.{catalogName}"',
                },
            )

    def listCatalogs(self, pattern: str | None = None) -> list[CatalogMetadata]:
        """The catalogs: there is one."""
        found = [CatalogMetadata(SPARK_CATALOG, None)]
        return [c for c in found if _matches(c.name, pattern)]

    def currentDatabase(self) -> str:
        """The database in which names without one are looked for.

        >>> spark.catalog.currentDatabase()
        'default'
        """
        return self._catalog.current_database

    def setCurrentDatabase(self, dbName: str) -> None:
        """Look for names in this database."""
        self._catalog.use(parse_table_name(dbName))

    def listDatabases(self, pattern: str | None = None) -> list[Database]:
        """The databases."""
        names = self._catalog.warehouse.databases()
        return [self.getDatabase(name) for name in names if _matches(name, pattern)]

    def getDatabase(self, dbName: str) -> Database:
        """A database that exists."""
        name = self._catalog.database_name(parse_table_name(dbName))
        found = self._catalog.warehouse.database(name)
        return Database(name, SPARK_CATALOG, found.comment or "", str(found.location))

    def databaseExists(self, dbName: str) -> bool:
        """Whether there is a database.

        >>> spark.catalog.databaseExists("nowhere")
        False
        """
        try:
            self.getDatabase(dbName)
        except AnalysisException:
            return False
        return True

    def createDatabase(
        self,
        dbName: str,
        ifNotExists: bool = False,
        properties: dict[str, str] | None = None,
    ) -> None:
        """Make a database."""
        pairs = tuple((properties or {}).items())
        self._run(commands.CreateDatabase(parse_table_name(dbName), ifNotExists, properties=pairs))

    def dropDatabase(self, dbName: str, ifExists: bool = False, cascade: bool = False) -> None:
        """Remove a database; with ``cascade`` its tables too."""
        self._run(commands.DropDatabase(parse_table_name(dbName), ifExists, cascade))

    # -- tables and views --------------------------------------------------------------------

    def listTables(self, dbName: str | None = None, pattern: str | None = None) -> list[Table]:
        """Tables and views of a database, and the temporary views."""
        database = dbName or self._catalog.current_database
        found: list[Table] = []
        if database.lower() == GLOBAL_TEMP:
            names = self._catalog.views(of_all_sessions=True)
            found = [Table(n, None, [GLOBAL_TEMP], None, "TEMPORARY", True) for n in names]
        else:
            home = self._catalog.database_name(parse_table_name(database))
            found = [self._described((home, name)) for name in self._catalog.table_names(home)]
        found += [Table(n, None, [], None, "TEMPORARY", True) for n in self._catalog.views()]
        return [t for t in found if _matches(t.name, pattern)]

    def listViews(self, dbName: str | None = None, pattern: str | None = None) -> list[Table]:
        """Views of a database, and the temporary ones."""
        return [t for t in self.listTables(dbName, pattern) if t.tableType != "MANAGED"
                and t.tableType != "EXTERNAL"]  # fmt: skip

    def getTable(self, tableName: str) -> Table:
        """A table or view that exists."""
        parts = parse_table_name(tableName)
        view = self._catalog.view(parts)
        if view is not None:
            namespace = [GLOBAL_TEMP] if len(parts) == 2 else []
            return Table(view.name, None, namespace, view.comment, "TEMPORARY", True)
        return self._described(parts)

    def _described(self, parts: tuple[str, ...]) -> Table:
        found = self._catalog.table(parts)
        database, name = found.parts[-2:]
        return Table(name, SPARK_CATALOG, [database], found.comment, found.kind, False)

    def tableExists(self, tableName: str, dbName: str | None = None) -> bool:
        """Whether there is a table or view.

        >>> spark.catalog.tableExists("nowhere")
        False
        """
        parts = parse_table_name(tableName)
        if dbName is not None:
            parts = (dbName, *parts)
        return self._catalog.view(parts) is not None or self._catalog.find(parts) is not None

    def listColumns(self, tableName: str, dbName: str | None = None) -> list[Column]:
        """The columns of a table or view."""
        name = tableName if dbName is None else f"{_quoted(dbName)}.{tableName}"
        parts = parse_table_name(name)
        schema = self._sparkSession.table(name).schema
        table = None if self._catalog.view(parts) else self._catalog.find(parts)
        partitions = set(table.partition_by) if table is not None else set()
        buckets = table.buckets.columns if table is not None and table.buckets else ()
        return [
            Column(
                f.name,
                (f.metadata or {}).get("comment"),
                f.dataType.simpleString(),
                f.nullable,
                f.name in partitions,
                f.name in buckets,
                False,
            )
            for f in schema.fields
        ]

    def createTable(
        self,
        tableName: str,
        path: str | None = None,
        source: str | None = None,
        schema: StructType | None = None,
        description: str | None = None,
        **options: str,
    ) -> DataFrame:
        """Make a table.

        Parameters
        ----------
        tableName : str
            Its name.
        path : str, optional
            Where its files lie; else in the warehouse.
        source : str, optional
            Their format (default ``spark.sql.sources.default``).
        schema : StructType, optional
            The columns; inferred from files at ``path`` otherwise.
        description : str, optional
            A comment.
        **options
            Options of the format.
        """
        if schema is not None and not isinstance(schema, StructType):
            raise expected("schema", "StructType", schema)
        self._run(
            commands.CreateTable(
                parse_table_name(tableName),
                schema,
                provider=source,
                location=path,
                comment=description,
                options=tuple(options.items()),
            )
        )
        return self._sparkSession.table(tableName)

    def createExternalTable(
        self,
        tableName: str,
        path: str | None = None,
        source: str | None = None,
        schema: StructType | None = None,
        **options: str,
    ) -> DataFrame:
        """The old name of :meth:`createTable`."""
        warnings.warn(
            "createExternalTable is deprecated since Spark 2.2, use createTable instead.",
            FutureWarning,
            stacklevel=2,
        )
        return self.createTable(tableName, path, source, schema, **options)

    def dropTable(self, tableName: str, ifExists: bool = False, purge: bool = False) -> None:
        """Remove a table and its files."""
        self._run(commands.DropTable(parse_table_name(tableName), ifExists, purge))

    def dropView(self, viewName: str, ifExists: bool = False) -> None:
        """Remove a view."""
        self._run(commands.DropTable(parse_table_name(viewName), ifExists, is_view=True))

    def dropTempView(self, viewName: str) -> bool:
        """Remove a temporary view; returns whether there was one.

        >>> spark.range(1).createOrReplaceTempView("v")
        >>> spark.catalog.dropTempView("v"), spark.catalog.dropTempView("v")
        (True, False)
        """
        return self._drop_view(viewName, of_all_sessions=False)

    def dropGlobalTempView(self, viewName: str) -> bool:
        """Remove a temporary view of all sessions; returns whether there was one."""
        return self._drop_view(viewName, of_all_sessions=True)

    def _drop_view(self, name: str, *, of_all_sessions: bool) -> bool:
        plan = self._catalog.drop_view(name, of_all_sessions=of_all_sessions)
        if plan is not None:
            self._sparkSession._frame(plan).unpersist()
        return plan is not None

    def truncateTable(self, tableName: str) -> None:
        """Remove all rows of a table."""
        self._run(commands.TruncateTable(parse_table_name(tableName)))

    def analyzeTable(self, tableName: str, noScan: bool = False) -> None:
        """Compute statistics of a table."""
        self._run(commands.AnalyzeTable(parse_table_name(tableName), no_scan=noScan))

    def getTableProperties(self, tableName: str) -> dict[str, str]:
        """The properties of a table."""
        return dict(self._catalog.table(parse_table_name(tableName)).properties)

    def getCreateTableString(self, tableName: str, asSerde: bool = False) -> str:
        """The statement that makes a table like this one."""
        if asSerde:
            raise refused("getCreateTableString(asSerde=True)", "there is no Hive.")
        found = self._run(commands.Show("create table", parse_table_name(tableName)))
        return str(found.collect()[0][0])

    def listPartitions(self, tableName: str) -> list[TablePartition]:
        """The partitions of a table."""
        found = self._run(commands.Show("partitions", parse_table_name(tableName)))
        return [TablePartition(row[0]) for row in found.collect()]

    def recoverPartitions(self, tableName: str) -> None:
        """Find the partitions of a table in its directories."""
        self._run(commands.AlterTable(parse_table_name(tableName), "recover partitions"))

    # -- functions ---------------------------------------------------------------------------

    def listFunctions(
        self, dbName: str | None = None, pattern: str | None = None
    ) -> list[Function]:
        """The functions that SQL knows."""
        built_in = [_built_in(name) for name in sorted(functions())]
        own = [
            Function(f.name, None, None, None, "", True)
            for f in self._sparkSession._state.functions.values()
        ]
        return [f for f in (*own, *built_in) if _matches(f.name, pattern)]

    def functionExists(self, functionName: str, dbName: str | None = None) -> bool:
        """Whether there is a function.

        >>> spark.catalog.functionExists("upper")
        True
        """
        name = parse_table_name(functionName)[-1].lower()
        return name in self._sparkSession._state.functions or name in functions()

    def getFunction(self, functionName: str) -> Function:
        """A function that exists."""
        name = parse_table_name(functionName)[-1].lower()
        own = self._sparkSession._state.functions.get(name)
        if own is not None:
            return Function(own.name, None, None, None, "", True)
        if name in functions():
            return _built_in(name)
        raise AnalysisException(
            errorClass="UNRESOLVED_ROUTINE",
            messageParameters={
                "routineName": f"`{functionName}`",
                "searchPath": self._catalog.search_path(),
            },
        )

    def registerFunction(
        self, name: str, f: Callable[..., Any], returnType: DataType | None = None
    ) -> Any:
        """The old name of ``spark.udf.register``."""
        warnings.warn(
            "Deprecated in 2.3.0. Use spark.udf.register instead.", FutureWarning, stacklevel=2
        )
        return self._sparkSession.udf.register(name, f, returnType)

    # -- cache -------------------------------------------------------------------------------

    def isCached(self, tableName: str) -> bool:
        """Whether the rows of a table or view are kept."""
        return self._sparkSession.table(tableName).is_cached

    def cacheTable(self, tableName: str, storageLevel: StorageLevel | None = None) -> None:
        """Keep the rows of a table or view from the next time they are read."""
        frame = self._sparkSession.table(tableName)
        if storageLevel is None:
            frame.cache()
        else:
            frame.persist(storageLevel)

    def uncacheTable(self, tableName: str) -> None:
        """Forget the rows kept of a table or view."""
        self._sparkSession.table(tableName).unpersist()

    def clearCache(self) -> None:
        """Forget all rows that are kept."""
        clear_cache(self._sparkSession._state)

    def refreshTable(self, tableName: str) -> None:
        """Look at the files of a table again; rows kept of them are made anew when used."""
        self._run(commands.RefreshTable(parse_table_name(tableName)))

    def refreshByPath(self, path: str) -> None:
        """Look at files again; rows kept of them are made anew when used."""
        self._run(commands.RefreshTable(path=path))

    def _run(self, statement: commands.Command) -> DataFrame:
        return self._sparkSession._run(statement)


def _built_in(name: str) -> Function:
    row = functions()[name]
    return Function(name, None, None, row.doc, "", True)


def _matches(name: str, pattern: str | None) -> bool:
    """Spark's patterns: ``*`` is anything, ``|`` divides alternatives, in any case."""
    if pattern is None:
        return True
    return any(
        fnmatch.fnmatchcase(name.lower(), part.strip().lower()) for part in pattern.split("|")
    )


def _quoted(name: str) -> str:
    return name if "`" in name or "." in name else "`" + name + "`"
