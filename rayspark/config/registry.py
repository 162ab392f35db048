"""All known keys, and what is said about a key that a user sets.

The tables in ``rayspark.config.entries`` are gathered here. A key of Spark that means nothing
here is known by its beginning (:class:`Foreign`) or by its name (``spark_keys.txt``, harvested
from Spark): a warning says that it has no effect. Any other ``spark.`` key is stored as Spark
does; when it looks like a slip of the pen for a known one, a warning says so.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from rayspark.config.entries import FAMILIES
from rayspark.config.entries.foreign import FOREIGN, Foreign
from rayspark.config.entry import ConfigEntry, Status


class ConfigWarning(UserWarning):
    """A key was set that does nothing, or that nobody knows."""


@cache
def known_entries() -> Mapping[str, ConfigEntry[Any]]:
    """Every entry of every table, by key, in the order of the tables.

    Raises
    ------
    ValueError
        If two rows have one key: a defect of the tables.
    """
    entries: dict[str, ConfigEntry[Any]] = {}
    for family in FAMILIES:
        for row in entries_of(family):
            if row.key in entries:
                raise ValueError(f"configuration key {row.key} is declared twice")
            entries[row.key] = row
    return entries


def entries_of(family: ModuleType) -> Iterable[ConfigEntry[Any]]:
    """The rows of one table, in the order they are written."""
    return (value for value in vars(family).values() if isinstance(value, ConfigEntry))


@cache
def find_entry(key: str) -> ConfigEntry[Any] | None:
    """The entry of this very key, also when the table has it with a ``{name}``."""
    entries = known_entries()
    if key in entries:
        return entries[key]
    for row in entries.values():
        name = row.name_in(key)
        if name is not None:
            return row.named(name)
    return None


def find_foreign(key: str) -> Foreign | None:
    """The row about keys of Spark that begin like this one and mean nothing here."""
    return next((row for row in FOREIGN if key.startswith(row.prefix)), None)


@cache
def spark_keys() -> frozenset[str]:
    """Names of all keys that Spark itself declares."""
    text = Path(__file__).with_name("spark_keys.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def check_settings(settings: Mapping[str, str]) -> None:
    """Read every setting once, so that a mistake shows when the application starts.

    Raises
    ------
    IllegalArgumentException
        For a malformed value and for a refused key.

    Warns
    -----
    ConfigWarning
        For a key that has no effect, and for an unknown one that is close to a known one.
    """
    for key, text in settings.items():
        message = judge(key, text)
        if message is not None:
            warnings.warn(message, ConfigWarning, stacklevel=3)


def judge(key: str, text: str) -> str | None:
    """Check one setting; returns what to warn of, if anything."""
    row = find_entry(key)
    if row is None:
        foreign = find_foreign(key)
        if foreign is not None:
            return f"{key} has no effect: {foreign.reason}"
        if key in spark_keys():
            return f"{key} is a key of Spark that has no effect here."
        return _misspelling(key)
    value = row.parse(text)
    if row.status is Status.HONOURED or value == row.read({}):
        return None
    if row.status is Status.REFUSED:
        raise row.refusal(text)
    return f"{key} has no effect: {row.reason}"


def _misspelling(key: str) -> str | None:
    if not key.lower().startswith("spark."):
        return None
    known_keys = {*spark_keys(), *(known for known in known_entries() if "{" not in known)}
    by_lower_case = {known.lower(): known for known in known_keys}
    close = difflib.get_close_matches(key.lower(), by_lower_case, n=1, cutoff=0.9)
    if close:
        return f"{key} is not a known key: did you mean {by_lower_case[close[0]]}?"
    if key.startswith("spark.ray."):
        own = ", ".join(known for known in known_entries() if known.startswith("spark.ray."))
        return f"{key} is not a known key. Keys of this kind are: {own}."
    return None
