"""Functions and operators applied to arguments.

Operators are functions with signs for names (``+``, ``and``, ``=``, ``<=>``, ``isnull``...), as in
Spark's own function list. What a name means (types, nulls) is a row of
:mod:`rayspark.catalyst.functions`; how it is computed is a row of ``rayspark.execution.kernels``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions.base import Expression, SortOrder
from rayspark.catalyst.expressions.naming import name_of
from rayspark.catalyst.functions.registry import function
from rayspark.catalyst.tree import up_property
from rayspark.datatypes import DataType
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.catalyst.functions.row import Fn

WITHIN_GROUP = frozenset({"percentile_cont", "percentile_disc", "mode"})
"""Functions whose first argument is the key of WITHIN GROUP."""
INFIX = {
    "+", "-", "*", "/", "%", "=", "<=>", "<", "<=", ">", ">=", "and", "or", "&", "|", "^",
    "div", "<<", ">>", ">>>",
}  # fmt: skip
"""Two-sided operators that are written between their sides."""
SHOWN_ARGS = {
    "first": 1, "last": 1, "first_value": 1, "last_value": 1, "any_value": 1, "mode": 1,
    "approx_count_distinct": 1, "from_json": 1, "to_json": 1, "from_csv": 1, "to_csv": 1,
    "from_xml": 1, "to_xml": 1, "schema_of_xml": 1,
    "variant_get": 2, "try_variant_get": 2,
}  # fmt: skip
"""Functions of which Spark writes the first arguments only."""
SHOWN_NAMES = {
    "array_agg": "collect_list", "rank": "RANK", "dense_rank": "DENSE_RANK",
    "percent_rank": "PERCENT_RANK", "dateadd": "date_add",
    "current_database": "current_schema",
}  # fmt: skip
"""Functions that Spark writes by another name."""


PATH = ":"
"""The name of ``v:a.b``, a part of a variant."""
ROW = "()"
"""The name of ``(a, b)``, which gives a struct: no user can write it."""


@dataclass(frozen=True, eq=False)
class UnresolvedFunction(Expression):
    """A call as written: analysis finds the function and makes the arguments fit."""

    name: str
    args: tuple[Expression, ...]
    distinct: bool = False
    filter: Expression | None = None
    ignore_nulls: bool | None = None
    order: tuple[SortOrder, ...] = ()
    """``WITHIN GROUP (ORDER BY ...)``."""

    def _is_resolved(self) -> bool:
        return False

    @property
    def nullable(self) -> bool:
        """Unknown: assume it."""
        return True

    def sql(self) -> str:
        """As Spark writes it."""
        return write_call(self.name, [a.sql() for a in self.args], distinct=self.distinct)

    def describe(self) -> str:
        """With the mark of what is not resolved."""
        inner = ", ".join(a.describe() for a in self.args)
        return f"'{self.name}({'distinct ' if self.distinct else ''}{inner})"


@dataclass(frozen=True, eq=False)
class Call(Expression):
    """A known function with arguments of fitting types.

    Rules that make calls use :func:`rayspark.catalyst.expressions.build.call`, which finds the
    result type in the table.
    """

    name: str
    """The function's first name in the table."""
    args: tuple[Expression, ...]
    type: DataType | None = None
    """The result's type; ``None``: ask the table."""
    shown: str | None = None
    """The name by which the user called it, where that was another one."""

    @up_property
    def fn(self) -> Fn:
        """The function's row in the table."""
        return function(self.name)

    @up_property
    def dtype(self) -> DataType:
        """The result's type."""
        return self.type if self.type is not None else self.fn.result_type(self.args)

    @up_property
    def nullable(self) -> bool:
        """By the row's null rule."""
        return self.fn.may_be_null(self.args)

    @up_property
    def foldable(self) -> bool:
        """A deterministic scalar function of constants."""
        return (
            self.fn.kind in ("scalar", "higher_order")
            and self.fn.deterministic
            and not self.fn.contextual
            and all(a.foldable for a in self.args)
        )

    def _is_deterministic(self) -> bool:
        return self.fn.deterministic

    def _identity(self) -> tuple[Any, ...]:
        return (self.name, self.args, self.type)

    def sql(self) -> str:
        """As Spark writes it."""
        if self.shown == "struct" and self.name == "named_struct":
            return f"struct({', '.join(self._struct_fields())})"
        return write_call(self.shown or self.name, [a.sql() for a in self.args])

    def _struct_fields(self) -> list[str]:
        """Values, with the names that they would not have by themselves."""
        shown = []
        pairs = zip(self.args[0::2], self.args[1::2], strict=True)
        for at, (name, value) in enumerate(pairs, 1):
            given = name.value  # type: ignore[attr-defined]
            plain = given in (f"col{at}", name_of(value))
            shown.append(value.sql() if plain else f"{value.sql()} AS {given}")
        return shown

    def describe(self) -> str:
        """With ids."""
        return write_call(self.shown or self.name, [a.describe() for a in self.args])


