"""Arguments of a call matched with the parameters of the function's row.

What is missing is filled in, what has another type is cast, what cannot be is refused: see the
language in :mod:`rayspark.catalyst.functions.row`.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from dataclasses import field

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.errors import (
    DOCROOT,
    any_of,
    error,
    mismatch,
    ordinal,
    sql_expr,
    sql_id,
    sql_type,
)
from rayspark.catalyst.analysis.kinds import accepts, implicit_target, shown_kind
from rayspark.catalyst.analysis.signature import Kind, Parameter, parse_signature
from rayspark.catalyst.expressions import (
    Expression,
    Lambda,
    LambdaVariable,
    Literal,
    NamedArgument,
    UnresolvedFunction,
    lit,
)
from rayspark.catalyst.functions import Fn
from rayspark.datatypes import (
    ArrayType,
    DataType,
    DecimalType,
    LongType,
    MapType,
    NullType,
    StringType,
)
from rayspark.datatypes.coercion import find_comparable, find_tightest, find_wider_of, is_orderable
from rayspark.errors import SparkRuntimeException
from rayspark.records import dataclass

Bind = Callable[[Lambda, Sequence[LambdaVariable]], Lambda]
"""Resolves a lambda's body over parameters of known types."""
OF_ELEMENTS = {"array_append", "array_insert", "array_position", "array_prepend", "array_remove"}
"""Functions of an array and an element: the one's type must hold the other's."""
OF_TWO_ARRAYS = {"array_except", "array_intersect", "array_union", "arrays_overlap"}
COMPARISONS = {"=", "<=>", "<", "<=", ">", ">="}


