"""Master URLs: where an application runs.

=========================== =====================================================================
``ray``                     the cluster at RAY_ADDRESS, or a Ray embedded in this process (default)
``auto``                    the Ray cluster of this machine
``ray://host:port``         a remote cluster through Ray Client (slow for data)
``host:port``               the Ray cluster whose head node listens there
``local``                   this process, one thread
``local[n]``, ``local[*]``  this process, n threads (``*``: one per core)
``local[n,f]``              likewise, and a task may fail f times
``local-cluster[n,c,m]``    n Ray nodes on this machine, each with c cores and m MiB (for tests)
=========================== =====================================================================
"""

from __future__ import annotations

import os
import re

from rayspark.errors.exceptions import IllegalArgumentException
from rayspark.records import dataclass

_LOCAL = re.compile(r"local(?:\[\s*(\*|\d+)\s*(?:,\s*(\d+)\s*)?\])?")
_FLEET = re.compile(r"local-cluster\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]")
_ADDRESS = re.compile(r"(ray://)?[\w.\-]+:\d+")


@dataclass(frozen=True, slots=True)
class LocalMaster:
    """Threads of this process."""

    threads: int
    max_failures: int | None = None


@dataclass(frozen=True, slots=True)
class FleetMaster:
    """Several Ray nodes on this machine."""

    nodes: int
    cores: int
    memory_mb: int


@dataclass(frozen=True, slots=True)
class RayMaster:
    """A Ray cluster; ``None`` for RAY_ADDRESS or an embedded one."""

    address: str | None = None


Master = LocalMaster | FleetMaster | RayMaster


def parse_master(text: str) -> Master:
    """Read a master URL.

    Raises
    ------
    IllegalArgumentException
        For anything not in the table of this module.

    Examples
    --------
    >>> parse_master("local[2]")
    LocalMaster(threads=2, max_failures=None)
    >>> parse_master("ray")
    RayMaster(address=None)
    """
    if found := _LOCAL.fullmatch(text):
        threads, failures = found.groups()
        count = (os.cpu_count() or 1) if threads == "*" else int(threads or 1)
        if count > 0 and failures != "0":
            return LocalMaster(count, None if failures is None else int(failures))
    elif found := _FLEET.fullmatch(text):
        nodes, cores, memory = map(int, found.groups())
        if nodes and cores and memory:
            return FleetMaster(nodes, cores, memory)
    elif text == "ray":
        return RayMaster()
    elif text == "auto" or _ADDRESS.fullmatch(text):
        return RayMaster(text)
    raise IllegalArgumentException(
        f"Could not parse Master URL: {text!r}. RaySpark knows: ray, auto, host:port, "
        "ray://host:port, local, local[n], local[*], local[n,maxFailures] and "
        "local-cluster[nodes,cores,MiB]."
        + (" Spark's own cluster managers (spark://, yarn, k8s://) are replaced by Ray: use 'ray'."
           if text.startswith(("spark:", "yarn", "k8s:", "mesos:")) else "")
    )  # fmt: skip
