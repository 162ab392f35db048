"""What a kernel is and what it may use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import AggregateCall, Call, Expression, Literal
from rayspark.datatypes import DataType
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.execution.compile.context import CompileContext

MARK = "\x1fRAYSPARK"
"""Begins the text of an error that carries a condition of Spark."""
SEPARATOR = "\x1e"
END = "\x1d"
"""Ends it, where more may follow."""
WHOLE = "\x1c"
"""Name of the parameter that is the whole message, where one is already made."""


@dataclass(frozen=True)
class Exact:
    """A kernel whose value already has the type that the function's row says: no cast is added."""

    kernel: str | Callable[[Site], str]


@dataclass(frozen=True)
class ArrowFunction:
    """A function over Arrow arrays, known to DuckDB by ``name`` once a query uses it.

    ``run`` gets one array per parameter (nulls included) and gives one of the same length.
    Parameter and result types are DuckDB's names.
    """

    name: str
    run: Callable[..., Any]
    parameters: tuple[str, ...]
    returns: str
    volatile: bool = False


@dataclass(frozen=True)
class Site:
    """A call that is being compiled."""

    call: Call
    args: Sequence[str]
    """The arguments' texts; a lambda's is ``lambda x, y: body``."""
    context: CompileContext
    aggregate: AggregateCall | None = None
    """Around ``call``, where it is an aggregate."""
    filter: str | None = None
    """Of an aggregate: the condition's text."""
    order: Sequence[str] = ()
    """Of an aggregate: its ordering keys' texts."""
    over: str = ""
    """Of a window function: `` OVER (...)``, to be put behind every call of one of DuckDB's."""
    ignore_nulls: bool = False
    """Of a window function: rows where its argument is null do not count."""

    @property
    def ansi(self) -> bool:
        """Whether errors are raised where older Spark gave null."""
        return self.context.ansi

    @property
    def zone(self) -> str:
        """The session's time zone."""
        return self.context.zone

    @property
    def type(self) -> DataType:
        """The call's result type."""
        return self.call.dtype

    @property
    def types(self) -> list[DataType]:
        """The arguments' types."""
        return [a.dtype for a in self.call.args]

    def literal(self, index: int) -> Any:
        """The value of an argument that is a constant; ``None`` if it is none."""
        argument: Expression = self.call.args[index]
        return argument.value if isinstance(argument, Literal) else None

    def is_literal(self, index: int) -> bool:
        """Whether an argument is a constant."""
        return isinstance(self.call.args[index], Literal)

    def use(self, function: ArrowFunction, *args: str) -> str:
        """A call of an Arrow function."""
        self.context.arrow_functions[function.name] = function
        return f"{function.name}({', '.join(args)})"

    def let(self, text: str, body: Callable[[str], str]) -> str:
        """``body(text)`` where the body uses the text several times: see :func:`let`."""
        return let(self.context, text, body)


Kernel = str | Callable[[Site], str] | Exact


def fail(condition: str, **parameters: str) -> str:
    """DuckDB text that raises a Spark condition when it is evaluated.

    Parameters are DuckDB texts of the message's parameters: ``fail("INVALID_ARRAY_INDEX",
    indexValue=f"{i}::VARCHAR", ...)``. Use it as a branch of a CASE.
    """
    parts = [quote(MARK + condition)]
    for name, text in parameters.items():
        parts += [quote(SEPARATOR + name + SEPARATOR), f"coalesce(CAST({text} AS VARCHAR), 'null')"]
    return f"error({' || '.join(parts)})"


class Failure(Exception):
    """What :func:`fail` is in an :class:`ArrowFunction`: raise it there."""

    def __init__(self, condition: str, **parameters: object) -> None:
        parts = [f"{SEPARATOR}{name}{SEPARATOR}{value}" for name, value in parameters.items()]
        super().__init__(MARK + condition + "".join(parts) + END)


SHORT = 120
"""A text that is not longer may be repeated: DuckDB computes equal texts once."""


VOLATILE = ("error(", "random(", "uuid(")


def let(context: CompileContext, text: str, body: Callable[[str], str]) -> str:
    """``body(text)`` where the body uses the text several times.

    A long text is bound to a name by a lambda over a list of one (measured: 8 ns a row), or nested
    expressions would double with every level.
    """
    if len(text) <= SHORT and not is_volatile(text):
        return body(text)
    return bind(context, text, body)


def pure(context: CompileContext, texts: Sequence[str], body: Callable[..., str]) -> str:
    """``body(*texts)`` where the body puts them into TRY, which takes nothing that may raise an
    error by itself: such texts are bound to names before.
    """
    for at, text in enumerate(texts):
        if is_volatile(text):
            around = list(texts[:at]), list(texts[at + 1 :])
            return bind(context, text, partial(_pure_with, context, around, body))
    return body(*texts)


class Outside(str):
    """The text of an aggregate, window or query, or of what holds one: no TRY may be around it."""

    __slots__ = ()


def clear(
    context: CompileContext, texts: Sequence[str], body: Callable[[Sequence[str]], str]
) -> str:
    """``body(texts)``; where TRY is in it, aggregates, windows and queries are bound to names
    before.
    """
    made = body(texts)
    if "TRY(" not in made:
        return made
    found = (at for at, text in enumerate(texts) if isinstance(text, Outside))
    at = next((at for at in found if not texts[at].startswith("lambda ")), None)
    if at is None:
        return made
    before, after = texts[:at], texts[at + 1 :]
    return bind(context, texts[at], lambda name: clear(context, [*before, name, *after], body))


def _pure_with(
    context: CompileContext,
    around: tuple[list[str], list[str]],
    body: Callable[..., str],
    name: str,
) -> str:
    return pure(context, [*around[0], name, *around[1]], body)


def is_volatile(text: str) -> bool:
    """Whether two evaluations may differ, in DuckDB's eyes: errors are such too."""
    return any(word in text for word in VOLATILE)


def bind(context: CompileContext, text: str, body: Callable[[str], str]) -> str:
    """``body`` of a name for the text."""
    context.temporaries += 1
    name = f"t{context.temporaries}"
    return f"list_transform([{text}], lambda {name}: {body(name)})[1]"


def quote(text: str) -> str:
    """A DuckDB string constant."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'
