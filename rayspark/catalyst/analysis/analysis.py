"""One analysis in progress: the walk over a plan, and what its rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.analysis.resolver import Fallback, Resolver
from rayspark.catalyst.analysis.scope import Scope
from rayspark.catalyst.expressions import Attribute, Expression, SubqueryExpression, WindowSpec
from rayspark.catalyst.logical import (
    Filter,
    LateralJoin,
    LogicalPlan,
    WithCTE,
    WithWindows,
)
from rayspark.catalyst.rule import Change, Trace

Rule = Callable[[Any, "Analysis"], LogicalPlan]


class Analysis:
    """Resolves plans from the leaves upwards, each node by the rule for its class.

    Nodes that were analysed before are not walked again, so a DataFrame built step by step costs
    one node a step. Lateral and sub-queries are analysed by analyses of their own, which know the
    columns around them as ``outer``.
    """

    def __init__(
        self,
        context: AnalysisContext,
        rules: Mapping[type, Rule],
        otherwise: Rule,
        subquery: Callable[[SubqueryExpression, Resolver, Analysis], Expression],
        *,
        outer: Fallback | None = None,
        ctes: Mapping[str, LogicalPlan] | None = None,
        windows: Mapping[str, WindowSpec] | None = None,
        trace: Trace | None = None,
    ) -> None:
        self.context = context
        self.case_sensitive = context.case_sensitive
        self.outer = outer
        self.ctes = ctes or {}
        self.windows = windows or {}
        self.trace = trace
        self._rules = rules
        self._otherwise = otherwise
        self._subquery = subquery

    def inner(self, **changes: Any) -> Analysis:
        """An analysis of a query inside this one."""
        settings: dict[str, Any] = {
            "outer": self.outer, "ctes": self.ctes, "windows": self.windows, "trace": self.trace,
        }  # fmt: skip
        return Analysis(
            self.context, self._rules, self._otherwise, self._subquery, **{**settings, **changes}
        )

    # -- the walk ----------------------------------------------------------------------------

    def run(self, plan: LogicalPlan) -> LogicalPlan:
        """The resolved plan."""
        done: dict[int, LogicalPlan] = {}
        stack = [plan]
        while stack:
            node = stack[-1]
            if id(node) in done:
                stack.pop()
                continue
            if is_analyzed(node):
                done[id(node)] = node
                continue
            missing = [c for c in before(node) if id(c) not in done]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            done[id(node)] = self._apply(node, done)
        return done[id(plan)]

    def _apply(self, node: LogicalPlan, done: dict[int, LogicalPlan]) -> LogicalPlan:
        whole = _over_done(node, done)
        result = self._rules.get(type(node), self._otherwise)(whole, self)
        if self.trace is not None and result is not whole:
            self.trace.changes.append(Change("Analysis", type(node).__name__, whole, result))
        mark_analyzed(result)
        return result

    # -- what rules ask ----------------------------------------------------------------------

    def scope(self, *plans: LogicalPlan) -> Scope:
        """The columns of plans."""
        return Scope.of(plans, self.case_sensitive)

    def resolver(
        self,
        scope: Scope,
        *,
        fallbacks: Sequence[Fallback] = (),
        inside_aggregates: Scope | None = None,
        columns_first: bool = False,
    ) -> Resolver:
        """A resolver for expressions at one place."""
        return Resolver(
            self.context,
            scope,
            fallbacks=fallbacks,
            subquery=lambda e, resolver: self._subquery(e, resolver, self),
            windows=self.windows,
            inside_aggregates=inside_aggregates,
            outer=self.outer,
            columns_first=columns_first,
        )

    def setting(self, key: str, default: str) -> str:
        """A setting's text."""
        return self.context.settings.get(key, default)

    def same_name(self, a: str, b: str) -> bool:
        """Whether two names mean the same column."""
        return a == b if self.case_sensitive else a.lower() == b.lower()

    def named(self, attributes: Sequence[Attribute], name: str) -> list[Attribute]:
        """The attributes of a name."""
        return [a for a in attributes if self.same_name(a.name, name)]


def before(node: LogicalPlan) -> tuple[LogicalPlan, ...]:
    """The plans that must be analysed before a node.

    HAVING and QUALIFY are analysed together with their select list, a lateral query with the left
    side's columns around it, and a query with WITH or WINDOW after these definitions.
    """
    match node:
        case Filter() if node.clause != "where" and not is_analyzed(node.child):
            return before(select_list(node))
        case LateralJoin():
            return (node.left,)
        case WithCTE() | WithWindows():
            return ()
    return node.children


def select_list(node: LogicalPlan) -> LogicalPlan:
    """The node below HAVING and QUALIFY."""
    while isinstance(node, Filter) and node.clause != "where" and not is_analyzed(node.child):
        node = node.child
    return node


def _over_done(node: LogicalPlan, done: dict[int, LogicalPlan]) -> LogicalPlan:
    """HAVING and QUALIFY over a select list whose own child has been analysed."""
    if isinstance(node, Filter) and node.clause != "where" and not is_analyzed(node.child):
        return node.copy(child=_over_done(node.child, done))
    return node.map_children(lambda c: done.get(id(c), c))


def is_analyzed(plan: LogicalPlan) -> bool:
    """Whether analysis has seen a plan and all below it."""
    return "_analyzed" in plan.__dict__


def mark_analyzed(plan: LogicalPlan) -> None:
    """Remember it."""
    stack = [plan]
    while stack:
        node = stack.pop()
        if "_analyzed" not in node.__dict__:
            node.__dict__["_analyzed"] = True
            stack.extend(node.children)
