"""Options of sources and sinks: names in any case, values that are text.

A format says which options it knows; what else a user sets is said in the log, by name, because
Spark would ignore it without a word. A value that does not fit is an error.

>>> options = Options("csv", {"Header": "TRUE"}, known=("header", "sep"))
>>> options.flag("header", default=False), options.text("sep", ",")
(True, ',')
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import field

from rayspark.errors import IllegalArgumentException
from rayspark.records import dataclass

log = logging.getLogger(__name__)

FILE_OPTIONS = (
    "path", "paths", "basePath", "recursiveFileLookup", "pathGlobFilter", "modifiedBefore",
    "modifiedAfter", "ignoreCorruptFiles", "ignoreMissingFiles", "timeZone",
)  # fmt: skip
"""What every format of files understands when it is read."""


@dataclass(frozen=True)
class Options:
    """The options of one source or sink; ``known`` are the names that its format has."""

    format: str
    given: Mapping[str, str]
    known: tuple[str, ...] = ()
    _lower: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lower = {name.lower(): str(value) for name, value in self.given.items()}
        object.__setattr__(self, "_lower", lower)

    def warn_unknown(self, doing: str) -> None:
        """Say in the log which options mean nothing to the format."""
        known = {name.lower(): name for name in self.known}
        for name in self.given:
            if name.lower() not in known:
                near = difflib.get_close_matches(name.lower(), known, n=1)
                advice = f" Did you mean {known[near[0]]}?" if near else ""
                log.warning(
                    "Option %r is not known to %s a source of format %s and has no effect.%s",
                    name, doing, self.format, advice,
                )  # fmt: skip

    def get(self, name: str) -> str | None:
        """The value, or None if it is not set."""
        return self._lower.get(name.lower())

    def text(self, name: str, default: str) -> str:
        """The value as it is."""
        return self._lower.get(name.lower(), default)

    def first(self, names: Iterable[str], default: str) -> str:
        """The value of the first name that is set: options have old names too."""
        return next((v for n in names if (v := self.get(n)) is not None), default)

    def flag(self, name: str, *, default: bool) -> bool:
        """A value that is ``true`` or ``false`` in any case.

        Raises
        ------
        IllegalArgumentException
            If it is something else.
        """
        value = self.get(name)
        if value is None:
            return default
        if value.lower() not in ("true", "false"):
            raise self.wrong(name, value, "true or false")
        return value.lower() == "true"

    def number(self, name: str, default: int, *, least: int | None = None) -> int:
        """A whole number, at least ``least``."""
        value = self.get(name)
        if value is None:
            return default
        try:
            number = int(value)
        except ValueError:
            raise self.wrong(name, value, "a whole number") from None
        if least is not None and number < least:
            raise self.wrong(name, value, f"a whole number from {least}")
        return number

    def fraction(self, name: str, default: float) -> float:
        """A number above 0, at most 1."""
        value = self.get(name)
        if value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            raise self.wrong(name, value, "a number") from None
        if not 0 < number <= 1:
            raise self.wrong(name, value, "a number above 0 and at most 1")
        return number

    def one_of(self, name: str, default: str, allowed: Iterable[str]) -> str:
        """One of some words, in any case; given back in lower case."""
        value = self.text(name, default).lower()
        words = list(allowed)
        if value not in words:
            raise self.wrong(name, self.text(name, default), "one of " + ", ".join(words))
        return value

    def char(self, name: str, default: str) -> str:
        """At most one character; empty means none."""
        value = self.text(name, default)
        if len(value) > 1:
            raise self.wrong(name, value, "one character, or empty for none")
        return value

    def wrong(self, name: str, value: str, wanted: str) -> IllegalArgumentException:
        """The error for a value that does not fit."""
        return IllegalArgumentException(
            f"Option {name} of format {self.format} is {value!r}, but must be {wanted}."
        )


def setting_flag(settings: Mapping[str, str], key: str, *, default: bool) -> bool:
    """A session setting that is true or false."""
    return settings.get(key, str(default)).lower() == "true"


def ignores_corrupt(options: Options, settings: Mapping[str, str]) -> bool:
    """Are files that cannot be read left out?"""
    default = setting_flag(settings, "spark.sql.files.ignoreCorruptFiles", default=False)
    return options.flag("ignoreCorruptFiles", default=default)
