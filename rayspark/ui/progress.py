"""The progress bar: what Spark prints while stages run, on a terminal or in a notebook.

::

    [Stage 3:==========>                        (12 + 2) / 40, 35/s]

12 of 40 tasks have ended, 2 run, 35 a second ended since the stage was submitted. Only stages older
than half a second are shown (at most three), so short jobs print nothing; the line is rewritten in
place and wiped out when the stages end. The bar learns from the event bus that a stage begins, then
its own thread reads the counts from the :class:`~rayspark.status.StatusStore` five times a second
until no stage is active; idle, it sleeps. ``clear`` may be called from any thread: the context
calls it when an action returns, so that the program's next output starts on a clean line.
"""

from __future__ import annotations

import html
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol, TextIO

from rayspark.events import types as ev
from rayspark.status import StageStatus, StatusStore

PERIOD_S = 0.2
FIRST_DELAY_MS = 500
MAX_STAGES = 3


class Display(Protocol):
    """A place where progress can be shown and taken away again."""

    def show(self, stages: Sequence[StageStatus], now_ms: float) -> None:
        """Replace what is shown."""
        ...

    def clear(self) -> None:
        """Leave no trace."""
        ...


class ProgressBar:
    """Bus subscriber that keeps a display up to date while stages run.

    Parameters
    ----------
    store : StatusStore
        Where the counts are.
    display : Display
        Where to show them; see :func:`find_display`.
    wall_ms : callable
        The clock of the events: milliseconds since 1970.
    """

    def __init__(
        self,
        store: StatusStore,
        display: Display,
        wall_ms: Callable[[], float] = lambda: time.time() * 1000,
    ) -> None:
        self._store = store
        self._display = display
        self._wall_ms = wall_ms
        self._lock = threading.Lock()
        self._shown = False
        self._stage_began = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def interests(self) -> Collection[type[ev.Event]]:
        """Return the event that wakes the bar."""
        return (ev.StageSubmitted,)

    def handle(self, event: ev.Event) -> None:
        """Wake the bar's thread: a stage begins."""
        if self._thread is None and not self._stopped.is_set():
            self._thread = threading.Thread(
                target=self._run, name="rayspark-progress-bar", daemon=True
            )
            self._thread.start()
        self._stage_began.set()

    def refresh(self) -> bool:
        """Show the stages that run now; False when none does."""
        active = self._store.active_stages()
        now = self._wall_ms()
        old = [s for s in active if now - s.submission_time > FIRST_DELAY_MS][:MAX_STAGES]
        with self._lock:
            if old and not self._stopped.is_set():
                self._display.show(old, now)
                self._shown = True
            elif not old and self._shown:
                self._wipe()
        return bool(active)

    def clear(self) -> None:
        """Take the bar away until the next refresh. Cheap when none is shown."""
        if self._shown:
            with self._lock:
                self._wipe()

    def stop(self) -> None:
        """Take the bar away for good and end its thread."""
        self._stopped.set()
        self._stage_began.set()
        self.clear()

    def _wipe(self) -> None:
        if self._shown:
            self._display.clear()
            self._shown = False

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._stage_began.wait()
            self._stage_began.clear()
            while not self._stopped.wait(PERIOD_S) and self.refresh():
                pass


class TerminalDisplay:
    """One line of a terminal, rewritten with a carriage return.

    Parameters
    ----------
    stream : TextIO
        Usually ``sys.stderr``.
    columns : callable, optional
        Width of the terminal; asked at each update, because windows are resized.
    """

    def __init__(self, stream: TextIO, columns: Callable[[], int] | None = None) -> None:
        self._stream = stream
        self._columns = columns or (lambda: shutil.get_terminal_size().columns)
        self._line = ""

    def show(self, stages: Sequence[StageStatus], now_ms: float) -> None:
        """Rewrite the line, if it changed."""
        # The last column stays free: writing there makes some terminals begin a new line.
        line = render_line(stages, now_ms, self._columns() - 1)
        if line != self._line:
            self._stream.write("\r" + line.ljust(len(self._line)))
            self._stream.flush()
            self._line = line

    def clear(self) -> None:
        """Overwrite the line with blanks and return to its start."""
        self._stream.write("\r" + " " * len(self._line) + "\r")
        self._stream.flush()
        self._line = ""


class NotebookDisplay:
    """A cell's output, replaced in place.

    Parameters
    ----------
    ipython_display : module
        ``IPython.display``.
    """

    def __init__(self, ipython_display: Any) -> None:
        self._ipython = ipython_display
        self._handle: Any = None

    def show(self, stages: Sequence[StageStatus], now_ms: float) -> None:
        """Replace the output."""
        content = self._ipython.HTML(render_html(stages, now_ms))
        if self._handle is None:
            self._handle = self._ipython.display(content, display_id=True)
        else:
            self._handle.update(content)

    def clear(self) -> None:
        """Make the output empty; the next stages get one of their own, in their own cell."""
        if self._handle is not None:
            self._handle.update(self._ipython.HTML(""))
            self._handle = None


def find_display(stream: TextIO | None = None) -> Display | None:
    """Choose where progress can be shown: notebook, terminal, or nowhere (None).

    A notebook is recognised by the kernel it runs in, so IPython is never imported here; a stream
    that is no terminal (a file, a pipe) gets no bar.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if type(shell).__name__ == "ZMQInteractiveShell":
        return NotebookDisplay(sys.modules["IPython.display"])
    stream = sys.stderr if stream is None else stream
    if stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb":
        return TerminalDisplay(stream)
    return None


# ------------------------------------------------------------------------------- drawing


def render_line(stages: Sequence[StageStatus], now_ms: float, width: int) -> str:
    """Draw the stages side by side in exactly `width` columns, or fewer.

    >>> stage = StageStatus(3, 0, "sort", 40, submission_time=0, active=2, completed=12)
    >>> render_line([stage], 6000.0, 60)
    '[Stage 3:=========>                      (12 + 2) / 40, 2/s]'
    """
    share = width // max(1, len(stages))
    return "".join(_render_stage(stage, now_ms, share) for stage in stages)[:width]


def _render_stage(stage: StageStatus, now_ms: float, width: int) -> str:
    head = f"[Stage {stage.stage_id}:"
    tail = f"{_counts(stage)}, {_rate(stage, now_ms)}]"
    room = width - len(head) - len(tail)
    done = room * stage.completed // max(1, stage.num_tasks)
    bar = ("=" * done + ">" * (done < room)).ljust(room) if room > 0 else ""
    return head + bar + tail


def render_html(stages: Sequence[StageStatus], now_ms: float) -> str:
    """Draw the stages below each other, as plain HTML."""
    return "".join(
        f'<div>Stage {stage.stage_id} <progress value="{stage.completed}" '
        f'max="{max(1, stage.num_tasks)}"></progress> {_counts(stage)}, {_rate(stage, now_ms)} '
        f"<small>{html.escape(stage.name)}</small></div>"
        for stage in stages
    )


def _counts(stage: StageStatus) -> str:
    return f"({stage.completed} + {stage.active}) / {stage.num_tasks}"


def _rate(stage: StageStatus, now_ms: float) -> str:
    rate = 1000 * stage.completed / max(1.0, now_ms - stage.submission_time)
    return f"{rate:,.0f}/s" if rate >= 10 or rate == 0 else f"{rate:.2g}/s"
