"""What a script that ends with an error prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rayspark.errors import SparkException, display

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
