"""Functions that make rows: into Generate nodes."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis.aliases import is_generator
from rayspark.catalyst.analysis.errors import error, sql_expr
from rayspark.catalyst.expressions import Alias, Attribute, Call, Expression, MultiAlias
from rayspark.catalyst.logical import Generate, LogicalPlan
from rayspark.datatypes import StructType

OUTER = "_outer"


def has_generator(e: Expression) -> bool:
    """Whether a generator is in it."""
    return any(is_generator(node) for node in e.walk())


def extract_generators(
    columns: Sequence[Expression], child: LogicalPlan
) -> tuple[tuple[Expression, ...], LogicalPlan]:
    """The columns over a plan that generates.

    Raises
    ------
    AnalysisException
        ``UNSUPPORTED_GENERATOR.*``.
    """
    found: list[Expression] = []
    generators = [c for c in columns if has_generator(c)]
    for column in generators:
        if not is_generator(_inner(column)):
            raise error("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", expression=sql_expr(column))
        if any(has_generator(part) for part in _inner(column).children):
            raise error("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", expression=sql_expr(column))
    for column in columns:
        if not has_generator(column):
            found.append(column)
            continue
        generator = _inner(column)
        assert isinstance(generator, Call)
        made = made_columns(generator, _names(column))
        child = generate(generator, child, made)
        found += made
    return tuple(found), child


def generate(
    generator: Call,
    child: LogicalPlan,
    made: tuple[Attribute, ...],
    outer: bool = False,
    qualifier: tuple[str, ...] = (),
) -> Generate:
    """A Generate node; ``explode_outer`` is ``explode`` that keeps rows."""
    return Generate(generator, child, made, outer or generator.name.endswith(OUTER), qualifier)


def made_columns(
    generator: Call, names: Sequence[str], qualifier: tuple[str, ...] = ()
) -> tuple[Attribute, ...]:
    """The columns that a generator makes, under given names or its own.

    Raises
    ------
    AnalysisException
        ``UDTF_ALIAS_NUMBER_MISMATCH`` if there are more names or fewer.
    """
    schema = generator.dtype
    assert isinstance(schema, StructType), f"generator {generator.name} must give a struct type"
    if names and len(names) != len(schema):
        raise error(
            "UDTF_ALIAS_NUMBER_MISMATCH",
            aliasesSize=str(len(schema)),
            aliasesNames=",".join(names),
        )
    shown = names or schema.names
    nulls = generator.name.endswith(OUTER)
    return tuple(
        Attribute(name, f.dataType, f.nullable or nulls, qualifier=qualifier)
        for name, f in zip(shown, schema.fields, strict=True)
    )


def _inner(column: Expression) -> Expression:
    return column.child if isinstance(column, Alias | MultiAlias) else column


def _names(column: Expression) -> tuple[str, ...]:
    match column:
        case Alias():
            return (column.name,)
        case MultiAlias():
            return column.names
    return ()
