"""Nested values in Spark's order: a null element or field comes before any other.

DuckDB puts such nulls last, whatever is asked for outside. So what is compared is a value made of
pairs: ``[1, NULL]`` becomes ``[{n: true, v: 1}, {n: false, v: NULL}]``, and ``false < true``.
"""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.datatypes import ArrayType, DataType, StructType
from rayspark.execution.kernels.kernel import quote


def orderable(text: str, dt: DataType) -> str:
    """A text whose order in DuckDB is that of the value in Spark."""
    return _made(text, dt, 0, even=False) if _holds_nulls(dt) else text


def comparable(texts: Sequence[str], types: Sequence[DataType]) -> list[str]:
    """The same for values that are compared with each other: all have one form."""
    if not any(map(_holds_nulls, types)):
        return list(texts)
    return [_made(text, dt, 0, even=True) for text, dt in zip(texts, types, strict=True)]


def _made(text: str, dt: DataType, depth: int, *, even: bool) -> str:
    """``even``: parts that are never null become pairs as well."""

    def part(inner: str, kind: DataType, nullable: bool, at: int) -> str:
        made = _made(inner, kind, at, even=even)
        pair = f"struct_pack(n := {inner} IS NOT NULL, v := {made})"
        return pair if nullable or even else made

    match dt:
        case ArrayType():
            item = f"o{depth}"
            made = part(item, dt.elementType, dt.containsNull, depth + 1)
            return f"list_transform({text}, lambda {item}: {made})"
        case StructType():
            fields = [
                f"f{at} := "
                + part(f"struct_extract({text}, {quote(f.name)})", f.dataType, f.nullable, depth)
                for at, f in enumerate(dt.fields)
            ]
            return f"CASE WHEN {text} IS NOT NULL THEN struct_pack({', '.join(fields)}) END"
    return text


def _holds_nulls(dt: DataType) -> bool:
    match dt:
        case ArrayType():
            return bool(dt.containsNull) or _holds_nulls(dt.elementType)
        case StructType():
            return any(f.nullable or _holds_nulls(f.dataType) for f in dt.fields)
    return False
