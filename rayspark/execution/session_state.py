"""What a session is behind its face: settings, catalog, user functions, and a way to run plans."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import Expression, Literal, PythonFunction, VariableReference
from rayspark.catalyst.logical import LogicalPlan
from rayspark.config.entries import sql
from rayspark.execution.cache import CacheTable
from rayspark.execution.catalog import SessionCatalog
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.compile.operators import PARTITION, RUN
from rayspark.execution.constants import evaluate
from rayspark.execution.executions import SqlListeners
from rayspark.execution.query import QueryExecution
from rayspark.execution.session_conf import SessionConf
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.scheduler.driver import Driver


@dataclass(frozen=True)
class Resources:
    """What an application has to run on."""

    local: bool
    """Tasks run in the driver's process."""
    cores: int
    """Of all executors."""
    hosts: int
    executor_memory: int
    """Bytes that one executor may use for queries."""


@dataclass(frozen=True, eq=False)
class Variable:
    """A session variable: its value now, and what SET VAR ... = DEFAULT means."""

    reference: VariableReference
    default: Expression


OF_TASK = {
    "task.run": RUN,
    "task.spark_partition_id": PARTITION,
    "task.monotonically_increasing_id": (
        f"((CAST({PARTITION} AS BIGINT) << 33) + row_number() OVER () - 1)"
    ),
}
"""Texts of functions whose value depends on the task."""


class SessionState:
    """State of one session.

    Parameters
    ----------
    conf
        Its settings.
    catalog
        Its temporary views and current database, over the warehouse's tables.
    engine
        Gives the application's driver; starts it when first called.
    cache
        Cached plans: shared by all sessions of an application.
    resources
        Tells what there is to run on, without starting anything.
    listeners
        Hear of queries.
    """

    def __init__(
        self,
        conf: SessionConf,
        catalog: SessionCatalog,
        engine: Callable[[], Driver],
        cache: CacheTable,
        resources: Callable[[], Resources],
        listeners: SqlListeners,
    ) -> None:
        self.conf = conf
        self.catalog = catalog
        self.engine = engine
        self.cache = cache
        self.listeners = listeners
        self._resources = resources
        self.functions: dict[str, PythonFunction] = {}
        self.variables: dict[str, Variable] = {}
        """Session variables by name."""
        self.table_functions: dict[str, Any] = {}
        """User's table functions: called with the arguments, they give a plan."""
        self.observers: dict[str, Callable[[dict[str, Any]], None]] = {}
        """Who waits for the metrics of ``Collect`` nodes, by their name."""

    def constants(self) -> dict[str, Literal]:
        """The values of session variables by their names."""
        return {name: variable.reference for name, variable in self.variables.items()}

    def execute(self, plan: LogicalPlan) -> QueryExecution:
        """A query over a plan: nothing runs before something is asked of it."""
        return QueryExecution(self, plan)

    def context(self) -> Context:
        """What analysis may ask of this session, as of now."""
        return Context(self)

    def resources(self) -> Resources:
        """What there is to run on."""
        return self._resources()

    def python_function(self, parts: tuple[str, ...]) -> PythonFunction | None:
        """A user function by its name."""
        return self.functions.get(parts[-1].lower()) if len(parts) == 1 else None


class Context:
    """The window through which analysis sees a session: see ``catalyst.analysis.context``."""

    def __init__(self, state: SessionState) -> None:
        self._state = state
        self.settings: Mapping[str, str] = {
            **state.conf.effective(),
            "current_database": state.catalog.current_database,
        }
        self.now = datetime.datetime.now(datetime.UTC)
        self.ansi = state.conf[sql.ANSI]
        self.case_sensitive = state.conf[sql.CASE_SENSITIVE]
        self.zone = state.conf.zone

    def relation(self, parts: tuple[str, ...], options: Mapping[str, str]) -> LogicalPlan | None:
        """The plan behind a table or view name."""
        return self._state.catalog.relation(parts, options)

    def relation_names(self) -> list[str]:
        """Names that could have been meant."""
        return self._state.catalog.relation_names()

    def search_path(self) -> str:
        """Where names are looked up."""
        return f"`system`.`builtin`, `system`.`session`, {self._state.catalog.search_path()}"

    def python_function(self, parts: tuple[str, ...]) -> PythonFunction | None:
        """A user function."""
        return self._state.python_function(parts)

    def variable(self, parts: tuple[str, ...]) -> tuple[VariableReference, int] | None:
        """A session variable, and how many parts of the name it takes."""
        if not self._state.variables:
            return None
        lower = [part.lower() for part in parts]
        for prefix in (["system", "session"], ["session"], []):
            at = len(prefix)
            if lower[:at] == prefix and len(lower) > at and lower[at] in self._state.variables:
                return self._state.variables[lower[at]].reference, at + 1
        return None

    def table_function(self, name: str, args: tuple[object, ...]) -> LogicalPlan | None:
        """The plan of a user's table function."""
        make = self._state.table_functions.get(name.lower())
        return None if make is None else make(*args)

    def evaluate(self, expressions: Sequence[Expression]) -> list[Literal | None]:
        """The values of constant expressions."""
        return evaluate(expressions, self.compile_context())

    def compile_context(self) -> CompileContext:
        """What texts compiled for this session depend on."""
        return CompileContext(
            ansi=self.ansi, zone=self.zone, now=self.now, conf={**self.settings, **OF_TASK}
        )

    def pivot_values(self, plan: LogicalPlan) -> list[object]:
        """The values of the only column of a small query."""
        values: list[object] = self._state.execute(plan).to_arrow().column(0).to_pylist()
        return values
