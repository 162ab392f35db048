"""Columns that are there below a plan but not in its output.

``SELECT a FROM t ORDER BY b`` sorts by a column that the Project has dropped. It is carried up
through the Project, and dropped above the Sort. In the same way, ``b.k`` after ``a JOIN b USING
(k)`` is carried up through the Project that merged the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rayspark.catalyst.analysis.extract import field
from rayspark.catalyst.analysis.scope import Scope
from rayspark.catalyst.expressions import Attribute, Expression
from rayspark.catalyst.logical import (
    Aggregate,
    Collect,
    Filter,
    Generate,
    Join,
    JoinKind,
    Limit,
    LogicalPlan,
    Offset,
    Project,
    Repartition,
    RepartitionBy,
    Sample,
    Sort,
    Window,
)

PASSING = (
    Filter, Sort, Limit, Offset, Sample, Repartition, RepartitionBy, Window, Generate, Collect,
)  # fmt: skip
"""Operators with one input whose columns all go through."""

TAGS = {"_merges_keys", "_aggregated"}
"""Marks of analysis on a Project, kept when it is rewritten."""

Path = tuple[tuple[LogicalPlan, int], ...]
"""From a plan downwards: each node, and which of its children comes next."""


def mark_using(project: Project) -> Project:
    """Remember that a Project merged the keys of a join: the keys themselves can still be named."""
    project.__dict__["_merges_keys"] = True
    return project


def merges_keys(plan: LogicalPlan) -> bool:
    """Whether it is such a Project."""
    return "_merges_keys" in plan.__dict__


class Hidden:
    """Finds columns below a plan and makes the plan give them too.

    Parameters
    ----------
    plan
        Resolved.
    merged_only
        Look only below Projects that merged the keys of a join.
    """

    def __init__(self, plan: LogicalPlan, case_sensitive: bool, merged_only: bool = False) -> None:
        self.plan = plan
        self._case_sensitive = case_sensitive
        self._merged_only = merged_only
        self._wanted: list[tuple[Path, Attribute]] = []

    def find(self, parts: tuple[str, ...]) -> Expression | None:
        """The column that a name means below, or ``None``."""
        for path in self._paths():
            node, at = path[-1]
            found = Scope.of((node.children[at],), self._case_sensitive).find(parts)
            if found is None or not _may_pass(path, found[0]):
                continue
            e: Expression = self._take(path, found[0])
            for name in found[1]:
                e = field(e, name, self._case_sensitive)
            return e
        return None

    def require(self, expressions: Iterable[Expression]) -> None:
        """Look for the attributes that resolved expressions read and the plan does not give."""
        given = self.plan.output_ids | {a.id for _, a in self._wanted}
        missing = {i for e in expressions for i in e.references} - given
        if not missing:
            return
        for path in self._paths():
            node, at = path[-1]
            for a in node.children[at].output:
                if a.id in missing and _may_pass(path, a):
                    missing.discard(a.id)
                    self._take(path, a)

    @property
    def merged(self) -> bool:
        """Whether a column found is a key that a join has merged."""
        return any(merges_keys(node) for path, _ in self._wanted for node, _ in path)

    def exposed(self) -> LogicalPlan:
        """The plan, giving also what was found."""
        plan = self.plan
        for path, attribute in self._wanted:
            plan = expose(plan, [at for _, at in path], attribute)
        return plan

    def _take(self, path: Path, attribute: Attribute) -> Attribute:
        if all(a.id != attribute.id for _, a in self._wanted):
            self._wanted.append((path, attribute))
        for node, at in path:
            if isinstance(node, Join) and _made_nullable(node.kind, at):
                attribute = attribute.copy(is_nullable=True)
        return attribute

    def _paths(self) -> Iterator[Path]:
        stack: list[tuple[LogicalPlan, Path]] = [(self.plan, ())]
        while stack:
            node, path = stack.pop()
            match node:
                case Project():
                    here = (*path, (node, 0))
                    if merges_keys(node):
                        yield here
                    elif self._merged_only:
                        continue
                    else:
                        yield here
                    stack.append((node.child, here))
                case Aggregate() if not self._merged_only:
                    yield (*path, (node, 0))
                case Join() if self._merged_only:
                    sides = (0,) if node.kind in (JoinKind.SEMI, JoinKind.ANTI) else (1, 0)
                    stack += [(node.children[at], (*path, (node, at))) for at in sides]
                case _ if isinstance(node, PASSING):
                    stack.append((node.children[0], (*path, (node, 0))))


def _made_nullable(kind: JoinKind, side: int) -> bool:
    return kind is JoinKind.FULL or kind is (JoinKind.LEFT if side else JoinKind.RIGHT)


def _may_pass(path: Path, attribute: Attribute) -> bool:
    return all(attribute in node.grouping for node, _ in path if isinstance(node, Aggregate))


def expose(plan: LogicalPlan, path: list[int], attribute: Attribute) -> LogicalPlan:
    """The plan with a column of the node at the path's end carried up to its output."""
    nodes = [plan]
    for at in path:
        nodes.append(nodes[-1].children[at])
    below = nodes.pop()
    for node, at in zip(reversed(nodes), reversed(path), strict=True):
        children = list(node.children)
        children[at] = below
        merged = merges_keys(node)
        tagged = "_aggregated" in node.__dict__
        below = node.with_children(children)
        if isinstance(below, Project | Aggregate) and attribute.id not in below.output_ids:
            below = below.copy(columns=(*below.columns, attribute))
        if merged:
            below.__dict__["_merges_keys"] = True
        if tagged:
            below.__dict__["_aggregated"] = True
    return below


def only(plan: LogicalPlan, output: tuple[Attribute, ...], merged: bool = False) -> LogicalPlan:
    """The plan without columns that were carried up; ``merged`` keys can still be named above."""
    if len(plan.output) == len(output):
        return plan
    made = Project(output, plan)
    return mark_using(made) if merged else made
