"""How mistakes in a query are said: Spark's conditions, with names, types and text as it quotes
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rayspark.catalyst.analysis.naming import pretty, type_text
from rayspark.catalyst.expressions import Attribute, Expression
from rayspark.datatypes import DataType
from rayspark.errors import AnalysisException

ORDINALS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
)  # fmt: skip
DOCROOT = "https://spark.apache.org/docs/latest"
MAX_SUGGESTIONS = 5


def error(condition: str, /, **parameters: str) -> AnalysisException:
    """The exception of a condition."""
    return AnalysisException(errorClass=condition, messageParameters=parameters)


def mismatch(condition: str, e: Expression, /, **parameters: str) -> AnalysisException:
    """A ``DATATYPE_MISMATCH``: the types of an expression's parts do not fit."""
    return error(f"DATATYPE_MISMATCH.{condition}", sqlExpr=sql_expr(e), **parameters)


def sql_id(parts: Sequence[str]) -> str:
    """A name in backquotes: ```t`.`a```."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def sql_type(dt: DataType) -> str:
    """A type as messages quote it: ``"INT"``."""
    return f'"{type_text(dt)}"'


def sql_expr(e: Expression) -> str:
    """An expression as messages quote it."""
    return f'"{pretty(e)}"'


def ordinal(position: int) -> str:
    """``first`` for 1."""
    return ORDINALS[position] if position < len(ORDINALS) else f"{position}th"


def any_of(types: Iterable[DataType]) -> str:
    """``("INT" or "STRING")``."""
    return f"({' or '.join(map(sql_type, types))})"


def unresolved_column(parts: Sequence[str], candidates: Sequence[Attribute]) -> AnalysisException:
    """No such column; those with the most similar names are proposed."""
    proposals = similar(".".join(parts), [(*a.qualifier, a.name) for a in by_name(candidates)])
    if not proposals:
        return error("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", objectName=sql_id(parts))
    return error(
        "UNRESOLVED_COLUMN.WITH_SUGGESTION",
        objectName=sql_id(parts),
        proposal=", ".join(proposals[:MAX_SUGGESTIONS]),
    )


def by_name(attributes: Sequence[Attribute]) -> list[Attribute]:
    """The attributes once each, sorted by name."""
    return sorted({a.id: a for a in attributes}.values(), key=lambda a: (a.name, a.id))


def similar(wanted: str, candidates: Sequence[tuple[str, ...]]) -> list[str]:
    """The candidates, the most similar first, without the qualifiers that all of them share."""
    depth = wanted.count(".") + 1
    for kept in (1, 2):
        if depth <= kept and len({c[:-kept] for c in candidates}) == 1:
            candidates = [c[-kept:] for c in candidates]
            break
    return sorted(map(sql_id, candidates), key=lambda text: _distance(text, wanted))


def _distance(a: str, b: str) -> int:
    """How many letters must be changed (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]
