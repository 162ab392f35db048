"""Removing a directory that others may still write into.

On a local file system it is renamed first: who comes late finds nothing at its old place, and so
adds nothing to what is being removed. Together with :func:`make_below`, which never makes the
directory itself again, nothing is left behind by a task that begins when its job is given up.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from rayspark.storage.files.paths import Location


def remove_all(where: Location) -> None:
    """Remove a directory and all that is below it; nothing happens if there is none."""
    if where.scheme != "file":
        with suppress(FileNotFoundError):
            where.filesystem.rm(where.inner, recursive=True)
        return
    path = Path(where.inner)
    aside = path.with_name(f".{path.name.lstrip('.')}.removed")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return
    except OSError:  # a mount point, or no right to rename here
        aside = path
    shutil.rmtree(aside, ignore_errors=True)


def make_below(top: Location, where: Location) -> None:
    """Make a directory below another one, which must exist.

    Raises
    ------
    FileNotFoundError
        If it does not, as far as the file system knows directories.
    """
    if where.scheme != "file":
        where.filesystem.makedirs(where.inner, exist_ok=True)
        return
    root, path = Path(top.inner), Path(where.inner)
    try:
        path.mkdir(exist_ok=True)
    except FileNotFoundError:
        missing = [path, *(p for p in path.parents if p.is_relative_to(root) and p != root)]
        for directory in reversed(missing):
            directory.mkdir(exist_ok=True)
