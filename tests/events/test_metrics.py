from __future__ import annotations

import pickle
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.metrics import METRICS, TaskMetrics, UpdatedBlock

counters = st.fixed_dictionaries({}, optional={m.name: st.integers(0, 2**62) for m in METRICS}).map(
    lambda values: TaskMetrics(**values)
)


def test_every_counter_is_declared_with_unit_and_meaning():
    assert [m.name for m in METRICS] == [
        f.name for f in fields(TaskMetrics) if f.name != "updated_blocks"
    ]
    assert all(m.unit and m.group and m.meaning for m in METRICS)
    paths = [m.event_log for m in METRICS if m.event_log]
    assert len(paths) == len(set(paths))


@given(counters, counters)
def test_merge_adds_counters_and_keeps_peaks(left, right):
    total = TaskMetrics()
    total.merge(left)
    total.merge(right)
    for m in METRICS:
        values = getattr(left, m.name), getattr(right, m.name)
        assert getattr(total, m.name) == (max(values) if m.peak else sum(values))


@given(counters)
def test_metrics_survive_pickling(metrics):
    metrics.updated_blocks = [UpdatedBlock("rdd_1_0", False, True, True, 1, 10, 0)]
    again = pickle.loads(pickle.dumps(metrics))
    assert again == metrics


def test_pickle_of_a_tasks_metrics_is_small():
    """20,000 reports a second cross the wire."""
    assert len(pickle.dumps(TaskMetrics(executor_run_time=5, result_size=100), 5)) < 150


def test_updated_blocks_are_concatenated_without_touching_the_source():
    block = UpdatedBlock("rdd_1_0", False, True, True, 1, 10, 0)
    one = TaskMetrics(updated_blocks=[block])
    total = TaskMetrics()
    total.merge(one)
    total.merge(one)
    assert total.updated_blocks == [block, block]
    assert one.updated_blocks == [block]


def test_unknown_metric_is_an_error():
    with pytest.raises(AttributeError):
        TaskMetrics().shuffle_bytes = 1
