"""What tests on a real Ray have in common: contexts, ledgers of what ran where, counts, processes.

Tests are no package, so functions that run in tasks must travel by value: make them inside another
function, as ``Ledger.noter`` does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import ray

from rayspark import SparkConf, SparkContext, TaskContext

OBJECT_STORE = 100 << 20
"""Bytes of the object store that these tests share."""
PATIENCE = 30.0
"""Seconds to wait for something that happens in well under one on an idle machine."""


def start(master: str = "ray", **settings: Any) -> SparkContext:
    """A context; ``spark__a__b="x"`` stands for the setting ``spark.a.b``."""
    conf = SparkConf().setMaster(master).setAppName("test")
    for key, value in settings.items():
        conf.set(key.replace("__", "."), str(value))
    return SparkContext(conf=conf)


def wait_until(is_true: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
    """Return when it is true; fail when it does not become so."""
    deadline = time.monotonic() + patience
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience} s for: {what}")
        time.sleep(0.02)


class Counts(NamedTuple):
    """What an application did so far, or between two looks (their difference)."""

    succeeded: int
    failed: int
    killed: int
    recomputed: int
    resubmitted: int
    cache_hits: int
    cache_misses: int
    executors_lost: int
    spilled: int
    shuffle_written: int

    def __sub__(self, before: Counts) -> Counts:
        return Counts(*(now - then for now, then in zip(self, before, strict=True)))


def counts(sc: SparkContext) -> Counts:
    """Totals of the application until now."""
    s = sc._summary
    m = s.metrics
    return Counts(
        s.tasks_succeeded, s.tasks_failed, s.tasks_killed, m.recomputed_tasks,
        s.tasks_resubmitted, m.cache_hits, m.cache_misses, s.executors_lost,
        m.disk_bytes_spilled, m.shuffle_write_bytes,
    )  # fmt: skip


class Note(NamedTuple):
    """One line of a ledger."""

    what: str
    key: int
    tid: int
    host: str
    pid: int


class Ledger:
    """What tasks say they did: a file a note, so that a killed process loses none."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = str(directory)

    def noter(self, what: str, seconds: float = 0.0) -> Callable[[int, Any], Any]:
        """For ``mapPartitionsWithIndex``: notes the partition when it begins, and takes time."""
        path = self.path

        def note(split: int, records: Any) -> Any:
            context = TaskContext.get()
            tid, host = context.taskAttemptId(), context._runtime.host
            Path(path, f"{what}.{split}.{tid}.{host}.{os.getpid()}").touch()
            time.sleep(seconds)
            return records

        return note

    def notes(self, what: str) -> list[Note]:
        """Everything noted under this name."""
        lines = [p.name.split(".") for p in Path(self.path).iterdir()]
        return [Note(w, int(k), int(t), h, int(p)) for w, k, t, h, p in lines if w == what]

    def runs(self, what: str) -> Counter[int]:
        """How often each partition was begun."""
        return Counter(note.key for note in self.notes(what))

    def again(self, what: str) -> dict[int, int]:
        """Partitions that were begun more than once, and how often more."""
        return {key: n - 1 for key, n in sorted(self.runs(what).items()) if n > 1}


def executors(sc: SparkContext) -> dict[str, tuple[str, int]]:
    """Executors that have answered: id -> host, process."""
    living = list(sc._driver._backend._executors.values())
    return {e.id: (e.host, e.pid) for e in living if e.pid is not None}


def kill_one(sc: SparkContext) -> str:
    """SIGKILL to an executor; returns its id when the scheduler knows of the loss.

    Until then a task may be sent to the dead process, which costs an attempt.
    """
    lost = counts(sc).executors_lost
    victim, (_, pid) = next(iter(executors(sc).items()))
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: counts(sc).executors_lost > lost, "the loss of the executor to be noticed")
    return victim


def await_executors(sc: SparkContext, number: int) -> dict[str, tuple[str, int]]:
    """The executors, as soon as there are so many."""
    wait_until(lambda: len(executors(sc)) >= number, f"{number} executors")
    return executors(sc)


def stop(sc: SparkContext) -> None:
    """Stop the application, if that was not done; its executors are gone afterwards."""
    if sc._stopped_at:
        return
    pids = [pid for _, pid in executors(sc).values()]
    sc.stop()
    for pid in pids:
        wait_until(lambda pid=pid: not is_executor(pid), f"executor process {pid} to end")


class Held(NamedTuple):
    """What the driver and the object stores hold at a time."""

    references: int
    shuffles: int
    cached: int
    broadcasts: int
    templates: int


def held(sc: SparkContext) -> Held:
    """What this application makes Ray and the driver hold."""
    worker: Any = ray._private.worker.global_worker
    driver = sc._driver
    return Held(
        len(worker.core_worker.get_all_reference_counts()), len(driver._state.tracker),
        len(driver.cached_blocks()), len(driver._broadcasts), len(driver._launcher._templates),
    )  # fmt: skip


def is_executor(pid: int) -> bool:
    """Does the process live and is it an executor? Ray may reuse a worker process."""
    return "ExecutorActor" in command_line(pid)


def command_line(pid: int) -> str:
    """Empty for a process that is gone or a zombie."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def descendants(pid: int) -> set[int]:
    """Processes started by this one, directly or not, that live."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    found = {pid}
    while more := {p for p, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


class Child:
    """A program in a process of its own; what it prints is read line by line."""

    def __init__(self, directory: Path, program: str, **environment: str) -> None:
        file = directory / f"program-{len(list(directory.iterdir()))}.py"
        file.write_text(program)
        self.process = subprocess.Popen(
            [sys.executable, str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **environment},
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def until(self, text: str) -> str:
        """Wait for a line that contains this text."""

        def found() -> list[str]:
            return [line for line in list(self.lines) if text in line]

        wait_until(
            lambda: found() or self.process.poll() is not None, f"{text!r} in:\n{self.output}", 60
        )
        assert found(), f"the program ended without {text!r}:\n{self.output}"
        return found()[0]

    def wait(self) -> int:
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self._reader.join(PATIENCE)
        self.process.stdout.close()


_stop_current: list[Callable[[], None]] = []


def lend_ray(stop: Callable[[], None]) -> Callable[[], None]:
    """A process has one Ray at a time: end the one that other tests left, then note this one's end.

    Returns what ends this one, unless others have ended it before.
    """
    while _stop_current:
        _stop_current.pop()()
    _stop_current.append(stop)

    def end() -> None:
        if stop in _stop_current:
            _stop_current.remove(stop)
            stop()

    return end


def shut_ray_down() -> None:
    """Stop the Ray of this process; nothing of it may be left."""
    mine = descendants(os.getpid())
    ray.shutdown()
    wait_until(
        lambda: not [p for p in mine if "ray" in command_line(p)],
        f"Ray's processes to end: {[command_line(p)[:80] for p in mine]}",
    )
