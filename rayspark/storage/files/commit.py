"""The output commit protocol: a directory of part files that is there whole, or not at all.

While a job runs, everything stands below ``<path>/_temporary/<job>/``, which readers do not see::

    _temporary/<job>/attempts/00003-1/part-00003.gz   written by attempt 1 of task 3
    _temporary/<job>/committed/00003/attempt          names the one that won: created once
    _temporary/<job>/result/part-00003.gz  _SUCCESS   assembled by commit_job

A task commits by creating the marker of its partition, which succeeds once: of two attempts the
first wins and the other is thrown away. ``commit_job`` gathers the winners in ``result``. On a
local file system it then renames that directory to ``<path>`` in one step, so a crash at any moment
leaves either no part file or all of them. Object stores know no such step: there the files are
copied and ``_SUCCESS`` is written last, so it is ``_SUCCESS`` that says that a result is whole.

>>> import fsspec
>>> output = OutputDirectory("memory://docs-commit", "job1")
>>> output.setup_job()
>>> first, second = output.task_writer(0, 0), output.task_writer(0, 1)
>>> for task in (first, second):
...     with task.open() as stream:
...         _ = stream.write(b"rows")
>>> first.commit(), second.commit()
(True, False)
>>> output.commit_job(1)
>>> sorted(
...     p.rpartition("/")[2] for p in fsspec.filesystem("memory").ls("/docs-commit", detail=False)
... )
['_SUCCESS', 'part-00000']

The driver calls ``setup_job``, ``commit_job`` and ``abort_job``; executors call ``task_writer``.
All values are plain and picklable, and hold no open file.
"""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rayspark.errors import IllegalArgumentException, SparkException
from rayspark.records import dataclass
from rayspark.storage.files.failures import existing_output, forbidden, unwritable
from rayspark.storage.files.paths import Location, locate
from rayspark.storage.files.removal import make_below, remove_all

if TYPE_CHECKING:
    from typing import BinaryIO

SUCCESS = "_SUCCESS"
_TEMPORARY = "_temporary"
_RUNNING = "job"
_WINNER = "attempt"


@dataclass(frozen=True, slots=True)
class OutputDirectory:
    """The output of one job.

    Parameters
    ----------
    path
        The directory to make; it must not exist.
    job_id
        A name unique to this job among all that may write to that path.
    """

    path: str
    job_id: str

    def setup_job(self) -> None:
        """Reserve the path.

        Raises
        ------
        SparkException
            ``PATH_ALREADY_EXISTS`` if something is there, be it only another job at work.
        """
        where = locate(self.path)
        fs = where.filesystem
        if fs.exists(where.inner):
            raise existing_output(where.path, _what_is_there(where))
        try:
            if where.scheme == "file":
                fs.makedirs(where.parent().inner, exist_ok=True)
                Path(where.inner).mkdir()  # exclusive: of two jobs one wins
            for directory in ("attempts", "committed"):
                fs.makedirs(self._temporary(directory).inner, exist_ok=True)
            # Object stores know no empty directory: a file reserves the path.
            fs.pipe_file(self._temporary(_RUNNING).inner, self.job_id.encode())
        except FileExistsError as error:
            raise existing_output(where.path, _what_is_there(where)) from error
        except PermissionError as error:
            raise forbidden(where.path, "created") from error
        except OSError as error:
            raise unwritable(where.path, error) from error

    def task_writer(self, partition: int, attempt: int, extension: str = "") -> TaskWriter:
        """The writer of one attempt of one task.

        Parameters
        ----------
        attempt
            Unique among all attempts at this partition, those of other stage attempts included.
        extension
            What the file name ends with, e.g. ``".gz"``.
        """
        return TaskWriter(self, partition, attempt, extension)

    def commit_job(self, partitions: int) -> None:
        """Make the result visible.

        Parameters
        ----------
        partitions
            How many tasks the job had: each must have committed.

        Raises
        ------
        SparkException
            If a task has not committed, or the temporary files are gone. Nothing is visible then:
            call ``abort_job`` and run the job again.
        """
        parts = [self._winner(partition) for partition in range(partitions)]
        where = locate(self.path)
        if where.scheme == "file":
            self._publish_at_once(where, parts)
        else:
            self._publish_one_by_one(where, parts)

    def abort_job(self) -> None:
        """Remove what this job wrote; a finished result, and what is another job's, stay."""
        where = locate(self.path)
        fs = where.filesystem
        staged = self._staged(where)
        if fs.exists(self._temporary().inner) or fs.exists(staged.inner):
            remove_all(staged)
            remove_all(self._temporary() if fs.exists(where.child(SUCCESS).inner) else where)

    def _publish_at_once(self, where: Location, parts: list[Location]) -> None:
        result, staged = Path(self._temporary("result").inner), Path(self._staged(where).inner)
        result.mkdir()
        for part in parts:
            Path(part.inner).rename(result / part.name)
        (result / SUCCESS).touch()
        result.rename(staged)
        shutil.rmtree(where.child(_TEMPORARY).inner)
        # rename replaces an empty directory in one step: readers see no part file or all of them.
        staged.rename(where.inner)

    def _publish_one_by_one(self, where: Location, parts: list[Location]) -> None:
        fs = where.filesystem
        for part in parts:
            fs.copy(part.inner, where.child(part.name).inner)
        fs.pipe_file(where.child(SUCCESS).inner, b"")
        remove_all(self._temporary())
        with suppress(OSError):  # a store of objects has no directory that could stay behind
            fs.rmdir(where.child(_TEMPORARY).inner)

    def _winner(self, partition: int) -> Location:
        marker = self._temporary("committed", f"{partition:05d}", _WINNER)
        try:
            relative = marker.filesystem.cat_file(marker.inner).decode()
        except FileNotFoundError as error:
            raise SparkException(
                f"Output {locate(self.path).path} of job {self.job_id} is not complete: "
                f"task {partition} has not committed, or something removed _temporary. "
                "Nothing was published; run the job again."
            ) from error
        return self._temporary("attempts", *relative.split("/"))

    def _temporary(self, *names: str) -> Location:
        where = locate(self.path).child(_TEMPORARY).child(self.job_id)
        for name in names:
            where = where.child(name)
        return where

    def _staged(self, where: Location) -> Location:
        return where.parent().child(f".{where.name}.{self.job_id}")


