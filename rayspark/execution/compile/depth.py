"""How deep a query may be nested: DuckDB walks its expressions by recursion, and a stack that
overflows ends the process.
"""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.expressions import Call, CaseWhen, Cast, Expression
from rayspark.errors import SparkException

MAX_NESTING = 5000
"""Brackets and CASEs within each other, in the text of a query. 6,000 of them are known to pass and
7,000 to end a process whose threads have stacks of 8 MiB."""
MAX_DEPTH = MAX_NESTING // 2
"""Calls within each other, each of which is two levels of the text or more. What is deeper is
refused before its text is made, which takes time with the square of the depth."""
FLAT = ("and", "or")
"""Chains of one of these are one level."""


def too_deep(levels: int, most: int) -> SparkException:
    """The error that says so."""
    return SparkException(
        f"The query is nested too deeply: {levels} levels, {most} are possible. Break long chains "
        "of operators (use isin, array functions, a join with a small table), or cut the query "
        "with cache() or checkpoint()."
    )


def check_depth(children_first: Sequence[Expression]) -> None:
    """Is an expression, given by all its nodes, not too deep to become a text?

    Raises
    ------
    SparkException
        If it is.
    """
    if len(children_first) <= MAX_DEPTH:
        return
    depths: dict[int, int] = {}
    deepest = 0
    for node in children_first:
        counts = isinstance(node, (Call, CaseWhen, Cast))
        depth = 0
        for child in node.children:
            same = (
                isinstance(node, Call)
                and node.name in FLAT
                and isinstance(child, Call)
                and child.name == node.name
            )
            depth = max(depth, depths[id(child)] + (counts and not same))
        depths[id(node)] = depth
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise too_deep(deepest, MAX_DEPTH)
