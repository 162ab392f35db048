"""What is checked of a plan when all rules are through."""

from __future__ import annotations

from rayspark.catalyst.analysis.errors import error, sql_expr
from rayspark.catalyst.analysis.file_metadata import FileMetadata
from rayspark.catalyst.expressions import AggregateCall, Attribute, Call, Expression
from rayspark.catalyst.logical import Aggregate, Join, LateralJoin, LogicalPlan, MapPython, Window

CHECKED = "_checked"


def check(plan: LogicalPlan) -> None:
    """Every node is resolved and reads only what its children give.

    Raises
    ------
    AnalysisException
        ``MISSING_ATTRIBUTES`` if a column of another DataFrame is used.
    """
    stack = [plan]
    while stack:
        node = stack.pop()
        if CHECKED in node.__dict__:
            continue
        node.__dict__[CHECKED] = True
        stack.extend(node.children)
        _check_determined(node)
        if not node.children or not node.expressions:
            continue
        if not isinstance(node, Window):
            _check_window_functions(node)
        given = frozenset().union(*(child.output_ids for child in node.children))
        missing = node.references - given - {a.id for a in getattr(node, "made", ())}
        if missing:
            _refuse(node, missing)


def _check_determined(node: LogicalPlan) -> None:
    """Conditions of joins, arguments of aggregates and lateral queries give one answer."""
    match node:
        case Join(condition=Expression() as condition) if _varies(condition):
            raise error("INVALID_NON_DETERMINISTIC_EXPRESSIONS", sqlExprs=sql_expr(condition))
        case LateralJoin() if node.left.max_rows is None or node.left.max_rows > 1:
            for inner in node.right.walk():
                varies = any(map(_varies, inner.expressions))
                if varies or (isinstance(inner, MapPython) and not inner.function.deterministic):
                    raise error(
                        "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY"
                        ".NON_DETERMINISTIC_LATERAL_SUBQUERIES",
                        treeNode=node.describe(),
                    )
        case Aggregate():
            for column in node.columns:
                for e in column.collect(AggregateCall):
                    if any(map(_varies, e.args)):
                        raise error(
                            "AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION",
                            sqlExpr=sql_expr(e),
                        )


def _varies(e: Expression) -> bool:
    """Whether it may give another value for the same row and file: ``rand()``, a partition's id.

    What ``collect_list`` or ``first`` give depends only on the order of rows, which Spark allows.
    """
    if e.deterministic:
        return False
    allowed = {id(found.call) for found in e.collect(AggregateCall)}
    return any(
        not part._is_deterministic()
        for part in e.walk()
        if id(part) not in allowed and not isinstance(part, FileMetadata)
    )


def _check_window_functions(node: LogicalPlan) -> None:
    """Analysis has moved those that have an OVER into Window nodes."""
    for expression in node.expressions:
        for e in expression.walk():
            if isinstance(e, Call) and e.fn.kind == "window":
                raise error("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", funcName=sql_expr(e))


def _refuse(node: LogicalPlan, missing: frozenset[object]) -> None:
    wanted = {
        a.id: a for e in node.expressions for a in e.walk()
        if isinstance(a, Attribute) and a.id in missing
    }.values()  # fmt: skip
    given = [a for child in node.children for a in child.output]
    names = {a.name for a in given}
    shared = [a.name for a in wanted if a.name in names]
    parameters = {
        "missingAttributes": ", ".join(f'"{a.name}"' for a in wanted),
        "input": ", ".join(f'"{a.name}"' for a in given),
        "operator": node.describe(),
    }
    if shared:
        raise error(
            "MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION",
            **parameters,
            operation=", ".join(f'"{name}"' for name in shared),
        )
    raise error("MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT", **parameters)
