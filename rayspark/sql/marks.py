"""Marks by which faces know each other without importing each other.

A Column must know a WindowSpec and a DataFrame when it is given one, and both are made of columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rayspark.errors import PySparkRuntimeError

if TYPE_CHECKING:
    from rayspark.catalyst.expressions import WindowSpec
    from rayspark.catalyst.logical import LogicalPlan
    from rayspark.config.entry import ConfigEntry


class WindowMark:
    """Base of the WindowSpec face."""

    _spec: WindowSpec


class QueryMark:
    """Base of the DataFrame face."""

    def _subquery_plan(self) -> LogicalPlan:
        """The plan, for use inside an expression of another query."""
        raise NotImplementedError


class SessionMark:
    """Base of the SparkSession face: the place where the session in use is kept."""

    _active: ClassVar[Any] = None
    _default: ClassVar[Any] = None


def active_session() -> Any:
    """The session in use.

    Raises
    ------
    PySparkRuntimeError
        If there is none (``NO_ACTIVE_SESSION``).
    """
    session = SessionMark._active or SessionMark._default
    if session is None:
        raise PySparkRuntimeError(errorClass="NO_ACTIVE_SESSION", messageParameters={})
    return session


def session_zone() -> str | None:
    """The time zone of the session in use, where there is one."""
    session = SessionMark._active or SessionMark._default
    return None if session is None else str(session.conf.get("spark.sql.session.timeZone"))


def session_setting(entry: ConfigEntry[Any]) -> Any:
    """A setting's value in the session in use, where there is one."""
    session = SessionMark._active or SessionMark._default
    return None if session is None else session._state.conf[entry]
