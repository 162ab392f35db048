"""Plain JSON records by DuckDB: objects whose values have the kinds that the schema wants.

The query says of each record whether it is plain; only then are its values exactly those that
Spark reads. A key that stands twice, a comma too many, a number where text is wanted: not plain.
"""

from __future__ import annotations

from rayspark.datatypes import (
    BooleanType,
    ByteType,
    CharType,
    DataType,
    DateType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    VarcharType,
)
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import ArrowFunction, identifier, quote
from rayspark.execution.sources.csv_options import Formats
from rayspark.execution.sources.text_values import ValueTexts


def fast_query(schema: StructType, formats: Formats) -> tuple[str, dict[str, ArrowFunction]] | None:
    """The query over ``lines(line)`` and the functions it calls; None if a column needs more."""
    texts = ValueTexts(formats)
    values, plain = [], []
    for i, f in enumerate(schema.fields):
        one = _column(f"j{i}", f.dataType, texts)
        if one is None:
            return None
        values.append(f"{one} AS v{i}")
        plain.append(f"(v{i} IS NOT NULL OR coalesce(json_type(j{i}), 'NULL') = 'NULL')")
    shape = "{" + ",".join(f'{_name(f.name)}:"JSON"' for f in schema.fields) + "}"
    parts = [f"o.{identifier(f.name)} AS j{i}" for i, f in enumerate(schema.fields)]
    valid = (
        "CASE WHEN NOT json_valid(line) OR NOT starts_with(line, '{')"
        " OR regexp_matches(line, ',\\s*[}\\]]') THEN false"
        " ELSE len(json_keys(line)) = len(list_distinct(json_keys(line))) END"
    )
    names = [identifier(f.name) for f in schema.fields]
    outer = ", ".join(f"v{i} AS {name}" for i, name in enumerate(names))
    body = f"SELECT line, coalesce({valid}, false) AS fine FROM lines"
    if not schema.fields:
        return f"SELECT fine AS plain FROM ({body})", {}
    transformed = f"CASE WHEN fine THEN json_transform(line, {quote(shape)}) END"
    query = (
        f"SELECT {outer}, fine AND {' AND '.join(plain)} AS plain FROM ("
        f"SELECT fine, {', '.join(f'j{i}' for i in range(len(names)))}, {', '.join(values)} FROM ("
        f"SELECT fine, {', '.join(parts)} FROM (SELECT fine, {transformed} AS o FROM ({body}))))"
    )
    return query, texts.functions


def _name(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _column(j: str, dt: DataType, texts: ValueTexts) -> str | None:
    """The value of a JSON value ``j`` if it has the kind of the type, else null."""
    kind = f"json_type({j})"
    match dt:
        case StringType() | CharType() | VarcharType():
            return f"CASE WHEN {kind} = 'VARCHAR' THEN {j} ->> '$' END"
        case BooleanType():
            return f"CASE WHEN {kind} = 'BOOLEAN' THEN CAST({j} AS BOOLEAN) END"
        case ByteType() | ShortType() | IntegerType() | LongType():
            return (
                f"CASE WHEN {kind} IN ('UBIGINT', 'BIGINT') THEN"
                f" TRY_CAST({j} AS {duck_type(dt)}) END"
            )
        case DoubleType() | FloatType():
            return (
                f"CASE WHEN {kind} IN ('UBIGINT', 'BIGINT', 'DOUBLE') THEN"
                f" TRY_CAST({j} AS {duck_type(dt)}) END"
            )
        case DateType() | TimestampType() | TimestampNTZType():
            text = f"CASE WHEN {kind} = 'VARCHAR' THEN {j} ->> '$' END"
            return texts.value(f"({text})", dt, "")
    return None
