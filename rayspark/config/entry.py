"""A configuration key as a value: what it is called, how its text is read, what it does.

Keys are rows of tables (``rayspark.config.entries``), written with :func:`entry` (has a default) or
:func:`optional` (None when not set). Reading is typed::

    WAIT = entry("spark.locality.wait", seconds("ms"), "3s", "How long ...")
    conf[WAIT]  # a float, 3.0 when the key is not set

A key may hold a name, ``spark.executorEnv.{name}``: see :meth:`ConfigEntry.named`.

The *status* says what setting the key brings about: HONOURED (it works), ACCEPTED (nothing
happens, and a warning says so) or REFUSED (an error, because the program would rely on what is
not there). A value equal to the default is always fine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Generic, TypeVar

from rayspark.config.units import parse_bytes, parse_seconds
from rayspark.errors import IllegalArgumentException
from rayspark.records import dataclass

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Status(Enum):
    """What setting a key brings about."""

    HONOURED = "honoured"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Kind(Generic[T_co]):
    """A type of value: how it is called in messages, and how its text is read."""

    name: str
    parse: Callable[[str], T_co]
    """Raises ``ValueError`` for text that is no such value."""
    options: tuple[str, ...] = ()
    """The only values, if they can be listed."""


def _parse_boolean(text: str) -> bool:
    match text.strip().lower():
        case "true":
            return True
        case "false":
            return False
        case _:
            raise ValueError(f"{text!r} is neither true nor false")


def _parse_list(text: str) -> tuple[str, ...]:
    return tuple(part for item in text.split(",") if (part := item.strip()))


def _parse_decimal(text: str) -> Fraction:
    try:
        return Fraction(Decimal(text.strip()))
    except ArithmeticError:
        raise ValueError(f"{text!r} is not a number") from None


BOOLEAN: Kind[bool] = Kind("boolean", _parse_boolean)
INT: Kind[int] = Kind("int", lambda text: int(text.strip()))
DECIMAL: Kind[Fraction] = Kind("double", _parse_decimal)
DOUBLE: Kind[float] = Kind("double", lambda text: float(text.strip()))
STRING: Kind[str] = Kind("string", str)
STRINGS: Kind[tuple[str, ...]] = Kind("list of strings", _parse_list)

_BYTE_UNIT_NAMES = {"b": "BYTE", "k": "KiB", "m": "MiB", "g": "GiB"}


def size(unit: str) -> Kind[int]:
    """A size in bytes; a number without a unit has this one (``b k m g``)."""
    return Kind(f"bytes in {_BYTE_UNIT_NAMES[unit]}", lambda text: parse_bytes(text, unit))


def seconds(unit: str) -> Kind[float]:
    """A duration in seconds; a number without a unit has this one (``ms s min``)."""
    return Kind(f"time in {unit}", lambda text: parse_seconds(text, unit))


def one_of(*options: str, upper: bool = False) -> Kind[str]:
    """One of these words; with ``upper`` the case does not matter."""

    def parse(text: str) -> str:
        word = text.strip().upper() if upper else text.strip()
        if word not in options:
            raise ValueError(f"{text!r} is not one of {', '.join(options)}")
        return word

    return Kind("string", parse, options)


@dataclass(frozen=True)
class Check:
    """A condition on a value, and how it is put into words."""

    holds: Callable[[Any], bool]
    requirement: str


POSITIVE = Check(lambda value: value > 0, "It must be more than 0.")
NOT_NEGATIVE = Check(lambda value: value >= 0, "It must not be negative.")
SHARE_OR_WHOLE = Check(
    lambda value: value >= 0 and (value <= 1 or value % 1 == 0),
    "It must be a whole number, or lie between 0 and 1.",
)
FRACTION = Check(lambda value: 0 <= value <= 1, "It must lie between 0 and 1.")


@dataclass(frozen=True, eq=False)
class ConfigEntry(Generic[T]):
    """A row of the table of keys; made by :func:`entry` and :func:`optional`."""

    key: str
    kind: Kind[T]
    default_text: str | None
    doc: str
    since: str = "0.1.0"
    check: Check | None = None
    fallback: ConfigEntry[T] | None = None
    """The key whose value counts when this one is not set."""
    status: Status = Status.HONOURED
    reason: str = ""
    """Why it is not honoured, and what to do instead."""
    static: bool = True
    """Fixed when the application starts."""

    def parse(self, text: str) -> T:
        """The value that this text means.

        Raises
        ------
        IllegalArgumentException
            If it is no such value, or not an allowed one; names key, value and what is expected.
        """
        try:
            value = self.kind.parse(text)
        except ValueError as error:
            raise self._invalid(text) from error
        if self.check is not None and not self.check.holds(value):
            raise self._unmet(text, self.check.requirement)
        return value

    def read(self, values: Mapping[str, str]) -> T:
        """The value in these settings, or else the fallback's, or else the default."""
        text = values.get(self.key)
        if text is not None:
            return self.parse(text)
        if self.fallback is not None:
            return self.fallback.read(values)
        if self.default_text is not None:
            return self.parse(self.default_text)
        return None  # type: ignore[return-value]  # only optional() leaves the default out: T has None

    def named(self, name: str) -> ConfigEntry[T]:
        """The entry for one name, of a key that holds ``{name}``."""
        return replace(self, key=self.key.replace("{name}", name))

    def name_in(self, key: str) -> str | None:
        """The name that ``key`` holds where this entry's key has ``{name}``; None if it does not
        match.
        """
        before, hole, after = self.key.partition("{name}")
        pattern = f"{re.escape(before)}(.+){re.escape(after)}"
        match = re.fullmatch(pattern, key) if hole else None
        return match[1] if match else None

    def refusal(self, text: str) -> IllegalArgumentException:
        """The error for setting a refused key."""
        return self._unmet(text, self.reason)

    def _invalid(self, text: str) -> IllegalArgumentException:
        if self.kind.options:
            return _error(
                "OUT_OF_RANGE_OF_OPTIONS",
                self.key,
                text,
                "confOptions",
                ", ".join(self.kind.options),
            )
        return _error("TYPE_MISMATCH", self.key, text, "confType", self.kind.name)

    def _unmet(self, text: str, requirement: str) -> IllegalArgumentException:
        return _error("REQUIREMENT", self.key, text, "confRequirement", requirement)


