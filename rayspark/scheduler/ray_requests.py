"""What several applications of one cluster ask Ray's autoscaler for, put together.

Ray remembers one request for the whole cluster: the next one, whoever makes it, replaces it. So
every application notes its own in Ray's key-value store and asks for the sum of those that live.
"""

from __future__ import annotations

from typing import Any

import ray
from ray._private.state import jobs
from ray.experimental.internal_kv import (
    _internal_kv_del,
    _internal_kv_get,
    _internal_kv_list,
    _internal_kv_put,
)

_NAMESPACE = "rayspark"
_PREFIX = "cores-wanted-"


def cores_wanted_by_all(own: int) -> int:
    """Note how many cores this application wants; returns what all that live want together.

    An application that ended without a word (its driver was killed) wants nothing any more.
    """
    store_get: Any = _internal_kv_get
    job = ray.get_runtime_context().get_job_id()
    _internal_kv_put(_PREFIX + job, str(own), namespace=_NAMESPACE)
    ended = {entry["JobID"] for entry in _jobs() if entry["IsDead"]}
    total = 0
    for key in _internal_kv_list(_PREFIX, namespace=_NAMESPACE):
        name = bytes(key).decode()
        if name.removeprefix(_PREFIX) in ended:
            _internal_kv_del(name, namespace=_NAMESPACE)
        else:
            total += int(store_get(name, namespace=_NAMESPACE) or 0)
    return total


def _jobs() -> list[dict[str, Any]]:
    table: Any = jobs
    return list(table())
