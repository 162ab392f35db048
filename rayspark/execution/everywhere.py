"""Small tables that every task reads itself.

A broadcast is a job, whose rows every executor then fetches. What comes out of a file of a few
kilobytes is read sooner than that by each of the tasks that want it.

    BroadcastHashJoin Inner, BuildRight           BroadcastHashJoin Inner, BuildRight
    :- FileScan parquet [s#1, n#2]          ->    :- FileScan parquet [s#1, n#2]
    +- BroadcastExchange                          +- ReadByEveryTask
       +- FileScan parquet [n#3, name#4]             +- FileScan parquet [n#3, name#4]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

from rayspark.catalyst.expressions import SubqueryExpression
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import BroadcastExec
from rayspark.execution.operators.join import JoinExec
from rayspark.execution.operators.leaf import ScanExec
from rayspark.execution.operators.rows import FilterExec, ProjectExec
from rayspark.records import dataclass

MOST_BYTES = 4 << 20
"""Of files, that all tasks of a stage together read rather than have them sent."""


@dataclass(frozen=True)
class SameForAll(Sequence[Any]):
    """The splits of every task, where each reads all."""

    splits: tuple[Any, ...]

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        """The same splits for each."""
        return list(self.splits)

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[Any]:
        """Once: every number is a task's, so there would be no end."""
        yield self[0]


def sent_or_read(plan: PhysicalPlan, tasks: int) -> BroadcastExec:
    """All rows of a plan at so many tasks."""
    if not _is_readable(plan) or _bytes(plan) * tasks > MOST_BYTES:
        return BroadcastExec(plan)
    return BroadcastExec(plan.transform_up(_read_whole), by_tasks=True)


def _is_readable(plan: PhysicalPlan) -> bool:
    """Whether it is made of files alone, row by row, and every time the same."""
    return all(map(_may_be_repeated, plan.walk()))


def _may_be_repeated(node: PhysicalPlan) -> bool:
    if not all(e.deterministic and not e.has(SubqueryExpression) for e in node.expressions):
        return False
    match node:
        case ScanExec(source=source, groups=groups):
            splits = _all_of(groups)
            known = source.estimated_bytes() is not None
            return known and bool(splits) and source.duck_sql(splits) is not None
        case BroadcastExec(by_tasks=by_tasks):
            return by_tasks
        case JoinExec(strategy=strategy):
            return strategy.startswith("broadcast")
    return isinstance(node, (ProjectExec, FilterExec))


def _bytes(plan: PhysicalPlan) -> int:
    return sum(
        int(node.source.estimated_bytes()) for node in plan.walk() if isinstance(node, ScanExec)
    )


def _read_whole(node: Any) -> Any:
    if not isinstance(node, ScanExec):
        return node
    return node.copy(tasks=1, groups=SameForAll(tuple(_all_of(node.groups))), lies_by=())


def _all_of(groups: Sequence[Sequence[Any]]) -> list[Any]:
    return [split for at in range(len(groups)) for split in groups[at]]
