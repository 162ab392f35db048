"""Journals of writers on other machines, whose locks do not reach here."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

import pytest
from test_publishing import FILES, hidden, run_and_die, seen, write

from rayspark.errors import SparkException
from rayspark.execution.sources import journal as journals
from rayspark.execution.sources import publishing
from rayspark.execution.sources.commit import SaveMode
from rayspark.execution.sources.journal import JOURNAL, LEASE, found_in

FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "RENEWAL", 0.01)
    monkeypatch.setattr(publishing, "POLL", 0.01)


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A table with the journal of another machine's writer, which moved two files of four."""
    root = tmp_path / "t"
    write(root, "old", SaveMode.APPEND)
    run_and_die(root, 3, "dead", SaveMode.APPEND, "", {})
    (path,) = root.glob(f"{JOURNAL}*")
    told = json.loads(path.read_text())
    assert told["kernel"] == journals.kernel()
    path.write_text(json.dumps({**told, "kernel": "elsewhere"}))
    return root


def age(root: Path, seconds: float) -> None:
    (path,) = root.glob(f"{JOURNAL}*")
    os.utime(path, (time.time() - seconds,) * 2)


def test_a_reader_leaves_alone_what_a_writer_elsewhere_is_moving(left: Path) -> None:
    assert seen(left) == {"old": FILES, "dead": 2}
    age(left, LEASE / 2)
    assert seen(left) == {"old": FILES, "dead": 2}


def test_a_writer_elsewhere_that_gives_no_sign_of_life_is_undone(left: Path) -> None:
    age(left, LEASE + 1)
    assert seen(left) == {"old": FILES}
    assert hidden(left) == []


def test_a_sign_of_life_between_two_looks_counts(
    left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    age(left, LEASE + 1)
    monkeypatch.setattr(time, "sleep", lambda seconds: age(left, 0))
    assert seen(left) == {"old": FILES, "dead": 2}


@pytest.mark.parametrize("device", [0, None])
def test_the_same_machine_with_another_mount_is_another(left: Path, device: Any) -> None:
    (path,) = left.glob(f"{JOURNAL}*")
    told = {**json.loads(path.read_text()), "kernel": journals.kernel(), "device": device}
    path.write_text(json.dumps(told))
    assert seen(left) == {"old": FILES, "dead": 2}


def test_a_writer_waits_for_one_elsewhere_and_then_undoes_it(
    left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            age(left, LEASE + 1)

    monkeypatch.setattr(time, "sleep", sleep)
    write(left, "new", SaveMode.APPEND)
    assert waits == [publishing.POLL] * 3 + [2 * journals.RENEWAL]
    assert seen(left) == {"old": FILES, "new": FILES}
    assert hidden(left) == []


def test_one_machine_alone_undoes_and_another_goes_on_when_it_dies(left: Path) -> None:
    age(left, LEASE + 1)
    (first,) = found_in(left)
    (second,) = found_in(left)
    assert isinstance(first, journals.Told) and isinstance(second, journals.Told)
    assert journals.claim(first) is not None
    assert journals.claim(second) is None
    assert seen(left) == {"old": FILES, "dead": 2}, "it has just begun to undo"
    age(left, LEASE + 1)
    assert seen(left) == {"old": FILES}
    assert hidden(left) == []


def test_a_writer_that_was_taken_for_dead_moves_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, rename, renames = tmp_path / "t", Path.rename, [0]
    write(root, "old", SaveMode.APPEND)

    def sleepy(self: Path, target: Any) -> Any:
        renames[0] += 1
        made = rename(self, target)
        if renames[0] == 3:  # the journal, two files
            monkeypatch.setattr(Path, "rename", rename)
            monkeypatch.setattr(journals, "kernel", lambda: "elsewhere")
            age(root, LEASE + 1)
            time.sleep(0.02)
            with monkeypatch.context() as patch:
                patch.setattr(fcntl, "flock", lambda *_: None)  # local locks
                assert seen(root) == {"old": FILES}
        return made

    monkeypatch.setattr(Path, "rename", sleepy)
    with pytest.raises(SparkException, match="another machine has undone it"):
        write(root, "late", SaveMode.APPEND)
    assert seen(root) == {"old": FILES}


def machine(name: str, root: Path, times: int, failures: Any) -> None:
    """A machine with locks of its own, where moving takes long."""
    journals.kernel = lambda: name  # type: ignore[assignment]
    fcntl.flock = lambda *_: None  # type: ignore[assignment]
    rename = Path.rename

    def slowly(self: Path, target: Any) -> Any:
        time.sleep(0.005)
        return rename(self, target)

    Path.rename = slowly  # type: ignore[method-assign]
    try:
        for number in range(times):
            write(root, f"{name}{number}", SaveMode.APPEND)
            assert seen(root)[f"{name}{number}"] == FILES, "no reader undid it"
    except BaseException as error:
        failures.put(repr(error))
        raise


def test_machines_with_locks_of_their_own_lose_no_append(tmp_path: Path) -> None:
    root, failures = tmp_path / "t", FORK.SimpleQueue()
    write(root, "old", SaveMode.APPEND)
    names, times = "abc", 8
    all_args = [(name, root, times, failures) for name in names]
    machines = [FORK.Process(target=machine, args=args) for args in all_args]
    for process in machines:
        process.start()
    for process in machines:
        process.join(60)
    assert failures.empty(), failures.get()
    everyone = {f"{name}{number}": FILES for name in names for number in range(times)}
    assert seen(root) == {"old": FILES, **everyone}
    assert hidden(root) == []
