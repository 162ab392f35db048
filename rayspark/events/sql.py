"""News of SQL: a query begins, its plan changes as it runs, it ends.

The events of Spark's SQL tab, without the ``SparkListener`` in front of their names. Listeners get
them in ``onOtherEvent``, as in Spark. Jobs belong to a query by their property
``spark.sql.execution.id``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from rayspark.records import dataclass

EXECUTION_ID = "spark.sql.execution.id"
ROOT_EXECUTION_ID = "spark.sql.execution.root.id"


@dataclass(frozen=True, slots=True)
class SQLPlanMetric:
    """A number that an operator counts; its values come as :class:`DriverAccumUpdates`."""

    name: str
    accumulator_id: int
    kind: str
    """``sum``, ``size`` (bytes) or ``timing`` (milliseconds)."""


@dataclass(frozen=True, slots=True)
class SparkPlanInfo:
    """An operator of a plan, with those below it."""

    name: str
    text: str
    """One line."""
    children: tuple[SparkPlanInfo, ...] = ()
    metrics: tuple[SQLPlanMetric, ...] = ()


@dataclass(frozen=True, slots=True)
class SQLExecutionStart:
    """A query, or a statement that writes, begins."""

    execution_id: int
    description: str
    """What the user called it, or where it was called."""
    details: str
    plan_description: str
    """As ``explain`` prints it."""
    plan: SparkPlanInfo
    time: int
    modified_configs: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    group: str | None = None
    query_id: str = ""
    """Told from all others, of other applications too."""


@dataclass(frozen=True, slots=True)
class SQLAdaptiveExecutionUpdate:
    """What is known after an exchange has changed the plan of a query that runs."""

    execution_id: int
    plan_description: str
    plan: SparkPlanInfo


@dataclass(frozen=True, slots=True)
class DriverAccumUpdates:
    """Values of operators' metrics, by their ids."""

    execution_id: int
    updates: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SQLExecutionEnd:
    """A query is over; ``error`` is empty if it succeeded."""

    execution_id: int
    time: int
    error: str = ""
    query_id: str = ""


SqlEvent = SQLExecutionStart | SQLAdaptiveExecutionUpdate | DriverAccumUpdates | SQLExecutionEnd
