"""The errors of this room, each made in one place: what was asked, what was found, what to do.

All are :class:`rayspark.errors.SparkException` with one of Spark's conditions, and survive
pickling.

>>> str(corrupt_file("file:/a.gz", "gzip", "bad check", 12)).splitlines()[0]  # doctest: +ELLIPSIS
'...Corrupt gzip file file:/a.gz near byte 12: bad check. Write it again or leave it out of the
input...'
"""

from __future__ import annotations

from rayspark.errors import SparkException


def corrupt_file(path: str, kind: str, why: str, offset: int | None = None) -> SparkException:
    """A file that cannot be decoded; ``offset`` is about where, in the bytes on disk."""
    where = "" if offset is None else f" near byte {offset}"
    return _failed_read(
        path,
        f"Corrupt {kind} file {path}{where}: {why}. Write it again or leave it out of the input.",
    )


def changed_file(path: str, planned: int, found: int) -> SparkException:
    """A file that became shorter between planning and reading."""
    return _failed_read(
        path,
        f"Input file {path} had {planned} bytes when the job was planned and has "
        f"{found} now: something rewrote it while the job ran. Write inputs "
        "elsewhere, or create the RDD again so that it lists the files afresh.",
    )


def vanished_file(path: str) -> SparkException:
    """A file that was there when the job was planned."""
    return SparkException(
        f"Input file {path} existed when the job was planned and is gone now, or is not "
        "on this node. Something deleted, moved or rewrote it while the job ran: write "
        "inputs elsewhere, or create the RDD again so that it lists the files afresh. A local path "
        "must exist on every node.",
        "FAILED_READ_FILE.FILE_NOT_EXIST",
        {"path": path},
    )


def forbidden(path: str, what: str) -> SparkException:
    """A file or directory that this user may not use; ``what`` could not be done."""
    return _failed_read(
        path,
        f"Permission denied: {path} may not be {what} by the user that runs this process. "
        "Change its owner or mode (chmod), on every node for local paths, or name other files.",
    )


def unwritable(path: str, error: OSError) -> SparkException:
    """An output directory that cannot be made."""
    return SparkException(
        f"Output directory {path} cannot be created: {error.strerror or error}. Name a directory "
        "on a file system that this user may write to; a local path must be so on every node."
    )


def unreachable(path: str, error: Exception) -> SparkException:
    """A file system that could not be connected to; the first line of ``error`` says why."""
    why = next(iter(str(error).splitlines()), type(error).__name__)
    return SparkException(
        f"The file system of {path} cannot be reached: {why.rstrip('.')}. Check the address, "
        "the credentials and what its client needs (hdfs:// needs Java and Hadoop's client, with "
        "JAVA_HOME, HADOOP_HOME and CLASSPATH set), on every node, or copy the data to a store "
        "that needs none."
    )


def missing_input(lines: list[str], path: str) -> SparkException:
    """Input paths that do not exist: one line for each."""
    return SparkException("\n".join(lines), "PATH_NOT_FOUND", {"path": path})


def existing_output(path: str, why: str) -> SparkException:
    """An output directory that exists already."""
    return SparkException(
        f"Output directory {path} already exists. {why}",
        "PATH_ALREADY_EXISTS",
        {"outputPath": path},
    )


def _failed_read(path: str, message: str) -> SparkException:
    return SparkException(message, "FAILED_READ_FILE.NO_HINT", {"path": path})
