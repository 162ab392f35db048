"""User functions written in Python, as they stand in a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from typing import Literal as Choice

from rayspark.catalyst.expressions.base import Expression
from rayspark.datatypes import DataType
from rayspark.records import dataclass

EvalKind = Choice["row", "arrow_row", "pandas", "pandas_iter", "arrow", "arrow_iter",
                  "pandas_agg", "arrow_agg", "pandas_agg_iter", "arrow_agg_iter"]  # fmt: skip
"""How the function is called: row by row; with pandas Series or Arrow arrays of a batch; with an
iterator of batches; once per group, with all its rows or an iterator of batches."""


@dataclass(frozen=True, eq=False)
class PythonFunction:
    """The user's function and what is known of it. Compared by identity."""

    func: Callable[..., Any]
    returns: DataType
    name: str
    kind: EvalKind = "row"
    deterministic: bool = True


@dataclass(frozen=True, eq=False)
class PythonUDF(Expression):
    """A call of a Python function: it cuts the pipeline and runs in python executors."""

    function: PythonFunction
    args: tuple[Expression, ...]
    names: tuple[str | None, ...] = ()
    """Keyword of each argument, or ``None``; empty: all by position."""

    @property
    def dtype(self) -> DataType:
        """As declared."""
        return self.function.returns

    @property
    def nullable(self) -> bool:
        """It may return None."""
        return True

    @property
    def is_aggregate(self) -> bool:
        """Whether it is called once per group."""
        return "_agg" in self.function.kind

    def _is_deterministic(self) -> bool:
        return self.function.deterministic

    def sql(self) -> str:
        """``f(a, b)``."""
        return self.written([a.sql() for a in self.args])

    def describe(self) -> str:
        """With ids."""
        return self.written([a.describe() for a in self.args])

    def written(self, args: list[str]) -> str:
        """The call with these texts for arguments: ``f(a, b => 1)``."""
        names = self.names or (None,) * len(args)
        shown = [a if n is None else f"{n} => {a}" for n, a in zip(names, args, strict=True)]
        return f"{self.function.name}({', '.join(shown)})"
