"""Statements that do something. The session runs them at once; a query inside is a child.

Names are given in parts: ``("db", "t")``.
"""

from __future__ import annotations

from typing import Any
from typing import Literal as Choice

from rayspark.catalyst.expressions import Expression
from rayspark.catalyst.logical.base import LogicalPlan
from rayspark.datatypes import DataType, StructType
from rayspark.records import dataclass

Name = tuple[str, ...]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BucketSpec:
    """CLUSTERED BY (columns) SORTED BY (sorted) INTO count BUCKETS."""

    count: int
    columns: tuple[str, ...]
    sorted: tuple[str, ...] = ()

    def __str__(self) -> str:
        order = f", sort columns: [{', '.join(self.sorted)}]" if self.sorted else ""
        return f"{self.count} buckets, bucket columns: [{', '.join(self.columns)}]{order}"


@dataclass(frozen=True, eq=False)
class Command(LogicalPlan):
    """Base of all statements."""

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class CreateDatabase(Command):
    """CREATE DATABASE (or SCHEMA, NAMESPACE)."""

    name: Name
    if_not_exists: bool = False
    comment: str | None = None
    location: str | None = None
    properties: Pairs = ()


@dataclass(frozen=True, eq=False)
class DropDatabase(Command):
    """DROP DATABASE."""

    name: Name
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, eq=False)
class AlterDatabase(Command):
    """ALTER DATABASE ... SET, and COMMENT ON DATABASE (the property ``comment``)."""

    name: Name
    properties: Pairs = ()
    location: str | None = None


@dataclass(frozen=True, eq=False)
class UseDatabase(Command):
    """USE db."""

    name: Name


@dataclass(frozen=True, eq=False)
class UseCatalog(Command):
    """SET CATALOG."""

    name: str


@dataclass(frozen=True, eq=False)
class CreateTable(Command):
    """CREATE TABLE, and CREATE TABLE AS with a query."""

    name: Name
    schema_: StructType | None
    query: LogicalPlan | None = None
    provider: str | None = None
    partition_by: tuple[str, ...] = ()
    options: Pairs = ()
    properties: Pairs = ()
    location: str | None = None
    comment: str | None = None
    if_not_exists: bool = False
    replace: bool = False
    buckets: BucketSpec | None = None
    mode: str = "error"
    """Of ``saveAsTable``: with ``overwrite`` a table of that name is replaced, with others but
    ``error`` what lies at the location."""


@dataclass(frozen=True, eq=False)
class CreateTableLike(Command):
    """CREATE TABLE a LIKE b."""

    name: Name
    source: Name
    if_not_exists: bool = False
    provider: str | None = None
    location: str | None = None


@dataclass(frozen=True, eq=False)
class DropTable(Command):
    """DROP TABLE or DROP VIEW."""

    name: Name
    if_exists: bool = False
    purge: bool = False
    is_view: bool = False


@dataclass(frozen=True, eq=False)
class CreateView(Command):
    """CREATE VIEW; ``text`` is the query as written (views of the catalog keep text)."""

    name: Name
    query: LogicalPlan
    text: str
    scope: Choice["catalog", "temporary", "global temporary"] = "catalog"
    columns: tuple[str, ...] = ()
    replace: bool = False
    if_not_exists: bool = False
    comment: str | None = None
    column_comments: tuple[str | None, ...] = ()
    properties: Pairs = ()


@dataclass(frozen=True, eq=False)
class CreateTemporaryViewUsing(Command):
    """CREATE TEMPORARY VIEW v USING parquet OPTIONS (...)."""

    name: Name
    provider: str
    options: Pairs = ()
    schema_: StructType | None = None
    replace: bool = False


@dataclass(frozen=True, eq=False)
class Insert(Command):
    """INSERT INTO and INSERT OVERWRITE. ``partition``: name and constant, or name alone."""

    table: Name
    query: LogicalPlan
    overwrite: bool = False
    partition: tuple[tuple[str, Expression | None], ...] = ()
    columns: tuple[str, ...] = ()
    if_partition_not_exists: bool = False
    by_name: bool = False


