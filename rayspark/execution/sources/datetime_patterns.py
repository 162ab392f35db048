"""Java's date and time patterns (``yyyy-MM-dd HH:mm``), read and written.

A pattern becomes a regular expression as strict as Java's formatter: ``MM`` is two digits, ``M``
one or two, ``MMM`` a short English name. Times are numbers: days, or microseconds since 1970.

>>> micros = pattern("dd/MM/yyyy HH:mm").parse_moment("31/12/1969 23:59", "UTC")
>>> micros
-60000000
>>> pattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").format_moment(micros, "UTC")
'1969-12-31T23:59:00.000Z'
"""

from __future__ import annotations

import datetime
import re
from functools import cache
from itertools import groupby

from rayspark.errors import IllegalArgumentException
from rayspark.execution.kernels.texts import DAY, MICROS, days_from_civil, parse_moment
from rayspark.records import dataclass

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_EPOCH = datetime.datetime(1970, 1, 1)
_ZONE_FORMS = {
    "X": r"Z|[+-]\d\d",
    "XX": r"Z|[+-]\d{4}",
    "XXX": r"Z|[+-]\d\d:\d\d",
    "x": r"[+-]\d\d",
    "xx": r"[+-]\d{4}",
    "xxx": r"[+-]\d\d:\d\d",
    "Z": r"[+-]\d{4}",
    "ZZ": r"[+-]\d{4}",
    "ZZZ": r"[+-]\d{4}",
    "z": r"[A-Za-z][A-Za-z0-9_/+:-]*",
    "VV": r"[A-Za-z][A-Za-z0-9_/+:-]*",
}


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern."""

    text: str
    items: tuple[tuple[str, str], ...]
    """``("letters", "MM")``, ``("text", "-")``, ``("open", "[")``, ``("close", "]")``."""
    regex: re.Pattern[str]

    def parse_day(self, text: str) -> int | None:
        """Days since 1970; None if the text does not fit."""
        found = self._match(text)
        return None if found is None else found[0]

    def parse_moment(self, text: str, zone: str | None) -> int | None:
        """Microseconds since 1970; with ``zone=None`` those of the wall clock."""
        found = self._match(text)
        if found is None:
            return None
        days, clock, named = found
        local = days * DAY + clock
        if zone is None:
            return None if named else local
        where = _zone_of(named) if named else zone
        moment = _EPOCH + datetime.timedelta(microseconds=local)
        return parse_moment(f"{moment.isoformat(' ')} {where}", zone)

    def _match(self, text: str) -> tuple[int, int, str | None] | None:
        found = self.regex.fullmatch(text)
        if found is None:
            return None
        parts = {k: v for k, v in found.groupdict().items() if v is not None}
        month = _month(parts)
        year = int(parts.get("year", 1970)) + (2000 if "short" in parts else 0)
        year = year if "short" not in parts else 2000 + int(parts["short"])
        days = days_from_civil(year, month, int(parts.get("day", 1)))
        hour = int(parts.get("hour", 0))
        if "half" in parts:
            hour = int(parts["half"]) % 12 + (12 if parts.get("ampm", "").upper() == "PM" else 0)
        minute, second = int(parts.get("minute", 0)), int(parts.get("second", 0))
        if days is None or hour > 23 or minute > 59 or second > 59:
            return None
        micros = int(parts.get("fraction", "").ljust(6, "0")[:6])
        return days, ((hour * 60 + minute) * 60 + second) * MICROS + micros, parts.get("zone")

    def format_moment(self, micros: int, zone: str | None) -> str:
        """As the pattern writes it, on a clock in the zone."""
        where = "UTC" if zone is None else zone
        shown = _EPOCH + datetime.timedelta(microseconds=micros)
        offset = 0 if zone is None else _offset_of(micros, where)
        return self._write(shown + datetime.timedelta(seconds=offset), offset, where)

    def format_day(self, days: int) -> str:
        """As the pattern writes a date."""
        return self._write(_EPOCH + datetime.timedelta(days=days), 0, "UTC")

    def _write(self, t: datetime.datetime, offset: int, zone: str) -> str:
        return "".join(
            _write_letters(word, t, offset, zone) if kind == "letters" else word
            for kind, word in self.items
            if kind in ("letters", "text")
        )


@cache
def pattern(text: str) -> Pattern:
    """Compile a pattern.

    Raises
    ------
    IllegalArgumentException
        If a letter has no meaning here.
    """
    items = tuple(_items(text))
    source = "".join(_regex(kind, word, text) for kind, word in items)
    try:
        return Pattern(text, items, re.compile(source))
    except re.error as error:
        raise _bad(text, str(error)) from error


def _items(text: str) -> list[tuple[str, str]]:
    items: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "'":
            end = text.find("'", at + 1)
            if end < 0:
                raise _bad(text, "a quote is not closed")
            items.append(("text", text[at + 1 : end] or "'"))
            at = end + 1
            continue
        run = len(next("".join(g) for _, g in groupby(text[at:])))
        if char.isascii() and char.isalpha():
            items.append(("letters", text[at : at + run]))
            at += run
            continue
        items.append(({"[": "open", "]": "close"}.get(char, "text"), char))
        at += 1
    return items


def _regex(kind: str, word: str, text: str) -> str:
    match kind:
        case "open":
            return "(?:"
        case "close":
            return ")?"
        case "text":
            return re.escape(word)
    letter, size = word[0], len(word)
    number = rf"\d{{{size}}}" if size == 2 else r"\d{1,2}"
    match letter:
        case "y" | "u":
            if size == 2:
                return r"(?P<short>\d\d)"
            return r"(?P<year>[+-]?\d{4,9})" if size == 4 else r"(?P<year>[+-]?\d{1,9})"
        case "M" | "L":
            if size <= 2:
                return rf"(?P<month>{number})"
            names = [name[:3] for name in _MONTHS] if size == 3 else _MONTHS
            return f"(?P<name>{'|'.join(names)})"
        case "d":
            return rf"(?P<day>{number})"
        case "H":
            return rf"(?P<hour>{number})"
        case "h":
            return rf"(?P<half>{number})"
        case "m":
            return rf"(?P<minute>{number})"
        case "s":
            return rf"(?P<second>{number})"
        case "S":
            return rf"(?P<fraction>\d{{{size}}})"
        case "a":
            return "(?P<ampm>AM|PM|am|pm)"
        case "E":
            return f"(?:{'|'.join(n[:3] if size < 4 else n for n in _DAYS)})"
    if word in _ZONE_FORMS:
        return f"(?P<zone>{_ZONE_FORMS[word]})"
    raise _bad(text, f"`{word}` has no meaning here")


def _month(parts: dict[str, str]) -> int:
    if "name" in parts:
        return next(i for i, n in enumerate(_MONTHS, 1) if n.startswith(parts["name"]))
    return int(parts.get("month", 1))


def _zone_of(named: str) -> str:
    if re.fullmatch(r"[+-]\d{4}", named):
        return f"{named[:3]}:{named[3:]}"
    return f"{named}:00" if re.fullmatch(r"[+-]\d\d", named) else named


def _offset_of(micros: int, zone: str) -> int:
    """Seconds east of UTC at an instant."""
    local = parse_moment((_EPOCH + datetime.timedelta(microseconds=micros)).isoformat(" "), zone)
    assert local is not None
    guess = (micros - local) // MICROS
    at = _EPOCH + datetime.timedelta(microseconds=micros + guess * MICROS)
    again = parse_moment(at.isoformat(" "), zone)
    assert again is not None
    return (micros + guess * MICROS - again) // MICROS


def _write_letters(word: str, t: datetime.datetime, offset: int, zone: str) -> str:
    letter, size = word[0], len(word)
    match letter:
        case "y" | "u":
            return f"{t.year % 100:02d}" if size == 2 else f"{t.year:0{size}d}"
        case "M" | "L":
            name = _MONTHS[t.month - 1]
            return f"{t.month:0{size}d}" if size <= 2 else name[:3] if size == 3 else name
        case "d":
            return f"{t.day:0{size}d}"
        case "H":
            return f"{t.hour:0{size}d}"
        case "h":
            return f"{(t.hour + 11) % 12 + 1:0{size}d}"
        case "m":
            return f"{t.minute:0{size}d}"
        case "s":
            return f"{t.second:0{size}d}"
        case "S":
            return f"{t.microsecond:06d}".ljust(size, "0")[:size]
        case "a":
            return "AM" if t.hour < 12 else "PM"
        case "E":
            day = _DAYS[t.weekday()]
            return day if size >= 4 else day[:3]
        case "V" | "z":
            return zone
    if letter == "X" and not offset:
        return "Z"
    sign, seconds = ("-", -offset) if offset < 0 else ("+", offset)
    hours, minutes = divmod(seconds // 60, 60)
    if size == 1 and letter != "Z":
        return f"{sign}{hours:02d}" + (f"{minutes:02d}" if minutes else "")
    colon = ":" if size == 3 and letter != "Z" else ""
    return f"{sign}{hours:02d}{colon}{minutes:02d}"


def _bad(text: str, why: str) -> IllegalArgumentException:
    return IllegalArgumentException(f"Date and time pattern {text!r}: {why}.")
