"""From what a user writes as an input path to the list of files that it names.

A path is a plain local path, ``file:/x``, or any URL that fsspec knows (``s3://``, ``gs://``,
``memory://`` ...). As in Hadoop: a comma separates paths, a component may be a glob (see
:mod:`rayspark.storage.files.glob`), a directory stands for the files directly in it, names that
begin with ``_`` or ``.`` are hidden, and ``~`` is a name like any other. Files come back sorted by
path within each path of the list (Spark keeps the order of the local directory, which is
arbitrary).

>>> import fsspec
>>> fs = fsspec.filesystem("memory")
>>> fs.pipe({"/docs-paths/b.txt": b"22", "/docs-paths/a.txt": b"1", "/docs-paths/_SUCCESS": b""})
>>> [(str(f.path), f.size) for f in list_files("memory://docs-paths/*.txt")]
[('memory://docs-paths/a.txt', 1), ('memory://docs-paths/b.txt', 2)]

Called in the driver, by any thread; nothing is remembered between two calls.
"""

from __future__ import annotations

import difflib
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from rayspark.errors import IllegalArgumentException, SparkException
from rayspark.lazy import fsspec, lazy_module
from rayspark.records import dataclass
from rayspark.storage.files import glob
from rayspark.storage.files.failures import forbidden, missing_input, unreachable, vanished_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from fsspec import AbstractFileSystem
    from fsspec.implementations import local as local_files
else:
    local_files = lazy_module("fsspec.implementations.local")

