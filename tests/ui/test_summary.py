from __future__ import annotations

from rayspark.events import EventBus
from rayspark.events import types as ev
from rayspark.metrics import TaskMetrics
from rayspark.ui.summary import Summary


def stage(**more):
    return ev.StageCompleted(ev.StageInfo(0, 0, "count", 4, **more))


def test_summary_of_an_application_that_had_everything():
    summary = Summary()
    bus = EventBus()
    bus.subscribe(summary)
    metrics = TaskMetrics(
        shuffle_write_bytes=1536,
        shuffle_local_bytes=1024,
        shuffle_remote_bytes=512,
        disk_bytes_spilled=3 << 20,
        input_bytes=100,
        output_bytes=10,
        cache_hits=40,
        cache_misses=8,
        recomputed_tasks=2,
    )
    for event in [
        ev.ApplicationStart("demo", "app-1", 1_000, "me"),
        ev.TasksStarted(0, 0, "1", 9, speculative=1),
        ev.TasksEnded(0, 0, "1", succeeded=6, failed=2, killed=1, metrics=metrics),
        ev.TasksEnded(0, 0, "1", succeeded=1_000, resubmitted=1, metrics=metrics),
        stage(),
        stage(failure_reason="lost"),
        ev.JobEnd(0, 2_000, ev.JobSucceeded()),
        ev.JobEnd(1, 2_000, ev.JobFailed("broke")),
        ev.ExecutorRemoved(0, "1", "killed"),
        ev.ExecutorRemoved(0, "2", "idle", expected=True),
        ev.ApplicationEnd(13_300),
    ]:
        bus.post(event)
    bus.stop()
    assert summary.render(now=99_000).splitlines() == [
        "Application demo (app-1) ran for 12.3 s",
        "  jobs      1 succeeded, 1 failed",
        "  stages    1 succeeded, 1 failed",
        "  tasks     1,006 succeeded, 2 failed, 1 killed; 1 speculative, 4 recomputed, "
        "1 lost and run again",
        "  files     read 200 B, written 20 B",
        "  shuffle   written 3.0 KiB, read 3.0 KiB",
        "  spilled   to disk 6.0 MiB",
        "  cache     80 hits, 16 misses",
        "  executors 1 lost",
    ]


def test_idle_application_is_one_line():
    summary = Summary()
    summary.handle(ev.ApplicationStart("idle", "app-1", 0, "me"))
    assert summary.render(now=500) == "Application idle (app-1) ran for 0.5 s"


def test_per_task_events_are_not_counted_again():
    assert not {ev.TaskStart, ev.TaskEnd} & set(Summary().interests())
