"""The Ray object store as the block manager: how handles become blocks.

Handles are object references owned by the driver, which got them as returns of executor calls: they
outlive the executor that made them and die with the machine that holds them (or with the driver).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayError

FETCH_TIMEOUT = 60.0
"""Seconds to wait for blocks that exist somewhere. No wait is without end."""


def fetch(handles: Sequence[Any]) -> Sequence[Any]:
    """Blocks behind handles, in order; an exception stands where one could not be had."""
    try:
        blocks: Sequence[Any] = ray.get(list(handles), timeout=FETCH_TIMEOUT)
    except (RayError, GetTimeoutError) as error:
        if len(handles) == 1:
            return [error]
        return [fetch([handle])[0] for handle in handles]
    return blocks


def prefetch(handles: Sequence[Any]) -> None:
    """Bring blocks to this machine's store, without waiting for them."""
    ray.wait(list(handles), num_returns=len(handles), timeout=0, fetch_local=True)
