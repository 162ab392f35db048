"""A key is called honoured only if some code reads it."""

from __future__ import annotations

import re
from pathlib import Path

from rayspark.config.entries import FAMILIES
from rayspark.config.entry import ConfigEntry, Status

PACKAGE = Path(__file__).parent.parent.parent / "rayspark"


def test_every_honoured_key_is_read_somewhere() -> None:
    rooms = [file for file in PACKAGE.rglob("*.py") if file.parent.name != "entries"]
    texts = "\n".join(file.read_text() for file in rooms)
    words = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", texts))
    unread = [
        entry.key
        for family in FAMILIES
        for name, entry in vars(family).items()
        if isinstance(entry, ConfigEntry) and entry.status is Status.HONOURED
        if name not in words and f'"{entry.key}"' not in texts
    ]
    assert unread == []
