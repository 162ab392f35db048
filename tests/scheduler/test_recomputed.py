"""What failures cost is counted in the metrics of the tasks that were run again."""

from __future__ import annotations

from dataclasses import replace

from scheduler_harness import narrow, reads, shuffle, source

from rayspark.metrics import TaskMetrics
from rayspark.scheduler import actions as act


def recomputed(actions):
    """Over the reports that were accepted."""
    return sum(a.report.metrics.recomputed_tasks for a in actions if isinstance(a, act.Accept))


def succeed(harness, *ones):
    reports = [replace(harness.success(one), metrics=TaskMetrics()) for one in ones]
    return harness.report(*reports)


def test_nothing_is_recomputed_without_a_failure(harness):
    harness.submit(narrow(reads(shuffle(source(4), 4))))
    assert recomputed(succeed(harness, *harness.of(0))) == 0
    assert recomputed(succeed(harness, *harness.of(1))) == 0


def test_a_second_try_counts(harness):
    harness.submit(source(2))
    victim, other = harness.of(0)
    harness.fail(victim)
    assert recomputed(succeed(harness, other)) == 0
    assert recomputed(succeed(harness, *harness.of(0))) == 1


def test_map_output_made_again_counts(harness):
    edge = shuffle(source(4), 4)
    harness.submit(narrow(reads(edge)))
    harness.succeed(*harness.of(0))
    harness.fetch_failed(harness.of(1)[0], edge, [2])
    assert recomputed(succeed(harness, *harness.of(0))) == 1
