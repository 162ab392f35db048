"""What the warehouse knows of a database, a table, a column: values that become JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from rayspark.catalyst.logical.command import BucketSpec
from rayspark.datatypes import StructType
from rayspark.records import dataclass

VIEW = "VIEW"
MANAGED = "MANAGED"
EXTERNAL = "EXTERNAL"


@dataclass(frozen=True)
class Database:
    """A database (schema, namespace)."""

    name: str
    location: str
    comment: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""

    def to_json(self) -> str:
        """For its file."""
        return _text(self.__dict__)

    @staticmethod
    def from_json(text: str) -> Database:
        """Of its file."""
        return Database(**json.loads(text))


@dataclass(frozen=True)
class ColumnStatistics:
    """What ANALYZE found of a column. Bounds are texts, as DESCRIBE prints them."""

    smallest: str | None = None
    greatest: str | None = None
    nulls: int | None = None
    distinct: int | None = None
    average_length: int | None = None
    longest: int | None = None


@dataclass(frozen=True)
class Statistics:
    """What ANALYZE found of a table."""

    bytes: int
    rows: int | None = None
    columns: Mapping[str, ColumnStatistics] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table or a view of the warehouse."""

    database: str
    name: str
    kind: str
    schema: StructType
    """Data columns, then partition columns."""
    provider: str | None = None
    location: str | None = None
    partition_by: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    comment: str | None = None
    view_text: str | None = None
    view_database: str | None = None
    """Where unqualified names in the view's text are looked up."""
    view_columns: tuple[str, ...] = ()
    """The names that the view's query gives its columns."""
    created: float = 0.0
    """Seconds since 1970."""
    statistics: Statistics | None = None
    buckets: BucketSpec | None = None

    @property
    def is_view(self) -> bool:
        """Whether it is a view."""
        return self.kind == VIEW

    @property
    def parts(self) -> tuple[str, str, str]:
        """The whole name."""
        return ("spark_catalog", self.database, self.name)

    @property
    def data_columns(self) -> list[str]:
        """Names of the columns that files hold."""
        return self.schema.names[: len(self.schema.names) - len(self.partition_by)]

    def changed(self, **changes: Any) -> Table:
        """The same with other values."""
        return replace(self, **changes)

    def to_json(self) -> str:
        """For its file."""
        values = dict(self.__dict__)
        values["schema"] = self.schema.jsonValue()
        if self.statistics is not None:
            columns = {name: c.__dict__ for name, c in self.statistics.columns.items()}
            values["statistics"] = {**self.statistics.__dict__, "columns": columns}
        if self.buckets is not None:
            values["buckets"] = self.buckets.__dict__
        return _text(values)

    @staticmethod
    def from_json(text: str) -> Table:
        """Of its file."""
        values = json.loads(text)
        values["schema"] = StructType.fromJson(values["schema"])
        values["partition_by"] = tuple(values["partition_by"])
        values["view_columns"] = tuple(values["view_columns"])
        if (found := values["statistics"]) is not None:
            columns = {name: ColumnStatistics(**c) for name, c in found.pop("columns").items()}
            values["statistics"] = Statistics(columns=columns, **found)
        if (given := values.get("buckets")) is not None:
            names = tuple(given["columns"]), tuple(given["sorted"])
            values["buckets"] = BucketSpec(given["count"], *names)
        return Table(**values)


def _text(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), indent=1, ensure_ascii=False, default=dict) + "\n"
