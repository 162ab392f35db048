"""``{name}`` in SQL text: DataFrames become views while the statement runs, values constants."""

from __future__ import annotations

import string
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rayspark.sql.column import Column
from rayspark.sql.dataframe import DataFrame
from rayspark.sql.utils import get_lit_sql_str

if TYPE_CHECKING:
    from rayspark.sql.session import SparkSession


class SQLStringFormatter(string.Formatter):
    """Python's ``str.format`` with DataFrames, columns and quoted values."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        self._views: list[tuple[DataFrame, str]] = []

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, str]:
        """The text that a field stands for."""
        value, first = super().get_field(field_name, args, kwargs)
        return self._text(value, field_name), str(first)

    def _text(self, value: Any, field_name: str) -> str:
        if isinstance(value, Column):
            return value._expr.sql()
        if isinstance(value, DataFrame):
            for frame, name in self._views:
                if frame is value:
                    return name
            name = f"_rayspark_{uuid.uuid4().hex}"
            value.createOrReplaceTempView(name)
            self._views.append((value, name))
            return name
        return get_lit_sql_str(value) if isinstance(value, str) else str(value)

    def clear(self) -> None:
        """Drop the views."""
        for _, name in self._views:
            self._session.catalog.dropTempView(name)
        self._views.clear()
