"""UNION, INTERSECT, EXCEPT: columns matched by position or by name, and made of one type."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.analysis import Analysis
from rayspark.catalyst.analysis.errors import error, ordinal, sql_id, sql_type
from rayspark.catalyst.expressions import Alias, Attribute, Expression, Literal
from rayspark.catalyst.logical import LogicalPlan, Project, SetOp, Union
from rayspark.datatypes import DataType, MapType, VariantType
from rayspark.datatypes.coercion import find_wider


def resolve_union(node: Union, analysis: Analysis) -> LogicalPlan:
    """UNION ALL, by position or by name."""
    inputs: Sequence[LogicalPlan] = node.inputs_
    if node.by_name:
        for plan in inputs[1:]:
            inputs = _by_name(inputs, plan, node.allow_missing, analysis)
    return union_of(inputs, analysis)


def union_of(inputs: Sequence[LogicalPlan], analysis: Analysis) -> Union:
    """A Union of plans with as many columns, casts put in."""
    fitted = fit_types("UNION", inputs, analysis)
    first = fitted[0].output
    made = []
    for at, a in enumerate(first):
        nulls = any(plan.output[at].nullable for plan in fitted)
        dt = _nullable_type([plan.output[at].dtype for plan in fitted])
        made.append(Attribute(a.name, dt, nulls, metadata=a.metadata))
    return Union(tuple(fitted), made=tuple(made))


def _nullable_type(types: Sequence[DataType]) -> DataType:
    """The types differ only in what may be null inside."""
    found = types[0]
    for dt in types[1:]:
        if dt != found:
            found = find_wider(found, dt) or found
    return found


def resolve_set_op(node: SetOp, analysis: Analysis) -> LogicalPlan:
    """INTERSECT and EXCEPT."""
    name = node.kind.upper() + (" ALL" if node.all else "")
    left, right = fit_types(name, (node.left, node.right), analysis)
    for a in left.output:
        if isinstance(a.dtype, MapType | VariantType):
            kind = "MAP" if isinstance(a.dtype, MapType) else "VARIANT"
            raise error(
                f"UNSUPPORTED_FEATURE.SET_OPERATION_ON_{kind}_TYPE",
                colName=sql_id((a.name,)),
                dataType=sql_type(a.dtype),
            )
    if left is node.left and right is node.right:
        return node
    return node.copy(left=left, right=right)


def fit_types(
    operator: str, inputs: Sequence[LogicalPlan], analysis: Analysis
) -> list[LogicalPlan]:
    """The inputs with columns of common types.

    Raises
    ------
    AnalysisException
        ``NUM_COLUMNS_MISMATCH``, ``INCOMPATIBLE_COLUMN_TYPE``.
    """
    ansi = analysis.context.ansi
    first = inputs[0].output
    for at, plan in enumerate(inputs[1:], 2):
        if len(plan.output) != len(first):
            raise error(
                "NUM_COLUMNS_MISMATCH",
                operator=operator,
                firstNumColumns=str(len(first)),
                invalidOrdinalNum=ordinal(at),
                invalidNumColumns=str(len(plan.output)),
            )
    targets = [a.dtype for a in first]
    for at, plan in enumerate(inputs[1:], 2):
        for i, a in enumerate(plan.output):
            if a.dtype == targets[i]:
                continue
            wider = find_wider(targets[i], a.dtype, ansi)
            if wider is None:
                raise error(
                    "INCOMPATIBLE_COLUMN_TYPE",
                    tableOrdinalNumber=ordinal(at),
                    columnOrdinalNumber=ordinal(i + 1),
                    dataType1=sql_type(a.dtype),
                    dataType2=sql_type(targets[i]),
                    operator=operator,
                    hint="",
                )
            targets[i] = wider
    return [_cast_columns(plan, targets, ansi) for plan in inputs]


def _cast_columns(plan: LogicalPlan, targets: Sequence[DataType], ansi: bool) -> LogicalPlan:
    output = plan.output
    if all(coercion.same_type(a.dtype, t) for a, t in zip(output, targets, strict=True)):
        return plan
    columns = tuple(
        a
        if coercion.same_type(a.dtype, t)
        else Alias(coercion.cast_to(a, t, ansi), a.name, metadata=a.metadata)
        for a, t in zip(output, targets, strict=True)
    )
    return Project(columns, plan)


def _by_name(
    inputs: Sequence[LogicalPlan], right: LogicalPlan, allow_missing: bool, analysis: Analysis
) -> list[LogicalPlan]:
    """All inputs before ``right``, and ``right``, with the same names in the same order."""
    at = next(i for i, plan in enumerate(inputs) if plan is right)
    before, after = list(inputs[:at]), list(inputs[at + 1 :])
    left = before[0].output
    for plan in (before[0], right):
        _check_names(plan.output, analysis)
    columns: list[Expression] = []
    for a in left:
        found = analysis.named(right.output, a.name)
        if found:
            columns.append(found[0])
        elif allow_missing:
            columns.append(Alias(Literal(None, a.dtype), a.name))
        else:
            raise error(
                "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
                colName=a.name,
                fieldNames=", ".join(b.name for b in right.output),
            )
    extra = [b for b in right.output if not analysis.named(left, b.name)]
    if extra and not allow_missing:
        raise error(
            "NUM_COLUMNS_MISMATCH",
            operator="UNION",
            firstNumColumns=str(len(left)),
            invalidOrdinalNum=ordinal(at + 1),
            invalidNumColumns=str(len(right.output)),
        )
    if extra:
        before = [
            Project((*plan.output, *(Alias(Literal(None, b.dtype), b.name) for b in extra)), plan)
            for plan in before
        ]
        columns += extra
    same = len(columns) == len(right.output) and all(
        c is a for c, a in zip(columns, right.output, strict=True)
    )
    return [*before, right if same else Project(tuple(columns), right), *after]


def _check_names(output: Sequence[Attribute], analysis: Analysis) -> None:
    seen: set[str] = set()
    for a in output:
        key = a.name if analysis.case_sensitive else a.name.lower()
        if key in seen:
            raise error("COLUMN_ALREADY_EXISTS", columnName=sql_id((key,)))
        seen.add(key)
