from __future__ import annotations

import io
import sys
import threading
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.events import types as ev
from rayspark.status import StageStatus, StatusStore
from rayspark.ui import progress
from rayspark.ui.progress import (
    NotebookDisplay,
    ProgressBar,
    TerminalDisplay,
    find_display,
    render_html,
    render_line,
)

STAGE = ev.StageInfo(3, 0, "sortByKey at <stdin>:1", 40, submission_time=10_000)


class Terminal(io.StringIO):
    """A terminal of one line: what a human sees after the carriage returns."""

    def isatty(self):
        return True

    @property
    def visible(self):
        cells: list[str] = []
        column = 0
        for char in self.getvalue():
            if char == "\r":
                column = 0
                continue
            cells[column : column + 1] = char
            column += 1
        return "".join(cells).rstrip()


@pytest.fixture
def store():
    store = StatusStore()
    store.handle(ev.JobStart(0, 0, (STAGE,)))
    return store


@pytest.fixture
def bar(store):
    now = [10_000.0]
    terminal = Terminal()
    bar = ProgressBar(store, TerminalDisplay(terminal, lambda: 61), lambda: now[0])
    bar.now, bar.terminal = now, terminal
    yield bar
    bar.stop()


def run(store, started, ended):
    store.handle(ev.StageSubmitted(STAGE))
    store.handle(ev.TasksStarted(3, 0, "1", started))
    store.handle(ev.TasksEnded(3, 0, "1", succeeded=ended))


def test_stage_is_drawn_as_spark_draws_it_and_wiped_at_its_end(store, bar):
    run(store, 14, 12)
    bar.now[0] = 16_000
    assert bar.refresh()
    assert bar.terminal.visible == "[Stage 3:=========>                      (12 + 2) / 40, 2/s]"
    store.handle(ev.StageCompleted(STAGE))
    assert not bar.refresh()
    assert bar.terminal.visible == ""


def test_short_stages_are_never_shown(store, bar):
    run(store, 14, 12)
    bar.now[0] = 10_500
    assert bar.refresh()
    assert bar.terminal.getvalue() == ""
    bar.now[0] = 10_501
    bar.refresh()
    assert "[Stage 3:" in bar.terminal.visible


def test_clear_takes_the_bar_away_until_the_next_refresh(store, bar):
    run(store, 14, 12)
    bar.now[0] = 16_000
    bar.refresh()
    bar.clear()
    assert bar.terminal.visible == ""
    written = bar.terminal.getvalue()
    bar.clear()
    assert bar.terminal.getvalue() == written
    bar.refresh()
    assert bar.terminal.visible


def test_nothing_is_shown_after_stop(store, bar):
    run(store, 14, 12)
    bar.now[0] = 16_000
    bar.stop()
    bar.refresh()
    assert bar.terminal.getvalue() == ""


def test_shorter_line_leaves_nothing_of_the_longer(store):
    terminal = Terminal()
    display = TerminalDisplay(terminal, lambda: 40)
    display.show([StageStatus(3, 0, "s", 40, completed=39)], 1)
    display._columns = lambda: 30
    display.show([StageStatus(3, 0, "s", 4)], 1)
    assert terminal.visible == "[Stage 3:>  (0 + 0) / 4, 0/s]"


def test_its_thread_runs_while_a_stage_does(store, monkeypatch):
    monkeypatch.setattr(progress, "PERIOD_S", 0.001)
    drawn, wiped = threading.Event(), threading.Event()

    class Display:
        def show(self, stages, now_ms):
            assert [s.stage_id for s in stages] == [3]
            drawn.set()

        def clear(self):
            wiped.set()

    bar = ProgressBar(store, Display(), lambda: 20_000.0)
    store.handle(ev.StageSubmitted(STAGE))
    bar.handle(ev.StageSubmitted(STAGE))
    assert drawn.wait(10)
    store.handle(ev.StageCompleted(STAGE))
    assert wiped.wait(10)
    bar.stop()
    bar._thread.join(10)
    assert not bar._thread.is_alive()


stages = st.builds(
    StageStatus,
    stage_id=st.integers(0, 10**6),
    attempt=st.just(0),
    name=st.just("x"),
    num_tasks=st.integers(0, 10**6),
    active=st.integers(0, 10**6),
    completed=st.integers(0, 10**6),
)


@given(st.lists(stages, min_size=1, max_size=3), st.integers(1, 300))
def test_line_never_wraps(shown, width):
    assert len(render_line(shown, 5_000.0, width)) <= width


def test_three_stages_share_the_line():
    line = render_line([StageStatus(i, 0, "s", 4) for i in (1, 2, 3)], 1.0, 120)
    assert [line[i * 40 : i * 40 + 9] for i in range(3)] == [f"[Stage {i}:" for i in (1, 2, 3)]


def test_html_escapes_the_call_site():
    content = render_html([StageStatus(3, 0, "map at <stdin>", 40, completed=4)], 1.0)
    assert '<progress value="4" max="40">' in content
    assert "map at &lt;stdin&gt;" in content


class FakeIPython:
    """The three names of IPython.display that are used."""

    def __init__(self):
        self.outputs = []

    def HTML(self, content):
        return content

    def display(self, content, display_id):
        assert display_id is True
        self.outputs.append(content)
        index = len(self.outputs) - 1
        return types.SimpleNamespace(update=lambda new: self.outputs.__setitem__(index, new))


def test_notebook_output_is_replaced_in_place_and_emptied():
    ipython = FakeIPython()
    display = NotebookDisplay(ipython)
    display.show([StageStatus(3, 0, "s", 40)], 1.0)
    display.show([StageStatus(3, 0, "s", 40, completed=4)], 1.0)
    assert len(ipython.outputs) == 1
    assert 'value="4"' in ipython.outputs[0]
    display.clear()
    assert ipython.outputs == [""]
    display.show([StageStatus(4, 0, "s", 40)], 1.0)
    assert len(ipython.outputs) == 2


def test_terminal_gets_a_bar_and_a_file_gets_none(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert isinstance(find_display(Terminal()), TerminalDisplay)
    assert find_display(io.StringIO()) is None
    monkeypatch.setenv("TERM", "dumb")
    assert find_display(Terminal()) is None


@pytest.mark.parametrize(
    ("shell", "expected"), [("ZMQInteractiveShell", NotebookDisplay), ("Other", type(None))]
)
def test_notebook_is_known_by_its_kernel(monkeypatch, shell, expected):
    kernel = type(shell, (), {})()
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: kernel))
    monkeypatch.setitem(sys.modules, "IPython.display", FakeIPython())
    assert type(find_display(io.StringIO())) is expected
