"""What an application did, in a few lines, for ``SparkContext.stop()``.

``Summary`` is a bus subscriber that adds up jobs, stages and batches of tasks; ``render()`` gives::

    Application demo (app-1) ran for 12.3 s
      jobs      4 succeeded, 1 failed
      stages    7 succeeded, 1 failed
      tasks     120 succeeded, 2 failed; 3 speculative, 8 recomputed
      shuffle   written 1.2 MiB, read 1.2 MiB
      cache     40 hits, 8 misses
      executors 1 lost

Lines about things that did not happen are left out. Call it after ``bus.flush()``; the events it
counts are never dropped by the bus. Handled on the bus's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from rayspark.events import types as ev
from rayspark.metrics import TaskMetrics


class Summary:
    """Totals of one application.

    Examples
    --------
    >>> summary = Summary()
    >>> summary.handle(ev.ApplicationStart("demo", "app-1", time=0, user="me"))
    >>> summary.handle(ev.TasksEnded(0, 0, "1", succeeded=8))
    >>> summary.handle(ev.JobEnd(0, time=900, result=ev.JobSucceeded()))
    >>> print(summary.render(now=1500))
    Application demo (app-1) ran for 1.5 s
      jobs      1 succeeded
      tasks     8 succeeded
    """

    def __init__(self) -> None:
        self.app_name = self.app_id = ""
        self.start_time: int | None = None
        self.end_time: int | None = None
        self.jobs_succeeded = self.jobs_failed = 0
        self.stages_succeeded = self.stages_failed = 0
        self.tasks_succeeded = self.tasks_failed = self.tasks_killed = 0
        self.tasks_speculative = self.tasks_resubmitted = 0
        self.executors_lost = 0
        self.metrics = TaskMetrics()
        self._handlers: dict[type[ev.Event], Callable[[Any], None]] = {
            ev.ApplicationStart: self._start,
            ev.ApplicationEnd: self._end,
            ev.JobEnd: self._count_job,
            ev.StageCompleted: self._count_stage,
            ev.TasksStarted: self._count_launches,
            ev.TasksEnded: self._count_tasks,
            ev.ExecutorRemoved: self._count_executor,
        }

    def interests(self) -> Collection[type[ev.Event]]:
        """Return the events that are counted."""
        return self._handlers.keys()

    def handle(self, event: ev.Event) -> None:
        """Count one event."""
        self._handlers[type(event)](event)

    def render(self, now: int | None = None) -> str:
        """Text of a few lines.

        Parameters
        ----------
        now : int, optional
            Milliseconds since 1970, used as the end of an application that has not ended.
        """
        m = self.metrics
        end = self.end_time if self.end_time is not None else now
        title = f"Application {self.app_name} ({self.app_id})"
        if self.start_time is not None and end is not None:
            title += f" ran for {(end - self.start_time) / 1000:,.1f} s"
        recovery = _list(
            (self.tasks_speculative, "speculative"),
            (m.recomputed_tasks, "recomputed"),
            (self.tasks_resubmitted, "lost and run again"),
        )
        tasks = _list(
            (self.tasks_succeeded, "succeeded"),
            (self.tasks_failed, "failed"),
            (self.tasks_killed, "killed"),
        )
        lines = {
            "jobs": _list((self.jobs_succeeded, "succeeded"), (self.jobs_failed, "failed")),
            "stages": _list((self.stages_succeeded, "succeeded"), (self.stages_failed, "failed")),
            "tasks": "; ".join(filter(None, (tasks, recovery))),
            "files": _volume((m.input_bytes, "read"), (m.output_bytes, "written")),
            "shuffle": _volume((m.shuffle_write_bytes, "written"), (m.shuffle_read_bytes, "read")),
            "spilled": _volume((m.disk_bytes_spilled, "to disk")),
            "cache": _list((m.cache_hits, "hits"), (m.cache_misses, "misses")),
            "executors": _list((self.executors_lost, "lost")),
        }
        return "\n".join([title, *(f"  {key:<9} {text}" for key, text in lines.items() if text)])

    def _start(self, event: ev.ApplicationStart) -> None:
        self.app_name, self.app_id, self.start_time = event.app_name, event.app_id, event.time

    def _end(self, event: ev.ApplicationEnd) -> None:
        self.end_time = event.time

    def _count_job(self, event: ev.JobEnd) -> None:
        if isinstance(event.result, ev.JobSucceeded):
            self.jobs_succeeded += 1
        else:
            self.jobs_failed += 1

    def _count_stage(self, event: ev.StageCompleted) -> None:
        if event.stage_info.failure_reason is None:
            self.stages_succeeded += 1
        else:
            self.stages_failed += 1

    def _count_launches(self, event: ev.TasksStarted) -> None:
        self.tasks_speculative += event.speculative

    def _count_tasks(self, event: ev.TasksEnded) -> None:
        self.tasks_succeeded += event.succeeded
        self.tasks_failed += event.failed
        self.tasks_killed += event.killed
        self.tasks_resubmitted += event.resubmitted
        if event.metrics is not None:
            self.metrics.merge(event.metrics)

    def _count_executor(self, event: ev.ExecutorRemoved) -> None:
        if not event.expected:
            self.executors_lost += 1


def format_bytes(size: int) -> str:
    """Size in the largest unit that gives at least 1.

    >>> format_bytes(512), format_bytes(1536), format_bytes(5 << 40)
    ('512 B', '1.5 KiB', '5.0 TiB')
    """
    if size < 1024:
        return f"{size} B"
    value = float(size)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        value /= 1024
        if value < 1024:
            return f"{value:.1f} {unit}"
    return f"{value / 1024:.1f} PiB"


def _list(*counts: tuple[int, str]) -> str:
    return ", ".join(f"{count:,} {what}" for count, what in counts if count)


def _volume(*sizes: tuple[int, str]) -> str:
    return ", ".join(f"{what} {format_bytes(size)}" for size, what in sizes if size)