@dataclass
class Fitting:
    """One call on its way to fitting arguments."""

    call: UnresolvedFunction
    row: Fn
    args: list[Expression]
    parameters: list[Parameter]
    ansi: bool
    bind: Bind
    types: dict[str, DataType] = field(default_factory=dict)
    nulls: dict[str, bool] = field(default_factory=dict)

    def fitted(self) -> tuple[Expression, ...]:
        """The arguments after casts."""
        self._find_variables()
        for at, parameter in enumerate(self.parameters):
            arg = self.args[at]
            if parameter.is_lambda or isinstance(arg, Lambda):
                self.args[at] = self._fit_lambda(arg, parameter, at)
            else:
                self.args[at] = self._fit(arg, parameter, at)
            if parameter.constant and not self.args[at].foldable:
                raise self._not_constant(parameter, arg)
        return tuple(self.args)

    # -- type variables ----------------------------------------------------------------------

    def _find_variables(self) -> None:
        found: dict[str, list[tuple[DataType, Expression]]] = {}
        compared: set[str] = set()
        for at, (parameter, arg) in enumerate(zip(self.parameters, self.args, strict=True)):
            if parameter.is_lambda or isinstance(arg, Lambda):
                continue
            for kind in parameter.kinds:
                self._collect(kind, arg, found, at)
            if parameter.compared:
                compared |= parameter.kinds[0].variables()
        for variable, members in found.items():
            if variable in compared:
                self.types[variable] = self._compared(members)
            else:
                self.types[variable] = self._common(members)

    def _collect(
        self,
        kind: Kind,
        arg: Expression,
        found: dict[str, list[tuple[DataType, Expression]]],
        at: int,
    ) -> None:
        if kind.is_variable:
            found.setdefault(kind.name, []).append((arg.dtype, arg))
            self.nulls[kind.name] = self.nulls.get(kind.name, False) or arg.nullable
            return
        dt = arg.dtype
        match kind.name, dt:
            case "array", ArrayType():
                parts = [(dt.elementType, dt.containsNull)]
            case "map", MapType():
                parts = [(dt.keyType, False), (dt.valueType, dt.valueContainsNull)]
            case _, NullType():
                if any(p.is_lambda for p in self.parameters):
                    raise self._unexpected(arg, self.parameters[at], at)
                parts = [(NullType(), True)] * len(kind.inner)
            case _:
                if kind.variables() and len(self.parameters[at].kinds) == 1:
                    if self.row.name in OF_TWO_ARRAYS:
                        raise self._different([a.dtype for a in self.args])
                    raise self._unexpected(arg, self.parameters[at], at)
                return
        for inner, (part, nullable) in zip(kind.inner, parts, strict=False):
            if inner.is_variable:
                found.setdefault(inner.name, []).append((part, arg))
                self.nulls[inner.name] = self.nulls.get(inner.name, False) or nullable
            elif inner.inner and isinstance(part, ArrayType) and inner.inner[0].is_variable:
                found.setdefault(inner.inner[0].name, []).append((part.elementType, arg))
                self.nulls[inner.inner[0].name] = part.containsNull

    def _compared(self, members: list[tuple[DataType, Expression]]) -> DataType:
        name = self.row.name
        if len(members) == 2 and name in COMPARISONS:
            left, right = members[0][1], members[1][1]
            found = coercion.compare(left, right, self.ansi, name in ("=", "<=>"))
        else:
            types = [dt for dt, _ in members]
            found = find_wider_of(types, self.ansi)
            if found is None and all(find_comparable(types[0], t, self.ansi) for t in types[1:]):
                found = types[0]  # structs whose fields have other names
        if found is None:
            if coercion.same_type(members[0][0], members[-1][0]):
                raise self._not_orderable(members[0][0])
            raise self._different([dt for dt, _ in members])
        if not is_orderable(found):
            raise self._not_orderable(found)
        return found

    def _common(self, members: list[tuple[DataType, Expression]]) -> DataType:
        first = members[0][0]
        if all(dt == first for dt, _ in members[1:]):
            return first
        types = [dt for dt, _ in members]
        found = find_wider_of(types, self.ansi)
        if self.row.name in OF_ELEMENTS:
            found = find_tightest(types[0], types[-1], self.ansi)
        if found is None or (self._keeps_text() and coercion.mixes_text(types)):
            raise self._different(types)
        return found

    def _keeps_text(self) -> bool:
        """Whether text beside another type is a mistake here, not a reason to cast."""
        return self.row.name in ("greatest", "least") or any(
            k.name in ("array", "map") and k.variables() for p in self.parameters for k in p.kinds
        )

    def _instance(self, kind: Kind, arg: Expression) -> DataType:
        """The type that a pattern with variables stands for."""
        if kind.is_variable:
            return self.types[kind.name]
        dt = arg.dtype
        if kind.name == "array":
            inner = kind.inner[0]
            element = self.types.get(inner.name)
            if element is None:
                return dt
            return ArrayType(element, dt.containsNull if isinstance(dt, ArrayType) else True)
        if kind.name == "map":
            key, value = (self.types.get(k.name) for k in kind.inner)
            if key is None or value is None:
                return dt
            return MapType(key, value, dt.valueContainsNull if isinstance(dt, MapType) else True)
        return dt

    # -- one argument ------------------------------------------------------------------------

    def _fit(self, arg: Expression, parameter: Parameter, at: int) -> Expression:
        dt = arg.dtype
        for kind in parameter.kinds:
            if kind.variables():
                if kind.is_variable or accepts(Kind(kind.name), dt) or isinstance(dt, NullType):
                    return coercion.cast_to(arg, self._instance(kind, arg), self.ansi)
            elif accepts(kind, dt):
                return arg
        if parameter.just and not isinstance(dt, NullType):
            raise self._unexpected(arg, parameter, at)
        for kind in parameter.kinds:
            target = None if kind.variables() else implicit_target(kind, dt, self.ansi)
            if target is not None:
                return coercion.cast_to(arg, target, self.ansi)
        raise self._unexpected(arg, parameter, at)

    def _fit_lambda(self, arg: Expression, parameter: Parameter, at: int) -> Expression:
        kinds = [k for k in parameter.kinds if k.name == "lambda"]
        if not isinstance(arg, Lambda):
            raise error("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION",
                        **{"class": self.row.name})  # fmt: skip
        if not kinds:
            raise error("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION",
                        **{"class": self.row.name})  # fmt: skip
        kind = next((k for k in kinds if len(k.inner) - 1 == len(arg.parameters)), None)
        if kind is None:
            raise error(
                "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
                expectedNumArgs=str(len(arg.parameters)),
                actualNumArgs=str(len(kinds[0].inner) - 1),
            )
        variables = []
        for inner, variable in zip(kind.inner, arg.parameters, strict=False):
            dt = self.types[inner.name] if inner.is_variable else implicit_type(inner)
            nulls = self.nulls.get(inner.name, True) if inner.is_variable else False
            variables.append(variable.copy(type=dt, is_nullable=nulls))
        bound = self.bind(arg, variables)
        self.args[at] = bound
        result = kind.inner[-1]
        body = bound.body
        if result.is_variable:
            if result.name not in self.types:
                self.types[result.name] = body.dtype
                return bound
            target: DataType | None = self.types[result.name]
            if not coercion.same_type(body.dtype, self.types[result.name]):
                target = find_wider_of([body.dtype, self.types[result.name]], self.ansi)
                if target is None or not coercion.same_type(target, self.types[result.name]):
                    raise self._unexpected(bound, parameter, at, sql_type(self.types[result.name]))
        elif accepts(result, body.dtype):
            return bound
        else:
            target = implicit_target(result, body.dtype, self.ansi)
        if target is None:
            raise self._unexpected(bound, parameter, at, shown_kind(result))
        return bound.copy(body=coercion.cast_to(body, target, self.ansi))

    # -- mistakes ----------------------------------------------------------------------------

    def _shown(self) -> Expression:
        return self.call.copy(args=tuple(self.args))

    def _unexpected(
        self, arg: Expression, parameter: Parameter, at: int, required: str | None = None
    ) -> Exception:
        if parameter.kinds[0].name == "orderable":
            return self._not_orderable(arg.dtype)
        if self.row.name in ("shuffle", "uuid") and parameter.name == "seed":
            return self._wrong_seed(parameter, arg)
        if required is None and [k.name for k in parameter.kinds] == ["numeric", "interval"]:
            required = self._number_or_interval()
        if required is None:
            names = list(dict.fromkeys(shown_kind(k) for k in parameter.kinds))
            required = names[0] if len(names) == 1 else f"({' or '.join(names)})"
        return mismatch(
            "UNEXPECTED_INPUT_TYPE",
            self._shown(),
            paramIndex=ordinal(at + 1),
            requiredType=required,
            inputSql=sql_expr(arg),
            inputType=sql_type(arg.dtype),
        )

    def _number_or_interval(self) -> str:
        if self.row.kind == "aggregate":
            return '"NUMERIC" or "ANSI INTERVAL"'
        calendar = ' or "INTERVAL"' if self.row.name in ("negative", "positive") else ""
        return f'("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH"{calendar})'

    def _different(self, types: list[DataType]) -> Exception:
        name = self.row.name
        if name in COMPARISONS:
            return mismatch(
                "BINARY_OP_DIFF_TYPES",
                self._shown(),
                left=sql_type(types[0]),
                right=sql_type(types[1]),
            )
        kinds = [p.kinds[0] for p in self.parameters]
        plain = len(self.args) == 2 or name == "array_insert"
        if name != "concat" and kinds[0].name in ("array", "map") and plain:
            left, right = (sql_type(a.dtype) for a in (self.args[0], self.args[-1]))
            both = kinds[1].name == kinds[0].name == "array"
            form = "BINARY_ARRAY" if both else f"{kinds[0].name.upper()}_FUNCTION"
            what = {"arrayType" if both else "dataType": f'"{kinds[0].name.upper()}"'}
            return mismatch(f"{form}_DIFF_TYPES", self._shown(), functionName=sql_id((name,)),
                            leftType=left, rightType=right, **what)  # fmt: skip
        listed = f"[{', '.join(map(sql_type, types))}]"
        shown = listed if name in ("in", "greatest", "least") else any_of(types)
        return mismatch(
            "DATA_DIFF_TYPES", self._shown(), functionName=sql_id((name,)), dataType=shown
        )

    def _not_orderable(self, dt: DataType) -> Exception:
        return mismatch(
            "INVALID_ORDERING_TYPE",
            self._shown(),
            functionName=sql_id((self.row.name,)),
            dataType=sql_type(dt),
        )

    def _wrong_seed(self, parameter: Parameter, arg: Expression) -> Exception:
        return error(
            "INVALID_PARAMETER_VALUE.LONG",
            parameter=sql_id((parameter.name,)),
            functionName=sql_id((self.row.name,)),
            invalidValue=sql_expr(arg),
        )

    def _not_constant(self, parameter: Parameter, arg: Expression) -> Exception:
        match self.row.name, parameter.name:
            case "rand" | "randn", "seed":
                return error("SEED_EXPRESSION_IS_UNFOLDABLE", seedExpr=sql_expr(arg),
                             exprWithSeed=sql_expr(self._shown()))  # fmt: skip
            case "hll_sketch_agg", _:
                return SparkRuntimeException(
                    errorClass="HLL_K_MUST_BE_CONSTANT",
                    messageParameters={"function": sql_id((self.row.name,))},
                )
            case "shuffle" | "uuid", "seed":
                return self._wrong_seed(parameter, arg)
        return mismatch(
            "NON_FOLDABLE_INPUT",
            self._shown(),
            inputName=sql_id((parameter.name,)),
            inputType=" or ".join(shown_kind(k) for k in parameter.kinds),
            inputExpr=sql_expr(arg),
        )


