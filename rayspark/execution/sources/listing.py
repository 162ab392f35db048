"""Which files a reader names, and the partition columns that their directories give.

As Spark lists: names that begin with ``_`` (without ``=``) or ``.`` are hidden, directories are
searched to their depth, and every ``name=value`` between the base path and a file is a column.
Directories are listed in parallel.
"""

from __future__ import annotations

import datetime
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from rayspark.datatypes import DataType, StringType, StructField, StructType
from rayspark.errors import AnalysisException, SparkRuntimeException
from rayspark.execution.sources.journal import JOURNAL
from rayspark.execution.sources.options import Options, setting_flag
from rayspark.execution.sources.partitions import infer_type, parse_directory, read_value
from rayspark.execution.sources.publishing import undo_if_dead
from rayspark.records import dataclass
from rayspark.storage.files import glob
from rayspark.storage.files.paths import Location, locate

log = logging.getLogger(__name__)

PARALLEL_LISTING = 16


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a source. ``values``: of the partition columns, in their types."""

    path: str
    size: int
    mtime: float
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Listing:
    """All files of a source, and the columns that come from directories."""

    files: tuple[DataFile, ...]
    partition_schema: StructType


@dataclass(frozen=True, slots=True)
class _Found:
    where: Location
    size: int
    mtime: float
    base: str


def list_source(
    paths: Sequence[str], options: Options, settings: Mapping[str, str], schema: StructType | None
) -> Listing:
    """List what ``paths`` name.

    Raises
    ------
    AnalysisException
        ``PATH_NOT_FOUND``.
    SparkRuntimeException
        If directories do not form one table.
    """
    roots = [root for path in paths for root in _roots(path)]
    recursive = options.flag("recursiveFileLookup", default=False)
    keep = _filter(options)
    found = [file for file in _search(roots) if keep(file)]
    if recursive or not found:
        return Listing(tuple(DataFile(f.where.path, f.size, f.mtime) for f in found), StructType())
    return _with_partitions(found, options, settings, schema)


def _roots(path: str) -> list[tuple[Location, dict[str, Any]]]:
    found = []
    if glob.is_glob(path) and not path.startswith(("http://", "https://")):
        for pattern in glob.expand_slashes(path):
            found += _matches(pattern)
    if not found:
        where = locate(path)
        info = _info(where)
        if info is None:
            raise AnalysisException(
                errorClass="PATH_NOT_FOUND", messageParameters={"path": where.path}
            )
        found = [(where, info)]
    return sorted(found, key=lambda pair: pair[0].path)


def _matches(pattern: str) -> list[tuple[Location, dict[str, Any]]]:
    root, components = locate(pattern).components()
    at = [root]
    for component in components:
        if glob.has_wildcard(component):
            regex = glob.component_regex(component)
            at = [
                child
                for directory in at
                for child in _children(directory)
                if regex.fullmatch(child.name) and not is_hidden(child.name)
            ]
        else:
            at = [directory.child(glob.unescape(component)) for directory in at]
    return [(where, info) for where in at if (info := _info(where)) is not None]


def _children(directory: Location) -> list[Location]:
    """What a pattern may mean there: nothing, where there is no such directory."""
    try:
        return [child for child, _ in _list(directory)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def is_hidden(name: str) -> bool:
    """Is it a name that readers do not see?"""
    return name.startswith(".") or (name.startswith("_") and "=" not in name)


def _info(where: Location) -> dict[str, Any] | None:
    try:
        return cast("dict[str, Any]", where.filesystem.info(where.inner))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _search(roots: Iterable[tuple[Location, dict[str, Any]]]) -> list[_Found]:
    """Files below the roots, depth first, sorted by name within each directory."""
    files: list[_Found] = []
    with ThreadPoolExecutor(PARALLEL_LISTING) as pool:
        for root, info in roots:
            if info["type"] != "directory":
                files.append(_file(root, info, root.parent().path))
                continue
            level: list[Location] = [root]
            below: dict[str, list[tuple[Location, dict[str, Any]]]] = {}
            while level:
                listings = list(pool.map(_list, level) if len(level) > 1 else map(_list, level))
                below.update((d.path, entries) for d, entries in zip(level, listings, strict=True))
                level = [c for entries in listings for c, i in entries if i["type"] == "directory"]
            files += _flatten(root, below, root.path)
    return files


def _flatten(
    root: Location, below: Mapping[str, list[tuple[Location, dict[str, Any]]]], base: str
) -> list[_Found]:
    files: list[_Found] = []
    waiting = [root]
    while waiting:
        entries = below[waiting.pop().path]
        files += [_file(c, i, base) for c, i in entries if i["type"] != "directory"]
        waiting += [c for c, i in reversed(entries) if i["type"] == "directory"]
    return files


def _list(directory: Location) -> list[tuple[Location, dict[str, Any]]]:
    """Children that are not hidden, sorted by name."""
    if directory.scheme == "file":
        with os.scandir(directory.inner) as scanned:
            entries = list(scanned)
        if any(e.name.startswith(JOURNAL) for e in entries):
            undo_if_dead(Path(directory.inner))
            with os.scandir(directory.inner) as scanned:
                entries = list(scanned)
        kept = [(e.name, _local_info(e)) for e in entries if not is_hidden(e.name)]
    else:
        fs = directory.filesystem
        fs.invalidate_cache(directory.inner)
        own = directory.inner.strip("/")
        infos = [i for i in fs.ls(directory.inner, detail=True) if i["name"].strip("/") != own]
        named = ((i["name"].rstrip("/").rpartition("/")[2], i) for i in infos)
        kept = [(name, info) for name, info in named if not is_hidden(name)]
    return [(directory.child(name), info) for name, info in sorted(kept, key=lambda k: k[0])]


def _local_info(entry: os.DirEntry[str]) -> dict[str, Any]:
    if entry.is_dir():
        return {"type": "directory"}
    stat = entry.stat()
    return {"type": "file", "size": stat.st_size, "mtime": stat.st_mtime}


def _file(where: Location, info: Mapping[str, Any], base: str) -> _Found:
    stamp = info.get("mtime") or info.get("LastModified") or info.get("created") or 0.0
    seconds = stamp.timestamp() if hasattr(stamp, "timestamp") else stamp
    return _Found(where, info["size"] or 0, float(seconds), base)


def _filter(options: Options) -> Callable[[_Found], bool]:
    pattern = options.get("pathGlobFilter")
    regex = glob.component_regex(pattern) if pattern is not None else None
    zone = options.text("timeZone", "UTC")
    before = _moment(options, "modifiedBefore", zone)
    after = _moment(options, "modifiedAfter", zone)

    def keep(file: _Found) -> bool:
        return (
            (regex is None or regex.fullmatch(file.where.name) is not None)
            and (before is None or file.mtime < before)
            and (after is None or file.mtime > after)
        )

    return keep


def _moment(options: Options, name: str, zone: str) -> float | None:
    text = options.get(name)
    if text is None:
        return None
    try:
        from_zone = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise options.wrong(name, text, "a moment as 2020-06-01T13:00:00") from None
    if from_zone.tzinfo is None:
        from_zone = from_zone.replace(tzinfo=ZoneInfo(zone))
    return from_zone.timestamp()


Spec = tuple[tuple[str, str | None], ...]


def _with_partitions(
    found: list[_Found], options: Options, settings: Mapping[str, str], schema: StructType | None
) -> Listing:
    base = options.get("basePath")
    base_path = locate(base).path.rstrip("/") if base is not None else None
    specs: list[Spec] = []
    seen: dict[str, tuple[Spec, str]] = {}
    for file in found:
        directory = file.where.path.rpartition("/")[0]
        if directory not in seen:
            seen[directory] = _spec(directory, base_path or file.base)
        specs.append(seen[directory][0])
    distinct = {spec for spec, _ in seen.values()}
    names = {tuple(name for name, _ in spec) for spec in distinct}
    if names == {()}:
        return Listing(tuple(DataFile(f.where.path, f.size, f.mtime) for f in found), StructType())
    if () in names:
        outside = sorted(directory for directory, (spec, _) in seen.items() if not spec)
        log.warning("Files outside the partitions' directories are not read: %s", outside[:5])
        kept = [(f, spec) for f, spec in zip(found, specs, strict=True) if spec]
        found, specs = [f for f, _ in kept], [spec for _, spec in kept]
        seen = {directory: pair for directory, pair in seen.items() if pair[0]}
        distinct, names = distinct - {()}, names - {()}
    if len(names) > 1:
        raise _conflict(seen)
    bases = {root for _, root in seen.values()}
    if len(bases) > 1:
        raise SparkRuntimeException(
            errorClass="CONFLICTING_DIRECTORY_STRUCTURES",
            messageParameters={"discoveredBasePaths": "\n".join(sorted(bases))},
        )
    columns = _columns(next(iter(names)), distinct, settings, schema)
    zone = options.text("timeZone", settings.get("spark.sql.session.timeZone", "UTC"))
    values = {
        spec: tuple(
            read_value(text, column.dataType, column.name, zone)
            for (_, text), column in zip(spec, columns, strict=True)
        )
        for spec in distinct
    }
    files = tuple(
        DataFile(f.where.path, f.size, f.mtime, values[spec])
        for f, spec in zip(found, specs, strict=True)
    )
    return Listing(files, StructType(columns))


def _spec(directory: str, base: str) -> tuple[Spec, str]:
    """The columns that a directory's path gives below ``base``, and where they begin."""
    if not directory.startswith(base + "/"):
        return (), directory
    spec: list[tuple[str, str | None]] = []
    at = directory
    while at != base:
        parent, _, name = at.rpartition("/")
        pair = parse_directory(name)
        if pair is None and spec:
            break
        if pair is not None:
            spec.insert(0, pair)
        at = parent
    return tuple(spec), at