Subdirectories = Literal["error", "skip", "recurse"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(/.*)", re.DOTALL)
_NEARBY = 10


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One input file: its path as Spark prints it, its bytes, and when it was last written.

    ``mtime`` is in seconds since 1970, or 0.0 where the file system does not tell.
    """

    path: str
    size: int
    mtime: float = 0.0


@dataclass(frozen=True, slots=True)
class Location:
    """A path as Spark prints it: ``file:/x`` for local files, else ``scheme://authority/x``."""

    path: str

    @property
    def scheme(self) -> str:
        """Which kind of file system: ``"file"``, ``"s3"`` ..."""
        return self.path.partition(":")[0]

    @property
    def name(self) -> str:
        """The last component."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def inner(self) -> str:
        """What the file system itself calls it."""
        return _resolve(self.path)[1]

    @property
    def filesystem(self) -> AbstractFileSystem:
        """The fsspec file system that holds it (fsspec keeps one instance per kind)."""
        return _resolve(self.path)[0]

    def child(self, name: str) -> Location:
        """The entry of that name in this directory."""
        return Location(f"{self.path}{'' if self.path.endswith('/') else '/'}{name}")

    def parent(self) -> Location:
        """The directory that this entry stands in; a root is its own parent."""
        root, components = self.components()
        for name in components[:-1]:
            root = root.child(name)
        return root

    def components(self) -> tuple[Location, list[str]]:
        """The root of the file system, and the names below it."""
        if self.scheme == "file":
            root, rest = "file:/", self.path.removeprefix("file:")
        else:
            scheme, _, below = self.path.partition("://")
            authority, _, rest = below.partition("/")
            root = f"{scheme}://{authority}/"
        return Location(root), [name for name in rest.split("/") if name]


def locate(path: str) -> Location:
    """Parse one path.

    Raises
    ------
    IllegalArgumentException
        If it is empty, names a host in a ``file:`` URL, or has a scheme that fsspec does not know.
    """
    if not path:
        raise IllegalArgumentException(
            "Can not create a Path from an empty string: an input or output path is empty."
        )
    found = _SCHEME.fullmatch(path)
    if found is None:
        absolute = path if path.startswith("/") else f"{Path.cwd()}/{path}"
        return Location(f"file:/{posixpath.normpath(absolute).lstrip('/')}")
    scheme, rest = found[1].lower(), found[2]
    if scheme == "file":
        if rest.startswith("//") and rest[2:3] not in ("/", ""):
            raise IllegalArgumentException(
                f"Wrong FS: {path}, expected: file:/// (a local path names no host)."
            )
        return Location(f"file:/{posixpath.normpath(rest).lstrip('/')}")
    located = Location(f"{scheme}:{rest if rest.startswith('//') else '//' + rest}")
    root, names = located.components()
    located = Location(root.path + "/".join(names))
    _resolve(located.path)
    return located


def _resolve(path: str) -> tuple[AbstractFileSystem, str]:
    scheme, _, rest = path.partition(":")
    if scheme == "file":
        return local_files.LocalFileSystem(), rest
    try:
        return cast("tuple[AbstractFileSystem, str]", fsspec.core.url_to_fs(path))
    except ImportError as error:
        raise ImportError(
            f"Reading or writing {path} needs a package that is not installed: {error}. Install "
            "the extra that brings it, e.g. pip install 'rayspark[s3]' (or [gcs], [azure]), on "
            "every node."
        ) from error
    except OSError as error:  # pyarrow's, for hdfs without Java, is a page of paths
        raise unreachable(path, error) from None
    except ValueError as error:
        if scheme in fsspec.available_protocols():
            raise
        raise IllegalArgumentException(
            f'No FileSystem for scheme "{scheme}" in {path}. Known are local paths, file:, '
            "memory:, s3:, gs:, abfs:, hdfs:, http: and what fsspec.available_protocols() lists."
        ) from error


def open_input(path: str) -> BinaryIO:
    """Open a file for reading bytes.

    Raises
    ------
    SparkException
        If the file is gone (``FAILED_READ_FILE.FILE_NOT_EXIST``), or this user may not read it.
    """
    where = locate(path)
    try:
        return cast("BinaryIO", where.filesystem.open(where.inner, "rb"))
    except FileNotFoundError as error:
        raise vanished_file(path) from error
    except PermissionError as error:
        raise forbidden(path, "read") from error


def list_files(paths: str, *, subdirectories: Subdirectories = "error") -> list[FileEntry]:
    """The files that a comma separated list of paths names.

    Parameters
    ----------
    paths
        e.g. ``"/data/*.txt,/more"``.
    subdirectories
        What a directory inside a named directory means: ``"error"`` (the default, as in
        ``sc.textFile``), ``"skip"`` (as in ``sc.wholeTextFiles`` and ``sc.binaryFiles``), or
        ``"recurse"`` (as ``mapreduce.input.fileinputformat.input.dir.recursive`` asks).

    Raises
    ------
    SparkException
        ``PATH_NOT_FOUND``, with one line for each path that does not exist or pattern that
        matches nothing; or if a subdirectory is met and ``subdirectories="error"``.
    IllegalArgumentException
        If a path or a pattern is malformed.
    """
    files: list[FileEntry] = []
    missing: list[str] = []
    for path in glob.split_outside_braces(paths, ","):
        roots = list(_match(path)) if _is_pattern(path) else list(_named(path))
        if not roots:
            missing.append(_missing(path))
        for where, info in sorted(roots, key=lambda root: root[0].path):
            files.extend(_files_under(where, info, subdirectories))
    if missing:
        raise missing_input(missing, paths)
    return files


def _named(path: str) -> Iterator[tuple[Location, dict[str, Any]]]:
    where = locate(path)
    info = None if _is_hidden(where.name) else _info(where)
    if info is not None:
        yield where, info


def _match(path: str) -> Iterator[tuple[Location, dict[str, Any]]]:
    for pattern in glob.expand_slashes(path):
        root, components = locate(pattern).components()
        found = [root]
        for component in components:
            if glob.has_wildcard(component):
                regex = glob.component_regex(component)
                found = [
                    directory.child(name)
                    for directory in found
                    for name in _names(directory)
                    if regex.fullmatch(name)
                ]
            else:
                found = [directory.child(glob.unescape(component)) for directory in found]
        for match in found:
            info = None if _is_hidden(match.name) else _info(match)
            if info is not None:
                yield match, info


def _files_under(
    where: Location, info: dict[str, Any], subdirectories: Subdirectories
) -> Iterator[FileEntry]:
    if info["type"] != "directory":
        yield _entry(where, info)
        return
    for name, child in _listing(where):
        below = where.child(name)
        if _is_hidden(name):
            continue
        if child["type"] != "directory":
            yield _entry(below, child)
        elif subdirectories == "recurse":
            yield from _files_under(below, child, subdirectories)
        elif subdirectories == "error":
            raise SparkException(
                f"Path: {below.inner} is a directory, which is not supported by the record reader "
                "when `mapreduce.input.fileinputformat.input.dir.recursive` is false. Name the "
                f"files with a pattern such as {where.path}/*.txt, or set that key to true."
            )


def _entry(where: Location, info: dict[str, Any]) -> FileEntry:
    stamp = info.get("mtime") or info.get("LastModified") or info.get("created") or 0.0
    seconds = stamp.timestamp() if hasattr(stamp, "timestamp") else stamp
    return FileEntry(where.path, info["size"] or 0, float(seconds))


def _is_pattern(path: str) -> bool:
    # In a URL of the web a question mark begins the query, and there is no listing to match.
    return glob.is_glob(path) and not path.startswith(("http://", "https://"))


def _is_hidden(name: str) -> bool:
    return name.startswith(("_", "."))


def _info(where: Location) -> dict[str, Any] | None:
    try:
        return cast("dict[str, Any]", where.filesystem.info(where.inner))
    except (FileNotFoundError, NotADirectoryError) as error:
        # A web server that does not answer comes as a missing file too, caused by the connection.
        cause = error.__cause__
        if isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError):
            raise unreachable(where.path, cause) from error
        return None
    except PermissionError as error:
        raise forbidden(where.path, "read") from error
    except Exception as error:  # each client has classes of its own: no credentials, no connection
        raise unreachable(where.path, error) from error


def _listing(directory: Location) -> list[tuple[str, dict[str, Any]]]:
    fs = directory.filesystem
    fs.invalidate_cache(directory.inner)
    try:
        infos = fs.ls(directory.inner, detail=True)
    except PermissionError as error:
        raise forbidden(directory.path, "listed") from error
    named = ((posixpath.basename(info["name"].rstrip("/")), info) for info in infos)
    # An object store lists the directory's own marker object as an entry of itself.
    own = directory.inner.strip("/")
    kept = ((name, info) for name, info in named if info["name"].strip("/") != own)
    return sorted(kept, key=lambda pair: pair[0])


def _names(directory: Location) -> list[str]:
    info = _info(directory)
    if info is None or info["type"] != "directory":
        return []
    return [name for name, _ in _listing(directory)]


def _missing(path: str) -> str:
    where = locate(path)
    if _is_pattern(path):
        return (
            f"Input Pattern {where.path} matches 0 files. {_nearest(where)} A pattern never "
            "matches names that begin with _ or ."
        )
    if _is_hidden(where.name) and _info(where) is not None:
        return (
            f"Input path does not exist: {where.path} (it exists, but names that begin with _ or . "
            "are hidden from jobs: rename or copy it)."
        )
    return f"Input path does not exist: {where.path}. {_nearest(where)}"


def _nearest(where: Location) -> str:
    directory = where.parent()
    while _info(directory) is None and directory != directory.parent():
        directory = directory.parent()
    names = [name for name in _names(directory) if not _is_hidden(name)]
    wanted = where.path.removeprefix(directory.path).strip("/").partition("/")[0]
    close = difflib.get_close_matches(wanted, names, n=3)
    shown = ", ".join(names[:_NEARBY]) + (", ..." if len(names) > _NEARBY else "")
    advice = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"{directory.path} holds {len(names)} entries: {shown or 'none'}.{advice}"
