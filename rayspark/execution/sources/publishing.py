"""Local directories that several processes change: one at a time, and nothing stays half done.

A directory is put in the place of another in one step (``renameat2`` with ``RENAME_EXCHANGE``): at
no moment there is neither. Files that come into a directory that keeps others are moved one by one;
what is going to be moved is written down first, in ``_journal.<job>``::

    {"moves": [["/t/.x.<job>/attempts/0-1/part-00000-<job>", "/t/x/part-00000-<job>"]]}

A commit holds a lock of the directory (``flock``), which ends with its process. So who holds the
lock and finds a journal knows that its writer died, and moves back what was moved: the write never
was. Writers wait for the lock; readers that find a journal take it if it is free, and else go on.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger(__name__)

JOURNAL = "_journal."
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_libc = ctypes.CDLL(None, use_errno=True)

Move = tuple[Path, Path]


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Be the only one who changes a directory; a dead writer's moves have been undone.

    Raises
    ------
    FileNotFoundError
        If it does not exist.
    """
    while True:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not _is_at(descriptor, directory):
                continue  # another one has been put in its place meanwhile
            _undo_dead(directory)
            yield
            return
        finally:
            os.close(descriptor)


def undo_if_dead(directory: Path) -> None:
    """Undo what a dead writer has moved into a directory; nothing if its writer lives."""
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(descriptor, directory):
            _undo_dead(directory)
    except BlockingIOError:
        pass  # it lives
    except PermissionError as error:
        log.warning("A write into %s was cut off and cannot be undone: %s", directory, error)
    finally:
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def move_all(directory: Path, job: str, moves: Sequence[Move]) -> None:
    """Move files into a directory, all or none; its lock is held."""
    journal = directory / f"{JOURNAL}{job}"
    told = {"moves": [[str(source), str(target)] for source, target in moves]}
    journal.write_text(json.dumps(told), encoding="utf-8")  # outlives the process; no fsync
    try:
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
    except BaseException:
        _undo(moves, directory)
        raise
    finally:
        journal.unlink()


def _undo_dead(directory: Path) -> None:
    if not directory.is_dir():
        return
    for journal in directory.glob(f"{JOURNAL}*"):
        try:
            told = json.loads(journal.read_text(encoding="utf-8"))["moves"]
        except json.JSONDecodeError:
            told = []  # its writer died before it moved anything
        _undo([(Path(source), Path(target)) for source, target in told], directory)
        journal.unlink()
        job = journal.name.removeprefix(JOURNAL)
        shutil.rmtree(directory.parent / f".{directory.name}.{job}", ignore_errors=True)
        log.warning("Undid a write into %s that was cut off", directory)


def _undo(moves: Sequence[Move], directory: Path) -> None:
    for source, target in reversed(moves):
        if target.exists() and not source.exists():
            source.parent.mkdir(parents=True, exist_ok=True)
            target.rename(source)
        if target.parent != directory:
            with suppress(OSError):  # not empty, or never made
                target.parent.rmdir()


def exchange(new: Path, old: Path) -> None:
    """Put each in the other's place, in one step where the file system can do that."""
    paths = (os.fsencode(new), os.fsencode(old))
    if not _libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE):
        return
    code = ctypes.get_errno()
    if code == errno.ENOENT:
        raise FileNotFoundError(code, os.strerror(code), str(old))
    aside = new.with_name(f"{new.name}.replaced")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    aside.rename(new)


def put(new: Path, place: Path) -> bool:
    """Put a directory where there is nothing; False if there is something."""
    try:
        new.rename(place)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            return False
        raise
    return True
