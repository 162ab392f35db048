"""Data sources that users write in Python: their classes as sources and sinks of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Self

import cloudpickle
import pyarrow as pa

from rayspark.catalyst.expressions import Attribute, Call, Expression, Literal
from rayspark.datatypes import StructType, parse_ddl
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.datatypes.convert import batch_to_rows, rows_to_batch
from rayspark.errors import (
    AnalysisException,
    PySparkNotImplementedError,
    PySparkRuntimeError,
)
from rayspark.errors.traceback import user_traceback
from rayspark.execution.python.failures import python_failure
from rayspark.execution.sources import python_api as api
from rayspark.execution.sources.adapt import adapt
from rayspark.execution.sources.api import Split
from rayspark.execution.sources.pruning import comparison
from rayspark.records import dataclass

ROWS = 10_000
Pickled = bytes

_COMPARISONS: dict[str, type[Any]] = {
    "=": api.EqualTo, "<=>": api.EqualNullSafe, ">": api.GreaterThan,
    ">=": api.GreaterThanOrEqual, "<": api.LessThan, "<=": api.LessThanOrEqual,
}  # fmt: skip
_TEXT: dict[str, type[Any]] = {
    "startswith": api.StringStartsWith, "endswith": api.StringEndsWith,
    "contains": api.StringContains,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class PythonSource:
    """A user's data source, opened for reading. The user's objects travel by cloudpickle."""

    source: Any
    reader: Any
    full_schema: StructType
    columns: tuple[str, ...] | None = None
    taken: tuple[str, ...] = ()
    asked: bool = False

    @property
    def name(self) -> str:
        return str(type(self.source).name())

    @property
    def schema(self) -> StructType:
        if self.columns is None:
            return self.full_schema
        known = {f.name.lower(): f for f in self.full_schema.fields}
        return StructType([known[n.lower()] for n in self.columns])

    def with_columns(self, names: Sequence[str]) -> Self:
        return replace(self, columns=tuple(names))

    def with_filters(self, filters: Sequence[Expression]) -> tuple[Self, list[Expression]]:
        """The reader is asked once, with a reader of its own for the narrowed source."""
        known = [(f, found) for f in filters if (found := as_filter(f)) is not None]
        if self.asked or not known:
            return self, list(filters)
        reader = self._call("create", "reader", lambda: self.source.reader(self.full_schema))
        offered = [found for _, found in known]
        kept = list(self._call("push down", "filters", lambda: reader.pushFilters(list(offered))))
        left = [
            f
            for f in filters
            if not any(f is k and all(o is not x for x in kept) for k, o in known)
        ]
        taken = tuple(repr(o) for o in offered if all(o is not x for x in kept))
        return replace(self, reader=reader, taken=taken, asked=True), left

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
        try:
            parts = list(self._call("generate", "read partitions", self.reader.partitions))
        except (NotImplementedError, PySparkNotImplementedError):
            parts = []
        return [[Split(part)] for part in parts or [None]]

    def duck_sql(self, splits: Sequence[Split]) -> str | None:
        return None

    def read(self, splits: Sequence[Split]) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._batches(splits)
        except Exception as error:
            raise python_failure(user_traceback(error)) from error

    def _batches(self, splits: Sequence[Split]) -> Iterator[pa.RecordBatch]:
        target = to_arrow_schema(self.schema)
        for split in splits:
            rows = iter(self.reader.read(split.description) or ())
            first = next(rows, None)
            if first is None:
                continue
            everything = chain([first], rows)
            if isinstance(first, pa.RecordBatch):
                for batch in everything:
                    yield adapt(batch, target, self.name)
                continue
            while part := list(islice(everything, ROWS)):
                yield adapt(self._batch(part), target, self.name)

    def _batch(self, rows: list[Any]) -> pa.RecordBatch:
        width = len(self.full_schema.fields)
        for row in rows:
            if not isinstance(row, (tuple, list)) or len(row) != width:
                raise PySparkRuntimeError(
                    f"The reader of {self.name} must give rows as tuples of {width} values "
                    f"({self.full_schema.simpleString()}), found {row!r}"
                )
        return rows_to_batch(rows, self.full_schema)

    def _call(self, action: str, what: str, body: Any) -> Any:
        try:
            return body()
        except (NotImplementedError, PySparkNotImplementedError):
            raise
        except Exception as error:
            raise _refused(action, what, error) from error

    def __reduce__(self) -> tuple[Any, ...]:
        user = cloudpickle.dumps((self.source, self.reader))
        return _revive, (user, self.full_schema, self.columns, self.taken, self.asked)


def _revive(user: bytes, *rest: Any) -> PythonSource:
    return PythonSource(*cloudpickle.loads(user), *rest)


def _refused(action: str, what: str, error: Exception) -> AnalysisException:
    parameters = {"action": action, "type": what, "msg": user_traceback(error)}
    return AnalysisException(errorClass="PYTHON_DATA_SOURCE_ERROR", messageParameters=parameters)


def as_filter(filter_: Expression) -> api.Filter | None:
    """A filter as readers know it; None if it is none of those."""
    match filter_:
        case Call(name="not", args=(inner,)):
            found = as_filter(inner)
            return None if found is None else api.Not(found)
        case Call(name="isnull", args=(Attribute(name=column),)):
            return api.IsNull((column,))
        case Call(name="isnotnull", args=(Attribute(name=column),)):
            return api.IsNotNull((column,))
        case Call(name="in", args=(Attribute(name=column), *options)):
            values = tuple(o.value for o in options if isinstance(o, Literal))
            return api.In((column,), values) if len(values) == len(options) else None
        case Call(name=name, args=(Attribute(name=column), Literal(value=value))) if name in _TEXT:
            made: api.Filter = _TEXT[name]((column,), value)
            return made
    compared = comparison(filter_)
    if compared is None:
        return None
    result: api.Filter = _COMPARISONS[compared[0]]((compared[1],), compared[2].value)
    return result


def open_python(
    source_class: type[api.DataSource],
    paths: Sequence[str],
    schema: StructType | None,
    options: Mapping[str, str],
) -> PythonSource:
    """Open a user's data source for reading.

    Raises
    ------
    AnalysisException
        ``PYTHON_DATA_SOURCE_ERROR`` if the user's code fails.
    """
    given = api.CaseInsensitiveDict(dict(options))
    if paths:
        given["path"] = paths[0]
    try:
        source = source_class(given)
        found: Any = schema if schema is not None else source.schema()
        found = parse_ddl(found) if isinstance(found, str) else found
        reader = source.reader(found)
    except Exception as error:
        raise _refused("create", "instance", error) from error
    return PythonSource(source, reader, found)


@dataclass(frozen=True)
class PythonWritten:
    """What a task tells the driver: the user's message, pickled."""

    rows: int
    message: Pickled
    bytes: int = 0


