"""What analysis may ask of the session. Catalyst knows no session: this is its window."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Protocol

from rayspark.catalyst.expressions import Expression, Literal, PythonFunction, VariableReference
from rayspark.catalyst.logical import LogicalPlan


class AnalysisContext(Protocol):
    """Settings, catalog and user functions of one session."""

    @property
    def ansi(self) -> bool:
        """``spark.sql.ansi.enabled``."""

    @property
    def case_sensitive(self) -> bool:
        """``spark.sql.caseSensitive``."""

    @property
    def zone(self) -> str:
        """``spark.sql.session.timeZone``."""

    @property
    def settings(self) -> Mapping[str, str]:
        """Every ``spark.sql.*`` setting, defaults included, as text."""

    @property
    def now(self) -> datetime.datetime:
        """When the query began: aware, UTC."""

    def relation(self, parts: tuple[str, ...], options: Mapping[str, str]) -> LogicalPlan | None:
        """The plan behind a table or view name (qualified by its name, as a
        :class:`~rayspark.catalyst.logical.SubqueryAlias`), or ``None``. Also ``parquet.`path` ``.
        """

    def relation_names(self) -> list[str]:
        """Names of the tables and views that could have been meant, for messages."""

    def search_path(self) -> str:
        """Where names are looked up, as messages print it: ```spark_catalog`.`default```."""

    def python_function(self, parts: tuple[str, ...]) -> PythonFunction | None:
        """A user function registered under a name."""

    def variable(self, parts: tuple[str, ...]) -> tuple[VariableReference, int] | None:
        """A session variable, and how many parts of the name it takes (the rest are fields)."""

    def table_function(self, name: str, args: tuple[object, ...]) -> LogicalPlan | None:
        """The plan of a user's table function (UDTF), or ``None`` if there is none."""

    def evaluate(self, expressions: Sequence[Expression]) -> list[Literal | None]:
        """The values of constant expressions; ``None`` for those that raise an error."""

    def pivot_values(self, plan: LogicalPlan) -> list[object]:
        """Run a small query whose only column holds the values of a pivot column."""
