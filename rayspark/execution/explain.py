"""All printed forms of a query's plans. Nothing runs for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.logical.leaf import brackets
from rayspark.catalyst.stats import CAUTIOUS_TEXTS, Estimator
from rayspark.config.entries import sql
from rayspark.errors import IllegalArgumentException
from rayspark.execution.adaptive.stage import shown
from rayspark.execution.compile.operators import compile_pipeline
from rayspark.execution.layout import size_estimates
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import BroadcastExec, ExchangeExec
from rayspark.execution.operators.rows import ProjectExec
from rayspark.execution.python_stages import PYTHON_OPERATORS

if TYPE_CHECKING:
    from rayspark.execution.query import QueryExecution

MODES = ("simple", "extended", "codegen", "cost", "formatted")


def explain(query: QueryExecution, mode: str) -> str:
    """What ``DataFrame.explain`` prints in a mode.

    Raises
    ------
    IllegalArgumentException
        For an unknown mode.
    """
    if mode not in MODES:
        raise IllegalArgumentException(
            f"Unknown explain mode: {mode}. Accepted explain modes are "
            f"{', '.join(repr(m) for m in MODES)}."
        )
    physical = f"== Physical Plan ==\n{query.physical_text()}"
    match mode:
        case "simple":
            return physical
        case "formatted":
            return f"== Physical Plan ==\n{_formatted(query)}"
        case "codegen":
            return f"{physical}\n{_texts(query)}"
        case "cost":
            return f"== Optimized Logical Plan ==\n{_with_sizes(query)}\n{physical}"
    return (
        f"== Parsed Logical Plan ==\n{query.logical.tree_string()}\n"
        f"== Analyzed Logical Plan ==\n{_schema(query)}\n{query.analyzed.tree_string()}\n"
        f"== Optimized Logical Plan ==\n{query.optimized.tree_string()}\n{physical}"
    )


def _schema(query: QueryExecution) -> str:
    return ", ".join(f"{f.name}: {f.dataType.simpleString()}" for f in query.schema.fields)


# -- formatted -----------------------------------------------------------------------------------


def _formatted(query: QueryExecution) -> str:
    """The operators' names with numbers, then what each of them does."""
    plan = shown(query.final or query.physical)
    numbers: dict[int, int] = {}
    for node in plan.walk_up():
        numbers.setdefault(id(node), len(numbers) + 1)
    names = iter(query.physical_text().splitlines())
    lines = [line for line in names if line.startswith("AdaptiveSparkPlan")]
    indent = "   " if lines else ""
    for depth, node in _tree(plan):
        arm = "   " * (depth - 1) + "+- " if depth else ("+- " if lines else "")
        lines.append(f"{indent if depth else ''}{arm}{_name(node)} ({numbers[id(node)]})")
    blocks = [_block(node, numbers[id(node)]) for node in plan.walk_up()]
    return "\n".join([*lines, "", "", *blocks])


def _tree(plan: Any) -> Iterator[tuple[int, Any]]:
    stack = [(0, plan)]
    while stack:
        depth, node = stack.pop()
        yield depth, node
        stack += [(depth + 1, child) for child in reversed(node.children)]


def _name(node: Any) -> str:
    text: str = node.describe()
    return text.partition("(")[0].partition(" ")[0]


def _block(node: Any, number: int) -> str:
    lines = [f"({number}) {_name(node)}"]
    if not node.children:
        lines.append(f"Output [{len(node.output)}]: {brackets(node.output)}")
    lines += [f"Input [{len(c.output)}]: {brackets(c.output)}" for c in node.children]
    arguments = node.describe().removeprefix(_name(node)).strip()
    if arguments:
        lines.append(f"Arguments: {arguments}")
    return "\n".join([*lines, ""])


# -- cost ----------------------------------------------------------------------------------------


def _with_sizes(query: QueryExecution) -> str:
    """The optimized plan; behind each operator the bytes that its rows are thought to be."""
    size_of = size_estimates(query.state.conf[sql.CBO], Estimator(CAUTIOUS_TEXTS))
    plan = query.optimized
    nodes = [node for _, node in _tree(plan)]
    lines = plan.tree_string().splitlines()
    if len(lines) != len(nodes):  # some operator is printed in several lines
        return plan.tree_string()
    return (
        "\n".join(
            f"{line}, Statistics({_size(size_of(node))})"
            for line, node in zip(lines, nodes, strict=True)
        )
        + "\n"
    )


def _size(size: int | None) -> str:
    return "unknown" if size is None else f"sizeInBytes={size} B"


# -- codegen -------------------------------------------------------------------------------------


def _texts(query: QueryExecution) -> str:
    """The text of each pipeline, the last one first."""
    context = query.state.context().compile_context()
    found: list[str] = []
    waiting: list[PhysicalPlan] = [query.physical]
    seen: set[int] = set()
    while waiting:
        plan = waiting.pop()
        if id(plan) in seen:
            continue
        seen.add(id(plan))
        if isinstance(plan, (ExchangeExec, BroadcastExec, *PYTHON_OPERATORS)):
            waiting += reversed(plan.children)
            continue
        made = compile_pipeline(ProjectExec(plan, plan.output) if plan.cuts else plan, context)
        found.append(made.text.replace("\0", ""))
        waiting += [slot.plan for slot in reversed(made.slots) if slot.plan.children]
    count = len(found)
    head = f"Found {count} DuckDB quer{'y' if count == 1 else 'ies'}.\n"
    parts = [f"== Query {at} / {count} ==\n{text}\n" for at, text in enumerate(found, 1)]
    return "\n".join([head, *parts])
