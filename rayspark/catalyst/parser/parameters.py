"""Values for ``:name`` and ``?``. They replace markers as expressions; no text is ever pasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rayspark.catalyst.expressions import Expression
from rayspark.errors import AnalysisException
from rayspark.records import dataclass


@dataclass(frozen=True)
class Using:
    """Arguments of EXECUTE IMMEDIATE: ``?`` takes them in order, ``:name`` by their names."""

    values: tuple[Expression, ...]
    names: tuple[str | None, ...]
    texts: tuple[str, ...]
    """As they are written."""


Args = Mapping[str, Expression] | Sequence[Expression] | Using | None

Variables = Mapping[str, Expression] | None


class Parameters:
    """The arguments of one statement, handed out in the order of the markers."""

    def __init__(self, args: Args, variables: Variables = None) -> None:
        self.variables = variables or {}
        """Session variables that ``IDENTIFIER(...)`` may name."""
        self._using = args if isinstance(args, Using) else None
        if isinstance(args, Using):
            pairs = zip(args.names, args.values, strict=True)
            self._named = {name: value for name, value in pairs if name is not None}
            self._positional = list(args.values)
        else:
            self._named = dict(args) if isinstance(args, Mapping) else {}
            self._positional = [] if args is None or isinstance(args, Mapping) else list(args)
        self._used = 0
        self._marks: set[str] = set()

    def _mark(self, kind: str) -> None:
        self._marks.add(kind)
        if self._using is not None and len(self._marks) == 2:
            raise _error("INVALID_QUERY_MIXED_QUERY_PARAMETERS")

    def named(self, name: str, sql: str, start: int) -> Expression:
        """The value of ``:name``."""
        self._mark(":")
        using = self._using
        if using is not None and None in using.names:
            pairs = zip(using.names, using.texts, strict=True)
            plain = ", ".join(f'"{text}"' for name, text in pairs if name is None)
            raise _error("ALL_PARAMETERS_MUST_BE_NAMED", exprs=plain)
        if name not in self._named:
            raise _unbound(name)
        return self._named[name]

    def next(self, sql: str, start: int) -> Expression:
        """The value of the next ``?``."""
        self._mark("?")
        if self._used >= len(self._positional):
            raise _unbound(f"_{start}")
        self._used += 1
        return self._positional[self._used - 1]


def _unbound(name: str) -> AnalysisException:
    return _error("UNBOUND_SQL_PARAMETER", name=name)


def _error(condition: str, **parameters: str) -> AnalysisException:
    return AnalysisException(errorClass=condition, messageParameters=parameters)
