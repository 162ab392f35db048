"""Kernels of the conditional functions."""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.expressions import CastMode
from rayspark.catalyst.functions.tables.conditional import CAST_NAMES
from rayspark.datatypes import DataType
from rayspark.datatypes.base import FractionalType
from rayspark.datatypes.coercion import find_comparable
from rayspark.execution.compile.cast import compile_cast
from rayspark.execution.kernels.kernel import Exact, Kernel, Site
from rayspark.execution.kernels.ordering import comparable


def nanvl(site: Site) -> str:
    """Integers are never NaN."""
    a, b = site.args
    if not isinstance(site.types[0], FractionalType):
        return a
    return site.let(a, lambda x: f"CASE WHEN isnan({x}) THEN {b} ELSE {x} END")


def null_if(site: Site) -> str:
    """The sides are compared in their common type, the answer has the first one's."""
    (a, b), (left, right) = site.args, site.types
    common = find_comparable(left, right, site.ansi) or left

    def cast(text: str, dt: DataType) -> str:
        mode = CastMode.ANSI if site.ansi else CastMode.LEGACY
        return compile_cast(text, dt, common, mode, site.context)

    return site.let(a, lambda x: f"CASE WHEN {cast(x, left)} = {cast(b, right)} "
                                 f"THEN NULL ELSE {x} END")  # fmt: skip


def between(site: Site) -> str:
    """Both bounds inside."""
    value, low, high = site.args
    return site.let(value, lambda x: f"({x} >= {low} AND {x} <= {high})")


def cast_to(target: DataType) -> Callable[[Site], str]:
    """A cast by the session's mode."""

    def compiled(site: Site) -> str:
        mode = CastMode.ANSI if site.ansi else CastMode.LEGACY
        return compile_cast(site.args[0], site.types[0], target, mode, site.context)

    return compiled


def _extreme(name: str, of_list: str) -> Callable[[Site], str]:
    """``greatest`` and ``least``: nested values by Spark's order of nulls in them."""

    def kernel(site: Site) -> str:
        keys = comparable(site.args, site.types)
        if keys == list(site.args):
            return f"{name}({', '.join(site.args)})"
        pairs = (f"{{'k': {key}, 'v': {text}}}" for key, text in zip(keys, site.args, strict=True))
        known = f"list_filter([{', '.join(pairs)}], lambda p: p.v IS NOT NULL)"
        return f"struct_extract({of_list}({known}), 'v')"

    return kernel


KERNELS: dict[str, Kernel] = {
    "coalesce": "coalesce({all})",
    "nvl": "coalesce({0}, {1})",
    "nvl2": "CASE WHEN {0} IS NOT NULL THEN {1} ELSE {2} END",
    "nullif": null_if,
    "nullifzero": "nullif({0}, 0)",
    "zeroifnull": "coalesce({0}, 0)",
    "nanvl": nanvl,
    "isnan": "coalesce(isnan({0}), false)",
    "equal_null": "({0} IS NOT DISTINCT FROM {1})",
    "greatest": _extreme("greatest", "list_max"),
    "least": _extreme("least", "list_min"),
    "between": Exact(between),
    **{name: Exact(cast_to(kind)) for name, kind in CAST_NAMES.items()},
}
