"""A Ray cluster that runs before the measured program starts, so that its start does not count.

It asks for a token that is made for it alone; whoever joins gets address and token through the
environment.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

HEAD = """
import json, sys, ray
info = ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False)
print(json.dumps(info.address_info["gcs_address"]), flush=True)
sys.stdin.read()  # until the harness closes the pipe
"""

CONNECT = """
import time
began = time.perf_counter()
import ray
ray.init(log_to_driver=False)  # RAY_ADDRESS says where
print(time.perf_counter() - began)
"""


@contextmanager
def live_cluster() -> Iterator[dict[str, str]]:
    """Start a one-node cluster with two CPUs; yields the environment of those who join it."""
    access = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    head = subprocess.Popen(
        [sys.executable, "-c", HEAD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "RAY_ADDRESS"} | access,
    )
    assert head.stdout is not None
    assert head.stdin is not None
    try:
        address = next((line for line in head.stdout if line.startswith('"')), None)
        if address is None:
            raise RuntimeError("Ray did not start; see the output above")
        yield access | {"RAY_ADDRESS": json.loads(address)}
    finally:
        head.stdin.close()
        head.wait(60)


def bare_connect_seconds(access: Mapping[str, str]) -> float:
    """How long ``import ray`` and joining a live cluster take without us."""
    done = subprocess.run(
        [sys.executable, "-c", CONNECT],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | dict(access),
    )
    return float(done.stdout.splitlines()[-1])
