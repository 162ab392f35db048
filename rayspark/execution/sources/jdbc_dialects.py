"""Databases that ``jdbc`` reaches, each through a Python driver.

jdbc:sqlite:/data/shop.db                    sqlite3, of the standard library
jdbc:postgresql://host:5432/shop?user=me     psycopg (``pip install 'rayspark[postgres]'``)
"""

from __future__ import annotations

import datetime
import decimal
import importlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.errors import IllegalArgumentException, PySparkImportError
from rayspark.records import dataclass


class Dialect(Protocol):
    """What differs from database to database."""

    @property
    def mark(self) -> str:
        """What stands for a parameter in a statement."""

    def connect(self) -> Any:
        """A new connection of DB-API 2."""

    def columns(self, connection: Any, table: str) -> StructType:
        """The columns of a table, or of a query in parentheses with a name."""

    def column_type(self, dt: DataType) -> str:
        """The database's name of a type, in CREATE TABLE."""

    def value(self, value: Any, dt: DataType) -> Any:
        """A value that was read, in the form that Arrow takes."""

    def parameter(self, value: Any) -> Any:
        """A value to be written, as the driver takes it."""

    def exists(self, connection: Any, table: str) -> bool:
        """Is there such a table?"""

    def rows(self, connection: Any, text: str, values: Sequence[Any], fetch: int) -> Any:
        """A cursor over the rows of a query; ``fetch`` rows come at a time, 0: as is usual."""

    def plain(self, text: str) -> str:
        """A text of the user's within a statement that has parameters."""


def identifier(name: str) -> str:
    """A column's name in quotes."""
    return '"' + name.replace('"', '""') + '"'


_SQLITE: list[tuple[str, DataType]] = [
    ("BIGINT", LongType()), ("SMALLINT", ShortType()), ("TINYINT", ByteType()),
    ("INT", IntegerType()), ("BOOL", BooleanType()), ("CHAR", StringType()),
    ("CLOB", StringType()), ("TEXT", StringType()), ("BLOB", BinaryType()), ("REAL", DoubleType()),
    ("FLOA", DoubleType()), ("DOUB", DoubleType()), ("TIMESTAMP", TimestampType()),
    ("DATETIME", TimestampType()), ("DATE", DateType()),
]  # fmt: skip


@dataclass(frozen=True)
class Sqlite:
    """A file of SQLite."""

    path: str
    mark: str = "?"

    def connect(self) -> Any:
        # DuckDB's threads take turns in pulling rows; each pull is done before the next begins.
        return sqlite3.connect(self.path, timeout=60, check_same_thread=False)

    def columns(self, connection: Any, table: str) -> StructType:
        name = table.strip('"')
        rows = connection.execute("SELECT name, type FROM pragma_table_info(?)", (name,)).fetchall()
        if rows:
            return StructType([StructField(n, _sqlite_type(t)) for n, t in rows])
        cursor = connection.execute(f"SELECT * FROM {table} LIMIT 100")
        names = [d[0] for d in cursor.description]
        found = cursor.fetchall()
        kinds = [_value_type([row[i] for row in found]) for i in range(len(names))]
        return StructType([StructField(n, k) for n, k in zip(names, kinds, strict=True)])

    def column_type(self, dt: DataType) -> str:
        match dt:
            case LongType():
                return "BIGINT"
            case BinaryType():
                return "BLOB"
            case StringType():
                return "TEXT"
            case DoubleType() | FloatType():
                return "DOUBLE"
            case DecimalType():
                return f"DECIMAL({dt.precision},{dt.scale})"
            case TimestampType() | TimestampNTZType():
                return "TIMESTAMP"
            case ArrayType():
                raise _no_type("SQLite", dt)
        return dt.simpleString().upper()

    def value(self, value: Any, dt: DataType) -> Any:
        match dt:
            case _ if value is None:
                return None
            case BooleanType():
                return bool(value)
            case DecimalType():
                return _scaled(decimal.Decimal(str(value)), dt)
            case DateType():
                return datetime.date.fromisoformat(str(value))
            case TimestampType() | TimestampNTZType():
                moment = datetime.datetime.fromisoformat(str(value))
                naive = isinstance(dt, TimestampNTZType)
                return moment if naive or moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
            case StringType():
                return str(value)
            case DoubleType() | FloatType():
                return float(value)
        return value

    def parameter(self, value: Any) -> Any:
        match value:
            case decimal.Decimal():
                return str(value)
            case datetime.datetime():
                return value.replace(tzinfo=None).isoformat(" ")
            case datetime.date():
                return value.isoformat()
        return value

    def exists(self, connection: Any, table: str) -> bool:
        found = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE lower(name) = lower(?)", (table.strip('"'),)
        )
        return found.fetchone() is not None

    def rows(self, connection: Any, text: str, values: Sequence[Any], fetch: int) -> Any:
        return connection.execute(text, values)

    def plain(self, text: str) -> str:
        return text


def _sqlite_type(declared: str) -> DataType:
    upper = declared.upper()
    if upper.startswith(("DECIMAL", "NUMERIC")):
        _, _, inner = upper.rstrip(")").partition("(")
        sizes = [int(n) for n in inner.split(",") if n.strip().isdigit()] or [38, 18]
        return DecimalType(sizes[0], sizes[1] if len(sizes) > 1 else 0)
    return next((dt for word, dt in _SQLITE if word in upper), StringType())


