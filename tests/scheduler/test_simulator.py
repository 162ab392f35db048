"""The simulator of ``benchmarks``, small: it drives the scheduler as the engine does."""

from __future__ import annotations

from benchmarks.scheduler_simulator import scenarios


def test_every_scenario_ends_with_the_tasks_that_it_must_run() -> None:
    outcomes, recomputed = scenarios(executors=20, width=200, tasks=1000)
    first, again, short, long, broken, alone = [one.tasks for one in outcomes]
    assert (first, again, short, long, alone) == (400, 200, 1000, 1000, 200)
    assert broken == 400 + recomputed > 400
