"""SparkSession.builder: settings first, then the session."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rayspark.conf import SparkConf
from rayspark.config import ConfigWarning
from rayspark.config.registry import find_entry
from rayspark.sql.expected import refused

if TYPE_CHECKING:
    from rayspark.sql.session import SparkSession


class Builder:
    """Gathers settings for a session. Methods give the builder back, so calls can be chained."""

    _lock = threading.RLock()

    def __init__(self, session: type[SparkSession]) -> None:
        self._options: dict[str, str] = {}
        self._session = session

    def config(
        self,
        key: str | None = None,
        value: Any = None,
        conf: SparkConf | None = None,
        map: Mapping[str, Any] | None = None,
    ) -> Builder:
        """Set keys: one, all of a SparkConf, or all of a dictionary.

        Parameters
        ----------
        key, value : str and any
            One key. Numbers and booleans are written as Spark writes them.
        conf : SparkConf, optional
            Many.
        map : dict, optional
            Many.
        """
        with self._lock:
            if conf is not None:
                self._options.update(conf.getAll())
            elif map is not None:
                self._options.update({k: _text(v) for k, v in map.items()})
            else:
                self._options[str(key)] = _text(value)
            if "spark.remote" in self._options:
                self.remote(self._options.pop("spark.remote"))
        return self

    def master(self, master: str) -> Builder:
        """Say where the application runs: ``ray``, ``local[4]``..."""
        return self.config("spark.master", master)

    def remote(self, url: str) -> Builder:
        """Not available: there is no Spark Connect. Use ``master``."""
        raise refused(
            "Spark Connect (builder.remote)",
            f"{url!r} names a Connect server; use builder.master('ray') or master('local[4]').",
        )

    def appName(self, name: str) -> Builder:
        """Name the application."""
        return self.config("spark.app.name", name)

    def enableHiveSupport(self) -> Builder:
        """The same builder: tables are kept in ``spark.sql.warehouse.dir``; there is no Hive."""
        warnings.warn(
            "enableHiveSupport has no effect: tables are kept in spark.sql.warehouse.dir, which "
            "survives the session; there is no Hive metastore.",
            ConfigWarning,
            stacklevel=2,
        )
        return self

    def getOrCreate(self) -> SparkSession:
        """The session in use, with these settings applied; or else a new one."""
        with self._lock:
            found = self._session._usable()
            if found is None:
                return self.create()
            apply_settings(found, self._options)
            return found

    def create(self) -> SparkSession:
        """A new session, in the running application if there is one."""
        with self._lock:
            return self._session._start(dict(self._options))


def apply_settings(session: SparkSession, options: Mapping[str, str]) -> None:
    """Set in a session what may still change; say of the rest that it is too late."""
    late = []
    for key, value in options.items():
        row = find_entry(key)
        if session._state.conf.get(key) == value:
            continue
        if row is not None and row.static:
            late.append(key)
        else:
            session._state.conf.set(key, value)
    if late:
        warnings.warn(
            f"An existing SparkSession is used, so it is too late to set {', '.join(late)}.",
            ConfigWarning,
            stacklevel=4,
        )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
