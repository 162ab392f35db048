"""Session variables, and statements that are made while a session runs."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.expressions import (
    Alias,
    Cast,
    CastMode,
    Expression,
    Literal,
    SubqueryExpression,
    UnresolvedAttribute,
    VariableReference,
)
from rayspark.catalyst.logical import LogicalPlan, OneRow, Project
from rayspark.catalyst.logical import command as c
from rayspark.catalyst.parser import parse_statement
from rayspark.catalyst.parser.parameters import Using
from rayspark.config.entries import sql
from rayspark.datatypes import ArrayType, DataType, MapType, NullType, StringType, StructType
from rayspark.errors import AnalysisException, ParseException, SparkException
from rayspark.execution.commands.result import nothing
from rayspark.execution.session_state import SessionState, Variable
from rayspark.execution.subqueries import constant

QUALIFIERS = ((), ("session",), ("system", "session"))


def declare_variable(command: c.DeclareVariable, state: SessionState) -> LogicalPlan:
    """DECLARE."""
    names = [_own_name(name) for name in command.names]
    for name in names:
        if name in state.variables and not command.replace:
            raise _error("VARIABLE_ALREADY_EXISTS", variableName=_path(name))
    kind = command.type or NullType()
    given = command.default or Literal(None, kind)
    values = [given if command.type is None else Cast(given, kind, _mode(state))]
    (value,) = _row(_select(values), state)
    for name in names:
        reference = VariableReference(value.value, value.type, name)
        state.variables[name] = Variable(reference, given)
    return nothing()


def set_variable(command: c.SetVariable, state: SessionState) -> LogicalPlan:
    """SET VAR."""
    names = [_known(name, state) for name in command.names]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _error("DUPLICATE_ASSIGNMENTS", nameList=f"`{twice}`")
    if command.query is not None:
        _assign(names, command.query, state)
    else:
        given = [
            state.variables[name].default if value is None else value
            for name, value in zip(names, command.values, strict=True)
        ]
        types = [state.variables[name].reference.type for name in names]
        casts = [Cast(e, dt, _mode(state)) for e, dt in zip(given, types, strict=True)]
        _store(names, _row(_select(casts), state), state)
    return nothing()


def drop_variable(command: c.DropVariable, state: SessionState) -> LogicalPlan:
    """DROP TEMPORARY VARIABLE."""
    name = _own_name(command.name)
    if state.variables.pop(name, None) is None and not command.if_exists:
        raise _error("VARIABLE_NOT_FOUND", variableName=_path(name))
    return nothing()


def statement_of(command: c.ExecuteImmediate, state: SessionState) -> LogicalPlan:
    """What the text of EXECUTE IMMEDIATE says."""
    given = [e.child if isinstance(e, Alias) else e for e in command.using]
    for e in (command.text, *given):
        _check_constant(e, state)
    text, *values = _row(_select([command.text, *given]), state)
    if not isinstance(text.type, StringType):
        raise _error(
            "INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE",
            exprType=f'"{text.type.simpleString().upper()}"',
        )
    names = tuple(_name_of(e) for e in command.using)
    twice = [name for name in names if name is not None and names.count(name) > 1]
    if twice:
        aliases = ", ".join(f"`{name}`" for name in dict.fromkeys(twice))
        raise ParseException(
            errorClass="EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES",
            messageParameters={"aliases": aliases},
        )
    kept = tuple(map(_argument, given, values))
    args = Using(kept, names, tuple(e.sql() for e in given))
    zone = state.conf.zone
    found = parse_statement(str(text.value), args, zone=zone, variables=state.constants())
    if command.into and isinstance(found, c.Command):
        raise _error("INVALID_STATEMENT_FOR_EXECUTE_INTO", sqlString=f"'{text.value}'")
    return found


def _name_of(e: Expression) -> str | None:
    """The name of an argument: its alias, or that of the variable that it is."""
    if isinstance(e, Alias):
        return e.name
    return e.parts[-1] if isinstance(e, UnresolvedAttribute) else None


def _argument(given: Expression, value: Literal) -> Expression:
    """Its value; of constant collections what is written, by which columns are called."""
    nested = isinstance(value.type, ArrayType | MapType | StructType)
    return given if nested and not given.has(UnresolvedAttribute) else value


def _check_constant(e: Expression, state: SessionState) -> None:
    """What is an argument has one value, before the statement is read."""
    if e.has(SubqueryExpression) or not _is_determined(e, state):
        raise _error("UNSUPPORTED_EXPR_FOR_PARAMETER", invalidExprSql=f'"{e.sql()}"')


def _is_determined(e: Expression, state: SessionState) -> bool:
    analyzed = state.execute(_select([e])).analyzed
    return all(c.deterministic for node in analyzed.walk() for c in node.expressions)


def store_row(
    into: Sequence[tuple[str, ...]], query: LogicalPlan, state: SessionState
) -> LogicalPlan:
    """The only row of a query into variables."""
    _assign([_known(name, state) for name in into], query, state)
    return nothing()


# -- names -------------------------------------------------------------------------------------


def _own_name(parts: Sequence[str]) -> str:
    """The name of a variable that a statement makes or drops."""
    *qualifier, name = (part.lower() for part in parts)
    if tuple(qualifier) not in QUALIFIERS:
        raise _unresolved(parts)
    return name


def _known(parts: Sequence[str], state: SessionState) -> str:
    name = _own_name(parts)
    if name not in state.variables:
        raise _unresolved(parts)
    return name


def _unresolved(parts: Sequence[str]) -> AnalysisException:
    name = ".".join(f"`{part}`" for part in parts)
    return _error("UNRESOLVED_VARIABLE", variableName=name, searchPath="[`system`.`session`]")


def _path(name: str) -> str:
    return f"`system`.`session`.`{name}`"


def _error(condition: str, **parameters: str) -> AnalysisException:
    return AnalysisException(errorClass=condition, messageParameters=parameters)


# -- values ------------------------------------------------------------------------------------


def _mode(state: SessionState) -> CastMode:
    return CastMode.ANSI if state.conf[sql.ANSI] else CastMode.LEGACY


def _select(values: Sequence[Expression]) -> LogicalPlan:
    columns = tuple(Alias(e, f"v{at}") for at, e in enumerate(values))
    return Project(columns, OneRow())


def _row(plan: LogicalPlan, state: SessionState) -> list[Literal]:
    """The only row of a query, or nulls; as constants."""
    query = state.execute(plan)
    rows = query.to_arrow()
    if rows.num_rows > 1:
        raise SparkException(errorClass="ROW_SUBQUERY_TOO_MANY_ROWS", messageParameters={})
    types: list[DataType] = [f.dataType for f in query.schema.fields]
    columns = [column.to_pylist() for column in rows.columns]
    return [
        constant(column[0] if column else None, dt)
        for column, dt in zip(columns, types, strict=True)
    ]


def _assign(names: list[str], query: LogicalPlan, state: SessionState) -> None:
    plan = state.execute(query).analyzed
    if len(plan.output) != len(names):
        raise _error(
            "ASSIGNMENT_ARITY_MISMATCH",
            numTarget=str(len(names)),
            numExpr=str(len(plan.output)),
        )
    casts = tuple(
        Alias(Cast(a, state.variables[name].reference.type, _mode(state)), f"v{at}")
        for at, (a, name) in enumerate(zip(plan.output, names, strict=True))
    )
    _store(names, _row(Project(casts, plan), state), state)


def _store(names: list[str], values: Sequence[Literal], state: SessionState) -> None:
    for name, value in zip(names, values, strict=True):
        old = state.variables[name]
        reference = VariableReference(value.value, old.reference.type, name)
        state.variables[name] = Variable(reference, old.default)
