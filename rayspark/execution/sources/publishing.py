"""Local directories that several processes change: one at a time, and nothing stays half done.

A directory is put in the place of another in one step (``renameat2`` with ``RENAME_EXCHANGE``): at
no moment there is neither. Files that come into a directory that keeps others are moved one by one;
what is going to be moved is written down first (see :mod:`rayspark.execution.sources.journal`).

A commit holds a lock of the directory (``flock``), which ends with its process. So who holds the
lock and finds a journal of this machine knows that its writer died, and moves back what was moved:
the write never was. Of other machines' journals their age tells. Writers wait for the lock, and
for a journal of a writer elsewhere that may live; readers that find a journal undo it if its writer
is dead, and else go on. File systems without such locks keep no two writers apart.

A journal is data that may come from anywhere: only moves between the directory and the job's own
attempts are undone.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import logging
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rayspark.errors.cleanup import after
from rayspark.execution.sources.journal import (
    JOURNAL,
    Journal,
    Move,
    Told,
    claim,
    found_in,
    is_left,
    sync,
)

log = logging.getLogger(__name__)

POLL = 0.5
"""Seconds between looks at a journal of a writer elsewhere."""
_NO_LOCKS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)  # not on every system


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Be the only one who changes a directory; a dead writer's moves have been undone, and a writer
    of another machine is waited for.

    Raises
    ------
    FileNotFoundError
        If it does not exist.
    """
    while True:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            has_lock = _lock(descriptor, fcntl.LOCK_EX)
            if not _is_at(descriptor, directory):
                continue  # another one has been put in its place meanwhile
            if _undo_dead(directory, has_lock) or not has_lock:
                yield
                return
        finally:
            _unlock(descriptor)
        time.sleep(POLL)


def undo_if_dead(directory: Path) -> None:
    """Undo what a dead writer has moved into a directory; nothing if its writer lives."""
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        has_lock = _lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(descriptor, directory):
            _undo_dead(directory, has_lock)
    except BlockingIOError:
        pass  # it lives
    except OSError as error:  # rights are missing, or all is read-only
        log.warning("A write into %s was cut off and cannot be undone: %s", directory, error)
    finally:
        _unlock(descriptor)


def _lock(descriptor: int, how: int) -> bool:
    """Lock a directory; False if its file system cannot do that."""
    try:
        fcntl.flock(descriptor, how)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        log.debug("No locks of directories here: %s", error)
        return False
    return True


def _unlock(descriptor: int) -> None:
    """End the lock, also for processes that were forked while it was held."""
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def move_all(directory: Path, job: str, moves: Sequence[Move]) -> None:
    """Move files into a directory, all or none; its lock is held."""
    journal = Journal(directory, job, moves)
    journal.begin(_attempts(directory, job) / "journal")
    try:
        for source, target in moves:
            journal.renew()
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
    except BaseException as error:
        with after(error):
            if journal.is_there:
                _undo(moves, directory)  # if this fails, the journal stays
                journal.end()
        raise
    journal.end()


def is_half_done(directory: Path, job: str) -> bool:
    """Whether a job's moves could neither be made nor undone."""
    return any(directory.glob(f"{JOURNAL}{job}*"))


def _attempts(directory: Path, job: str) -> Path:
    """Where a job's tasks write."""
    return directory.parent / f".{directory.name}.{job}"


def _undo_dead(directory: Path, has_lock: bool) -> bool:
    """Undo what dead writers have moved; False if there is a journal whose writer may live."""
    may_live = False
    for journal in found_in(directory) if directory.is_dir() else ():
        if not isinstance(journal, Told) or not _are_own(journal.moves, directory, journal.job):
            log.warning("No journal of a write into %s: %s", directory, journal)
        elif has_lock and journal.is_own:
            _undo_journal(journal, journal.path, directory)
        elif not is_left(journal):
            may_live = True
        elif (claimed := claim(journal)) is not None:
            _undo_journal(journal, claimed, directory)
    return not may_live


def _undo_journal(journal: Told, path: Path, directory: Path) -> None:
    _undo(journal.moves, directory)
    sync({target.parent for _, target in journal.moves if target.parent.exists()})
    path.unlink()
    shutil.rmtree(_attempts(directory, journal.job), ignore_errors=True)
    log.warning("Undid a write into %s that was cut off", directory)


def _are_own(moves: Sequence[Move], directory: Path, job: str) -> bool:
    """Do all moves stay within a directory and the attempts of a job, whatever links say?"""
    places = [directory.resolve(), *(_attempts(d, job) for d in (directory, directory.resolve()))]
    parents = {path.parent for move in moves for path in move}
    return all(path.name != ".." for move in moves for path in move) and all(
        any(parent.resolve().is_relative_to(place.resolve()) for place in places)
        for parent in parents
    )


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
    if _renameat2 is not None:
        paths = (os.fsencode(new), os.fsencode(old))
        if not _renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE):
            return
        code = ctypes.get_errno()
        if code == errno.ENOENT:
            raise FileNotFoundError(code, os.strerror(code), str(old))
    aside = new.with_name(f"{new.name}.replaced")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError as error:
        with after(error):
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
