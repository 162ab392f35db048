"""The Ray object store as the block manager: how handles become blocks.

Handles are object references owned by the driver, which got them as returns of executor calls: they
outlive the executor that made them and die with the machine that holds them (or with the driver).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayError

FETCH_TIMEOUT = 60.0
"""Seconds to wait for blocks that exist somewhere. No wait is without end."""

SLICE = 1.0


def fetch(handles: Sequence[Any]) -> Sequence[Any]:
    """Blocks behind handles, in order; an exception stands where one could not be had.

    All are waited for together, a second at a time: a task that waits for what is lost can be told
    to stop between.
    """
    deadline = time.monotonic() + FETCH_TIMEOUT
    try:
        blocks: Sequence[Any] = ray.get(list(handles), timeout=SLICE)
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
