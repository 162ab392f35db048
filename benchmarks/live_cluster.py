"""A Ray cluster that runs before the measured program starts, so that its start does not count."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

HEAD = """
import json, sys, ray
info = ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
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


@contextmanager
def live_cluster() -> Iterator[str]:
    """Start a one-node cluster with two CPUs and yield its address; it ends with the context."""
    head = subprocess.Popen(
        [sys.executable, "-c", HEAD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert head.stdout is not None
    assert head.stdin is not None
    try:
        for line in head.stdout:
            if line.startswith('"'):
                yield json.loads(line)
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
