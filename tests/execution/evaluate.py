"""Evaluates SQL expressions over a golden file's tables with the product's own parts, without a
session: parser, analysis, compilation, DuckDB. Answers have the golden files' JSON forms."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from rayspark.catalyst.analysis.resolver import Resolver
from rayspark.catalyst.analysis.scope import Scope
from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Expression,
    Literal,
    UnresolvedAlias,
    WindowCall,
)
from rayspark.catalyst.parser import parse_expression
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    DataType,
    DateType,
    DecimalType,
    MapType,
    StructType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.datatypes.json import parse_json_value
from rayspark.execution.boundary import inward
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.compile.expression import compile_expression
from rayspark.execution.constants import evaluate
from rayspark.execution.duck import Duck

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Settings:
    """An AnalysisContext without catalog."""

    ansi: bool = True
    zone: str = "UTC"
    case_sensitive: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    now: datetime.datetime = NOW

    def variable(self, parts: tuple[str, ...]) -> None:
        return None

    def python_function(self, parts: tuple[str, ...]) -> None:
        return None

    def evaluate(self, expressions: Sequence[Expression]) -> list[Literal | None]:
        return evaluate(expressions, CompileContext(ansi=self.ansi, zone=self.zone, now=self.now))

    def search_path(self) -> str:
        return "`spark_catalog`.`default`"


@dataclass(frozen=True)
class Answer:
    name: str
    dtype: DataType
    nullable: bool
    values: list[Any]


class Evaluator:
    """Expressions over one table."""

    def __init__(self, duck: Duck, table: Mapping[str, Any] | None) -> None:
        self.duck = duck
        self.attributes: list[Attribute] = []
        self.table = pa.table({"one": [1]})
        self.names: dict[Any, str] = {}
        if table is not None:
            schema = parse_json_value(table["schema"])
            assert isinstance(schema, StructType)
            self.attributes = [Attribute(f.name, f.dataType, f.nullable) for f in schema]
            columns = [
                inward(
                    pa.array([decode(row[at], f.dataType) for row in table["rows"]], kind.type),
                    f.dataType,
                )
                for at, (f, kind) in enumerate(
                    zip(schema.fields, to_arrow_schema(schema), strict=True)
                )
            ]
            self.names = {a.id: f'"c_{a.name}"' for a in self.attributes}
            named = dict(zip([f"c_{f.name}" for f in schema], columns, strict=True))
            self.table = pa.table(named | {"row_at": list(range(len(table["rows"])))})

    def resolve(self, sql: str, settings: Settings) -> tuple[str, Expression]:
        """The expression and its column's name."""
        parsed = parse_expression(sql, zone=settings.zone)
        while isinstance(parsed, (Alias, UnresolvedAlias)):
            parsed = parsed.child

        def no_subquery(e: Any, _resolver: Resolver) -> Expression:
            raise NotImplementedError(e)

        resolver = Resolver(settings, Scope(self.attributes), subquery=no_subquery, windows={})
        made = resolver.resolve(parsed)
        return made.sql(), made

    def ask(self, questions: list[str], settings: Settings) -> list[Answer]:
        """An answer each."""
        resolved = [self.resolve(sql, settings) for sql in questions]
        context = CompileContext(ansi=settings.ansi, zone=settings.zone, now=settings.now)
        texts = [
            f"{compile_expression(e, self.names, context)} AS c{at}"
            for at, (_, e) in enumerate(resolved)
        ]
        windows = any(e.has(WindowCall) for _, e in resolved)
        order = " ORDER BY row_at" if windows else ""
        data = self.duck.table(
            f"SELECT {', '.join(texts)} FROM asked{order}",
            {"asked": self.table},
            context.arrow_functions,
        )
        return [
            Answer(name, e.dtype, e.nullable, [encode(v, e.dtype) for v in plain_values(column)])
            for (name, e), column in zip(resolved, data.columns, strict=True)
        ]


def plain_values(column: pa.ChunkedArray) -> list[Any]:
    """The values; dates and instants as numbers, since Python's end with the year 9999."""
    if pa.types.is_date32(column.type):
        return column.cast(pa.int32()).to_pylist()
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.int64()).to_pylist()
    return column.to_pylist()


def decode(value: Any, dt: DataType) -> Any:
    """A golden file's JSON form as a value that pyarrow takes."""
    if value is None:
        return None
    match dt:
        case DecimalType():
            return decimal.Decimal(value)
        case BinaryType():
            return bytes.fromhex(value)
        case ArrayType():
            return [decode(v, dt.elementType) for v in value]
        case MapType():
            return [(decode(k, dt.keyType), decode(v, dt.valueType)) for k, v in value]
        case StructType():
            return {f.name: decode(v, f.dataType) for f, v in zip(dt.fields, value, strict=True)}
        case DateType():
            return datetime.date(1970, 1, 1) + datetime.timedelta(days=value)
    return value


EPOCH = datetime.datetime(1970, 1, 1)


def encode(value: Any, dt: DataType) -> Any:
    """A value from Arrow in the golden files' JSON form."""
    if value is None or (isinstance(value, int) and not isinstance(dt, ArrayType)):
        return value
    match dt:
        case DecimalType():
            return format(value, "f")
        case BinaryType():
            return value.hex()
        case ArrayType():
            return [encode(v, dt.elementType) for v in value]
        case MapType():
            return [[encode(k, dt.keyType), encode(v, dt.valueType)] for k, v in value]
        case StructType():
            return [encode(v, f.dataType) for f, v in zip(dt.fields, value.values(), strict=True)]
        case DateType():
            return (value - datetime.date(1970, 1, 1)).days
        case TimestampType() | TimestampNTZType():
            naive = value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
            return (naive - EPOCH) // datetime.timedelta(microseconds=1)
    return value


def same(a: Any, b: Any) -> bool:
    """Equal; floats to the last digit but one, as Java's own math functions are allowed."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float | int):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        if a == 0 and b == 0:
            return math.copysign(1, a) == math.copysign(1, b)
        return a == b or math.isclose(a, b, rel_tol=5e-16)
    return type(a) is type(b) and a == b
