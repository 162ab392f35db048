"""Casts as text, with Spark's meaning."""

from __future__ import annotations

from rayspark.catalyst.expressions import CastMode
from rayspark.datatypes import DataType
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.compile.types import duck_type


def compile_cast(
    text: str, source: DataType, target: DataType, mode: CastMode, context: CompileContext
) -> str:
    """The text of a cast of ``text``, whose type is ``source``."""
    if source == target:
        return text
    verb = "CAST" if mode is CastMode.ANSI else "TRY_CAST"
    return f"{verb}({text} AS {duck_type(target)})"
