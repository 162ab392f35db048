"""SparkConf: the settings of an application, as a user writes them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import overload

from rayspark.config import Config
from rayspark.errors import IllegalArgumentException, PySparkRuntimeError

__all__ = ["SparkConf"]

_LINE = re.compile(r"(?P<key>[^\s=:#]+)\s*[\s=:]\s*(?P<value>.*)")


class SparkConf:
    """Settings of an application: keys and values, both text.

    Any key may be set; when a SparkContext starts, values are checked, and keys that do nothing
    are told. Setters return the object, so calls can be chained. ``docs/configuration.md`` lists
    the keys.

    Parameters
    ----------
    loadDefaults : bool
        Start with the settings in ``spark-defaults.conf`` of the directory that the environment
        variable ``RAYSPARK_CONF_DIR`` or ``SPARK_CONF_DIR`` names, if there is one. True by
        default.

    Examples
    --------
    >>> from rayspark.conf import SparkConf
    >>> conf = SparkConf(loadDefaults=False).setMaster("local[2]").setAppName("My app")
    >>> conf.get("spark.master"), conf.get("spark.executor.memory", "1g")
    ('local[2]', '1g')
    >>> print(conf.setExecutorEnv("LANG", "C").toDebugString())
    spark.app.name=My app
    spark.executorEnv.LANG=C
    spark.master=local[2]
    """

    def __init__(self, loadDefaults: bool = True) -> None:
        self._conf: dict[str, str] = _file_defaults() if loadDefaults else {}

    def set(self, key: str, value: str) -> SparkConf:
        """Set a key. Other values than text are written as ``str`` writes them."""
        self._conf[key] = str(value)
        return self

    def setIfMissing(self, key: str, value: str) -> SparkConf:
        """Set a key that is not set yet."""
        if key not in self._conf:
            self.set(key, value)
        return self

    def setMaster(self, value: str) -> SparkConf:
        """Say where tasks run: ``ray``, ``local[n]``, ``local-cluster[n,c,m]`` (see
        ``spark.master``).
        """
        return self.set("spark.master", value)

    def setAppName(self, value: str) -> SparkConf:
        """Name the application."""
        return self.set("spark.app.name", value)

    def setSparkHome(self, value: str) -> SparkConf:
        """Set ``spark.home``, which has no effect: nothing but the Python package is installed."""
        return self.set("spark.home", value)

    @overload
    def setExecutorEnv(self, key: str, value: str) -> SparkConf: ...

    @overload
    def setExecutorEnv(self, *, pairs: Iterable[tuple[str, str]]) -> SparkConf: ...

    def setExecutorEnv(
        self,
        key: str | None = None,
        value: str | None = None,
        pairs: Iterable[tuple[str, str]] | None = None,
    ) -> SparkConf:
        """Set environment variables of the executors: one, or all of ``pairs``.

        Raises
        ------
        PySparkRuntimeError
            If both a key and pairs are given, or neither.
        """
        if (key is None) == (pairs is None):
            raise PySparkRuntimeError(errorClass="KEY_VALUE_PAIR_REQUIRED", messageParameters={})
        for name, text in pairs if pairs is not None else [(key, value)]:
            self.set(f"spark.executorEnv.{name}", str(text))
        return self

    def setAll(self, pairs: Iterable[tuple[str, str]]) -> SparkConf:
        """Set every key of these pairs."""
        for key, value in pairs:
            self.set(key, value)
        return self

    @overload
    def get(self, key: str) -> str | None: ...

    @overload
    def get(self, key: str, defaultValue: None) -> str | None: ...

    @overload
    def get(self, key: str, defaultValue: str) -> str: ...

    def get(self, key: str, defaultValue: str | None = None) -> str | None:
        """Value of a key, or the default given (None when none is)."""
        return self._conf.get(key, defaultValue)

    def getAll(self) -> list[tuple[str, str]]:
        """All keys with their values."""
        return list(self._conf.items())

    def contains(self, key: str) -> bool:
        """Is the key set?"""
        return key in self._conf

    def toDebugString(self) -> str:
        """All settings, one ``key=value`` a line, sorted."""
        return "\n".join(f"{key}={value}" for key, value in sorted(self._conf.items()))

    def to_config(self) -> Config:
        """The checked, frozen, typed view that the engine reads.

        Raises
        ------
        IllegalArgumentException
            For a malformed value and for a refused key.
        """
        return Config.of(self._conf)


def _file_defaults() -> dict[str, str]:
    """Settings of ``spark-defaults.conf``; as in Spark, only those of ``spark.`` keys."""
    directory = os.environ.get("RAYSPARK_CONF_DIR") or os.environ.get("SPARK_CONF_DIR")
    if not directory:
        return {}
    file = Path(directory) / "spark-defaults.conf"
    if not file.exists():
        return {}
    settings = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith(("#", "!")):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise IllegalArgumentException(
                f"{file}, line {number}: expected a key and a value, but found {text!r}."
            )
        if match["key"].startswith("spark."):
            settings[match["key"]] = match["value"]
    return settings
