"""Cleaning up after an error, which stays the one that is told.

>>> try:
...     raise ValueError("the first")
... except ValueError as error:
...     with after(error):
...         raise OSError("the second")
...     print(error, "|", *error.__notes__)
the first | Cleaning up after it failed as well: OSError: the second
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)


@contextmanager
def after(error: BaseException) -> Iterator[None]:
    """Around what cleans up after an error: if that fails too, the log and a note say so."""
    try:
        yield
    except Exception as second:
        logger.debug("Cleaning up after %r failed", error, exc_info=True)
        told = f"{type(second).__name__}: {second}"
        error.add_note(f"Cleaning up after it failed as well: {told}")
