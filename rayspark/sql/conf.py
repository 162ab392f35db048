"""RuntimeConfig: the settings of a session, ``spark.conf``."""

from __future__ import annotations

from typing import Any

from rayspark.errors import SparkNoSuchElementException
from rayspark.execution.session_conf import SessionConf
from rayspark.sql.expected import expected
from rayspark.sql.novalue import NO_VALUE

__all__ = ["RuntimeConfig"]


class RuntimeConfig:
    """Settings that may be read, and some of them changed, while a session runs."""

    def __init__(self, jconf: SessionConf) -> None:
        self._conf = jconf

    def set(self, key: str, value: str | int | bool) -> None:
        """Set a key.

        Parameters
        ----------
        key : str
            The key.
        value : str, int or bool
            The value.

        Raises
        ------
        AnalysisException
            For a key that is fixed when the application starts (``CANNOT_MODIFY_CONFIG``).
        IllegalArgumentException
            For a value that the key cannot have.
        """
        _check_key(key)
        if not isinstance(value, str | int | bool):
            raise expected("value", "str, int or bool", value)
        self._conf.set(key, str(value).lower() if isinstance(value, bool) else str(value))

    def get(self, key: str, default: Any = NO_VALUE) -> str | None:
        """The value of a key, or the default given.

        Raises
        ------
        SparkNoSuchElementException
            If the key is not set, has no default, and none is given (``SQL_CONF_NOT_FOUND``).
        """
        _check_key(key)
        if default is not None and default is not NO_VALUE and not isinstance(default, str):
            raise expected("default", "str", default)
        found = self._conf.get(key)
        if found is not None:
            return found
        if default is NO_VALUE:
            raise SparkNoSuchElementException(
                errorClass="SQL_CONF_NOT_FOUND", messageParameters={"sqlConf": f'"{key}"'}
            )
        return None if default is None else str(default)

    @property
    def getAll(self) -> dict[str, str]:
        """All keys that are set."""
        return self._conf.settings()

    def unset(self, key: str) -> None:
        """Back to what the application was started with, or to the default."""
        _check_key(key)
        self._conf.unset(key)

    def isModifiable(self, key: str) -> bool:
        """Whether the key may be set now.

        >>> spark.conf.isModifiable("spark.sql.shuffle.partitions")
        True
        """
        _check_key(key)
        return self._conf.is_modifiable(key)


def _check_key(key: Any) -> None:
    if not isinstance(key, str):
        raise expected("key", "str", key)
