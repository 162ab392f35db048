"""A session without an engine: views over VALUES, and settings."""

from __future__ import annotations

import datetime
from typing import Any

from rayspark.catalyst.analysis.analyzer import analyze
from rayspark.catalyst.logical import LogicalPlan, SubqueryAlias
from rayspark.catalyst.parser import parse_query


class FakeContext:
    """Enough of a session for analysis."""

    def __init__(self, ansi: bool = True, **settings: str) -> None:
        self.ansi = ansi
        self.case_sensitive = False
        self.zone = "UTC"
        self.settings = settings
        self.now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        self.views: dict[str, LogicalPlan] = {}
        self.pivot: list[Any] = []

    def relation(self, parts: tuple[str, ...], options: Any) -> LogicalPlan | None:
        return self.views.get(parts[-1].lower()) if len(parts) == 1 else None

    def relation_names(self) -> list[str]:
        return list(self.views)

    def search_path(self) -> str:
        return "`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`"

    def variable(self, parts: tuple[str, ...]) -> None:
        return None

    def python_function(self, parts: tuple[str, ...]) -> None:
        return None

    def table_function(self, name: str, args: tuple[object, ...]) -> None:
        return None

    def pivot_values(self, plan: LogicalPlan) -> list[Any]:
        return self.pivot

    def create(self, name: str, query: str) -> None:
        self.views[name] = SubqueryAlias(self.sql(query), (name,))

    def sql(self, query: str) -> LogicalPlan:
        return analyze(parse_query(query, zone="UTC"), self)
