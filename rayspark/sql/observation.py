"""Observation: metrics of the rows that pass a point of a query."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any

from rayspark.errors import PySparkAssertionError
from rayspark.sql.expected import expected

if TYPE_CHECKING:
    from rayspark.execution.session_state import SessionState

__all__ = ["Observation"]


class Observation:
    """Where ``DataFrame.observe`` puts its metrics; for one DataFrame only.

    Parameters
    ----------
    name : str, optional
        Its name; by default one that nobody else has.

    Raises
    ------
    PySparkTypeError
        If the name is no text.
    """

    def __init__(self, name: str | None = None) -> None:
        if name is not None and not isinstance(name, str):
            raise expected("name", "str", name)
        if name == "":
            raise PySparkAssertionError(
                errorClass="CANNOT_BE_EMPTY", messageParameters={"item": "name"}
            )
        self._name = name or str(uuid.uuid4())
        self._ready = threading.Event()
        self._found: dict[str, Any] = {}
        self._used = False

    @property
    def get(self) -> dict[str, Any]:
        """The metrics by name. Waits until an action of the DataFrame has run.

        Raises
        ------
        PySparkAssertionError
            If no DataFrame uses it (``NO_OBSERVE_BEFORE_GET``).
        """
        if not self._used:
            raise PySparkAssertionError(errorClass="NO_OBSERVE_BEFORE_GET", messageParameters={})
        self._ready.wait()
        return dict(self._found)

    def _begin(self, state: SessionState) -> str:
        """Belong to a DataFrame from now on; gives the name."""
        if self._used:
            raise PySparkAssertionError(errorClass="REUSE_OBSERVATION", messageParameters={})
        self._used = True
        state.observers[self._name] = self._take
        return self._name

    def _take(self, metrics: dict[str, Any]) -> None:
        """Called when an action has run, the first time."""
        if not self._ready.is_set():
            self._found = metrics
            self._ready.set()
