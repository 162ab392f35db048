"""What is going to be moved into a directory, written down first: ``_rayspark_journal.<job>``::

    {"kernel": "41352b0b-…", "device": 2049,
     "moves": [["/t/.x.<job>/attempts/0-1/part-00000-<job>", "/t/x/part-00000-<job>"]]}

Who finds a journal must know whether its writer lives. Of the writers of its own machine (the same
*kernel*, by its boot, and *device*, the mounted file system) the lock of the directory tells. Other
machines' locks may not reach here (NFS mounted with ``local_lock=flock``), so of their writers a
*lease* tells: a writer sets its journal's time at least every second while it moves, and is dead
when the file server's clock is ``LEASE`` seconds ahead of that time and it stays as it is. Who then
undoes renames the journal first (*claims* it), which succeeds once, and ends a writer that only
slept: it looks for its journal before each move.

The order of things must also hold when the power fails, so a journal is on the disk before the
first move, the moves are before it is removed, and its removal is before a commit is told. That
costs 2 to 4 ms a commit (ext4 on an SSD). The bytes of the data files are left to the operating
system, as Spark leaves them.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from rayspark.errors import SparkException
from rayspark.records import dataclass

JOURNAL = "_rayspark_journal."
CLAIMED = ".undone"
LEASE = 60.0
"""Seconds without a sign of life after which another machine's writer is dead."""
RENEWAL = 1.0
"""Seconds between signs of life; another machine looks twice with more than that between."""

Move = tuple[Path, Path]


@cache
def kernel() -> str:
    """What is the same for all processes whose locks meet, on one file system."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # not Linux
        return f"{platform.node()}-{uuid.getnode():x}"


@dataclass(frozen=True)
class Told:
    """A journal that was found."""

    path: Path
    job: str
    is_own: bool
    """Was it written on this machine, so that the directory's lock tells of its writer?"""
    moves: tuple[Move, ...]


class Journal:
    """The journal of a commit under way."""

    def __init__(self, directory: Path, job: str, moves: Sequence[Move]) -> None:
        self._path = directory / f"{JOURNAL}{job}"
        self._directory = directory
        self._moves = moves
        self._renewed = time.monotonic()

    def begin(self, aside: Path) -> None:
        """Put it in its place, whole; ``aside`` is where it is written."""
        told = {
            "kernel": kernel(),
            "device": self._directory.stat().st_dev,
            "moves": [[str(source), str(target)] for source, target in self._moves],
        }
        with aside.open("w", encoding="utf-8") as out:
            out.write(json.dumps(told))
            out.flush()
            os.fsync(out.fileno())
        aside.rename(self._path)
        sync([self._directory])
        self._renewed = time.monotonic()

    def renew(self) -> None:
        """Give a sign of life, if it is time.

        Raises
        ------
        SparkException
            If the writer was taken for dead, and its moves are being undone.
        """
        now = time.monotonic()
        if now - self._renewed < RENEWAL:
            return
        try:
            os.utime(self._path)
        except FileNotFoundError:
            raise SparkException(
                f"A write into {self._directory} gave no sign of life for {LEASE:g} seconds while "
                "its files were moved, so another machine has undone it. Write again."
            ) from None
        self._renewed = now

    @property
    def is_there(self) -> bool:
        """Whether nobody has claimed it."""
        return self._path.exists()

    def end(self) -> None:
        """All is moved, or nothing."""
        sync({target.parent for _, target in self._moves if target.parent.exists()})
        self._path.unlink()
        sync([self._directory])


def found_in(directory: Path) -> Iterable[Told | Path]:
    """The journals of a directory; the path alone of what only looks like one."""
    for path in list(directory.glob(f"{JOURNAL}*")):
        job = path.name.removeprefix(JOURNAL)
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            moves = tuple((Path(source), Path(target)) for source, target in told["moves"])
        except FileNotFoundError:  # over meanwhile
            continue
        except (ValueError, TypeError, KeyError):
            yield path
            continue
        is_own = (told.get("kernel"), told.get("device")) == (kernel(), directory.stat().st_dev)
        is_claimed = job.endswith(CLAIMED)
        yield Told(path, job.removesuffix(CLAIMED), is_own and not is_claimed, moves)


def is_left(journal: Told) -> bool:
    """Has its writer, of whatever machine, given no sign of life for too long?"""
    try:
        before = journal.path.stat().st_mtime_ns
        if _now_of(journal.path.parent) - before < LEASE * 1e9:
            return False
        time.sleep(2 * RENEWAL)
        return journal.path.stat().st_mtime_ns == before
    except FileNotFoundError:  # over meanwhile
        return False


def claim(journal: Told) -> Path | None:
    """Become the one who undoes a journal that is left; ``None`` if somebody else has."""
    claimed = journal.path.with_name(f"{JOURNAL}{journal.job}{CLAIMED}")
    try:
        os.utime(journal.path)  # claimed ones are left by who claimed them
        if claimed != journal.path:
            journal.path.rename(claimed)
    except FileNotFoundError:
        return None
    return claimed


def sync(directories: Iterable[Path]) -> None:
    """Have what changed in directories on the disk, where the file system can do that."""
    for directory in directories:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
                raise
        finally:
            os.close(descriptor)


def _now_of(directory: Path) -> int:
    """The time by the clock that sets the times of a directory's files."""
    probe = directory / f".rayspark-now-{uuid.uuid4().hex}"
    try:
        probe.touch()
        return probe.stat().st_mtime_ns
    finally:
        with suppress(OSError):
            probe.unlink()
