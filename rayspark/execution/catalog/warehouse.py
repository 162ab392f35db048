"""The warehouse: a directory that holds tables and, hidden in it, what is known of them.

::

    spark-warehouse/
      .catalog/lock                  held while something is changed
      .catalog/default/t.json        table ``t`` of the database ``default``
      .catalog/sales/_database.json  the database ``sales``
      t/  sales.db/u/                the tables' files

A file is written whole under another name and then renamed, so readers never see half of it, and
changes are made under a lock, so two sessions (of two processes, too) cannot both create a table.
Names are kept in lower case, as Spark keeps them. Nothing is cached here: what another process
changed is seen at once.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from rayspark.errors import IllegalArgumentException
from rayspark.execution.catalog.errors import (
    error,
    location_exists,
    schema_not_found,
    sql_name,
    table_exists,
    table_not_found,
)
from rayspark.execution.catalog.metadata import MANAGED, Database, Table
from rayspark.storage.files.paths import Location, locate
from rayspark.storage.files.removal import remove_all

DEFAULT = "default"
_HOME = ".catalog"
_DATABASE = "_database.json"


class Warehouse:
    """Databases and tables of one directory; shared by sessions. Any thread may call it."""

    def __init__(self, directory: str) -> None:
        path = directory.removeprefix("file://").removeprefix("file:")
        if "://" in path:
            raise IllegalArgumentException(
                errorClass="INVALID_CONF_VALUE.REQUIREMENT",
                messageParameters={
                    "confValue": directory,
                    "confName": "spark.sql.warehouse.dir",
                    "confRequirement": "The warehouse must be a directory of a local or mounted "
                    "file system; tables elsewhere are made with LOCATION.",
                },
            )
        self.root = Path(path).absolute()
        self._home = self.root / _HOME

    # -- databases -------------------------------------------------------------------------------

    def databases(self) -> list[str]:
        """Names, sorted."""
        if not self._home.is_dir():
            return [DEFAULT]
        found = {unquote(entry.name) for entry in self._home.iterdir() if entry.is_dir()}
        return sorted(found | {DEFAULT})

    def database(self, name: str) -> Database:
        """A database.

        Raises
        ------
        AnalysisException
            SCHEMA_NOT_FOUND.
        """
        text = _read(self._database_file(name))
        if text is not None:
            return Database.from_json(text)
        if name == DEFAULT:
            return Database(DEFAULT, str(self.root), "default database")
        raise schema_not_found(name)

    def has_database(self, name: str) -> bool:
        """Whether it exists."""
        return name == DEFAULT or self._database_file(name).exists()

    def create_database(self, database: Database, *, if_not_exists: bool) -> None:
        """Add a database and make its directory."""
        with self._locked():
            if self.has_database(database.name):
                if if_not_exists:
                    return
                raise error("SCHEMA_ALREADY_EXISTS", schemaName=sql_name(database.name))
            Path(database.location).mkdir(parents=True, exist_ok=True)
            _write(self._database_file(database.name), database.to_json())

    def alter_database(self, name: str, change: Callable[[Database], Database]) -> None:
        """Replace what is known of a database."""
        with self._locked():
            _write(self._database_file(name), change(self.database(name)).to_json())

    def drop_database(self, name: str, *, cascade: bool) -> None:
        """Remove a database; with ``cascade`` its tables too."""
        with self._locked():
            database = self.database(name)
            if name == DEFAULT:
                raise error(
                    "UNSUPPORTED_FEATURE.DROP_DATABASE", database=sql_name("spark_catalog", name)
                )
            tables = self.tables(name)
            if tables and not cascade:
                raise error("SCHEMA_NOT_EMPTY", schemaName=sql_name(name))
            for table in tables:
                self._remove(self.table(name, table))
            shutil.rmtree(self._home / _safe(name))
            if _is_inside(Path(database.location), self.root):
                shutil.rmtree(database.location, ignore_errors=True)

    # -- tables ----------------------------------------------------------------------------------

    def tables(self, database: str) -> list[str]:
        """Names of its tables and views, sorted."""
        if not self.has_database(database):
            raise schema_not_found(database)
        home = self._home / _safe(database)
        if not home.is_dir():
            return []
        files = (entry.name for entry in home.iterdir())
        return sorted(
            unquote(file.removesuffix(".json"))
            for file in files
            if file.endswith(".json") and not file.startswith("_")
        )

    def find(self, database: str, name: str) -> Table | None:
        """A table or view, or ``None``."""
        text = _read(self._table_file(database, name))
        return None if text is None else Table.from_json(text)

    def table(self, database: str, name: str) -> Table:
        """A table or view that must exist."""
        found = self.find(database, name)
        if found is None:
            raise table_not_found(("spark_catalog", database, name))
        return found

    def version(self, table: Table) -> tuple[int, ...]:
        """Changes when the table's file is written anew, and with the files in a local directory:
        each commit makes and removes a journal there, or puts another directory in its place.
        """
        found: list[int] = []
        where = None if table.location is None else locate(table.location)
        place = where.inner if where is not None and where.scheme == "file" else ""
        for path in (self._table_file(table.database, table.name), Path(place)):
            try:
                state = path.stat()
            except OSError:
                found += (0, 0)
            else:
                found += (state.st_ino, state.st_mtime_ns)
        return tuple(found)

    def check_new(self, table: Table) -> None:
        """Is there neither a table of that name nor what would be in the way of its files? The same
        errors as those of :meth:`adding`, before the rows are made.
        """
        with self._locked(fcntl.LOCK_SH):
            if self.find(table.database, table.name) is not None:
                raise table_exists(table.database, table.name)
            self.check_free(table)

    def create(self, table: Table, *, replace: bool = False, if_not_exists: bool = False) -> None:
        """Add a table; with ``replace`` in the place of another one, with ``if_not_exists`` unless
        there is one.

        Raises
        ------
        AnalysisException
            TABLE_OR_VIEW_ALREADY_EXISTS, SCHEMA_NOT_FOUND.
        """
        with self._locked():
            self.database(table.database)
            file = self._table_file(table.database, table.name)
            if file.exists() and not replace:
                if if_not_exists:
                    return
                raise table_exists(table.database, table.name)
            _write(file, table.to_json())

    @contextmanager
    def adding(self, table: Table, *, replaces: bool = False) -> Iterator[None]:
        """While the files of a new table become visible: then it is known, or else neither is.
        It may replace another one, whose files are removed if the warehouse manages them.

        Raises
        ------
        AnalysisException
            TABLE_OR_VIEW_ALREADY_EXISTS: somebody else has made one meanwhile.
        SparkRuntimeException
            LOCATION_ALREADY_EXISTS.
        """
        with self._locked():
            self.database(table.database)
            now = self.find(table.database, table.name)
            if now is not None and not replaces:
                raise table_exists(table.database, table.name)
            if now is None or now.location != table.location:
                self.check_free(table)
            yield
            _write(self._table_file(table.database, table.name), table.to_json())
            if now is not None and now.location != table.location:
                self._remove_files(now)

    @contextmanager
    def using(self, table: Table) -> Iterator[None]:
        """While files are added to a table: meanwhile it is neither dropped nor replaced.

        Raises
        ------
        AnalysisException
            TABLE_OR_VIEW_NOT_FOUND: it was, before; a table that has its name is another one.
        """
        with self._locked(fcntl.LOCK_SH):
            now = self.table(table.database, table.name)
            if (now.location, now.created) != (table.location, table.created):
                raise table_not_found(table.parts)
            yield

    def check_free(self, table: Table) -> None:
        """Are there no files where a managed table's files will be?

        Raises
        ------
        SparkRuntimeException
            LOCATION_ALREADY_EXISTS.
        """
        if table.kind != MANAGED or table.location is None:
            return
        place = Path(table.location)
        if place.exists() and not (place.is_dir() and next(place.iterdir(), None) is None):
            raise location_exists(table.database, table.name, table.location)

    def alter(self, database: str, name: str, change: Callable[[Table], Table]) -> Table:
        """Replace what is known of a table; returns the new state."""
        with self._locked():
            changed = change(self.table(database, name))
            _write(self._table_file(database, name), changed.to_json())
            return changed

    def rename(self, database: str, name: str, new: str) -> Table:
        """Give a table another name; a managed one's files move along."""
        with self._locked():
            table = self.table(database, name)
            if self.find(database, new) is not None:
                raise table_exists(database, new)
            location = table.location
            if table.kind == MANAGED and location is not None and Path(location).exists():
                location = self.location_of(database, new)
                if Path(location).exists():
                    raise location_exists(database, new, location)
                Path(str(table.location)).rename(location)
            renamed = table.changed(name=new, location=location)
            _write(self._table_file(database, new), renamed.to_json())
            self._table_file(database, name).unlink()
            return renamed

    def drop(self, database: str, name: str, *, if_exists: bool = False) -> None:
        """Remove a table; the files too, if the warehouse manages them."""
        with self._locked():
            if not (if_exists and self.find(database, name) is None):
                self._remove(self.table(database, name))

    def location_of(self, database: str, name: str) -> str:
        """Where a managed table's files are."""
        return str(Path(self.database(database).location) / name)

    def database_location(self, name: str) -> str:
        """Where a new database's tables will be."""
        return str(self.root / f"{name}.db")

    # -- files -----------------------------------------------------------------------------------

    def _remove(self, table: Table) -> None:
        self._table_file(table.database, table.name).unlink()
        self._remove_files(table)

    def _remove_files(self, table: Table) -> None:
        if table.kind == MANAGED and table.location is not None:
            remove_all(Location(f"file:{table.location}"))

    def _database_file(self, name: str) -> Path:
        return self._home / _safe(name) / _DATABASE

    def _table_file(self, database: str, name: str) -> Path:
        return self._home / _safe(database) / f"{_safe(name)}.json"

    @contextmanager
    def _locked(self, how: int = fcntl.LOCK_EX) -> Iterator[None]:
        """One who changes the catalog at a time, or several who keep it as it is; over all
        processes. Who dies lets go of the lock.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        with (self._home / "lock").open("w") as lock:
            fcntl.flock(lock, how)
            yield


def _safe(name: str) -> str:
    """A name as a file name: no slashes, no leading dot or underscore."""
    text = quote(name, safe=" ")
    return "%" + f"{ord(text[0]):02X}" + text[1:] if text[:1] in ("_", ".") else text


def _is_inside(path: Path, root: Path) -> bool:
    return root in path.absolute().parents


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(file: Path, text: str) -> None:
    json.loads(text)  # never put something unreadable in the place of something readable
    file.parent.mkdir(parents=True, exist_ok=True)
    made = file.with_name(f"_{file.name}.{os.getpid()}")
    with made.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    made.replace(file)
