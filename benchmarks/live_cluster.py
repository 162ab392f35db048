"""A Ray cluster that runs before the measured program starts.

Used where Ray's own start must not count, and where the object store must have a given size.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

HEAD = """
import json, sys, ray
store = json.loads(sys.argv[1])
extra = {} if store is None else {"object_store_memory": store * 1_000_000}
info = ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, **extra)
print(json.dumps(info.address_info["gcs_address"]), flush=True)
sys.stdin.read()  # until the harness closes the pipe
"""

CONNECT = """
import sys, time
began = time.perf_counter()
import ray
ray.init(address=sys.argv[1], log_to_driver=False)
print(time.perf_counter() - began)
"""


@dataclass(frozen=True)
class Cluster:
    """Where a running cluster is, and the process that holds it."""

    address: str
    pid: int


@contextmanager
def live_cluster(object_store_mb: int | None = None) -> Iterator[Cluster]:
    """Start a one-node cluster with two CPUs; it ends with the context."""
    head = subprocess.Popen(
        [sys.executable, "-c", HEAD, json.dumps(object_store_mb)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert head.stdout is not None
    assert head.stdin is not None
    try:
        for line in head.stdout:
            if line.startswith('"'):
                yield Cluster(json.loads(line), head.pid)
                break
        else:
            raise RuntimeError("Ray did not start; see the output above")
    finally:
        head.stdin.close()
        head.wait(60)


def bare_connect_seconds(address: str) -> float:
    """How long ``import ray`` and joining a live cluster take without us."""
    done = subprocess.run(
        [sys.executable, "-c", CONNECT, address], check=True, capture_output=True, text=True
    )
    return float(done.stdout.splitlines()[-1])