@dataclass(frozen=True, slots=True)
class TaskWriter:
    """One attempt of one task that writes one part file."""

    output: OutputDirectory
    partition: int
    attempt: int
    extension: str = ""

    def __post_init__(self) -> None:
        if self.partition < 0 or self.attempt < 0:
            raise IllegalArgumentException(
                f"partition and attempt count from 0, found {self.partition} and {self.attempt}"
            )

    def open(self) -> BinaryIO:
        """Open the part file for writing, from the start if this attempt opened it before.

        Raises
        ------
        SparkException
            If the job is over: a late attempt must leave nothing behind in a finished result.
        """
        directory = self._directory()
        fs = directory.filesystem
        self._check_running()
        try:
            make_below(self.output._temporary("attempts"), directory)
        except FileNotFoundError:
            raise self._over() from None
        return cast("BinaryIO", fs.open(directory.child(self._name()).inner, "wb"))

    def commit(self) -> bool:
        """Make this attempt the one that counts.

        Returns
        -------
        bool
            False if another attempt was first; what this one wrote is removed then. True again when
            the same attempt asks again, so that a lost answer may be asked for once more.

        Raises
        ------
        SparkException
            If the job is over.
        """
        self._check_running()
        relative = f"{self._directory().name}/{self._name()}".encode()
        marker = self.output._temporary("committed", f"{self.partition:05d}", _WINNER)
        if _create_once(marker, relative, unique=str(self.attempt)):
            return True
        if marker.filesystem.cat_file(marker.inner) == relative:
            return True
        self.abort()
        return False

    def abort(self) -> None:
        """Remove what this attempt wrote."""
        remove_all(self._directory())

    def _check_running(self) -> None:
        marker = self.output._temporary(_RUNNING)
        if not marker.filesystem.exists(marker.inner):
            raise self._over()

    def _over(self) -> SparkException:
        return SparkException(
            f"Task {self.partition} (attempt {self.attempt}) cannot write or commit to "
            f"{self.output.path}: job {self.output.job_id} was not set up there, or has ended. "
            "A local path must be the same directory on every node."
        )

    def _directory(self) -> Location:
        return self.output._temporary("attempts", f"{self.partition:05d}-{self.attempt}")

    def _name(self) -> str:
        return f"part-{self.partition:05d}{self.extension}"


def _create_once(where: Location, content: bytes, *, unique: str) -> bool:
    """Create a file with its content in one step; False if it exists already."""
    if where.scheme == "file":
        return _rename_once(Path(where.inner), content, unique)
    fs = where.filesystem
    if fs.exists(where.inner):
        return False
    try:
        fs.pipe_file(where.inner, content, mode="create")
    except FileExistsError:
        return False
    return True


def _rename_once(path: Path, content: bytes, unique: str) -> bool:
    """Create ``path`` by renaming its directory, which fails if that exists and is not empty."""
    draft = path.parent.with_name(f"{path.parent.name}.{unique}")
    draft.mkdir(exist_ok=True)
    (draft / path.name).write_bytes(content)
    try:
        draft.rename(path.parent)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        shutil.rmtree(draft)
        return False
    return True


def _what_is_there(where: Location) -> str:
    fs = where.filesystem
    if fs.exists(where.child(SUCCESS).inner):
        state = "It holds a finished result"
    elif fs.exists(where.child(_TEMPORARY).inner):
        state = "It belongs to a job that is still running, or that crashed and left no result"
    else:
        state = "It was not written by a finished job"
    return f"{state}. Choose another path, or remove it first."
