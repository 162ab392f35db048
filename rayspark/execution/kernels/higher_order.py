"""Kernels of the functions that take functions.

A function's text is ``lambda x, y: body``. Where DuckDB would call it otherwise than Spark does,
its body is evaluated with its parameters bound one by one: :func:`bound`.
"""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.expressions import Lambda
from rayspark.datatypes import MapType
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.array import by_order
from rayspark.execution.kernels.kernel import Exact, Kernel, Site, fail
from rayspark.execution.kernels.map import build


def _parts(text: str) -> tuple[list[str], str]:
    """The parameters and the body of a lambda's text."""
    head, _, body = text.partition(": ")
    return head.removeprefix("lambda ").split(", "), body


def bound(text: str, *values: str) -> str:
    """The body with its parameters standing for values."""
    names, made = _parts(text)
    for name, value in reversed(list(zip(names, values, strict=False))):
        made = f"list_transform([{value}], lambda {name}: {made})[1]"
    return made


def _arity(site: Site, index: int) -> int:
    f = site.call.args[index]
    assert isinstance(f, Lambda)
    return len(f.parameters)


def _with_index(site: Site) -> str:
    """A function of element and place, the place counting from 0."""
    (element, place), body = _parts(site.args[1])
    counted = f"list_transform([CAST(i_{place} - 1 AS INTEGER)], lambda {place}: {body})[1]"
    return f"lambda {element}, i_{place}: {counted}"


def _transform(site: Site) -> str:
    f = site.args[1] if _arity(site, 1) == 1 else _with_index(site)
    return f"list_transform({site.args[0]}, {f})"


def _filter(site: Site) -> str:
    f = site.args[1] if _arity(site, 1) == 1 else _with_index(site)
    return f"list_filter({site.args[0]}, {f})"


def _decided(by: str) -> Callable[[Site], str]:
    """``exists`` is decided by a true, ``forall`` by a false."""
    otherwise = "false" if by == "true" else "true"

    def kernel(site: Site) -> str:
        return site.let(
            f"list_transform({site.args[0]}, {site.args[1]})",
            lambda b: (
                f"CASE WHEN list_contains({b}, {by}) THEN {by}"
                f" WHEN {b} IS NULL OR list_position({b}, NULL) IS NOT NULL THEN NULL"
                f" ELSE {otherwise} END"
            ),
        )

    return kernel


def _aggregate(site: Site) -> str:
    items, start, merge = site.args[:3]
    kind = duck_type(site.types[1])
    (acc, item), body = _parts(merge)
    f = f"lambda {acc}, {item}: CAST({body} AS {kind})"
    reduced = f"list_reduce({items}, {f}, CAST({start} AS {kind}))"
    if len(site.args) > 3:
        finished = bound(site.args[3], reduced)
        return f"CASE WHEN {items} IS NOT NULL THEN {finished} END"
    return f"CASE WHEN {items} IS NOT NULL THEN {reduced} END"


def _zip_with(site: Site) -> str:
    left, right, f = site.args

    def write(a: str, b: str) -> str:
        made = bound(f, f"{a}[i]", f"{b}[i]")
        return (
            f"CASE WHEN {a} IS NOT NULL AND {b} IS NOT NULL THEN"
            f" list_transform(range(1, greatest(len({a}), len({b})) + 1), lambda i: {made}) END"
        )

    return site.let(left, lambda a: site.let(right, lambda b: write(a, b)))


def _array_sort(site: Site) -> str:
    if len(site.args) == 1:
        return by_order(site, "list_sort({}, 'ASC', 'NULLS LAST')")
    unknown = fail("COMPARATOR_RETURNS_NULL", firstValue="x", secondValue="y")

    def write(a: str) -> str:
        order = f"coalesce({bound(site.args[1], 'y', 'x')}, {unknown})"
        before = f"list_filter({a}, lambda y, j: {order} < 0 OR ({order} = 0 AND j < i))"
        ranked = f"list_transform({a}, lambda x, i: {{'r': len({before}), 'v': x}})"
        return f"list_transform(list_sort({ranked}), lambda p: p.v)"

    return site.let(site.args[0], write)


# -- maps ------------------------------------------------------------------------------------------


def _entries(site: Site, f: str) -> str:
    """What a function gives for each entry."""
    return f"list_transform(map_entries({site.args[0]}), lambda e: {bound(f, 'e.key', 'e.value')})"


def _map_filter(site: Site) -> str:
    test = bound(site.args[1], "e.key", "e.value")
    kept = f"list_filter(map_entries({site.args[0]}), lambda e: {test})"
    return f"map_from_entries({kept})"


def _transform_keys(site: Site) -> str:
    values = f"map_values({site.args[0]})"
    made = site.let(
        _entries(site, site.args[1]), lambda k: site.let(values, lambda v: build(site, k, v))
    )
    return f"CASE WHEN {site.args[0]} IS NOT NULL THEN {made} END"


def _transform_values(site: Site) -> str:
    return f"map(map_keys({site.args[0]}), {_entries(site, site.args[1])})"


def _map_zip_with(site: Site) -> str:
    left, right, f = site.args
    kind = site.types[0]
    assert isinstance(kind, MapType)

    def write(a: str, b: str) -> str:
        other = f"list_filter(map_keys({b}), lambda k: NOT list_contains(map_keys({a}), k))"
        keys = f"list_concat(map_keys({a}), {other})"
        made = bound(f, "k", f"{a}[k]", f"{b}[k]")
        values = f"list_transform({keys}, lambda k: {made})"
        return f"CASE WHEN {a} IS NOT NULL AND {b} IS NOT NULL THEN map({keys}, {values}) END"

    return site.let(left, lambda a: site.let(right, lambda b: write(a, b)))


KERNELS: dict[str, Kernel] = {
    "transform": _transform,
    "filter": _filter,
    "exists": Exact(_decided("true")),
    "forall": Exact(_decided("false")),
    "aggregate": _aggregate,
    "zip_with": _zip_with,
    "array_sort": _array_sort,
    "map_filter": _map_filter,
    "transform_keys": _transform_keys,
    "transform_values": _transform_values,
    "map_zip_with": _map_zip_with,
}
