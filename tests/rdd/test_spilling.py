"""Aggregating, grouping, joining and sorting more than memory holds."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rayspark.executor.batch import TaskBatch, TaskSpec
from rayspark.executor.context import TaskContext
from rayspark.executor.grouping import ExternalGrouper, SpilledGroup, co_group
from rayspark.executor.ops import AggregateOp, CoGroupOp, GroupOp, SortOp
from rayspark.executor.runtime import ExecutorRuntime, ExecutorSettings
from rayspark.ids import ExecutorId, HostId, StageId, TaskKey
from rayspark.shuffle.spec import Aggregator

RECORDS = 120_000
"""Several chunks: memory is looked at after each."""


class FullThreeTimes:
    def __init__(self) -> None:
        self.times = 3

    def is_full(self) -> bool:
        self.times -= 1
        return self.times >= 0

    def released(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def full(tmp_path: Path) -> Iterator[TaskContext]:
    """The context of a task whose memory is full now and then."""
    settings = ExecutorSettings(local_dir=str(tmp_path))
    runtime = ExecutorRuntime(ExecutorId("one"), HostId("here"), settings, fetch=list)
    task = TaskSpec(TaskKey(StageId(0), 0, 0, 0), 0)
    context = TaskContext(runtime, task, TaskBatch(0, 0, [task], {}), 1 << 30)
    context._budget = FullThreeTimes()  # type: ignore[assignment]
    yield context
    assert context._metrics.disk_bytes_spilled > 0
    context._leave()


PAIRS = [(f"k{i % 3700}", i) for i in range(RECORDS)]
GROUPS = {f"k{k}": list(range(k, RECORDS, 3700)) for k in range(3700)}


def test_aggregation(full: Any) -> None:
    op = AggregateOp(Aggregator(None, int.__add__, int.__add__), combined=False)
    assert dict(op.run(0, [iter(PAIRS)], full)) == {k: sum(v) for k, v in GROUPS.items()}


def test_grouping_keeps_the_order_of_values(full: Any) -> None:
    found = list(GroupOp().run(0, [iter(PAIRS)], full))
    assert len(found) == 3700 and dict(found) == GROUPS


def test_keys_that_come_after_a_group_was_spilled_alone(full: Any) -> None:
    full._budget.times = 1
    grouper = ExternalGrouper(full)
    grouper.insert(("huge", i) for i in range(RECORDS))
    assert isinstance(grouper._data["huge"], SpilledGroup)
    full._budget.times = 1
    grouper.insert((f"k{i % 3}", i) for i in range(RECORDS))  # now there is something to split
    assert grouper._parts is not None
    grouper.insert([("huge", -1)])
    found = {key: list(values) for key, values in grouper.items()}
    assert found.pop("huge") == [*range(RECORDS), -1]
    assert found == {f"k{k}": list(range(k, RECORDS, 3)) for k in range(3)}


def test_a_group_in_a_file_is_a_list_elsewhere(full: Any) -> None:
    group = SpilledGroup(full, [1, "two", 3.0])
    group.spill()
    group.append(4)
    assert len(group) == 4 and "two" in group and 5 not in group
    assert list(group) == list(group) == pickle.loads(pickle.dumps(group)) == [1, "two", 3.0, 4]


def test_co_grouping(full: Any) -> None:
    others = [(f"k{i}", -i) for i in range(3000, 4500)]
    merged: list[dict[str, list[int]]] = [{}, {}]
    for groups in co_group(full, [PAIRS, others]):
        for into, group in zip(merged, groups, strict=True):
            assert not into.keys() & group.keys(), "a key is in one part only"
            into.update(group)
    assert merged == [GROUPS, {f"k{i}": [-i] for i in range(3000, 4500)}]


def test_an_input_that_does_not_spill_follows_one_that_does(full: Any) -> None:
    keys = {k for groups in co_group(full, [PAIRS, []]) for k in groups[0]}
    assert keys == GROUPS.keys()


def test_sorting_is_stable_in_both_directions(full: Any) -> None:
    records = [(i * 7 % 10, i) for i in range(RECORDS)]
    for ascending in (True, False):
        full._budget = FullThreeTimes()
        op = SortOp(lambda record: record[0], ascending)
        wanted = sorted(records, key=lambda record: record[0], reverse=not ascending)
        assert list(op.run(0, [iter(records)], full)) == wanted


def test_ops_read_nothing_before_the_first_record_is_asked_for(full: Any) -> None:
    asked: list[int] = []

    def records() -> Iterator[Any]:
        asked.append(1)
        yield from PAIRS

    SortOp(str).run(0, [iter(PAIRS)], full).__next__()  # so that the fixture sees a spill
    for op in (
        GroupOp(),
        SortOp(str),
        AggregateOp(Aggregator(None, max, max), combined=True),
        CoGroupOp(lambda groups: groups[0]),
    ):
        results = op.run(0, [records()], full)
        assert asked == []
        next(results)
        assert asked.pop() == 1
