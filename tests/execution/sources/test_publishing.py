"""Local directories that several processes write at once, and that one left half done."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rayspark.errors import AnalysisException
from rayspark.execution.sources.commit import DirectoryCommit, SaveMode, WrittenFile
from rayspark.execution.sources.listing import list_source
from rayspark.execution.sources.options import FILE_OPTIONS, Options
from rayspark.execution.sources.publishing import JOURNAL
from rayspark.storage.files.paths import locate

FORK = multiprocessing.get_context("fork")
FILES = 4


def write(root: Path, job: str, mode: SaveMode, directory: str = "", **how: Any) -> None:
    """A job whose task wrote four files."""
    target = DirectoryCommit(str(root), job, mode, **how)
    target.begin()
    home = target.attempt(0, 1)
    written = [WrittenFile(directory, f"part-{i}-{job}") for i in range(FILES)]
    for file in written:
        place = Path(home.inner) / file.directory / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(job)
    target.commit([(home, tuple(written))])


def seen(root: Path) -> Counter[str]:
    """Files of each job, as a reader finds them."""
    options = Options("text", {}, FILE_OPTIONS)
    found = list_source([str(root)], options, {}, None).files
    return Counter(Path(locate(file.path).inner).read_text() for file in found)


def hidden(root: Path) -> list[str]:
    names = [entry.name for folder in (root.parent, root) for entry in folder.iterdir()]
    return [name for name in names if name.startswith((".", JOURNAL))]


def dying(root: Path, renames: int, job: str, mode: SaveMode, directory: str, how: Any) -> None:
    """Write, and die after so many renames."""
    left = [renames]
    real = Path.rename

    def rename(self: Path, target: Any) -> Any:
        if not left[0]:
            os._exit(9)
        left[0] -= 1
        return real(self, target)

    Path.rename = rename  # type: ignore[method-assign]
    write(root, job, mode, directory, **how)


def run_and_die(*args: Any) -> None:
    process = FORK.Process(target=dying, args=args)
    process.start()
    process.join(30)
    assert process.exitcode == 9


@pytest.mark.parametrize("renames", range(1, FILES + 1))
def test_an_append_that_died_never_was(tmp_path: Path, renames: int) -> None:
    root = tmp_path / "t"
    write(root, "old", SaveMode.APPEND)
    run_and_die(root, renames, "dead", SaveMode.APPEND, "", {})
    assert seen(root) == {"old": FILES}
    assert hidden(root) == []
    write(root, "new", SaveMode.APPEND)
    assert seen(root) == {"old": FILES, "new": FILES}


@pytest.mark.parametrize("renames", range(1, 2 * FILES + 1))
def test_partitions_are_as_before_when_their_overwriting_died(tmp_path: Path, renames: int) -> None:
    root = tmp_path / "t"
    write(root, "other", SaveMode.APPEND, "p=0")
    write(root, "old", SaveMode.APPEND, "p=1")
    run_and_die(root, renames, "dead", SaveMode.OVERWRITE, "p=1", {"dynamic": True})
    assert seen(root) == {"other": FILES, "old": FILES}


def test_a_writer_undoes_what_died_before_it(tmp_path: Path) -> None:
    root = tmp_path / "t"
    write(root, "old", SaveMode.APPEND)
    run_and_die(root, 2, "dead", SaveMode.APPEND, "", {})
    write(root, "new", SaveMode.APPEND)
    assert hidden(root) == []
    assert seen(root) == {"old": FILES, "new": FILES}


def test_moves_that_can_be_neither_made_nor_undone_are_undone_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "t"
    write(root, "other", SaveMode.APPEND, "p=0")
    write(root, "old", SaveMode.APPEND, "p=1")
    real, left = Path.rename, [FILES]

    def rename(self: Path, target: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.EIO, "the disk is gone")
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with pytest.raises(OSError, match="the disk is gone"):
            write(root, "dead", SaveMode.OVERWRITE, "p=1", dynamic=True)
        DirectoryCommit(str(root), "dead", SaveMode.OVERWRITE, dynamic=True).abort()
        assert seen(root)["other"] == FILES  # who cannot undo it reads what is there
    assert seen(root) == {"other": FILES, "old": FILES}
    assert hidden(root) == []


@pytest.mark.parametrize(
    "text",
    [
        "no journal",
        "[]",
        '{"moves": [["a"]]}',
        '{"moves": [["HERE/home/taken", "HERE/home/secret"]]}',
        '{"moves": [["HERE/.t.x/taken", "HERE/t/../home/secret"]]}',
        '{"moves": [["HERE/.t.x/taken", "HERE/t/_link/secret"]]}',
    ],
)
def test_what_only_looks_like_a_journal_moves_nothing(tmp_path: Path, text: str) -> None:
    root, secret = tmp_path / "t", tmp_path / "home" / "secret"
    write(root, "old", SaveMode.APPEND)
    secret.parent.mkdir()
    secret.write_text("mine")
    (root / "_link").symlink_to(secret.parent)
    journal = root / f"{JOURNAL}x"
    journal.write_text(text.replace("HERE", str(tmp_path)))
    assert seen(root) == {"old": FILES}
    write(root, "new", SaveMode.APPEND)
    assert seen(root) == {"old": FILES, "new": FILES}
    assert secret.read_text() == "mine"
    assert journal.exists()


def test_where_directories_cannot_be_locked_writes_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: Any) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")  # NFS

    root = tmp_path / "t"
    write(root, "old", SaveMode.APPEND)
    run_and_die(root, 2, "dead", SaveMode.APPEND, "", {})
    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", flock)
        write(root, "new", SaveMode.APPEND)
        assert seen(root) == {"old": FILES, "new": FILES, "dead": 1}  # it may still live
    assert seen(root) == {"old": FILES, "new": FILES}
    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", flock)
        write(root, "whole", SaveMode.OVERWRITE)
    assert seen(root) == {"whole": FILES}


def test_overwriting_a_link_to_nothing_fails_and_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "t").symlink_to(tmp_path / "gone")
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "t", "new", SaveMode.OVERWRITE)


def test_a_directory_is_always_there_while_it_is_overwritten(tmp_path: Path) -> None:
    root = tmp_path / "t"
    write(root, "0", SaveMode.OVERWRITE)
    failures = FORK.Queue()
    process = FORK.Process(target=overwrites, args=(root, 60, failures))
    process.start()
    while process.is_alive():
        assert root.is_dir()
    process.join()
    assert process.exitcode == 0
    assert seen(root) == {"whole59": FILES}


def appends(root: Path, name: str, times: int, failures: Any) -> None:
    try:
        for at in range(times):
            write(root, f"{name}{at}", SaveMode.APPEND)
    except BaseException:
        failures.put(traceback.format_exc())
        raise


def overwrites(root: Path, times: int, failures: Any) -> None:
    try:
        for at in range(times):
            write(root, f"whole{at}", SaveMode.OVERWRITE)
    except BaseException:
        failures.put(traceback.format_exc())
        raise


def finish(processes: list[Any], failures: Any) -> None:
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert failures.empty(), failures.get()
    assert [process.exitcode for process in processes] == [0] * len(processes)


def test_no_append_of_several_processes_is_lost(tmp_path: Path) -> None:
    failures = FORK.Queue()
    root = tmp_path / "t"
    names = "abc"
    finish([FORK.Process(target=appends, args=(root, n, 10, failures)) for n in names], failures)
    assert seen(root) == {f"{name}{at}": FILES for name in names for at in range(10)}


def test_appends_and_overwrites_at_once_are_never_mixed(tmp_path: Path) -> None:
    failures = FORK.Queue()
    root = tmp_path / "t"
    processes = [
        FORK.Process(target=appends, args=(root, "a", 25, failures)),
        FORK.Process(target=appends, args=(root, "b", 25, failures)),
        FORK.Process(target=overwrites, args=(root, 25, failures)),
    ]
    finish(processes, failures)
    found = seen(root)
    assert set(found.values()) == {FILES}, found
    assert [job for job in found if job.startswith("whole")] == ["whole24"]
    assert hidden(root) == []


@pytest.mark.parametrize("mode", [SaveMode.ERROR, SaveMode.IGNORE])
@pytest.mark.parametrize("late", [False, True])
def test_who_wants_nothing_there_adds_nothing_to_what_another_has_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: SaveMode, late: bool
) -> None:
    root = tmp_path / "t"
    first, second = (DirectoryCommit(str(root), job, mode) for job in ("a", "b"))
    outputs = []
    for target in (first, second):
        assert target.begin()
        home = target.attempt(0, 1)
        Path(home.inner).mkdir(parents=True)
        Path(home.inner, f"part-{target.job}").write_text(target.job)
        outputs.append([(home, (WrittenFile("", f"part-{target.job}"),))])
    if late:  # it comes between the last look and the renaming
        real = DirectoryCommit._publish_whole

        def publish(self: DirectoryCommit, moves: Any) -> None:
            if self is second:
                first.commit(outputs[0])
            real(self, moves)

        monkeypatch.setattr(DirectoryCommit, "_publish_whole", publish)
    else:
        first.commit(outputs[0])
    if mode is SaveMode.ERROR:
        with pytest.raises(AnalysisException, match="PATH_ALREADY_EXISTS"):
            second.commit(outputs[1])
        second.abort()
    else:
        second.commit(outputs[1])
    assert seen(root) == {"a": 1}
    assert hidden(root) == []
