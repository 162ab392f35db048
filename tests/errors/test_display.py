"""What a script that ends with an error prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any

import pytest

from rayspark.errors import PySparkException, SparkException, display
from rayspark.errors.traceback import SHOW_ALL
from rayspark.resource import TaskResourceRequests

SCRIPT = """
from rayspark import SparkConf, SparkContext

def parse(line):
    return int(line)

conf = SparkConf().setMaster("local[2]").setAppName("tests")
with SparkContext(conf=conf) as sc:
    sc.parallelize(["1", "x"], 2).map(parse).sum()
"""


def test_a_failed_job_shows_the_users_lines_and_the_cause_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert ended.returncode == 1
    frames = [line for line in ended.stderr.splitlines() if line.startswith("  File ")]
    assert [frame.split(", ", 1)[1] for frame in frames] == [
        "line 9, in <module>",
        "line 5, in parse",
    ]
    assert ended.stderr.count("ValueError: invalid literal for int()") == 1
    assert "direct cause" not in ended.stderr


def test_a_cause_that_the_message_does_not_tell_is_shown(
    capsys,
) -> None:
    error = SparkException("the cluster is gone")
    error.__cause__ = OSError("the cable was cut")
    display._show(SparkException, error, None)
    shown = capsys.readouterr().err
    assert shown.index("the cable was cut") < shown.index("the cluster is gone")


def test_other_errors_and_other_hooks_are_left_alone(monkeypatch) -> None:
    shown: list[BaseException] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, error, trace: shown.append(error))
    error = ValueError("mine")
    display._show(ValueError, error, None)
    assert shown == [error]
    monkeypatch.setattr(sys, "excepthook", own := lambda *_: None)
    display.install()
    assert sys.excepthook is own


PYTEST = """
import pytest
from rayspark import SparkConf, SparkContext

def parse(line):
    return int(line)

def test_that_fails():
    conf = SparkConf().setMaster("local[2]").setAppName("tests")
    with SparkContext(conf=conf) as sc:
        sc.parallelize(["1", "x"], 2).map(parse).sum()

def test_that_names_no_column():
    from rayspark.sql import SparkSession
    session = SparkSession.builder.master("local[2]").getOrCreate()
    session.range(3).select("nope")
"""


@pytest.mark.parametrize("full", [False, True])
def test_pytest_shows_no_frames_of_the_engine(tmp_path: Path, full: bool) -> None:
    file = tmp_path / "test_users.py"
    file.write_text(PYTEST)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", file],
        capture_output=True,
        text=True,
        env={**os.environ, SHOW_ALL: "1" if full else ""},
    )
    assert "2 failed" in ended.stdout, ended.stdout + ended.stderr
    assert "return int(line)" in ended.stdout, "the user's line in the task"
    assert "[UNRESOLVED_COLUMN.WITH_SUGGESTION]" in ended.stdout
    places = re.findall(r"^\S*?([\w/]+\.py):\d+: ", ended.stdout, re.MULTILINE)
    if full:
        assert any("rayspark/" in place for place in places), ended.stdout
    else:
        assert {place.rpartition("/")[2] for place in places} == {"test_users.py"}, ended.stdout


def test_a_notebook_shows_no_frames_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    class Shell:
        """What IPython's shell offers to exceptions that render themselves."""

        InteractiveTB: Any

        def structured_traceback(
            self, kind: type, error: BaseException, shown: TracebackType, tb_offset: int
        ) -> list[str]:
            asked.append([frame.filename for frame in traceback.extract_tb(shown)])
            return ["lines"]

    shell = Shell()
    shell.InteractiveTB = shell
    monkeypatch.delenv(SHOW_ALL, raising=False)
    with pytest.raises(PySparkException) as caught:
        TaskResourceRequests().cpus(0)
    assert caught.value._render_traceback_()[-1].endswith(f"{caught.value}\n")
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert caught.value._render_traceback_() == ["lines"]
    assert asked == [[__file__]]
    monkeypatch.setenv(SHOW_ALL, "1")
    caught.value._render_traceback_()
    assert len(asked[1]) > 1
