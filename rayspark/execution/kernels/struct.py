"""Kernels of the functions of structs."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.datatypes import StructType
from rayspark.execution.kernels.kernel import Kernel, Site, identifier


def pack(names: Sequence[str], values: Sequence[str]) -> str:
    """A struct of names and texts; DuckDB has no struct without fields, see ``duck_type``."""
    if not names:
        return 'struct_pack("" := CAST(NULL AS INTEGER))'
    parts = (f"{identifier(n)} := {v}" for n, v in zip(names, values, strict=True))
    return f"struct_pack({', '.join(parts)})"


def _names(site: Site) -> list[str]:
    assert isinstance(site.type, StructType)
    return site.type.names


def _with_field(site: Site) -> str:
    name, source = str(site.literal(1)), site.types[0]
    assert isinstance(source, StructType)
    return _kept(site, {name: site.args[2]})


def _kept(site: Site, changed: dict[str, str]) -> str:
    def write(s: str) -> str:
        values = [changed.get(n, f"{s}.{identifier(n)}") for n in _names(site)]
        return f"CASE WHEN {s} IS NOT NULL THEN {pack(_names(site), values)} END"

    return site.let(f"({site.args[0]})", write)


KERNELS: dict[str, Kernel] = {
    "named_struct": lambda site: pack(_names(site), site.args[1::2]),
    "struct": lambda site: pack(_names(site), site.args),
    "with_field": _with_field,
    "drop_field": lambda site: _kept(site, {}),
}