@dataclass(frozen=True, eq=False)
class InsertDirectory(Command):
    """INSERT OVERWRITE DIRECTORY 'path' USING parquet query."""

    path: str
    query: LogicalPlan
    provider: str = "parquet"
    options: Pairs = ()


@dataclass(frozen=True, eq=False)
class AlterTable(Command):
    """ALTER TABLE (or VIEW): ``action`` names what, ``details`` are its arguments by name.

    Actions: rename, set properties, unset properties, set location, add columns, drop columns,
    rename column, alter column, add partitions, drop partitions, rename partition, recover
    partitions, set query (of a view).
    """

    name: Name
    action: str
    details: tuple[tuple[str, Any], ...] = ()
    is_view: bool = False


@dataclass(frozen=True, eq=False)
class TruncateTable(Command):
    """TRUNCATE TABLE, perhaps a partition of it."""

    name: Name
    partition: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, eq=False)
class Show(Command):
    """SHOW something: ``what`` is databases, tables, views, columns, functions, partitions,
    create table, tblproperties, catalogs, current namespace, table extended.
    """

    what: str
    name: Name = ()
    pattern: str | None = None
    details: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class Describe(Command):
    """DESCRIBE a table, database, function or query."""

    what: Choice["table", "database", "function", "query"]
    name: Name = ()
    extended: bool = False
    query: LogicalPlan | None = None
    column: tuple[str, ...] = ()
    partition: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, eq=False)
class CacheTable(Command):
    """CACHE TABLE, perhaps AS a query."""

    name: Name
    query: LogicalPlan | None = None
    lazy: bool = False
    options: Pairs = ()


@dataclass(frozen=True, eq=False)
class UncacheTable(Command):
    """UNCACHE TABLE; an empty name: CLEAR CACHE."""

    name: Name = ()
    if_exists: bool = False


@dataclass(frozen=True, eq=False)
class RefreshTable(Command):
    """REFRESH TABLE, or ``path`` of files."""

    name: Name = ()
    path: str | None = None


@dataclass(frozen=True, eq=False)
class AnalyzeTable(Command):
    """ANALYZE TABLE ... COMPUTE STATISTICS. ``columns`` of ``None``: of all columns."""

    name: Name
    columns: tuple[str, ...] | None = ()
    no_scan: bool = False


@dataclass(frozen=True, eq=False)
class SetCommand(Command):
    """SET: everything, a key, or a key to a value."""

    key: str | None = None
    value: str | None = None


@dataclass(frozen=True, eq=False)
class ResetCommand(Command):
    """RESET: everything or a key."""

    key: str | None = None


@dataclass(frozen=True, eq=False)
class Explain(Command):
    """EXPLAIN: ``mode`` is simple, extended, codegen, cost or formatted."""

    query: LogicalPlan
    mode: str = "simple"


@dataclass(frozen=True, eq=False)
class DropFunction(Command):
    """DROP [TEMPORARY] FUNCTION."""

    name: Name
    if_exists: bool = False


@dataclass(frozen=True, eq=False)
class DeclareVariable(Command):
    """DECLARE: without a type it is the default's."""

    names: tuple[Name, ...]
    type: DataType | None
    default: Expression | None = None
    replace: bool = False


@dataclass(frozen=True, eq=False)
class SetVariable(Command):
    """SET VAR: a value each (``None``: the default), or the columns of a query with one row."""

    names: tuple[Name, ...]
    values: tuple[Expression | None, ...] = ()
    query: LogicalPlan | None = None


@dataclass(frozen=True, eq=False)
class DropVariable(Command):
    """DROP TEMPORARY VARIABLE."""

    name: Name
    if_exists: bool = False


@dataclass(frozen=True, eq=False)
class ExecuteImmediate(Command):
    """EXECUTE IMMEDIATE: a statement that an expression gives as text."""

    text: Expression
    into: tuple[Name, ...] = ()
    using: tuple[Expression, ...] = ()


@dataclass(frozen=True, eq=False)
class Refused(Command):
    """A statement of Spark's that is read only to say that it cannot be done here; ``name`` is the
    table that it is about.
    """

    operation: str
    name: Name = ()
