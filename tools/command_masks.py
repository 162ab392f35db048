"""What differs from run to run in the answers of statements."""

from __future__ import annotations

import re

MASKS = [
    (r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}", "<time>"),
    (r"\d+ bytes", "<size> bytes"),
    (r"totalSize=\d+", "totalSize=<size>"),
    (r", transient_lastDdlTime=\d+", ""),
    (r"Created By: .*", "Created By: <us>"),
    (r"^(Spark 4.3.0|RaySpark)$", "<us>"),
]


def mask(value: str | None, warehouse: str) -> str | None:
    """A value without what differs from run to run."""
    if value is None:
        return None
    value = value.replace(warehouse, "{warehouse}")
    value = value.replace(warehouse.rpartition("/")[0], "{home}")
    for pattern, shown in MASKS:
        value = re.sub(pattern, shown, value)
    return value
