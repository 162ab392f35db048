"""Values for ``:name`` and ``?``. They replace markers as expressions; no text is ever pasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rayspark.catalyst.expressions import Expression
from rayspark.errors import AnalysisException

Args = Mapping[str, Expression] | Sequence[Expression] | None

Variables = Mapping[str, Expression] | None


class Parameters:
    """The arguments of one statement, handed out in the order of the markers."""

    def __init__(self, args: Args, variables: Variables = None) -> None:
        self.variables = variables or {}
        """Session variables that ``IDENTIFIER(...)`` may name."""
        self._named = dict(args) if isinstance(args, Mapping) else {}
        self._positional = list(args) if args is not None and not isinstance(args, Mapping) else []
        self._used = 0

    def named(self, name: str, sql: str, start: int) -> Expression:
        """The value of ``:name``."""
        if name not in self._named:
            raise _unbound(name)
        return self._named[name]

    def next(self, sql: str, start: int) -> Expression:
        """The value of the next ``?``."""
        if self._used >= len(self._positional):
            raise _unbound(f"_{start}")
        self._used += 1
        return self._positional[self._used - 1]


def _unbound(name: str) -> AnalysisException:
    return AnalysisException(
        errorClass="UNBOUND_SQL_PARAMETER", messageParameters={"name": f"`{name}`"}
    )
