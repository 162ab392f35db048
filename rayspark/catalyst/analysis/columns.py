"""``withColumns``, ``withColumnsRenamed`` and ``to(schema)``: Projects over all columns."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.aggregates import is_aggregated, named_columns
from rayspark.catalyst.analysis.analysis import Analysis
from rayspark.catalyst.analysis.errors import error, sql_id, sql_type
from rayspark.catalyst.analysis.hidden import Hidden
from rayspark.catalyst.analysis.lateral import LateralAliases
from rayspark.catalyst.analysis.projects import NO_CLAUSES, finish_aggregate, select
from rayspark.catalyst.analysis.scope import ambiguous
from rayspark.catalyst.analysis.time_windows import TimeWindows
from rayspark.catalyst.expressions import Alias, Attribute, Call, Cast, Expression, Literal, lit
from rayspark.catalyst.logical import (
    Aggregate,
    LogicalPlan,
    Project,
    ToSchema,
    WithColumns,
    WithColumnsRenamed,
)
from rayspark.datatypes import DataType, StringType, StructType
from rayspark.datatypes.casts import can_store


def resolve_with_columns(node: WithColumns, analysis: Analysis) -> LogicalPlan:
    """Columns that replace those of their names, or come after all."""
    _check_distinct([c.name for c in node.columns], analysis)
    times = TimeWindows(node.child, analysis)
    written = times.place(node.columns)
    child = times.child
    hidden = Hidden(child, analysis.case_sensitive, merged_only=True)
    resolver = analysis.resolver(analysis.scope(node.child), fallbacks=(hidden.find,))
    resolved = resolver.resolve_all(written)
    hidden.require(resolved)
    new = {_key(c.name, analysis): c for c in named_columns(written, resolved, "UTC")
           if isinstance(c, Alias)}  # fmt: skip
    output = node.child.output
    child = hidden.exposed()
    columns: list[Expression] = []
    replaced: set[str] = set()
    for a in output:
        key = _key(a.name, analysis)
        if key in new:
            replaced.add(key)
            again = any(c is new[key] for c in columns)
            columns.append(Alias(new[key].child, new[key].name) if again else new[key])
        else:
            columns.append(a)
    columns += [c for key, c in new.items() if key not in replaced]
    if any(is_aggregated(c) for c in new.values()):
        plan = Aggregate((), tuple(columns), child)
        return finish_aggregate(plan, LateralAliases(analysis, ()), NO_CLAUSES)
    return select(columns, child, LateralAliases(analysis, ()))


def _key(name: str, analysis: Analysis) -> str:
    return name if analysis.case_sensitive else name.lower()


def _check_distinct(names: Sequence[str], analysis: Analysis) -> None:
    seen: set[str] = set()
    for name in names:
        key = _key(name, analysis)
        if key in seen:
            raise error("COLUMN_ALREADY_EXISTS", columnName=sql_id((key,)))
        seen.add(key)


def resolve_renamed(node: WithColumnsRenamed, analysis: Analysis) -> LogicalPlan:
    """Pairs of old and new names, one after the other."""
    output = node.child.output
    names = [a.name for a in output]
    renamed = False
    for old, new in node.names:
        for at, name in enumerate(names):
            if analysis.same_name(name, old):
                names[at] = new
                renamed = True
    if not renamed:
        return node.child
    columns = tuple(
        a if a.name == name else Alias(a, name) for a, name in zip(output, names, strict=True)
    )
    return Project(columns, node.child)


# -- to(schema) ----------------------------------------------------------------------------------


def resolve_to_schema(node: ToSchema, analysis: Analysis) -> LogicalPlan:
    """Columns matched with a schema, cast where nothing is lost that ANSI stores would refuse."""
    output = node.child.output
    if not node.by_name and len(output) != len(node.target):
        raise error(
            "NUM_COLUMNS_MISMATCH",
            operator="INSERT",
            firstNumColumns=str(len(node.target)),
            invalidOrdinalNum="second",
            invalidNumColumns=str(len(output)),
        )
    columns: list[Expression] = []
    for at, f in enumerate(node.target.fields):
        column = _matching(output, f.name, analysis) if node.by_name else output[at]
        if column is None:
            if not f.nullable:
                raise error("NULLABLE_COLUMN_OR_FIELD", name=sql_id((f.name,)))
            columns.append(Alias(Literal(None, f.dataType), f.name, metadata=f.metadata))
            continue
        if column.nullable and not f.nullable:
            raise error("NULLABLE_COLUMN_OR_FIELD", name=sql_id((f.name,)))
        fitted = _reshaped(column, f.dataType, (f.name,), analysis)
        same = fitted is column and column.name == f.name and not f.metadata
        columns.append(column if same else Alias(fitted, f.name, metadata=f.metadata or None))
    if tuple(columns) == output:
        return node.child
    return Project(tuple(columns), node.child)


def _matching(output: Sequence[Attribute], name: str, analysis: Analysis) -> Attribute | None:
    found = analysis.named(output, name)
    if len(found) > 1:
        raise ambiguous((name,), found)
    return found[0] if found else None


def _reshaped(
    e: Expression, target: DataType, path: tuple[str, ...], analysis: Analysis
) -> Expression:
    """A value as a type: structs field by field by name, others by a cast."""
    source = e.dtype
    if isinstance(source, StructType) and isinstance(target, StructType):
        if source == target:
            return e
        parts: list[Expression] = []
        for f in target.fields:
            names = [n for n in source.names if analysis.same_name(n, f.name)]
            parts.append(lit(f.name))
            if names:
                field = Call("getfield", (e, Literal(names[0], StringType())))
                parts.append(_reshaped(field, f.dataType, (*path, f.name), analysis))
            else:
                parts.append(Literal(None, f.dataType))
        return Call("named_struct", tuple(parts))
    if coercion.same_type(source, target):
        return e
    if not can_store(source, target):
        raise error(
            "INVALID_COLUMN_OR_FIELD_DATA_TYPE",
            name=sql_id(path),
            type=sql_type(source),
            expectedType=sql_type(target),
        )
    return Cast(e, target, coercion.mode(analysis.context.ansi), implicit=True)
