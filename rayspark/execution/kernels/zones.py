"""Instants and local times: the texts that lead from one to the other.

An *instant* is a TIMESTAMPTZ, a *local time* a TIMESTAMP. A local time that a zone's clock skips is
moved forward by what was skipped; of one that it shows twice the earlier is meant, as in Java.

>>> local_time("t", "UTC")
'make_timestamp(epoch_us(t))'
>>> local_time("t", "+05:30")
"make_timestamp(epoch_us(t + INTERVAL '19800 seconds'))"

The number of microseconds goes between the two types twenty times faster than a cast does, which
asks for the zone.
"""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from rayspark.errors import DateTimeException
from rayspark.execution.kernels.kernel import Site, quote

_FIXED = re.compile(r"(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?")
_SHORT_IDS = {"PST": "America/Los_Angeles", "EST": "-05:00", "MST": "-07:00", "HST": "-10:00",
              "CST": "America/Chicago", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo",
              "ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT":
              "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo", "AST": "America/Anchorage",
              "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka", "CAT": "Africa/Harare",
              "CNT": "America/St_Johns", "CTT": "Asia/Shanghai", "EAT": "Africa/Addis_Ababa",
              "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis",
              "MIT": "Pacific/Apia", "NET": "Asia/Yerevan", "NST": "Pacific/Auckland",
              "PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico",
              "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh"}  # fmt: skip
"""Java's three-letter zones."""


@cache
def fixed_offset(zone: str) -> int | None:
    """Seconds east of UTC, of a zone whose clock is never changed."""
    name = zone.strip()
    name = _SHORT_IDS.get(name, name)
    if name in ("UTC", "Z", "GMT", "UT", "Etc/UTC", "GMT0", "Etc/GMT", "Zulu", "UCT", "Universal"):
        return 0
    found = _FIXED.fullmatch(name)
    if found is None:
        return None
    sign, hours, minutes, seconds = found.groups()
    if int(hours) > 18 or int(minutes or 0) > 59 or int(seconds or 0) > 59:
        return None
    total = int(hours) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return -total if sign == "-" else total


@cache
def zone_name(zone: str) -> str:
    """The name that DuckDB has for a zone."""
    name = _SHORT_IDS.get(zone.strip(), zone.strip())
    if fixed_offset(name) is None and name not in available_timezones():
        raise DateTimeException(errorClass="INVALID_TIMEZONE", messageParameters={"timeZone": zone})
    return name


def local_time(instant: str, zone: str) -> str:
    """What a clock in the zone shows at an instant."""
    offset = fixed_offset(zone)
    if offset is None:
        return f"({instant} AT TIME ZONE {quote(zone_name(zone))})"
    return f"make_timestamp(epoch_us({_moved(instant, offset)}))"


def instant(local: str, zone: str) -> str:
    """When a clock in the zone shows a local time. The text is used several times."""
    offset = fixed_offset(zone)
    if offset is not None:
        return f"make_timestamptz(epoch_us({_moved(local, -offset)}))"
    name = quote(zone_name(zone))
    later = f"({local} AT TIME ZONE {name})"
    earlier = f"(({local} - INTERVAL '3 hours') AT TIME ZONE {name} + INTERVAL '3 hours')"
    return (
        f"CASE WHEN {earlier} < {later} AND ({earlier} AT TIME ZONE {name}) = {local}"
        f" THEN {earlier} ELSE {later} END"
    )


def _moved(text: str, seconds: int) -> str:
    if not seconds:
        return text
    sign = "+" if seconds > 0 else "-"
    return f"{text} {sign} INTERVAL '{abs(seconds)} seconds'"


def session_local(site: Site, text: str) -> str:
    """What a clock in the session's zone shows at an instant."""
    return local_time(text, site.zone)


def session_instant(site: Site, local: str) -> str:
    """When a clock in the session's zone shows a local time."""
    return site.let(local, lambda t: instant(t, site.zone))
