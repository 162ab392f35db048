"""The settings of one application or query, frozen and typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from rayspark.config.entry import ConfigEntry
from rayspark.config.registry import check_settings

T = TypeVar("T")


class Config:
    """A frozen view of settings: text inside, typed values outside.

    It is handed down to whoever needs it; nothing looks settings up in a global. Reading is cheap
    (a value is parsed once), and any thread may read.

    Examples
    --------
    >>> from rayspark.config import Config
    >>> from rayspark.config.entries.scheduling import LOCALITY_WAIT, TASK_MAX_FAILURES
    >>> conf = Config.of({"spark.locality.wait": "500ms"})
    >>> conf[LOCALITY_WAIT], conf[TASK_MAX_FAILURES], LOCALITY_WAIT in conf
    (0.5, 4, True)
    """

    __slots__ = ("_read", "_texts")

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._texts = dict(settings)
        self._read: dict[str, Any] = {}

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Config:
        """A view of a user's settings, each of which is checked.

        Raises
        ------
        IllegalArgumentException
            For a malformed value and for a refused key.
        """
        check_settings(settings)
        return cls(settings)

    def __getitem__(self, entry: ConfigEntry[T]) -> T:
        """The typed value of a key, its default when it is not set."""
        try:
            return self._read[entry.key]  # type: ignore[no-any-return]
        except KeyError:
            value = self._read[entry.key] = entry.read(self._texts)
            return value

    def __contains__(self, entry: ConfigEntry[Any]) -> bool:
        """Is the key set explicitly?"""
        return entry.key in self._texts

    def text(self, key: str) -> str | None:
        """What the user wrote for any key, known or not."""
        return self._texts.get(key)

    def named(self, entry: ConfigEntry[T]) -> Iterator[tuple[str, T]]:
        """Names and values set for a key that holds ``{name}``.

        >>> from rayspark.config.entries.application import EXECUTOR_ENV
        >>> dict(Config({"spark.executorEnv.A": "1"}).named(EXECUTOR_ENV))
        {'A': '1'}
        """
        for key in self._texts:
            name = entry.name_in(key)
            if name is not None:
                yield name, self[entry.named(name)]

    def with_settings(self, settings: Mapping[str, str]) -> Config:
        """A view with these settings on top (not checked: see :meth:`of`)."""
        return Config({**self._texts, **settings})

    def as_dict(self) -> dict[str, str]:
        """A copy of the settings as text."""
        return dict(self._texts)

    def __reduce__(self) -> tuple[type[Config], tuple[dict[str, str]]]:
        return Config, (self._texts,)

    def __repr__(self) -> str:
        return f"Config({self._texts!r})"