def _columns(
    names: tuple[str, ...], specs: set[Spec], settings: Mapping[str, str], schema: StructType | None
) -> list[StructField]:
    given = {f.name.lower(): f for f in schema.fields} if schema is not None else {}
    infer = setting_flag(
        settings, "spark.sql.sources.partitionColumnTypeInference.enabled", default=True
    )
    columns = []
    for i, name in enumerate(names):
        wanted = given.get(name.lower())
        dt: DataType = StringType()
        if wanted is not None:
            dt = wanted.dataType
        elif infer:
            dt = infer_type(spec[i][1] for spec in specs)
        columns.append(StructField(wanted.name if wanted is not None else name, dt))
    return columns


def _conflict(seen: Mapping[str, tuple[Spec, str]]) -> SparkRuntimeException:
    lists: dict[tuple[str, ...], list[str]] = {}
    for directory, (spec, _) in seen.items():
        lists.setdefault(tuple(name for name, _ in spec), []).append(directory)
    shown = [
        f"Partition column name list #{i}: {', '.join(names)}" for i, names in enumerate(lists)
    ]
    paths = [path for found in lists.values() for path in found]
    return SparkRuntimeException(
        errorClass="CONFLICTING_PARTITION_COLUMN_NAMES",
        messageParameters={
            "distinctPartColLists": "\n".join(shown),
            "suspiciousPaths": "\n".join(paths[:20]),
        },
    )
