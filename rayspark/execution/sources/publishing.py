"""Local directories that several processes change: one at a time, and nothing stays half done.

A directory is put in the place of another in one step (``renameat2`` with ``RENAME_EXCHANGE``): at
no moment there is neither. Files that come into a directory that keeps others are moved one by one;
what is going to be moved is written down first, in ``_rayspark_journal.<job>``::

    {"moves": [["/t/.x.<job>/attempts/0-1/part-00000-<job>", "/t/x/part-00000-<job>"]]}

A commit holds a lock of the directory (``flock``), which ends with its process. So who holds the
lock and finds a journal knows that its writer died, and moves back what was moved: the write never
was. Writers wait for the lock; readers that find a journal take it if it is free, and else go on.

A journal is data that may come from anywhere: only moves between the directory and the job's own
attempts are undone. File systems without such locks (NFS) keep no two writers apart, and nobody
knows there whether a writer lives, so nothing is undone.
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

from rayspark.errors.cleanup import after

log = logging.getLogger(__name__)

JOURNAL = "_rayspark_journal."
_NO_LOCKS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)  # not on every system

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
            has_lock = _lock(descriptor, fcntl.LOCK_EX)
            if not _is_at(descriptor, directory):
                continue  # another one has been put in its place meanwhile
            if has_lock:
                _undo_dead(directory)
            yield
            return
        finally:
            _unlock(descriptor)


def undo_if_dead(directory: Path) -> None:
    """Undo what a dead writer has moved into a directory; nothing if its writer lives."""
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        if _lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB) and _is_at(descriptor, directory):
            _undo_dead(directory)
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
    journal, aside = directory / f"{JOURNAL}{job}", _attempts(directory, job) / "journal"
    told = {"moves": [[str(source), str(target)] for source, target in moves]}
    aside.write_text(json.dumps(told), encoding="utf-8")  # outlives the process; no fsync
    aside.rename(journal)
    try:
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
    except BaseException as error:
        with after(error):
            _undo(moves, directory)  # if this fails, the journal stays
            journal.unlink()
        raise
    journal.unlink()


def is_half_done(directory: Path, job: str) -> bool:
    """Whether a job's moves could neither be made nor undone."""
    return (directory / f"{JOURNAL}{job}").exists()


def _attempts(directory: Path, job: str) -> Path:
    """Where a job's tasks write."""
    return directory.parent / f".{directory.name}.{job}"


def _undo_dead(directory: Path) -> None:
    if not directory.is_dir():
        return
    for journal in directory.glob(f"{JOURNAL}*"):
        job = journal.name.removeprefix(JOURNAL)
        moves = _told(journal)
        if moves is None or not _are_own(moves, directory, job):
            log.warning("No journal of a write into %s: %s", directory, journal)
            continue
        _undo(moves, directory)
        journal.unlink()
        shutil.rmtree(_attempts(directory, job), ignore_errors=True)
        log.warning("Undid a write into %s that was cut off", directory)


def _told(journal: Path) -> list[Move] | None:
    """The moves that a journal tells; None if it is none."""
    try:
        told = json.loads(journal.read_text(encoding="utf-8"))["moves"]
        return [(Path(source), Path(target)) for source, target in told]
    except (ValueError, TypeError, KeyError):
        return None


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
