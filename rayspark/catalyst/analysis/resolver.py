"""Expressions resolved: names to columns, calls to functions, casts put in.

One walk from the leaves upwards; every kind of node has a step below. The walk does not go into
lambdas and subqueries by itself: those have scopes of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.calls import is_aggregate, resolve_call
from rayspark.catalyst.analysis.casts import check_cast
from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.analysis.errors import (
    error,
    mismatch,
    sql_expr,
    sql_id,
    sql_type,
    unresolved_column,
)
from rayspark.catalyst.analysis.extract import extract, field
from rayspark.catalyst.analysis.file_metadata import NAME as METADATA
from rayspark.catalyst.analysis.file_metadata import FileMetadata, named_metadata_type
from rayspark.catalyst.analysis.frames import own_column
from rayspark.catalyst.analysis.scope import Scope
from rayspark.catalyst.analysis.stars import expand_star
from rayspark.catalyst.analysis.windows import finish_window
from rayspark.catalyst.expressions import (
    Attribute,
    CaseWhen,
    Cast,
    CastMode,
    Expression,
    Lambda,
    LambdaVariable,
    Literal,
    OuterReference,
    PythonUDF,
    SortOrder,
    SubqueryExpression,
    TableArgument,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedRegex,
    UnresolvedStar,
    WindowCall,
    WindowSpec,
    lit,
)
from rayspark.datatypes.coercion import is_orderable

Fallback = Callable[[tuple[str, ...]], Expression | None]
"""Where a name may also be looked up: what it means there, or ``None``."""
SubqueryRule = Callable[[SubqueryExpression, "Resolver"], Expression]

LITERAL_FUNCTIONS = {
    "current_date", "current_timestamp", "current_user", "user", "session_user", "current_time",
    "current_catalog", "current_database", "current_schema", "localtimestamp", "grouping__id",
}  # fmt: skip
"""Functions that are called without parentheses where no column has the name."""


class Resolver:
    """Resolves the expressions of one place in a plan.

    Parameters
    ----------
    context
        Settings and user functions.
    scope
        The columns there.
    fallbacks
        Asked in order for names that the scope does not have.
    subquery
        Resolves the query inside an expression.
    windows
        Named windows.
    inside_aggregates
        Another scope for the arguments of aggregate functions (HAVING, ORDER BY).
    columns_first
        Whether ``user`` means a column of a fallback rather than the function without parentheses.
    """

    def __init__(
        self,
        context: AnalysisContext,
        scope: Scope,
        *,
        fallbacks: Sequence[Fallback] = (),
        subquery: SubqueryRule,
        windows: Mapping[str, WindowSpec],
        inside_aggregates: Scope | None = None,
        outer: Fallback | None = None,
        columns_first: bool = False,
    ) -> None:
        self.context = context
        self.scope = scope
        self.ansi = context.ansi
        self._fallbacks = fallbacks
        self._outer = outer
        self._columns_first = columns_first
        self._subquery = subquery
        self._windows = windows
        self._inside_aggregates = inside_aggregates
        self._variables: dict[str, LambdaVariable] = {}
        self._variable_ids: dict[int, LambdaVariable] = {}

    # -- the walk ----------------------------------------------------------------------------

    def resolve(self, e: Expression) -> Any:
        """The resolved expression.

        Raises
        ------
        AnalysisException
            If a name or a function does not exist, or types do not fit.
        """
        done: dict[int, Any] = {}
        stack = [e]
        while stack:
            node = stack[-1]
            if id(node) in done:
                stack.pop()
                continue
            missing = [c for c in self._before(node) if id(c) not in done]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            done[id(node)] = self._finish(node, done)
        return done[id(e)]

    def resolve_all(self, expressions: Sequence[Expression]) -> tuple[Any, ...]:
        """Each of them."""
        return tuple(map(self.resolve, expressions))

    def _before(self, node: Expression) -> Sequence[Expression]:
        """The children that must be resolved before a node."""
        match node:
            case UnresolvedFunction():
                if self._inside_aggregates is not None and is_aggregate(node):
                    return ()
                return [c for c in node.children if not isinstance(c, Lambda | UnresolvedStar)]
            case Lambda() | TableArgument():
                return ()
        return node.children

    def _finish(self, node: Expression, done: dict[int, Any]) -> Any:
        if not isinstance(node, Attribute | Literal) and node.children:
            node = node.map_children(lambda c: done.get(id(c), c))
        step = _STEPS.get(type(node))
        if step is not None:
            return step(self, node)
        if isinstance(node, SubqueryExpression):
            return self._subquery(node, self)
        return node

    # -- names -------------------------------------------------------------------------------

    def _name(self, e: UnresolvedAttribute) -> Expression:
        parts = e.parts
        if self._variables and not e.outer:
            variable = self._variables.get(self.scope.key(parts[0]))
            if variable is not None:
                return self.fields(variable, parts[1:])
        if e.outer:
            found_outer = self._outer(parts) if self._outer is not None else None
            if found_outer is None:
                raise unresolved_column(parts, ())
            return found_outer
        found = self.scope.find(parts)
        if found is not None:
            column, rest = found
            return self.fields(column, rest) if rest else column
        is_call = len(parts) == 1 and parts[0].lower() in LITERAL_FUNCTIONS
        if not is_call or self._columns_first:
            for fallback in self._fallbacks:
                other = fallback(parts)
                if other is not None:
                    return other
        if is_call:
            return self.resolve(UnresolvedFunction(parts[0].lower(), ()))  # type: ignore[no-any-return]
        metadata = self._file_metadata(parts)
        if metadata is not None:
            return metadata
        if self._outer is not None:
            other = self._outer(parts)
            if other is not None:
                return other
        of_session = self.context.variable(parts)
        if of_session is not None:
            return self.fields(of_session[0], parts[of_session[1] :])
        raise unresolved_column(parts, self.scope.attributes)

    def _file_metadata(self, parts: tuple[str, ...]) -> Expression | None:
        """``_metadata.file_path``, ``t._metadata``: hidden columns of files."""
        if len(self.scope.plans) != 1:
            return None
        start = 1 if len(parts) > 1 and self.scope.qualified(parts[:1]) else 0
        named = parts[start].lower() == METADATA
        kind = named_metadata_type(self.scope.plans[0]) if named else None
        return None if kind is None else self.fields(FileMetadata(kind), parts[start + 1 :])

    def fields(self, e: Expression, names: Sequence[str]) -> Expression:
        """``e.a.b``."""
        for name in names:
            e = field(e, name, self.context.case_sensitive)
        return e

    def _extract(self, e: UnresolvedExtract) -> Expression:
        return extract(e.child, e.key, self.context.case_sensitive, self.ansi)

    def _attribute(self, e: Attribute) -> Expression:
        return e if e.frame is None else own_column(e, self.scope.plans)

    def _variable(self, e: LambdaVariable) -> Expression:
        return self._variable_ids.get(e.id, e)

    # -- calls -------------------------------------------------------------------------------

    def _function(self, e: UnresolvedFunction) -> Expression:
        if self._inside_aggregates is not None and is_aggregate(e):
            inner = Resolver(
                self.context,
                self._inside_aggregates,
                fallbacks=self._fallbacks,
                subquery=self._subquery,
                windows=self._windows,
                outer=self._outer,
            )
            return inner.resolve(e)  # type: ignore[no-any-return]
        if any(isinstance(a, UnresolvedStar | UnresolvedRegex) for a in e.args):
            e = e.copy(args=self._expand_stars(e))
        return resolve_call(e, self.context, self._bind)

    def _expand_stars(self, e: UnresolvedFunction) -> tuple[Expression, ...]:
        stars = [a for a in e.args if isinstance(a, UnresolvedStar)]
        alone = len(e.args) == 1 and stars and not stars[0].target and not stars[0].excluded
        if e.name.lower() == "count" and alone and not e.distinct:
            return (lit(1),)
        if e.name.lower() == "count" and len(e.args) == 1 and stars and stars[0].target:
            raise error(
                "INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT",
                tableName=sql_id(stars[0].target),
            )
        args: list[Expression] = []
        for arg in e.args:
            if isinstance(arg, UnresolvedStar | UnresolvedRegex):
                args += expand_star(arg, self.scope)
            else:
                args.append(arg)
        return tuple(args)

    def _bind(self, function: Lambda, parameters: Sequence[LambdaVariable]) -> Lambda:
        """A lambda's body over parameters of known types."""
        names = [self.scope.key(p.name) for p in parameters]
        if len(set(names)) < len(names):
            raise error(
                "INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES",
                args=", ".join(sql_id((p.name,)) for p in parameters),
                caseSensitiveConfig='"spark.sql.caseSensitive"',
            )
        outer_names, outer_ids = self._variables, self._variable_ids
        self._variables = {**outer_names, **dict(zip(names, parameters, strict=True))}
        self._variable_ids = {**outer_ids, **{p.id: p for p in parameters}}
        try:
            if function.body.has(SubqueryExpression):
                raise error("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.HIGHER_ORDER_FUNCTION")
            body = self.resolve(function.body)
            for udf in body.collect(PythonUDF):
                raise error(
                    "UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF", funcName=sql_expr(udf)
                )
            return Lambda(body, tuple(parameters))
        finally:
            self._variables, self._variable_ids = outer_names, outer_ids

    # -- types -------------------------------------------------------------------------------

    def _cast(self, e: Cast) -> Expression:
        if e.implicit:
            return e
        if e.mode is not CastMode.TRY:
            wanted = coercion.mode(self.ansi)
            if e.mode is not wanted:
                e = e.copy(mode=wanted)
        check_cast(e, self.ansi)
        return e

    def _case(self, e: CaseWhen) -> Expression:
        return coercion.fit_case(e, self.ansi)

    def _sort_order(self, e: SortOrder) -> Expression:
        if not is_orderable(e.child.dtype):
            raise mismatch(
                "INVALID_ORDERING_TYPE",
                e,
                functionName="`sortorder`",
                dataType=sql_type(e.child.dtype),
            )
        return e

    # -- windows -----------------------------------------------------------------------------

    def _window(self, e: WindowCall) -> Expression:
        spec = e.spec
        if spec.base is not None:
            named = self._windows.get(spec.base.lower())
            if named is None:
                raise error("MISSING_WINDOW_SPECIFICATION", windowName=spec.base, docroot=_DOCROOT)
            base: WindowSpec = self.resolve(named)
            e = e.copy(
                spec=WindowSpec(
                    spec.partition or base.partition, spec.order or base.order,
                    spec.frame or base.frame,
                )
            )  # fmt: skip
        return finish_window(e, self.ansi)


_DOCROOT = "https://spark.apache.org/docs/latest"

_STEPS: dict[type, Callable[[Resolver, Any], Any]] = {
    UnresolvedAttribute: Resolver._name,
    Attribute: Resolver._attribute,
    UnresolvedExtract: Resolver._extract,
    UnresolvedFunction: Resolver._function,
    LambdaVariable: Resolver._variable,
    Cast: Resolver._cast,
    CaseWhen: Resolver._case,
    SortOrder: Resolver._sort_order,
    WindowCall: Resolver._window,
}


def outer_fallback(scope: Scope) -> Fallback:
    """Looks names up in the query around."""

    def find(parts: tuple[str, ...]) -> Expression | None:
        found = scope.find(parts)
        if found is None:
            return None
        e: Expression = OuterReference(found[0])
        for name in found[1]:
            e = field(e, name, scope.case_sensitive)
        return e

    return find
