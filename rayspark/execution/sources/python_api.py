"""The classes of PySpark's Python data source API. ``rayspark.sql.datasource`` shows them to users.

A data source is a class of the user: it says its name and schema, and gives a reader and a writer.
They live here because the engine makes filters and calls readers; users know the other address.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import UserDict
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rayspark.datatypes import Row, StructType
from rayspark.errors import PySparkNotImplementedError

if TYPE_CHECKING:
    import pyarrow as pa

PUBLIC_MODULE = "rayspark.sql.datasource"
ColumnPath = tuple[str, ...]


def _not_written(what: str) -> PySparkNotImplementedError:
    return PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED", messageParameters={"feature": what}
    )


class DataSource(ABC):  # noqa: B024 - a user overrides what the source can do
    """A source of rows, and a place for rows, written in Python.

    Parameters
    ----------
    options : MutableMapping[str, str]
        what the user set with ``option``; names in any case.

    Examples
    --------
    >>> class Letters(DataSource):
    ...     def schema(self):
    ...         return "letter string"
    >>> Letters.name(), Letters({}).schema()
    ('Letters', 'letter string')
    """

    def __init__(self, options: MutableMapping[str, str]) -> None:
        self.options = options

    @classmethod
    def name(cls) -> str:
        """The format's name: by default the class's."""
        return cls.__name__

    def schema(self) -> StructType | str:
        """The columns, as a type or as DDL; needed unless the user always gives them."""
        raise _not_written(f"{type(self).__name__}.schema")

    def reader(self, schema: StructType) -> DataSourceReader:
        """What reads rows of the schema."""
        raise _not_written(f"{type(self).__name__}.reader")

    def writer(self, schema: StructType, overwrite: bool) -> DataSourceWriter:
        """What writes rows of the schema; ``overwrite``: instead of those that are there."""
        raise _not_written(f"{type(self).__name__}.writer")

    def streamWriter(self, schema: StructType, overwrite: bool) -> DataSourceStreamWriter:
        """What writes micro-batches."""
        raise _not_written(f"{type(self).__name__}.streamWriter")

    def simpleStreamReader(self, schema: StructType) -> SimpleDataSourceStreamReader:
        """What reads a stream in one place."""
        raise _not_written(f"{type(self).__name__}.simpleStreamReader")

    def streamReader(self, schema: StructType) -> DataSourceStreamReader:
        """What reads a stream in partitions."""
        raise _not_written(f"{type(self).__name__}.streamReader")


@dataclass(frozen=True)
class Filter(ABC):  # noqa: B024 - PySpark's root has no method either
    """A condition that a reader may take over."""


@dataclass(frozen=True)
class EqualTo(Filter):
    """``attribute = value``."""

    attribute: ColumnPath
    value: Any


@dataclass(frozen=True)
class EqualNullSafe(Filter):
    """``attribute <=> value``: two nulls are equal."""

    attribute: ColumnPath
    value: Any


@dataclass(frozen=True)
class GreaterThan(Filter):
    """``attribute > value``."""

    attribute: ColumnPath
    value: Any


@dataclass(frozen=True)
class GreaterThanOrEqual(Filter):
    """``attribute >= value``."""

    attribute: ColumnPath
    value: Any


@dataclass(frozen=True)
class LessThan(Filter):
    """``attribute < value``."""

    attribute: ColumnPath
    value: Any


@dataclass(frozen=True)
class LessThanOrEqual(Filter):
    """``attribute <= value``."""

    attribute: ColumnPath
    value: Any


@dataclass(frozen=True)
class In(Filter):
    """``attribute IN (value...)``."""

    attribute: ColumnPath
    value: tuple[Any, ...]


@dataclass(frozen=True)
class IsNull(Filter):
    """``attribute IS NULL``."""

    attribute: ColumnPath


@dataclass(frozen=True)
class IsNotNull(Filter):
    """``attribute IS NOT NULL``."""

    attribute: ColumnPath


@dataclass(frozen=True)
class Not(Filter):
    """``NOT child``."""

    child: Filter


@dataclass(frozen=True)
class StringStartsWith(Filter):
    """Does the text begin with ``value``?"""

    attribute: ColumnPath
    value: str


@dataclass(frozen=True)
class StringEndsWith(Filter):
    """Does the text end with ``value``?"""

    attribute: ColumnPath
    value: str


@dataclass(frozen=True)
class StringContains(Filter):
    """Does the text hold ``value``?"""

    attribute: ColumnPath
    value: str


class InputPartition:
    """What one task reads. Subclass it to say more; it must be picklable.

    Examples
    --------
    >>> InputPartition(3)
    InputPartition(value=3)
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        attributes = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({attributes})"


class DataSourceReader(ABC):
    """Reads a data source, partition by partition."""

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:
        """Take what filters the reader can apply; give back those that it cannot (default: all)."""
        return filters

    def partitions(self) -> Sequence[InputPartition]:
        """The parts that tasks read (default: one task, which reads all)."""
        raise _not_written(f"{type(self).__name__}.partitions")

    @abstractmethod
    def read(
        self, partition: InputPartition
    ) -> Iterator[tuple[Any, ...]] | Iterator[pa.RecordBatch]:
        """The rows of a partition: tuples, rows, or Arrow batches."""