def implicit_type(kind: Kind) -> DataType:
    """The type that a concrete kind stands for."""
    found = implicit_target(kind, NullType(), True)
    assert found is not None
    return found


def fit(call: UnresolvedFunction, row: Fn, ansi: bool, bind: Bind) -> tuple[Expression, ...]:
    """The arguments of a call as its function takes them.

    Raises
    ------
    AnalysisException
        ``WRONG_NUM_ARGS``, ``DATATYPE_MISMATCH.*`` and those of named arguments.
    """
    signature = parse_signature(row.args)
    args = arrange(call, signature)
    parameters = [signature[min(at, len(signature) - 1)] for at in range(len(args))]
    return Fitting(call, row, args, parameters, ansi, bind).fitted()


def arrange(call: UnresolvedFunction, signature: tuple[Parameter, ...]) -> list[Expression]:
    """Arguments in the order of the parameters, defaults filled in."""
    named = {a.name.lower(): a for a in call.args if isinstance(a, NamedArgument)}
    args = [a for a in call.args if not isinstance(a, NamedArgument)]
    if named:
        args = _place_named(call, signature, args, named)
    variadic = bool(signature) and signature[-1].variadic
    least = sum(not (p.default or p.optional or p.variadic) for p in signature)
    most = len(signature)
    if len(args) < least or (len(args) > most and not variadic):
        raise wrong_number(call.name, least, None if variadic else most, len(args))
    for parameter in signature[len(args) :]:
        if parameter.default is None:
            break
        args.append(default_value(parameter.default))
    return args