@dataclass(frozen=True, eq=False)
class AggregateCall(Expression):
    """An aggregate function over the rows of a group: those that ``filter`` lets through."""

    call: Call
    distinct: bool = False
    filter: Expression | None = None
    order: tuple[SortOrder, ...] = ()
    """Order in which rows are taken (``listagg ... WITHIN GROUP``)."""

    @property
    def name(self) -> str:
        """The function's name."""
        return self.call.name

    @property
    def args(self) -> tuple[Expression, ...]:
        """The function's arguments."""
        return self.call.args

    @property
    def dtype(self) -> DataType:
        """The function's result type."""
        return self.call.dtype

    @property
    def nullable(self) -> bool:
        """By the row's null rule."""
        return self.call.nullable

    def sql(self) -> str:
        """``count(DISTINCT a)``."""
        return self._write(lambda e: e.sql())

    def describe(self) -> str:
        """With ids."""
        return self._write(lambda e: e.describe())

    def _write(self, text: Any) -> str:
        args = [text(a) for a in self.args]
        shown = self.call.shown or self.name
        if self.order and self.name in WITHIN_GROUP:
            return self._within_group(text)
        written = write_call(shown, args, distinct=self.distinct)
        if self.order:
            keys = ", ".join(text(key) for key in self.order)
            written += f" WITHIN GROUP (ORDER BY {keys})"
        if self.filter is not None:
            written += f" FILTER (WHERE {text(self.filter)})"
        return written

    def _within_group(self, text: Any) -> str:
        """The key stands behind, without its nulls; that of ``mode`` with the other direction."""
        key = self.order[0]
        descending = key.ascending if self.name == "mode" else not key.ascending
        args = ", ".join(text(a) for a in self.args[1:]) if self.name != "mode" else ""
        suffix = " DESC" if descending else ""
        return f"{self.name}({args}) WITHIN GROUP (ORDER BY {text(key.child)}{suffix})"


def write_call(name: str, args: list[str], *, distinct: bool = False) -> str:
    """A call as Spark writes it: operators between their sides, in parentheses."""
    if name == "mode" and args[1:] == ["true"]:
        return f"mode() WITHIN GROUP (ORDER BY {args[0]} DESC)"
    args = args[: SHOWN_ARGS.get(name, len(args))]
    name = SHOWN_NAMES.get(name, name)
    if name in INFIX and len(args) == 2:
        sign = name.upper() if name in ("and", "or") else name
        return f"({args[0]} {sign} {args[1]})"
    match name, args:
        case "not", [arg]:
            return f"(NOT {arg})"
        case "-", [arg]:
            return f"(- {arg})"
        case (("positive" | "+"), [arg]):
            return f"(+ {arg})"
        case "~", [arg]:
            return f"~{arg}"
        case "isnull", [arg]:
            return f"({arg} IS NULL)"
        case "isnotnull", [arg]:
            return f"({arg} IS NOT NULL)"
        case "in", [value, *options]:
            return f"({value} IN ({', '.join(options)}))"
        case "like", [left, right] | [left, right, "\\"]:
            return f"{left} LIKE {right}"
        case "like", [left, right, escape]:
            return f"{left} LIKE {right} ESCAPE '{escape}'"
        case "ilike", [left, right, "\\"]:
            return f"ilike({left}, {right})"
        case "rlike", [left, right]:
            return f"RLIKE({left}, {right})"
        case (("extract" | "datepart"), [part, source]):
            return f"{name}({part} FROM {source})"
        case (("extract" | "datepart"), [field, source]):
            return f"{name}({field} FROM {source})"
        case "getfield", [struct, field]:
            return f"{struct}.{field}"
        case "getitem", [collection, key]:
            return f"{collection}[{key}]"
    return f"{name}({'DISTINCT ' if distinct else ''}{', '.join(args)})"
