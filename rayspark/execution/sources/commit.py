"""How the files of a write become visible: all of them, or none.

Attempts of tasks write into a hidden directory, each into one of its own::

    <parent>/.<name>.<job>/attempts/3-17/p=1/part-00003-<job>.c000.snappy.parquet

``commit`` is given the attempts that count. A new directory, and one that is overwritten whole, is
put together aside and put into place in one step; what was there is removed just after. Into a
directory that keeps other files (append, overwriting of some partitions) files are moved one by
one; a failure moves them back, and so does who comes next if the process dies meanwhile (see
:mod:`rayspark.execution.sources.publishing`). Object stores copy instead of moving, and
``_SUCCESS`` says at the end that a result is whole.

Names of files hold the job's id, so writers that append side by side do not meet.
"""

from __future__ import annotations

import logging
import posixpath
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from rayspark.errors import AnalysisException, SparkException
from rayspark.errors.cleanup import after
from rayspark.execution.sources.publishing import (
    exchange,
    is_half_done,
    locked,
    move_all,
    put,
)
from rayspark.records import dataclass
from rayspark.storage.files.paths import Location, locate
from rayspark.storage.files.removal import make_below, remove_all

log = logging.getLogger(__name__)

SUCCESS = "_SUCCESS"


class SaveMode(Enum):
    """What to do where something is already."""

    ERROR = "error"
    APPEND = "append"
    OVERWRITE = "overwrite"
    IGNORE = "ignore"


@dataclass(frozen=True)
class WrittenFile:
    """A file of an attempt: its partition directory (empty at the root) and its name."""

    directory: str
    name: str


