"""Kernels of the functions of maps. A key that stands twice, or is null, is an error."""

from __future__ import annotations

import re

from rayspark.datatypes import ArrayType, MapType, StructType
from rayspark.errors import PySparkNotImplementedError
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import Exact, Kernel, Site, fail, identifier

LAST_WINS = "spark.sql.mapKeyDedupPolicy"


def build(site: Site, keys: str, values: str) -> str:
    """A map of two lists of one length; the texts are used several times."""
    if site.context.conf.get(LAST_WINS, "EXCEPTION").upper() == "LAST_WIN":
        kept = f"list_filter({keys}, lambda k, i: list_position({keys}, k) = i)"
        last = f"len({keys}) - list_position(list_reverse({keys}), k) + 1"
        newest = f"list_transform({kept}, lambda k: {values}[{last}])"
        return f"map({kept}, {newest})"
    twice = f"list_filter({keys}, lambda k, i: list_position({keys}, k) < i)"
    double = fail(
        "DUPLICATED_MAP_KEY",
        key=f"{twice}[1]",
        mapKeyDedupPolicy="'\"spark.sql.mapKeyDedupPolicy\"'",
    )
    return (
        f"CASE WHEN list_position({keys}, NULL) IS NOT NULL THEN {fail('NULL_MAP_KEY')}"
        f" WHEN len({twice}) > 0 THEN {double} ELSE map({keys}, {values}) END"
    )


def _lists(site: Site, keys: str, values: str) -> str:
    return site.let(keys, lambda k: site.let(values, lambda v: build(site, k, v)))


def _map(site: Site) -> str:
    if not site.args:
        return f"CAST(MAP {{}} AS {duck_type(site.type)})"
    kind = site.type
    assert isinstance(kind, MapType)
    keys = f"CAST([{', '.join(site.args[0::2])}] AS {duck_type(kind.keyType)}[])"
    values = f"CAST([{', '.join(site.args[1::2])}] AS {duck_type(kind.valueType)}[])"
    return _lists(site, keys, values)


def _from_arrays(site: Site) -> str:
    keys, values = site.args

    def write(k: str, v: str) -> str:
        uneven = fail("_LEGACY_ERROR_TEMP_2128")
        return (
            f"CASE WHEN {k} IS NULL OR {v} IS NULL THEN NULL WHEN len({k}) <> len({v})"
            f" THEN {uneven} ELSE {build(site, k, v)} END"
        )

    return site.let(keys, lambda k: site.let(values, lambda v: write(k, v)))


def _from_entries(site: Site) -> str:
    kind = site.types[0]
    assert isinstance(kind, ArrayType)
    assert isinstance(kind.elementType, StructType)
    key, value = (identifier(f.name) for f in kind.elementType.fields)

    def write(e: str) -> str:
        keys = f"list_transform({e}, lambda e: e.{key})"
        values = f"list_transform({e}, lambda e: e.{value})"
        made = _lists(site, keys, values)
        return (
            f"CASE WHEN {e} IS NULL OR list_position({e}, NULL) IS NOT NULL THEN NULL"
            f" ELSE {made} END"
        )

    return site.let(site.args[0], write)


def _concat(site: Site) -> str:
    if not site.args:
        return f"CAST(MAP {{}} AS {duck_type(site.type)})"
    keys = f"flatten([{', '.join(f'map_keys({m})' for m in site.args)}])"
    values = f"flatten([{', '.join(f'map_values({m})' for m in site.args)}])"
    given = " AND ".join(f"{m} IS NOT NULL" for m in site.args)
    return f"CASE WHEN {given} THEN {_lists(site, keys, values)} END"


def _str_to_map(site: Site) -> str:
    text = site.args[0]
    pairs = f"{_split(site, text, 1)}"
    halves = _split(site, "p", 2, limit=True)
    cut = f"list_transform({pairs}, lambda p: {halves})"
    keys = f"list_transform({cut}, lambda h: h[1])"
    values = f"list_transform({cut}, lambda h: h[2])"
    return f"CASE WHEN {text} IS NOT NULL THEN {_lists(site, keys, values)} END"


def _split(site: Site, text: str, index: int, *, limit: bool = False) -> str:
    """Cut at a delimiter; into two parts at most with ``limit``."""
    delimiter = site.literal(index)
    if delimiter is None or re.escape(delimiter) not in (delimiter, f"\\{delimiter}"):
        raise PySparkNotImplementedError(
            errorClass="NOT_IMPLEMENTED",
            messageParameters={"feature": "str_to_map with a regular expression as delimiter"},
        )
    if not limit:
        return f"string_split({text}, {site.args[index]})"
    d = site.args[index]
    rest = f"substring({text}, strpos({text}, {d}) + length({d}))"
    return (
        f"CASE WHEN strpos({text}, {d}) > 0 THEN"
        f" [substring({text}, 1, strpos({text}, {d}) - 1), {rest}] ELSE [{text}, NULL] END"
    )


KERNELS: dict[str, Kernel] = {
    "map": _map,
    "map_keys": "map_keys({0})",
    "map_values": "map_values({0})",
    "map_entries": "map_entries({0})",
    "map_contains_key": Exact("list_contains(map_keys({0}), {1})"),
    "map_from_arrays": _from_arrays,
    "map_from_entries": _from_entries,
    "map_concat": _concat,
    "str_to_map": _str_to_map,
}
