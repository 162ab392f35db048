"""A row of the function table, and the rules that rows name.

``args`` says what a function takes, in a small language::

    "str: string, pos: int, len: int = 2147483647"      names, kinds, defaults (SQL literals)
    "sep: string, *cols: string|array<string>"          any number of the last one
    "left: T, right: T"                                 made one type: the wider
    "left: T=, right: T="                               made one type: the one they compare in
    "arr: array<T>, element: T"                         element made to fit the array, and back
    "m: map<K, V>, key: K"
    "arr: array<T>, f: (T) -> U"                        a lambda and its parameters' types
    "x: int, seed?: long!"                              one that is left out when not given
    "expr: any"                                         as it is
    "json: just string"                                 nothing else is cast to it, but NULL

Kinds: any, boolean, byte, short, int, long, float, double, decimal, string, binary, date,
timestamp, timestamp_ntz, time, interval, ym_interval, dt_interval, variant; families: numeric,
integral, fractional, atomic, orderable, datetime (date, timestamp, timestamp_ntz), array, map,
struct; several with ``|``: an argument of none of these types is cast to the first that Spark's
implicit casts can reach. ``!`` after a kind: must be a constant (``fmt: string!``).
Defaults are SQL literals (``0.05D``, ``1L``, ``'x'``, ``null``) and show in column names. Beside
``array<T>`` and ``map<K, V>``, text is never turned into T.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from typing import Literal as Choice

from rayspark.datatypes import DataType
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.catalyst.expressions.base import Expression

Args = Sequence["Expression"]
TypeRule = DataType | Callable[[Args], DataType]
NullRule = bool | Callable[[Args], bool]
Kind = Choice["scalar", "aggregate", "window", "generator", "higher_order"]


def if_any(args: Args) -> bool:
    """Null in, null out."""
    return any(a.nullable for a in args)


def if_all(args: Args) -> bool:
    """Null only when all arguments are (``coalesce``)."""
    return all(a.nullable for a in args)


def same(args: Args) -> DataType:
    """The type of the first argument."""
    return args[0].dtype


def of(index: int) -> Callable[[Args], DataType]:
    """The type of an argument."""
    return lambda args: args[index].dtype


@dataclass(frozen=True)
class Fn:
    """One function. ``result`` is a type or a rule from arguments to a type."""

    name: str
    """Its SQL name, lower case; operators have their sign."""
    args: str
    result: TypeRule
    nulls: NullRule = if_any
    kind: Kind = "scalar"
    aliases: tuple[str, ...] = ()
    doc: str = ""
    """What it gives, in a sentence or two of our own."""
    examples: tuple[str, ...] = ()
    """SQL expressions; their answers were harvested from Spark (tests/golden/functions)."""
    group: str = "misc"
    """Its page in the documentation: math, string, datetime..."""
    since: str = "1.0.0"
    deterministic: bool = True
    contextual: bool = False
    """Depends on the query or the session (``current_date``, ``spark_partition_id``): never folded
    by itself."""
    refused: str | None = None
    """Why it does not work here, if it does not: shown to the user."""

    def result_type(self, args: Args) -> DataType:
        """The type of a call with such arguments."""
        return self.result(args) if callable(self.result) else self.result

    def may_be_null(self, args: Args) -> bool:
        """Whether such a call may give null."""
        return self.nulls(args) if callable(self.nulls) else self.nulls
