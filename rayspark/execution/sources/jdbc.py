"""Tables of databases: read in parts, filters and columns pushed down; written in transactions.

A task reads one query. With ``partitionColumn``, ``lowerBound``, ``upperBound`` and
``numPartitions`` the range is cut as Spark cuts it; nulls and what is outside go to the ends.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Self

import pyarrow as pa

from rayspark.catalyst.expressions import Attribute, Call, Expression, Literal
from rayspark.datatypes import StructField, StructType, parse_ddl
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import AnalysisException, IllegalArgumentException
from rayspark.errors.cleanup import after
from rayspark.execution.sources.api import Split
from rayspark.execution.sources.commit import SaveMode
from rayspark.execution.sources.files import empty_rows
from rayspark.execution.sources.jdbc_dialects import Dialect, find_dialect, identifier
from rayspark.execution.sources.options import Options, setting_flag
from rayspark.execution.sources.pruning import comparison, shown
from rayspark.execution.sources.sink import Written
from rayspark.records import dataclass

COMMON = ("url", "dbtable", "query", "user", "password", "driver", "numPartitions",
          "sessionInitStatement")  # fmt: skip
READ_OPTIONS = (*COMMON, "partitionColumn", "lowerBound", "upperBound", "fetchsize",
                "pushDownPredicate", "customSchema", "predicates")  # fmt: skip
WRITE_OPTIONS = (*COMMON, "batchsize", "truncate", "createTableOptions",
                 "createTableColumnTypes")  # fmt: skip


@dataclass(frozen=True, eq=False)
class JdbcSource:
    """A table, or a query, of a database."""

    dialect: Dialect
    table: str
    full_schema: StructType
    parts: tuple[str, ...]
    """A condition for each task; empty text is none."""
    fetch: int
    init: str = ""
    push: bool = True
    columns: tuple[str, ...] | None = None
    conditions: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    taken: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return "jdbc"

    @property
    def schema(self) -> StructType:
        if self.columns is None:
            return self.full_schema
        known = {f.name.lower(): f for f in self.full_schema.fields}
        return StructType([known[n.lower()] for n in self.columns])

    def with_columns(self, names: Sequence[str]) -> Self:
        return replace(self, columns=tuple(names))

    def with_filters(self, filters: Sequence[Expression]) -> tuple[Self, list[Expression]]:
        """Comparisons run in the database; they stay in the query as well, whose rules decide."""
        if not self.push:
            return self, list(filters)
        found = [(f, sql) for f in filters if (sql := condition(f, self.dialect)) is not None]
        taken = replace(
            self,
            conditions=(*self.conditions, *(sql for _, sql in found)),
            taken=(*self.taken, *(s for f, _ in found if (s := shown(f)))),
        )
        return taken, list(filters)

    def pushed(self) -> list[str]:
        return list(self.taken)

    def estimated_rows(self) -> int | None:
        return None

    def estimated_bytes(self) -> int | None:
        return None

    def column_statistics(self, name: str) -> tuple[Any, Any, int | None] | None:
        return None

    def bare(self) -> Self:
        return self

    def splits(self, target_bytes: int, min_splits: int) -> list[list[Split]]:
        return [[Split(part)] for part in self.parts]

    def duck_sql(self, splits: Sequence[Split]) -> str | None:
        return None

    def statement(self, part: str) -> tuple[str, list[Any]]:
        """The query of a task, and its parameters."""
        plain = self.dialect.plain
        names = plain(", ".join(map(identifier, self.schema.names)) or "1")
        where = [f"({text})" for text, _ in self.conditions]
        where += [f"({plain(part)})"] if part else []
        values = [value for _, found in self.conditions for value in found]
        text = f"SELECT {names} FROM {plain(self.table)}"
        return text + (f" WHERE {' AND '.join(where)}" if where else ""), values

    def read(self, splits: Sequence[Split]) -> Iterator[pa.RecordBatch]:
        target = to_arrow_schema(self.schema)
        types = [f.dataType for f in self.schema.fields]
        connection = self.dialect.connect()
        try:
            if self.init:
                connection.cursor().execute(self.init)
            for split in splits:
                text, values = self.statement(split.description)
                cursor = self.dialect.rows(connection, text, values, self.fetch)
                while rows := cursor.fetchmany(self.fetch or 10_000):
                    if not types:
                        yield empty_rows(len(rows))
                        continue
                    columns = [
                        pa.array(
                            [self.dialect.value(row[i], dt) for row in rows], target.field(i).type
                        )
                        for i, dt in enumerate(types)
                    ]
                    yield pa.RecordBatch.from_arrays(columns, schema=target)
                cursor.close()
        finally:
            connection.close()


_PLAIN = (bool, int, str, Decimal, datetime.date)


def condition(filter_: Expression, dialect: Dialect) -> tuple[str, tuple[Any, ...]] | None:
    """A filter as SQL with parameters, if the database surely keeps every row that it lets pass."""
    match filter_:
        case Call(name="and", args=(left, right)):
            sides = condition(left, dialect), condition(right, dialect)
            kept = [side for side in sides if side is not None]
            if not kept:
                return None
            return " AND ".join(t for t, _ in kept), tuple(v for _, vs in kept for v in vs)
        case Call(name="isnull" | "isnotnull" as name, args=(Attribute(name=column),)):
            sign = "IS NULL" if name == "isnull" else "IS NOT NULL"
            return f"{dialect.plain(identifier(column))} {sign}", ()
        case Call(name="in", args=(Attribute(name=column), *options)):
            values = [o.value for o in options if isinstance(o, Literal)]
            if len(values) == len(options) and all(type(v) in _PLAIN for v in values):
                marks = ", ".join([dialect.mark] * len(values))
                found = tuple(map(dialect.parameter, values))
                return f"{dialect.plain(identifier(column))} IN ({marks})", found
            return None
    compared = comparison(filter_)
    if compared is None or compared[0] == "<=>" or type(compared[2].value) not in _PLAIN:
        return None
    sign, column, constant = compared
    if isinstance(constant.value, str) and sign != "=":
        return None  # the order of strings is the database's own
    text = f"{dialect.plain(identifier(column))} {sign} {dialect.mark}"
    return text, (dialect.parameter(constant.value),)


def open_jdbc(
    _paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
    settings: Mapping[str, str],
) -> JdbcSource:
    """Open a table or a query of a database; ``predicates``: one condition a task, by lines."""
    chosen = Options("jdbc", options, READ_OPTIONS)
    chosen.warn_unknown("read from")
    dialect = find_dialect(_needed(chosen, "url"), options)
    table = _table(chosen)
    connection = dialect.connect()
    try:
        columns = schema if schema is not None else dialect.columns(connection, table)
    finally:
        connection.close()
    own = {f.name.lower(): f for f in parse_ddl_schema(chosen.text("customSchema", ""))}
    columns = StructType([own.get(f.name.lower(), f) for f in columns.fields])
    return JdbcSource(
        dialect,
        table,
        columns,
        _parts(chosen, columns),
        chosen.number("fetchsize", 0, least=0),
        chosen.text("sessionInitStatement", ""),
        chosen.flag(
            "pushDownPredicate",
            default=setting_flag(settings, "spark.sql.jdbc.pushDownPredicate", default=True),
        ),
    )


def parse_ddl_schema(text: str) -> list[StructField]:
    """The columns of ``customSchema``."""
    found = parse_ddl(text) if text else StructType()
    assert isinstance(found, StructType), text
    return found.fields


def _needed(options: Options, name: str) -> str:
    value = options.get(name)
    if not value:
        raise IllegalArgumentException(f"Option {name} is required by format jdbc.")
    return value


def _table(options: Options) -> str:
    table, query = options.get("dbtable"), options.get("query")
    if (table is None) == (query is None):
        raise IllegalArgumentException(
            "Either option dbtable or option query must be given to format jdbc, and not both."
        )
    return table if table is not None else f"({query}) AS spark_query"


def _parts(options: Options, columns: StructType) -> tuple[str, ...]:
    given = options.get("predicates")
    if given is not None:
        return tuple(line for line in given.split("\n") if line)
    column = options.get("partitionColumn")
    names = ("lowerBound", "upperBound", "numPartitions")
    if column is None:
        if options.get("lowerBound") or options.get("upperBound"):
            raise IllegalArgumentException(
                "lowerBound and upperBound say how partitionColumn is cut: set it too."
            )
        return ("",)
    if any(options.get(name) is None for name in names):
        raise IllegalArgumentException(
            f"partitionColumn needs {', '.join(names)} beside it, in format jdbc."
        )
    known = {f.name.lower(): f for f in columns.fields}
    if column.lower().strip('"') not in known:
        raise AnalysisException(
            f"There is no column {column} to partition by; there are {', '.join(columns.names)}."
        )
    kind = known[column.lower().strip('"')].dataType.typeName()
    read, write = _bounds(kind, column)
    low, high = (read(options.text(name, "")) for name in names[:2])
    return ranges(
        identifier(column.strip('"')), low, high, options.number(names[2], 1, least=1), write
    )


def _bounds(kind: str, column: str) -> tuple[Callable[[str], int], Callable[[int], str]]:
    epoch = datetime.date(1970, 1, 1)
    if kind == "date":
        return (
            lambda text: (datetime.date.fromisoformat(text) - epoch).days,
            lambda n: f"'{epoch + datetime.timedelta(days=n)}'",
        )
    if kind.startswith("timestamp"):
        start = datetime.datetime(1970, 1, 1)
        micro = datetime.timedelta(microseconds=1)
        return (
            lambda text: (datetime.datetime.fromisoformat(text) - start) // micro,
            lambda n: f"'{start + n * micro}'",
        )
    if kind in ("byte", "short", "integer", "long", "decimal"):
        return lambda text: int(Decimal(text)), str
    raise AnalysisException(
        f"partitionColumn {column} must be a number, a date or a timestamp, found {kind}."
    )


def ranges(
    column: str, low: int, high: int, count: int, write: Callable[[int], str] = str
) -> tuple[str, ...]:
    """Conditions that cut a column's range into parts, as Spark cuts it.

    >>> ranges("id", 0, 10, 2)
    ('id < 5 OR id IS NULL', 'id >= 5')
    """
    if low > high:
        raise IllegalArgumentException(f"lowerBound {low} is above upperBound {high}.")
    count = max(1, min(count, high - low))
    if count == 1 or low == high:
        return ("",)
    upper, lower = Decimal(high) / count, Decimal(low) / count
    places = Decimal("1E-18")
    stride = upper.quantize(places, "ROUND_HALF_EVEN") - lower.quantize(places, "ROUND_HALF_EVEN")
    step = int(stride)
    lost = (stride - step) * count / 2
    start = low + int((lost / step).quantize(Decimal(1), "ROUND_HALF_UP")) if step else low
    parts = []
    at = start
    for i in range(count):
        begin = f"{column} >= {write(at)}" if i else None
        at += step
        end = f"{column} < {write(at)}" if i < count - 1 else None
        if begin is None:
            parts.append(f"{end} OR {column} IS NULL")
        else:
            parts.append(f"{begin} AND {end}" if end else begin)
    return tuple(parts)


@dataclass
class JdbcSink:
    """A table that rows are inserted into. A task's rows are one transaction: all or none."""

    dialect: Dialect
    table: str
    schema: StructType
    mode: SaveMode
    batch: int
    truncate: bool = False
    create_options: str = ""
    create_types: Mapping[str, str] | None = None
    skip: bool = False

    @property
    def name(self) -> str:
        return "jdbc"

    def begin(self) -> None:
        connection = self.dialect.connect()
        try:
            cursor = connection.cursor()
            there = self.dialect.exists(connection, self.table)
            if there and self.mode is SaveMode.ERROR:
                raise AnalysisException(
                    f"Table or view '{self.table}' already exists. SaveMode: ErrorIfExists. Choose "
                    "another table, or mode append or overwrite."
                )
            self.skip = there and self.mode is SaveMode.IGNORE
            if there and self.mode is SaveMode.OVERWRITE:
                cursor.execute(
                    f"DELETE FROM {self.table}" if self.truncate else f"DROP TABLE {self.table}"
                )
                there = self.truncate
            if not there:
                cursor.execute(self._create())
            connection.commit()
        finally:
            connection.close()

    def _create(self) -> str:
        own = {k.lower(): v for k, v in (self.create_types or {}).items()}
        fields = self.schema.fields
        kinds = [own.get(f.name.lower()) or self.dialect.column_type(f.dataType) for f in fields]
        columns = ", ".join(
            f"{identifier(f.name)} {kind}" + ("" if f.nullable else " NOT NULL")
            for f, kind in zip(self.schema.fields, kinds, strict=True)
        )
        return f"CREATE TABLE {self.table} ({columns}) {self.create_options}".rstrip()

    def write(self, partition: int, attempt: int, batches: Iterator[pa.Table]) -> Written:
        if self.skip:
            return Written(partition, attempt, 0, 0, ())
        plain = self.dialect.plain
        names = plain(", ".join(map(identifier, self.schema.names)))
        marks = ", ".join([self.dialect.mark] * len(self.schema.fields))
        text = f"INSERT INTO {plain(self.table)} ({names}) VALUES ({marks})"
        rows = size = 0
        connection = self.dialect.connect()
        try:
            cursor = connection.cursor()
            for table in batches:
                columns = [c.to_pylist() for c in table.select(self.schema.names).columns]
                values = [
                    tuple(map(self.dialect.parameter, row)) for row in zip(*columns, strict=True)
                ]
                for start in range(0, len(values), self.batch):
                    cursor.executemany(text, values[start : start + self.batch])
                rows, size = rows + table.num_rows, size + table.nbytes
            connection.commit()
        except BaseException as error:
            with after(error):
                connection.rollback()
            raise
        finally:
            connection.close()
        return Written(partition, attempt, rows, size, ())

    def commit(self, outputs: Sequence[Written]) -> None:
        """Nothing is left to do: each task has committed."""

    def abort(self) -> None:
        """What other tasks committed stays, as in Spark: the database cannot join transactions."""


def open_jdbc_sink(schema: StructType, mode: SaveMode, options: Mapping[str, str]) -> JdbcSink:
    """Open a table for writing."""
    chosen = Options("jdbc", options, WRITE_OPTIONS)
    chosen.warn_unknown("write to")
    types = chosen.text("createTableColumnTypes", "")
    own = {
        word.split(maxsplit=1)[0].strip('`"'): word.split(maxsplit=1)[1]
        for word in types.split(",")
        if word.strip()
    }
    return JdbcSink(
        find_dialect(_needed(chosen, "url"), options),
        _needed(chosen, "dbtable"),
        schema,
        mode,
        chosen.number("batchsize", 1000, least=1),
        chosen.flag("truncate", default=False),
        chosen.text("createTableOptions", ""),
        own,
    )
