from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fsspec
import pytest

from rayspark.errors import IllegalArgumentException, SparkException
from rayspark.storage.files.commit import OutputDirectory, TaskWriter
from rayspark.storage.files.paths import list_files

MEMORY = fsspec.filesystem("memory")


@pytest.fixture(params=["file", "memory"])
def output(request: pytest.FixtureRequest, tmp_path: Path) -> OutputDirectory:
    if request.param == "memory" and MEMORY.exists("/commit-test"):
        MEMORY.rm("/commit-test", recursive=True)
    path = f"{tmp_path}/deep/out" if request.param == "file" else "memory://commit-test/out"
    return OutputDirectory(path, "job1")


def write(task: TaskWriter, data: bytes) -> TaskWriter:
    with task.open() as stream:
        stream.write(data)
    return task


def contents(path: str) -> dict[str, bytes]:
    fs, inner = fsspec.core.url_to_fs(path)
    found = fs.find(inner) if fs.exists(inner) else []
    return {name.removeprefix(inner).lstrip("/"): fs.cat_file(name) for name in found}


def run_job(output: OutputDirectory) -> None:
    output.setup_job()
    for partition in range(3):
        write(output.task_writer(partition, 0), b"part%d\n" % partition).commit()
    output.commit_job(3)


WHOLE = {f"part-{i:05d}": b"part%d\n" % i for i in range(3)} | {"_SUCCESS": b""}


def test_a_job_gives_its_parts_and_success(output: OutputDirectory) -> None:
    run_job(pickle.loads(pickle.dumps(output)))
    assert contents(output.path) == WHOLE


def test_nothing_is_visible_before_the_job_commits(output: OutputDirectory) -> None:
    output.setup_job()
    write(output.task_writer(0, 0), b"x").commit()
    assert all(name.startswith("_temporary/") for name in contents(output.path))
    assert list_files(output.path, subdirectories="recurse") == []


def test_the_first_attempt_wins(output: OutputDirectory) -> None:
    output.setup_job()
    tasks = [write(output.task_writer(0, a, ".gz"), b"attempt%d" % a) for a in range(3)]
    assert [tasks[1].commit(), tasks[0].commit(), tasks[2].commit()] == [True, False, False]
    assert tasks[1].commit()
    output.commit_job(1)
    assert contents(output.path) == {"part-00000.gz": b"attempt1", "_SUCCESS": b""}


def test_of_attempts_that_commit_at_once_one_wins(tmp_path: Path) -> None:
    output = OutputDirectory(f"{tmp_path}/out", "job1")
    output.setup_job()
    tasks = [write(output.task_writer(0, a), b"attempt%d" % a) for a in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(TaskWriter.commit, tasks))
    assert won.count(True) == 1
    output.commit_job(1)
    assert contents(output.path)["part-00000"] == b"attempt%d" % won.index(True)


def test_an_attempt_that_opens_again_starts_anew(output: OutputDirectory) -> None:
    output.setup_job()
    task = write(write(output.task_writer(0, 0), b"long text"), b"short")
    task.commit()
    output.commit_job(1)
    assert contents(output.path)["part-00000"] == b"short"


def test_a_job_without_tasks_leaves_success_alone(output: OutputDirectory) -> None:
    output.setup_job()
    output.commit_job(0)
    assert contents(output.path) == {"_SUCCESS": b""}


def test_a_task_that_did_not_commit_stops_the_job(output: OutputDirectory) -> None:
    output.setup_job()
    write(output.task_writer(0, 0), b"x").commit()
    write(output.task_writer(1, 0), b"y")
    with pytest.raises(SparkException, match="task 1 has not committed"):
        output.commit_job(2)
    assert all(name.startswith("_temporary/") for name in contents(output.path))


def test_abort_removes_everything(output: OutputDirectory) -> None:
    output.setup_job()
    write(output.task_writer(0, 0), b"x").commit()
    write(output.task_writer(1, 0), b"y").abort()
    output.abort_job()
    output.abort_job()
    fs, inner = fsspec.core.url_to_fs(output.path)
    assert not fs.exists(inner)
    run_job(output)


