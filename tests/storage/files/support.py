"""What the tests of the file room share: golden cases, and files made from them."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "files"


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text())


def from_b64(text: str) -> bytes:
    return base64.b64decode(text)


def unpacked(text: str) -> bytes:
    return zlib.decompress(from_b64(text))
