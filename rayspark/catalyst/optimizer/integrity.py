"""Whether a plan is whole: every column that an expression reads comes from below.

Checked after each rule where ``spark.sql.planChangeValidation`` says so, and in tests.
"""

from __future__ import annotations

from rayspark.catalyst.expressions import OuterReference
from rayspark.catalyst.logical import Join, JoinKind, LateralJoin, LogicalPlan
from rayspark.errors import SparkException


def check_integrity(plan: LogicalPlan, rule: str) -> None:
    """Look at the whole plan after a rule.

    Raises
    ------
    SparkException
        INTERNAL_ERROR with the rule's name and the operator that is not whole.
    """
    for node in plan.walk_up():
        if not node.children:
            continue
        known = {a.id for a in node.inputs}
        outer = {o.attribute.id for e in node.expressions for o in e.collect(OuterReference)}
        made = {a.id for a in getattr(node, "made", ())}
        missing = node.references - known - outer - made
        if missing or _makes_twice(node):
            problem = (
                f"reads {sorted(missing)}, which nothing below makes"
                if missing
                else "makes a column twice"
            )
            raise SparkException(
                errorClass="INTERNAL_ERROR",
                messageParameters={
                    "message": f"After rule {rule} the plan is not whole: {node.describe()} "
                    f"{problem}.\n{plan.tree_string()}"
                },
            )


def _makes_twice(node: LogicalPlan) -> bool:
    """Whether two columns have one id. To pick one column twice is allowed: ``SELECT a, a``."""
    if isinstance(node, (Join, LateralJoin)) and node.left.output_ids & node.right.output_ids:
        return node.kind not in (JoinKind.SEMI, JoinKind.ANTI)
    below = {a.id for child in node.children for a in child.output}
    columns = getattr(node, "columns", node.output)
    made = {c: c.id for c in columns if c.id not in below}
    return len(set(made.values())) < len(made)