class DataSourceStreamReader(ABC):
    """Reads a stream in partitions between offsets."""

    def initialOffset(self) -> dict[str, Any]:
        """Where a new query begins."""
        raise _not_written(f"{type(self).__name__}.initialOffset")

    def latestOffset(self, start: dict[str, Any], limit: Any) -> dict[str, Any]:
        """Where the stream ends now."""
        raise _not_written(f"{type(self).__name__}.latestOffset")

    def partitions(self, start: dict[str, Any], end: dict[str, Any]) -> Sequence[InputPartition]:
        """The parts between two offsets."""
        raise _not_written(f"{type(self).__name__}.partitions")

    @abstractmethod
    def read(
        self, partition: InputPartition
    ) -> Iterator[tuple[Any, ...]] | Iterator[pa.RecordBatch]:
        """The rows of a partition."""

    def commit(self, end: dict[str, Any]) -> None:  # noqa: B027 - optional
        """What is before the offset is needed no more."""

    def stop(self) -> None:  # noqa: B027 - optional
        """Free what the reader holds."""


class SimpleDataSourceStreamReader(ABC):  # noqa: B024 - as PySpark's
    """Reads a stream in one place."""

    def initialOffset(self) -> dict[str, Any]:
        """Where a new query begins."""
        raise _not_written(f"{type(self).__name__}.initialOffset")

    def read(self, start: dict[str, Any]) -> tuple[Iterator[tuple[Any, ...]], dict[str, Any]]:
        """Rows from an offset, and where they end."""
        raise _not_written(f"{type(self).__name__}.read")

    def readBetweenOffsets(
        self, start: dict[str, Any], end: dict[str, Any]
    ) -> Iterator[tuple[Any, ...]]:
        """The same rows again."""
        raise _not_written(f"{type(self).__name__}.readBetweenOffsets")

    def commit(self, end: dict[str, Any]) -> None:  # noqa: B027 - optional
        """What is before the offset is needed no more."""


class WriterCommitMessage:
    """What a task that wrote tells the driver. Subclass it to say more; it must be picklable."""


class DataSourceWriter(ABC):
    """Writes rows to a data source."""

    @abstractmethod
    def write(self, iterator: Iterator[Row]) -> WriterCommitMessage:
        """In a task: write a partition's rows."""

    def commit(self, messages: list[WriterCommitMessage | None]) -> None:  # noqa: B027 - optional
        """In the driver, when all tasks are done: make the rows visible."""

    def abort(self, messages: list[WriterCommitMessage | None]) -> None:  # noqa: B027 - optional
        """In the driver, when a task failed: clean up."""


class DataSourceArrowWriter(DataSourceWriter):
    """Writes Arrow batches to a data source."""

    @abstractmethod
    def write(self, iterator: Iterator[pa.RecordBatch]) -> WriterCommitMessage:
        """In a task: write a partition's batches."""


class DataSourceStreamWriter(ABC):
    """Writes micro-batches of rows."""

    @abstractmethod
    def write(self, iterator: Iterator[Row]) -> WriterCommitMessage:
        """In a task: write a partition's rows."""

    def commit(self, messages: list[WriterCommitMessage | None], batchId: int) -> None:  # noqa: B027 - optional
        """In the driver: make the batch visible."""

    def abort(self, messages: list[WriterCommitMessage | None], batchId: int) -> None:  # noqa: B027 - optional
        """In the driver: clean up after a batch that failed."""


class DataSourceStreamArrowWriter(DataSourceStreamWriter):
    """Writes micro-batches of Arrow data."""

    @abstractmethod
    def write(self, iterator: Iterator[pa.RecordBatch]) -> WriterCommitMessage:
        """In a task: write a partition's batches."""


class CaseInsensitiveDict(UserDict[str, str]):
    """Options: names in any case.

    >>> CaseInsensitiveDict({"Path": "/x"})["PATH"]
    '/x'
    """

    def __setitem__(self, key: str, value: str) -> None:
        super().__setitem__(key.lower(), value)

    def __getitem__(self, key: str) -> str:
        return super().__getitem__(key.lower())

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key.lower())

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and super().__contains__(key.lower())


PUBLIC = [
    DataSource, DataSourceReader, DataSourceStreamReader, DataSourceWriter, DataSourceArrowWriter,
    DataSourceStreamWriter, DataSourceStreamArrowWriter, SimpleDataSourceStreamReader,
    InputPartition, WriterCommitMessage, Filter, EqualTo, EqualNullSafe, GreaterThan,
    GreaterThanOrEqual, LessThan, LessThanOrEqual, In, IsNull, IsNotNull, Not, StringStartsWith,
    StringEndsWith, StringContains, CaseInsensitiveDict,
]  # fmt: skip
for _class in PUBLIC:
    _class.__module__ = PUBLIC_MODULE
