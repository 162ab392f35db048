"""From a stage to its template: the lineage below it, flattened and pickled once.

Flat, because pickling nodes that point to nodes would recurse as deep as the lineage is long.
Besides the bytes for executors, the driver keeps what it needs to equip each task: which sources
have a payload, which partitions may be cached, which shuffles are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rayspark.closures import warn_of_size
from rayspark.executor.batch import (
    NarrowInput,
    ResultSink,
    ShuffleInput,
    ShuffleSink,
    Step,
    Template,
)
from rayspark.ids import BlockId
from rayspark.lineage.dependency import (
    Dependency,
    NarrowDependency,
    OneToOne,
    Piece,
    Range,
    ShuffleDependency,
)
from rayspark.lineage.node import Marks, Node
from rayspark.lineage.ops import ConcatOp
from rayspark.records import dataclass
from rayspark.scheduler.task import StageRun
from rayspark.serializers import Frame, dump_closure

Explain = Callable[[Any, BaseException], BaseException]


@dataclass(slots=True)
class StageTemplate:
    """A stage as the driver ships it."""

    id: int
    data: bytes
    nodes: list[Node]
    """Parallel to the template's steps; inputs before users."""
    narrow: list[list[NarrowInput]]
    """Narrow inputs of each step."""
    shuffled: list[list[ShuffleInput]]
    """Shuffle inputs of each step."""
    shuffles: list[ShuffleDependency]
    broadcasts: list[Any]
    """Ids of the broadcasts that the stage's functions capture."""
    linear: bool
    """Every node computes just the task's own partition."""
    sources: list[int]
    """Steps whose partitions carry a payload."""
    kept: list[int]
    """Steps whose partitions are cached."""

    def partitions(self, split: int) -> Iterator[tuple[int, int]]:
        """``(step, split)`` of every partition that the task of ``split`` computes."""
        if self.linear:
            for step in range(len(self.nodes)):
                yield step, split
            return
        stack = [(len(self.nodes) - 1, split)]
        while stack:
            at, wanted = stack.pop()
            yield at, wanted
            for source in self.narrow[at]:
                stack.extend((source.step, parent) for parent in source.splits.parents(wanted))

    def pieces(self, split: int) -> Iterator[tuple[ShuffleInput, Piece]]:
        """What the task of ``split`` reads of shuffles."""
        if any(self.shuffled):
            for step, part in self.partitions(split):
                for source in self.shuffled[step]:
                    for piece in source.pieces(part):
                        yield source, piece

    def equip(self, split: int) -> tuple[dict[BlockId, Frame] | None, list[BlockId]]:
        """Payloads and cacheable partitions of the task of ``split``."""
        if not self.sources and not self.kept:
            return None, []
        if self.linear:
            wanted = [(step, split) for step in (*self.sources, *self.kept)]
        else:
            interesting = {*self.sources, *self.kept}
            wanted = [pair for pair in self.partitions(split) if pair[0] in interesting]
        payloads: dict[BlockId, Frame] = {}
        kept: list[BlockId] = []
        sources = set(self.sources)
        for step, part in wanted:
            node = self.nodes[step]
            block = BlockId(node.id, part)
            if step in sources:
                source: Any = node.op
                payloads[block] = source.payload(part)
            if node.marks.level is not None:
                kept.append(block)
        return payloads or None, kept


def build_template(number: int, run: StageRun, explain: Explain) -> StageTemplate:
    """Flatten and pickle the lineage of a stage.

    Raises
    ------
    PySparkException
        When a function or something it captured cannot be pickled; ``explain`` words it.
    """
    inputs_of = _InputsOf()
    nodes = _topological(run.node, inputs_of)
    position = {id(node): at for at, node in enumerate(nodes)}
    steps: list[Step] = []
    narrow: list[list[NarrowInput]] = []
    shuffled: list[list[ShuffleInput]] = []
    shuffles: list[ShuffleDependency] = []
    linear = True
    for node in nodes:
        inputs: list[NarrowInput | ShuffleInput] = []
        for at, dependency in enumerate(inputs_of(node)):
            if isinstance(dependency, ShuffleDependency):
                shuffles.append(dependency)
                read = node.reads[at] if node.reads else None
                if read is not None:
                    read.check(dependency)
                inputs.append(ShuffleInput(dependency.shuffle_id, dependency.spec, read))
            else:
                linear = linear and isinstance(dependency.splits, OneToOne)
                inputs.append(NarrowInput(position[id(dependency.parent)], dependency.splits))
        narrow.append([source for source in inputs if isinstance(source, NarrowInput)])
        shuffled.append([source for source in inputs if isinstance(source, ShuffleInput)])
        steps.append(_step(node, tuple(inputs)))
    if isinstance(run.sink, ShuffleDependency):
        sink: ShuffleSink | ResultSink = ShuffleSink(run.sink.spec)
    else:
        sink = ResultSink(run.sink.func)
    data, captured = _pickle(Template(tuple(steps), sink), explain)
    return StageTemplate(
        number, data, nodes, narrow, shuffled, shuffles, captured, linear,
        sources=[at for at, step in enumerate(steps) if step.has_payload],
        kept=[at for at, step in enumerate(steps) if step.level is not None],
    )  # fmt: skip


def _step(node: Node, inputs: tuple[NarrowInput | ShuffleInput, ...]) -> Step:
    marks = node.marks
    return Step(
        node.id, node.op, inputs, marks.level, hasattr(node.op, "payload"), marks.checkpoint_dir
    )


def _pickle(template: Template, explain: Explain) -> tuple[bytes, list[Any]]:
    try:
        data, captured = dump_closure(template)
    except Exception as error:  # noqa: BLE001  a user's __reduce__ may raise anything
        raise explain(template, error) from None
    warn_of_size(template, len(data))
    return data, captured


class _InputsOf:
    """Dependencies of nodes; those of a union of unions are the leaves, so that a task of a union
    made one by one of a thousand need not pass a thousand steps.
    """

    def __init__(self) -> None:
        self._flat: dict[int, Sequence[Dependency]] = {}

    def __call__(self, node: Node) -> Sequence[Dependency]:
        found = self._flat.get(id(node))
        if found is None:
            parts = _union_of(node)
            found = node.dependencies if parts is None else list(_leaves(parts))
            self._flat[id(node)] = found
        return found


def _leaves(parts: Sequence[tuple[Node, int]]) -> Iterator[NarrowDependency]:
    stack = [*reversed(parts)]
    while stack:
        node, start = stack.pop()
        is_plain = node.marks == Marks(name=node.marks.name)
        inner = _union_of(node) if is_plain else None
        if inner is None:
            yield NarrowDependency(node, Range(start, node.num_partitions))
        else:
            stack.extend((parent, start + at) for parent, at in reversed(inner))


def _union_of(node: Node) -> list[tuple[Node, int]] | None:
    """What a union has one after the other, and where each begins; None for other nodes."""
    if not isinstance(node.op, ConcatOp):
        return None
    parts = []
    for dependency in node.dependencies:
        if isinstance(dependency, ShuffleDependency) or not isinstance(dependency.splits, Range):
            return None
        parts.append((dependency.parent, dependency.splits.start))
    return parts


def _topological(root: Node, inputs_of: Callable[[Node], Sequence[Dependency]]) -> list[Node]:
    """Nodes of the stage, inputs before users, without recursion."""
    ordered: list[Node] = []
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            ordered.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend(
                (dependency.parent, False)
                for dependency in reversed(inputs_of(node))
                if isinstance(dependency, NarrowDependency)
            )
    return ordered
