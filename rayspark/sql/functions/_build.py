"""A Python function of columns, made from its signature and its row in the table of functions."""

from __future__ import annotations

import decimal
import functools
import inspect
import itertools
import warnings
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter
from typing import Any

from rayspark.catalyst.expressions import (
    Expression,
    Lambda,
    LambdaVariable,
    Literal,
    UnresolvedFunction,
)
from rayspark.catalyst.functions import find_function
from rayspark.datatypes import DataType, LongType
from rayspark.errors import PySparkValueError
from rayspark.sql.column import Column, expression_of
from rayspark.sql.expected import expected
from rayspark.sql.functions._signatures import Taken, parameters, signature
from rayspark.sql.literals import attribute, literal, plain

SQL_NAMES = {
    "approxCountDistinct": "approx_count_distinct",
    "bitwiseNOT": "~",
    "bitwise_not": "~",
    "create_map": "map",
    "isnull": "isnull",
    "mean": "avg",
    "negate": "negative",
    "pow": "power",
    "random": "rand",
    "shiftLeft": "shiftleft",
    "shiftRight": "shiftright",
    "shiftRightUnsigned": "shiftrightunsigned",
    "timestamp_add": "timestampadd",
    "timestamp_diff": "timestampdiff",
    "toDegrees": "degrees",
    "toRadians": "radians",
}
"""Functions that SQL calls otherwise."""

_ZEROS = ((0,), (0,), (0,), (0,), (0,), (0,), (decimal.Decimal(0),))
FILLED: dict[str, tuple[tuple[Any] | None, ...]] = {
    "bround": (None, (0,)),
    "round": (None, (0,)),
    **{
        f"tuple_{name}_{kind}": fills
        for name, fills in {
            "sketch_agg": (None, None, (12,), ("sum",)),
            "union_agg": (None, (12,), ("sum",)),
            "union": (None, None, (12,), ("sum",)),
            "union_theta": (None, None, (12,), ("sum",)),
        }.items()
        for kind in ("double", "integer")
    },
    "aes_decrypt": (None, None, ("GCM",), ("DEFAULT",), ("",)),
    "aes_encrypt": (None, None, ("GCM",), ("DEFAULT",), ("",), ("",)),
    "make_dt_interval": (*_ZEROS[:3], _ZEROS[-1]),
    "make_interval": _ZEROS,
    "make_ym_interval": _ZEROS[:2],
    "mask": (None, ("X",), ("x",), ("n",), (None,)),
    "sentences": (None, ("",), ("",)),
    "str_to_map": (None, (",",), (":",)),
    "try_aes_decrypt": (None, None, ("GCM",), ("DEFAULT",), ("",)),
    "try_make_interval": _ZEROS,
}
"""What stands for ``None``, parameter by parameter, where arguments after it may be given."""

AT_LEAST = {"greatest": 2, "least": 2}
"""How many columns the functions take that take any number."""

NEEDS_SOME = {f"{t}make_timestamp{k}" for t in ("", "try_") for k in ("", "_ntz")}
"""Functions with several forms, none of which is without arguments."""

DEPRECATED = {
    "approxCountDistinct": ("2.1", "approx_count_distinct"),
    "bitwiseNOT": ("3.2", "bitwise_not"),
    "shiftLeft": ("3.2", "shiftleft"),
    "shiftRight": ("3.2", "shiftright"),
    "shiftRightUnsigned": ("3.2", "shiftrightunsigned"),
    "toDegrees": ("2.1", "degrees"),
    "toRadians": ("2.1", "radians"),
}
"""Old names: since when they are, and the new ones."""

_numbers = itertools.count(1)
LAMBDA_NAMES = ("x", "y", "z")


def build(name: str, special: Callable[..., Any] | None, module: str) -> Callable[..., Any]:
    """The function of a name, with signature and documentation."""
    taken = parameters(name) if special is None else []
    made = _calling(name, taken) if special is None else _copy(special)
    made.__name__ = made.__qualname__ = name
    made.__module__ = module
    made.__doc__ = document(name, taken, special)
    made.__signature__ = _signature(taken, special)  # type: ignore[attr-defined]
    return made


def _signature(taken: list[Taken], special: Callable[..., Any] | None) -> inspect.Signature:
    return signature(taken) if special is None else inspect.signature(special)


