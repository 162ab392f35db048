"""Kernels of the generators: a LIST of rows (DuckDB's unnamed structs), one for each row made."""

from __future__ import annotations

from rayspark.datatypes import ArrayType, MapType, StructType
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import Exact, Kernel, Site, identifier


def _explode(site: Site) -> str:
    a = site.args[0]
    if isinstance(site.types[0], MapType):
        return f"list_transform(map_entries({a}), lambda e: row(e.key, e.value))"
    return f"list_transform({a}, lambda e: row(e))"


def _posexplode(site: Site) -> str:
    a = site.args[0]
    if isinstance(site.types[0], MapType):
        return f"list_transform(map_entries({a}), lambda e, i: row(i - 1, e.key, e.value))"
    return f"list_transform({a}, lambda e, i: row(i - 1, e))"


def _inline(site: Site) -> str:
    kind = site.types[0]
    assert isinstance(kind, ArrayType)
    assert isinstance(kind.elementType, StructType)
    fields = ", ".join(f"e.{identifier(f.name)}" for f in kind.elementType.fields)
    return f"list_transform({site.args[0]}, lambda e: row({fields}))"


def _stack(site: Site) -> str:
    count = int(site.literal(0))
    kind = site.type
    assert isinstance(kind, StructType)
    width, values = len(kind.fields), list(site.args[1:])
    values += ["NULL"] * (width * count - len(values))
    rows = []
    for at in range(count):
        cells = zip(values[at * width : (at + 1) * width], kind.fields, strict=True)
        rows.append(f"row({', '.join(f'CAST({v} AS {duck_type(f.dataType)})' for v, f in cells)})")
    return f"[{', '.join(rows)}]"


KERNELS: dict[str, Kernel] = {
    "explode": Exact(_explode),
    "explode_outer": Exact(_explode),
    "posexplode": Exact(_posexplode),
    "posexplode_outer": Exact(_posexplode),
    "inline": Exact(_inline),
    "inline_outer": Exact(_inline),
    "stack": Exact(_stack),
}
