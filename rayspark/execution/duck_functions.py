"""Arrow functions that a DuckDB instance knows by name.

Some are made for one query (each ``rand(seed)`` is a stream of its own, a format or a pattern of a
constant is compiled once), so a long life meets names without end. Those that no query uses are
forgotten, the ones least lately used first, as soon as there are more than ``MOST_KNOWN``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from inspect import Parameter, Signature
from typing import Any

import duckdb
from duckdb import func

from rayspark.execution.kernels.kernel import ArrowFunction

MOST_KNOWN = 256
"""Kept beyond their query: telling DuckDB of one takes it a tenth of a millisecond."""


class KnownFunctions:
    """The functions of a connection and its cursors. Any thread may ask."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._users: dict[str, int] = {}
        """Queries that run, by function; the least lately used first."""
        self._lock = threading.RLock()  # a query that nobody reads on ends wherever memory is freed

    def __len__(self) -> int:
        return len(self._users)

    def use(self, functions: Collection[ArrowFunction]) -> None:
        """Make functions known to a query, until it calls :meth:`leave`."""
        with self._lock:
            for at, function in enumerate(functions):
                try:
                    if function.name not in self._users:
                        self._create(function)
                except BaseException:
                    self._release(list(functions)[:at])
                    raise
                self._users[function.name] = self._users.pop(function.name, 0) + 1

    def leave(self, functions: Collection[ArrowFunction]) -> None:
        """A query is over."""
        with self._lock:
            self._release(functions)
            if len(self._users) > MOST_KNOWN:
                self._forget(len(self._users) - MOST_KNOWN)

    def _release(self, functions: Collection[ArrowFunction]) -> None:
        for function in functions:
            self._users[function.name] -= 1

    def _forget(self, many: int) -> None:
        idle = [name for name, users in self._users.items() if not users]
        for name in idle[:many]:
            del self._users[name]
            with suppress(duckdb.ConnectionException):  # closed meanwhile
                self._connection.remove_function(name)

    def _create(self, function: ArrowFunction) -> None:
        self._connection.create_function(
            function.name,
            _plain(function),
            list(function.parameters),
            function.returns,
            type=func.ARROW,
            null_handling=func.SPECIAL,
            side_effects=function.volatile,
        )


def _plain(function: ArrowFunction) -> Callable[..., Any]:
    """Without annotations: DuckDB evaluates those, which fails where the function was unpickled.
    It counts the parameters, too.
    """
    run = function.run

    def plain(*columns: Any) -> Any:
        return run(*columns)

    parameters = [
        Parameter(f"c{at}", Parameter.POSITIONAL_ONLY) for at in range(len(function.parameters))
    ]
    plain.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return plain