def test_an_existing_directory_is_refused(output: OutputDirectory) -> None:
    run_job(output)
    second = OutputDirectory(output.path, "job2")
    with pytest.raises(SparkException, match=r"Output directory \S+ already exists") as caught:
        second.setup_job()
    assert caught.value.getCondition() == "PATH_ALREADY_EXISTS"
    assert "finished result" in str(caught.value)
    second.abort_job()
    output.abort_job()
    assert contents(output.path) == WHOLE


def test_a_second_job_is_refused_and_does_no_harm(output: OutputDirectory) -> None:
    output.setup_job()
    second = OutputDirectory(output.path, "job2")
    with pytest.raises(SparkException, match="still running, or that crashed"):
        second.setup_job()
    second.abort_job()
    write(output.task_writer(0, 0), b"x").commit()
    output.commit_job(1)
    assert contents(output.path) == {"part-00000": b"x", "_SUCCESS": b""}


def test_messages_name_the_path_as_spark_does(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(SparkException, match=f"Output directory file:{tmp_path}/x already exists"):
        OutputDirectory(f"{tmp_path}/x", "j").setup_job()


def test_a_late_attempt_cannot_write_into_a_finished_result(output: OutputDirectory) -> None:
    run_job(output)
    for late in (output.task_writer(0, 1).open, output.task_writer(0, 1).commit):
        with pytest.raises(SparkException, match="has ended"):
            late()
    assert contents(output.path) == WHOLE


def test_attempts_are_counted_from_zero() -> None:
    with pytest.raises(IllegalArgumentException, match="-1 and 0"):
        OutputDirectory("/x", "j").task_writer(-1, 0)


def test_a_directory_that_may_not_be_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(SparkException, match=f"file:{tmp_path}/out may not be created"):
        OutputDirectory(f"{tmp_path}/out", "j").setup_job()


class Crash(BaseException):
    """The process dies here."""


def crash_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Let the process die before its ``step``-th change of the file system."""
    done = 0

    def dying(change: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **options: Any) -> Any:
            nonlocal done
            done += 1
            if done >= step:
                raise Crash
            return change(*args, **options)

        return wrapper

    for name in ("mkdir", "rename", "unlink", "remove", "rmdir", "open"):
        monkeypatch.setattr(os, name, dying(getattr(os, name)))


def test_a_crash_at_any_step_shows_no_partial_result(tmp_path: Path) -> None:
    crashes = 0
    for step in range(1, 200):
        base = tmp_path / str(step)
        base.mkdir()
        output = OutputDirectory(f"{base}/out", "job1")
        with pytest.MonkeyPatch.context() as patch:
            crash_at(patch, step)
            try:
                run_job(output)
            except Crash:
                crashes += 1
            else:
                break
        seen = {n: d for n, d in contents(f"{base}/out").items() if not n.startswith("_temp")}
        assert seen in ({}, WHOLE), f"step {step}"
        assert [p.name for p in base.iterdir() if p.name[0] != "."] in ([], ["out"])
        output.abort_job()
        if not seen and (base / "out").exists():
            shutil.rmtree(base / "out")  # died between creating the directory and claiming it
            assert step < 5
        if not seen:
            assert list(base.iterdir()) == []
            run_job(output)
        assert contents(output.path) == WHOLE
    assert crashes > 25


def test_on_an_object_store_a_result_with_success_survives_an_abort() -> None:
    output = OutputDirectory("memory://commit-cleanup/out", "job1")

    def dying(self: Any, path: str, **options: Any) -> None:
        raise Crash

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(MEMORY), "rm", dying)
        with pytest.raises(Crash):
            run_job(output)
    assert any(name.startswith("_temporary/") for name in contents(output.path))
    output.abort_job()
    assert contents(output.path) == WHOLE


def test_on_an_object_store_success_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    output = OutputDirectory("memory://commit-crash/out", "job1")
    output.setup_job()
    for partition in range(2):
        write(output.task_writer(partition, 0), b"x").commit()
    copy, copied = type(MEMORY).copy, []

    def dying(self: Any, source: str, target: str, **options: Any) -> None:
        if copied:
            raise Crash
        copied.append(target)
        copy(self, source, target, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(MEMORY), "copy", dying)
        with pytest.raises(Crash):
            output.commit_job(2)
    assert copied
    assert "_SUCCESS" not in contents(output.path)
    output.abort_job()
    assert contents(output.path) == {}
