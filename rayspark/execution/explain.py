"""All printed forms of a query's plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayspark.errors import IllegalArgumentException

if TYPE_CHECKING:
    from rayspark.execution.query import QueryExecution

MODES = ("simple", "extended", "codegen", "cost", "formatted")


def explain(query: QueryExecution, mode: str) -> str:
    """What ``DataFrame.explain`` prints in a mode.

    Raises
    ------
    IllegalArgumentException
        For an unknown mode.
    """
    if mode not in MODES:
        raise IllegalArgumentException(
            f"Unknown explain mode: {mode}. Accepted explain modes are "
            f"{', '.join(repr(m) for m in MODES)}."
        )
    physical = f"== Physical Plan ==\n{query.physical_text()}"
    match mode:
        case "simple" | "formatted":
            return physical
        case "codegen":
            return f"{physical}\n== DuckDB Query ==\n{query.duck_text()}\n"
        case "cost":
            return f"== Optimized Logical Plan ==\n{query.optimized.tree_string()}\n{physical}"
    return (
        f"== Parsed Logical Plan ==\n{query.logical.tree_string()}\n"
        f"== Analyzed Logical Plan ==\n{_schema(query)}\n{query.analyzed.tree_string()}\n"
        f"== Optimized Logical Plan ==\n{query.optimized.tree_string()}\n{physical}"
    )


def _schema(query: QueryExecution) -> str:
    return ", ".join(f"{f.name}: {f.dataType.simpleString()}" for f in query.schema.fields)