def _copy(special: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(special)
    def made(*args: Any, **kwargs: Any) -> Any:
        return special(*args, **kwargs)

    return made


def _calling(name: str, taken: list[Taken]) -> Callable[..., Any]:
    sql_name = SQL_NAMES.get(name, name)
    bound_to = signature(taken)
    fills = FILLED.get(name, ())
    old = DEPRECATED.get(name)

    def made(*args: Any, **kwargs: Any) -> Column:
        if old is not None:
            text = f"Deprecated in {old[0]}, use {old[1]} instead."
            warnings.warn(text, FutureWarning, stacklevel=2)
        try:
            given = bound_to.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        given.apply_defaults()
        found: list[Expression] = []
        for t, fill in itertools.zip_longest(taken, fills):
            value = given.arguments[t.name]
            if value is None and fill is not None:
                found.append(literal(*fill))
            else:
                found.extend(arguments(name, t, value))
        if not found and name in NEEDS_SOME:
            raise expected("date", "Column or str", None)
        return Column(UnresolvedFunction(sql_name, tuple(found)))

    return made


def arguments(name: str, taken: Taken, value: Any) -> Iterator[Expression]:
    """The expressions that a Python argument stands for: none for ``None``."""
    if taken.kind is Parameter.VAR_POSITIONAL:
        if len(value) == 1 and isinstance(value[0], list | set | tuple):
            value = value[0]
        if len(value) < AT_LEAST.get(name, 0):
            raise PySparkValueError(
                errorClass="WRONG_NUM_COLUMNS",
                messageParameters={"func_name": name, "num_cols": str(AT_LEAST[name])},
            )
        for member in value:
            yield argument(taken, member)
    elif value is not None:
        yield argument(taken, value)


def argument(taken: Taken, value: Any) -> Expression:
    """The expression that one value stands for."""
    value = plain(value)
    if isinstance(value, Column):
        return value._expr
    if "Callable" in taken.annotation:
        return lambda_of(value)
    if "Mapping" in taken.annotation:
        return options_map(value)
    if isinstance(value, DataType):
        return literal(value.json())
    if taken.takes_columns:
        if isinstance(value, str):
            return attribute(value)
        if not taken.takes_constants:
            raise expected(taken.name, "Column or str", value)
    if isinstance(value, tuple):
        value = list(value)
    if taken.name == "seed" and taken.annotation == "int | None":
        return Literal(int(value), LongType())
    if isinstance(value, list):
        return UnresolvedFunction("array", tuple(map(expression_of, value)))
    return literal(value)


def options_map(options: Mapping[str, Any]) -> Expression:
    """Options as a map of text."""
    pairs = [literal(text) for k, v in options.items() for text in (k, _option_text(v))]
    return UnresolvedFunction("map", tuple(pairs))


def _option_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def lambda_of(f: Callable[..., Any]) -> Lambda:
    """A Python function of columns as the function that a higher-order function takes.

    Raises
    ------
    PySparkValueError
        If it takes no parameter or more than three, or others than positional ones, or does not
        give a column.
    """
    names = inspect.signature(f).parameters
    allowed = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    if not 1 <= len(names) <= len(LAMBDA_NAMES):
        raise PySparkValueError(
            errorClass="WRONG_NUM_ARGS_FOR_HIGHER_ORDER_FUNCTION",
            messageParameters={"func_name": _name(f), "num_args": str(len(names))},
        )
    if any(p.kind not in allowed for p in names.values()):
        raise PySparkValueError(
            errorClass="UNSUPPORTED_PARAM_TYPE_FOR_HIGHER_ORDER_FUNCTION",
            messageParameters={"func_name": _name(f)},
        )
    variables = [LambdaVariable(f"{n}_{next(_numbers)}") for n in LAMBDA_NAMES[: len(names)]]
    body = f(*map(Column, variables))
    if not isinstance(body, Column):
        raise PySparkValueError(
            errorClass="HIGHER_ORDER_FUNCTION_SHOULD_RETURN_COLUMN",
            messageParameters={"func_name": _name(f), "return_type": type(body).__name__},
        )
    return Lambda(body._expr, tuple(variables))


def _name(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", type(f).__name__)


def document(name: str, taken: list[Taken], special: Callable[..., Any] | None) -> str:
    """The documentation: from the row, or as written with a special function."""
    row = find_function(SQL_NAMES.get(name, name))
    if row is None:
        return (
            inspect.getdoc(special) or f"SQL's ``{name}``."
            if special
            else (f"Not available: RaySpark has no function ``{name}`` yet.")
        )
    parts = [row.doc or inspect.getdoc(special) or f"SQL's ``{row.name}``."]
    if row.refused:
        parts.append(f"Not available: {row.refused}")
    if taken:
        shown = [f"{t.name} : {t.annotation}" for t in taken]
        parts.append("\n".join(["Parameters", "----------", *shown]))
    if row.examples:
        shown = [f'>>> spark.sql("SELECT {e}").show()  # doctest: +SKIP' for e in row.examples]
        parts.append("\n".join(["Examples", "--------", *shown]))
    return "\n\n".join(parts) + "\n"
