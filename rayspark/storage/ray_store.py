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
    """Blocks behind handles, in order; an exception stands where one could not be had."""
    try:
        blocks = _get(list(handles), time.monotonic() + FETCH_TIMEOUT)
    except RayError as error:
        if len(handles) == 1:
            return [error]
        return [fetch([handle])[0] for handle in handles]
    return blocks


def _get(handles: list[Any], deadline: float) -> Sequence[Any]:
    """Waits a second at a time: a task that waits for what is lost can be told to stop between."""
    while True:
        try:
            blocks: Sequence[Any] = ray.get(handles, timeout=SLICE)
        except GetTimeoutError:
            if time.monotonic() > deadline:
                raise
        else:
            return blocks


def prefetch(handles: Sequence[Any]) -> None:
    """Bring blocks to this machine's store, without waiting for them."""
    ray.wait(list(handles), num_returns=len(handles), timeout=0, fetch_local=True)
