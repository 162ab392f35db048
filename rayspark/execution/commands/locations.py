"""Where tables and databases are, and how statements print it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import overload


@overload
def absolute(path: None) -> None: ...


@overload
def absolute(path: str) -> str: ...


def absolute(path: str | None) -> str | None:
    """A path that does not depend on the working directory; other file systems' as they are."""
    if path is None or ("://" in path and not path.startswith("file://")):
        return path
    return os.path.normpath(Path(path.removeprefix("file://").removeprefix("file:")).absolute())


def shown(path: str) -> str:
    """As DESCRIBE prints it: ``file:/warehouse/t``."""
    return path if "://" in path else f"file:{path}"