@dataclass(frozen=True)
class DirectoryCommit:
    """The commit of one job into one directory. Plain values: it travels with the tasks.

    ``dynamic``: overwriting replaces only the partitions that are written; ``within``: only below
    this partition directory (``INSERT OVERWRITE ... PARTITION (p = 1)``).
    """

    path: str
    job: str
    mode: SaveMode
    dynamic: bool = False
    within: str = ""
    mark_success: bool = True

    @property
    def root(self) -> Location:
        """Where the result goes."""
        return locate(self.path)

    @property
    def staging(self) -> Location:
        """Where attempts write: beside the result, under a name that readers do not see."""
        root = self.root
        return root.parent().child(f".{root.name}.{self.job}")

    def begin(self) -> bool:
        """Check the mode; False if nothing is to be written (``ignore``).

        Raises
        ------
        AnalysisException
            ``PATH_ALREADY_EXISTS``.
        """
        if self.exists():
            if self.mode is SaveMode.IGNORE:
                return False
            if self.mode is SaveMode.ERROR:
                raise self._exists()
        staging = self.staging
        staging.filesystem.makedirs(staging.inner, exist_ok=True)
        return True

    def exists(self) -> bool:
        """Is there anything at the path?"""
        root = self.root
        return bool(root.filesystem.exists(root.inner))

    def attempt(self, partition: int, attempt: int) -> Location:
        """The directory of one attempt of one task."""
        return self.staging.child("attempts").child(f"{partition}-{attempt}")

    def make_directory(self, where: Location) -> None:
        """Make a directory of an attempt.

        Raises
        ------
        SparkException
            If the write is over: a late attempt must leave nothing behind.
        """
        try:
            make_below(self.staging, where)
        except FileNotFoundError:
            raise SparkException(
                f"Cannot write to {self.root.path}: the write was given up, or has ended. A local "
                "path must be the same directory on every node."
            ) from None

    def abort(self) -> None:
        """Remove all attempts; not where they hold old files that could not be put back."""
        if self.root.scheme != "file" or not is_half_done(Path(self.root.inner), self.job):
            remove_all(self.staging)

    def commit(self, attempts: Iterable[tuple[Location, tuple[WrittenFile, ...]]]) -> None:
        """Make the files of these attempts visible.

        Raises
        ------
        AnalysisException
            ``PATH_ALREADY_EXISTS``: somebody else has made the directory meanwhile.
        """
        exists = self.exists()
        if exists and self.mode is SaveMode.ERROR:
            raise self._exists()
        if not (exists and self.mode is SaveMode.IGNORE):
            self._publish(attempts, exists)
        remove_all(self.staging)

    def _publish(
        self, attempts: Iterable[tuple[Location, tuple[WrittenFile, ...]]], exists: bool
    ) -> None:
        moves = [
            (_below(home, file.directory).child(file.name), file)
            for home, files in attempts
            for file in files
        ]
        replaces_all = self.mode is SaveMode.OVERWRITE and not self.dynamic and not self.within
        if replaces_all or not exists:
            self._publish_whole(moves)
        else:
            self._publish_into(moves)

    def _publish_whole(self, moves: list[tuple[Location, WrittenFile]]) -> None:
        root = self.root
        if root.scheme != "file":
            old = self._files(root) if self.exists() else []
            self._publish_files(moves, old)
            return
        result = Path(self.staging.child("result").inner)
        result.mkdir()
        for source, file in moves:
            target = result / file.directory / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            Path(source.inner).rename(target)
        if self.mark_success:
            (result / SUCCESS).touch()
        final = Path(root.inner)
        while True:
            if not final.exists() and put(result, final):
                return
            if self.mode is SaveMode.ERROR:
                raise self._exists()
            if self.mode is SaveMode.IGNORE:
                return
            if self.mode is not SaveMode.OVERWRITE:
                made = [(Location(f"file:{result}/{_relative(f)}"), f) for _, f in moves]
                self._publish_into(made)
                return
            try:
                with locked(final):
                    exchange(result, final)
                return
            except FileNotFoundError:  # somebody else has removed it meanwhile
                if final.is_symlink() or not result.exists():
                    raise

    def _publish_into(self, moves: list[tuple[Location, WrittenFile]]) -> None:
        """Move files into a directory that keeps others."""
        root = self.root
        if root.scheme != "file":
            self._publish_files(moves, self._replaced(moves))
            return
        final = Path(root.inner)
        final.mkdir(parents=True, exist_ok=True)
        with locked(final):
            aside = Path(self.staging.child("replaced").inner)
            old = [Path(place.inner) for place in self._replaced(moves)]
            away = [(place, aside / str(i)) for i, place in enumerate(old)]
            new = [(Path(s.inner), final / file.directory / file.name) for s, file in moves]
            move_all(final, self.job, [*away, *new])
            if self.mark_success:
                (final / SUCCESS).touch()

    def _replaced(self, moves: list[tuple[Location, WrittenFile]]) -> list[Location]:
        """Files that go: those of the partitions that are overwritten."""
        if self.mode is not SaveMode.OVERWRITE:
            return []
        touched = {_below(self.root, file.directory).path for _, file in moves}
        if not self.dynamic:
            touched = {_below(self.root, self.within).path}
        found: list[Location] = []
        for directory in sorted(touched):
            where = Location(directory)
            if where.filesystem.exists(where.inner):
                found += self._files(where)
        return found

    def _publish_files(
        self, moves: list[tuple[Location, WrittenFile]], old: list[Location]
    ) -> None:
        """In an object store, where moving is copying."""
        root, fs = self.root, self.root.filesystem
        undo: list[tuple[Location, Location]] = []
        try:
            for source, file in moves:
                target = _below(root, file.directory).child(file.name)
                target.filesystem.mv(source.inner, target.inner)
                undo.append((source, target))
        except BaseException as error:
            for source, target in reversed(undo):
                with after(error):
                    fs.mv(target.inner, source.inner)
            raise
        for place in old:
            fs.rm(place.inner)
        if self.mark_success:
            fs.pipe_file(root.child(SUCCESS).inner, b"")

    @staticmethod
    def _files(where: Location) -> list[Location]:
        """All files below a directory; those that readers do not see stay, but for markers."""
        fs = where.filesystem
        found = []
        for name in fs.find(where.inner):
            below = name.strip("/").removeprefix(where.inner.strip("/")).strip("/")
            if below.startswith((".", "_")) and below != SUCCESS:
                continue
            found.append(_below(where, below) if below else where)
        return found

    def _exists(self) -> AnalysisException:
        return AnalysisException(
            errorClass="PATH_ALREADY_EXISTS", messageParameters={"outputPath": self.root.path}
        )


def _relative(file: WrittenFile) -> str:
    return posixpath.join(file.directory, file.name)


def _below(where: Location, directory: str) -> Location:
    for name in directory.split("/"):
        if name:
            where = where.child(name)
    return where