def _value_type(values: list[Any]) -> DataType:
    kinds = {type(v) for v in values if v is not None}
    if kinds == {int}:
        return LongType()
    if kinds and kinds <= {int, float}:
        return DoubleType()
    return BinaryType() if kinds == {bytes} else StringType()


_POSTGRES: dict[str, DataType] = {
    "bool": BooleanType(), "int2": ShortType(), "int4": IntegerType(), "int8": LongType(),
    "float4": FloatType(), "float8": DoubleType(), "text": StringType(), "varchar": StringType(),
    "bpchar": StringType(), "name": StringType(), "uuid": StringType(), "json": StringType(),
    "jsonb": StringType(), "bytea": BinaryType(), "date": DateType(),
    "timestamp": TimestampType(), "timestamptz": TimestampType(),
}  # fmt: skip


@dataclass(frozen=True)
class Postgres:
    """A database of a PostgreSQL server."""

    arguments: tuple[tuple[str, str], ...] = field(repr=False)
    """Of the connection, with the password: never shown."""
    mark: str = "%s"

    def connect(self) -> Any:
        try:
            driver = importlib.import_module("psycopg")
        except ImportError as error:
            raise PySparkImportError(
                "jdbc:postgresql needs the package psycopg on every node: "
                "pip install 'rayspark[postgres]'."
            ) from error
        connection = driver.connect(**dict(self.arguments))
        connection.execute("SET TIME ZONE 'UTC'")
        return connection

    def columns(self, connection: Any, table: str) -> StructType:
        cursor = connection.execute(f"SELECT * FROM {table} LIMIT 0")
        return StructType(
            [StructField(c.name, self._type(connection, c)) for c in cursor.description]
        )

    def _type(self, connection: Any, column: Any) -> DataType:
        info = connection.adapters.types.get(column.type_code)
        if info is None:
            return StringType()
        if info.name == "numeric":
            if column.precision is None:
                return DecimalType(38, 18)
            return DecimalType(min(column.precision, 38), column.scale or 0)
        inner = _POSTGRES.get(info.name, StringType())
        return ArrayType(inner) if info.array_oid == column.type_code else inner

    def column_type(self, dt: DataType) -> str:
        match dt:
            case StringType():
                return "TEXT"
            case BinaryType():
                return "BYTEA"
            case BooleanType():
                return "BOOLEAN"
            case ByteType() | ShortType():
                return "SMALLINT"
            case IntegerType():
                return "INTEGER"
            case LongType():
                return "BIGINT"
            case FloatType():
                return "FLOAT4"
            case DoubleType():
                return "FLOAT8"
            case DecimalType():
                return f"NUMERIC({dt.precision},{dt.scale})"
            case DateType():
                return "DATE"
            case TimestampType():
                return "TIMESTAMP WITH TIME ZONE"
            case TimestampNTZType():
                return "TIMESTAMP"
            case ArrayType():
                return f"{self.column_type(dt.elementType)}[]"
        raise _no_type("PostgreSQL", dt)

    def value(self, value: Any, dt: DataType) -> Any:
        match dt:
            case _ if value is None:
                return None
            case StringType():
                return value if isinstance(value, str) else str(value)
            case DecimalType():
                return _scaled(value, dt)
            case TimestampType() if value.tzinfo is None:
                return value.replace(tzinfo=datetime.UTC)
        return value

    def parameter(self, value: Any) -> Any:
        return value

    def exists(self, connection: Any, table: str) -> bool:
        found = connection.execute("SELECT to_regclass(%s)", (table,)).fetchone()
        return found is not None and found[0] is not None

    def rows(self, connection: Any, text: str, values: Sequence[Any], fetch: int) -> Any:
        """With ``fetch`` the server keeps what is not yet asked for; else all comes at once."""
        cursor = connection.cursor("rayspark") if fetch else connection.cursor()
        cursor.execute(text, values)
        return cursor

    def plain(self, text: str) -> str:
        return text.replace("%", "%%")


_WIDE = decimal.Context(prec=200, rounding=decimal.ROUND_HALF_UP)


def _scaled(value: decimal.Decimal, dt: DecimalType) -> decimal.Decimal | None:
    """With the digits that the type has; what is no number is null."""
    if not value.is_finite():
        return None
    return value.quantize(decimal.Decimal(1).scaleb(-dt.scale), context=_WIDE)


def _no_type(database: str, dt: DataType) -> IllegalArgumentException:
    return IllegalArgumentException(
        f"Can't get JDBC type for {dt.simpleString()}: {database} has no such column type here. "
        "Cast the column, to a string for example."
    )


def find_dialect(url: str, properties: Mapping[str, str]) -> Dialect:
    """The database that a URL names.

    Raises
    ------
    IllegalArgumentException
        If there is no driver for it.
    """
    if url.startswith("jdbc:sqlite:"):
        return Sqlite(url.removeprefix("jdbc:sqlite:"))
    if url.startswith("jdbc:postgresql:"):
        parts = urlsplit(url.removeprefix("jdbc:"))
        found: dict[str, str] = {
            "host": parts.hostname or "localhost",
            "port": str(parts.port or 5432),
            "dbname": parts.path.strip("/"),
        }
        found |= {k: v for k, v in parse_qsl(parts.query) if k in ("user", "password", "sslmode")}
        found |= {k: v for k, v in properties.items() if k in ("user", "password")}
        return Postgres(tuple(sorted(found.items())))
    raise IllegalArgumentException(
        f"No suitable driver for {url.partition('?')[0]!r}: RaySpark reaches jdbc:sqlite:<file> "
        "and jdbc:postgresql://<host>:<port>/<database>."
    )