def entry(
    key: str,
    kind: Kind[T],
    default: str,
    doc: str,
    *,
    check: Check | None = None,
    status: Status = Status.HONOURED,
    reason: str = "",
    static: bool = True,
) -> ConfigEntry[T]:
    """A key with a default, which is given as the text a user would write."""
    return ConfigEntry(
        key, kind, default, doc, check=check, status=status, reason=reason, static=static
    )


def optional(
    key: str,
    kind: Kind[T],
    doc: str,
    *,
    check: Check | None = None,
    status: Status = Status.HONOURED,
    reason: str = "",
    static: bool = True,
) -> ConfigEntry[T | None]:
    """A key without a default: None when it is not set."""
    return ConfigEntry(
        key, kind, None, doc, check=check, status=status, reason=reason, static=static
    )


def falling_back(
    key: str, other: ConfigEntry[T], doc: str, *, status: Status = Status.HONOURED, reason: str = ""
) -> ConfigEntry[T]:
    """A key that has the value of another one when it is not set."""
    return ConfigEntry(
        key, other.kind, None, doc, check=other.check, fallback=other, status=status, reason=reason
    )


def _error(
    sub_condition: str, key: str, text: str, parameter: str, value: str
) -> IllegalArgumentException:
    return IllegalArgumentException(
        errorClass=f"INVALID_CONF_VALUE.{sub_condition}",
        messageParameters={"confName": key, "confValue": text, parameter: value},
    )
