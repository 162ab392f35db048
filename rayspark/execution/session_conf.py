"""Settings of a session: what RuntimeConfig and SET work on."""

from __future__ import annotations

import os
import time
import warnings
import zoneinfo
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from rayspark.config import ConfigEntry, ConfigWarning
from rayspark.config.entries import sql
from rayspark.config.registry import entries_of, find_entry, judge
from rayspark.errors import AnalysisException

T = TypeVar("T")


class SessionConf:
    """Keys that may change while a session runs, over the application's settings.

    Not safe against two threads that set the same key.
    """

    def __init__(self, application: Mapping[str, str]) -> None:
        self._application = dict(application)
        self._own: dict[str, str] = {}
        self._read: dict[str, Any] = {}
        self.version = 0
        """Grows with every change: plans made under another one are not used again."""

    def __getitem__(self, entry: ConfigEntry[T]) -> T:
        """The typed value of a key."""
        try:
            return self._read[entry.key]  # type: ignore[no-any-return]
        except KeyError:
            value = self._read[entry.key] = entry.read(self.settings())
            return value

    def settings(self) -> dict[str, str]:
        """All that is set, as text."""
        return {**self._application, **self._own}

    def effective(self) -> dict[str, str]:
        """All keys of SQL with their values, defaults included."""
        found = {
            row.key: row.default_text for row in entries_of(sql) if row.default_text is not None
        }
        return {**found, **self.settings(), sql.TIME_ZONE.key: self.zone}

    @property
    def zone(self) -> str:
        """The session's time zone."""
        return self[sql.TIME_ZONE] or local_zone()

    def get(self, key: str) -> str | None:
        """The text of a key: what was set, else its default, else ``None``."""
        if key in self._own:
            return self._own[key]
        if key in self._application:
            return self._application[key]
        if key == sql.TIME_ZONE.key:
            return self.zone
        row = find_entry(key)
        return None if row is None else row.default_text

    def set(self, key: str, value: str) -> None:
        """Set a key of the session.

        Raises
        ------
        AnalysisException
            CANNOT_MODIFY_CONFIG for a key that is fixed when the application starts.
        IllegalArgumentException
            For a malformed value or a refused key.
        """
        row = find_entry(key)
        if row is not None and row.static and key != row.key.replace("{name}", ""):
            raise AnalysisException(
                errorClass="CANNOT_MODIFY_CONFIG",
                messageParameters={"key": f'"{key}"', "docroot": "docs/configuration.md"},
            )
        message = judge(key, value)
        if message is not None:
            warnings.warn(message, ConfigWarning, stacklevel=4)
        self._own[key] = value
        self._changed()

    def unset(self, key: str) -> None:
        """Back to what the application's settings or the default say."""
        self._own.pop(key, None)
        self._changed()

    def reset(self) -> None:
        """Unset everything."""
        self._own.clear()
        self._changed()

    def is_modifiable(self, key: str) -> bool:
        """Whether :meth:`set` would take the key."""
        row = find_entry(key)
        return row is not None and not row.static

    def own(self) -> Iterator[tuple[str, str]]:
        """What was set in this session."""
        return iter(sorted(self._own.items()))

    def copy(self) -> SessionConf:
        """The same settings for a new session."""
        made = SessionConf(self._application)
        made._own = dict(self._own)
        return made

    def _changed(self) -> None:
        self._read.clear()
        self.version += 1


def local_zone() -> str:
    """The machine's time zone as a region where it can be told, else as an offset."""
    name = os.environ.get("TZ", "").lstrip(":")
    if name and _is_zone(name):
        return name
    target = os.path.realpath("/etc/localtime")
    _, found, region = target.partition("/zoneinfo/")
    if found and _is_zone(region):
        return "UTC" if region in ("Etc/UTC", "UCT", "Zulu", "Etc/UCT") else region
    hours, seconds = divmod(-time.timezone, 3600)
    return f"{hours:+03d}:{seconds // 60:02d}" if hours or seconds else "UTC"


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False
    return True