@dataclass
class PythonSink:
    """A user's data source, opened for writing."""

    type_name: str
    writer: Any
    schema: StructType

    @property
    def name(self) -> str:
        return self.type_name

    def begin(self) -> None:
        """The writer was made already."""

    def write(self, partition: int, attempt: int, batches: Iterator[pa.Table]) -> PythonWritten:
        rows = 0

        def counted() -> Iterator[Any]:
            nonlocal rows
            for table in batches:
                rows += table.num_rows
                if isinstance(self.writer, api.DataSourceArrowWriter):
                    yield from table.to_batches()
                else:
                    yield from batch_to_rows(table, self.schema)

        try:
            message = self.writer.write(counted())
        except Exception as error:
            raise python_failure(user_traceback(error)) from error
        return PythonWritten(rows, cloudpickle.dumps(message))

    def commit(self, outputs: Sequence[PythonWritten]) -> None:
        self.writer.commit([cloudpickle.loads(o.message) for o in outputs])

    def abort(self) -> None:
        self.writer.abort([])

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive_sink, (self.type_name, cloudpickle.dumps(self.writer), self.schema)


def _revive_sink(name: str, writer: bytes, schema: StructType) -> PythonSink:
    return PythonSink(name, cloudpickle.loads(writer), schema)


def open_python_sink(
    source_class: type[api.DataSource], schema: StructType, options: Mapping[str, str], mode: str
) -> PythonSink:
    """Open a user's data source for writing: modes are append and overwrite."""
    if mode not in ("append", "overwrite"):
        raise AnalysisException(
            f"Python data source {source_class.name()} is written with mode append or overwrite, "
            f"found {mode}."
        )
    source = source_class(api.CaseInsensitiveDict(dict(options)))
    writer = source.writer(schema, mode == "overwrite")
    return PythonSink(source_class.name(), writer, schema)
