"""The Ray object store as the block manager: how handles become blocks.

Handles are object references owned by the driver, which got them as returns of executor calls: they
outlive the executor that made them and die with the machine that holds them (or with the driver).

What is small is no object of the store: an :class:`Inline` handle holds the bytes, which travel in
the messages that name it. A reference of Ray's costs its reader a question to the driver, one to
two milliseconds; a stage of a short query reads a few.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Sequence
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayError

from rayspark.records import dataclass

FETCH_TIMEOUT = 60.0
"""Seconds to wait for blocks that exist somewhere. No wait is without end."""

SLICE = 1.0

INLINE_BYTES = 64 << 10
"""What one executor call writes, or one broadcast, up to which it travels in messages. Ray sends
arguments and returns of less than 100 KiB with the call, larger ones by the store."""


@dataclass(frozen=True, slots=True, eq=False)
class Inline:
    """A handle that holds the object."""

    data: bytes

    @staticmethod
    def of(value: Any) -> Inline:
        """Of something small."""
        return Inline(pickle.dumps(value, 5))

    def load(self) -> Any:
        """The object, made anew."""
        return pickle.loads(self.data)


def fetch(handles: Sequence[Any]) -> Sequence[Any]:
    """Blocks behind handles, in order; an exception stands where one could not be had.

    All are waited for together, a second at a time: a task that waits for what is lost can be told
    to stop between.
    """
    stored = [handle for handle in handles if not isinstance(handle, Inline)]
    found = iter(_stored(stored) if stored else ())
    return [h.load() if isinstance(h, Inline) else next(found) for h in handles]


def _stored(handles: Sequence[Any]) -> Sequence[Any]:
    deadline = time.monotonic() + FETCH_TIMEOUT
    try:
        blocks: Sequence[Any] = ray.get(handles, timeout=SLICE)
    except RayError:  # some are late, or lost
        pass
    else:
        return blocks
    waiting = list(dict.fromkeys(handles))
    while waiting and time.monotonic() < deadline:
        _, waiting = ray.wait(waiting, num_returns=len(waiting), timeout=SLICE)
    late = set(waiting)
    return [_late() if handle in late else _get(handle) for handle in handles]


def _late() -> Exception:
    return GetTimeoutError(f"the block was not to be had within {FETCH_TIMEOUT:g} s")


def _get(handle: Any) -> Any:
    """A block that is here, or why it will never be."""
    try:
        return ray.get(handle, timeout=FETCH_TIMEOUT)
    except RayError as error:
        return error


def prefetch(handles: Sequence[Any]) -> None:
    """Bring blocks to this machine's store, without waiting for them."""
    ray.wait(list(handles), num_returns=len(handles), timeout=0, fetch_local=True)
