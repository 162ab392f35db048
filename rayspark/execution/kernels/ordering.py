"""Nested values in Spark's order: a null element or field comes before any other.

DuckDB puts such nulls last, whatever is asked for outside. So what is compared is a value made of
pairs: ``[1, NULL]`` becomes ``[{n: true, v: 1}, {n: false, v: NULL}]``, and ``false < true``.
"""

from __future__ import annotations

from rayspark.datatypes import ArrayType, DataType, StructType
from rayspark.execution.kernels.kernel import quote


def orderable(text: str, dt: DataType, depth: int = 0) -> str:
    """A text whose order in DuckDB is that of the value in Spark."""
    if not _holds_nulls(dt):
        return text
    if isinstance(dt, ArrayType):
        item = f"o{depth}"
        made = _part(item, dt.elementType, dt.containsNull, depth + 1)
        return f"list_transform({text}, lambda {item}: {made})"
    assert isinstance(dt, StructType)
    fields = [
        f"f{at} := " + _part(f"struct_extract({text}, {quote(f.name)})", f.dataType, f.nullable,
                             depth)
        for at, f in enumerate(dt.fields)
    ]  # fmt: skip
    return f"CASE WHEN {text} IS NOT NULL THEN struct_pack({', '.join(fields)}) END"


def _part(text: str, dt: DataType, nullable: bool, depth: int) -> str:
    inner = orderable(text, dt, depth)
    return f"struct_pack(n := {text} IS NOT NULL, v := {inner})" if nullable else inner


def _holds_nulls(dt: DataType) -> bool:
    match dt:
        case ArrayType():
            return bool(dt.containsNull) or _holds_nulls(dt.elementType)
        case StructType():
            return any(f.nullable or _holds_nulls(f.dataType) for f in dt.fields)
    return False