def _place_named(
    call: UnresolvedFunction,
    signature: tuple[Parameter, ...],
    args: list[Expression],
    named: dict[str, NamedArgument],
) -> list[Expression]:
    names = [p.name.lower() for p in signature]
    for name in named:
        if name not in names:
            from_names = ", ".join(sql_id((n,)) for n in names)
            raise error(
                "UNRECOGNIZED_PARAMETER_NAME",
                routineName=sql_id((call.name,)),
                argumentName=sql_id((name,)),
                proposal=from_names,
            )
        if names.index(name) < len(args):
            raise error(
                "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED",
                routineName=sql_id((call.name,)),
                parameterName=sql_id((name,)),
            )
    last = max(names.index(name) for name in named)
    placed = list(args)
    for parameter in signature[len(args) : last + 1]:
        given = named.get(parameter.name.lower())
        if given is not None:
            placed.append(given.value)
        elif parameter.default is not None:
            placed.append(default_value(parameter.default))
        else:
            raise error(
                "REQUIRED_PARAMETER_NOT_FOUND",
                routineName=sql_id((call.name,)),
                parameterName=sql_id((parameter.name,)),
                index=str(names.index(parameter.name.lower())),
            )
    return placed


def wrong_number(name: str, least: int, most: int | None, actual: int) -> Exception:
    """``WRONG_NUM_ARGS``."""
    if most is None:
        expected = f"> {least - 1}"
    elif least == most:
        expected = str(least)
    else:
        expected = f"[{', '.join(map(str, range(least, most + 1)))}]"
    return error(
        "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
        functionName=sql_id((name,)),
        expectedNum=expected,
        actualNum=str(actual),
        docroot=DOCROOT,
    )


def default_value(text: str) -> Literal:
    """A default as a row writes it: a SQL literal."""
    lowered = text.lower()
    if lowered == "null":
        return Literal(None, NullType())
    if lowered in ("true", "false"):
        return lit(lowered == "true")
    if text.startswith("'"):
        return Literal(text[1:-1].replace("\\\\", "\\"), StringType())
    if lowered.endswith("l"):
        return Literal(int(lowered[:-1]), LongType())
    if lowered.endswith("d"):
        return lit(float(lowered[:-1]))
    if "." in text:
        value = decimal.Decimal(text)
        scale = -int(value.as_tuple().exponent)
        return Literal(value, DecimalType(max(len(value.as_tuple().digits), scale), scale))
    return lit(int(text))
