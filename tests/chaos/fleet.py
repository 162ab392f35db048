"""A Ray cluster of several raylets on this machine, any of which can be taken away.

The driver's node has no cores, so that no executor runs there. One cluster serves all tests: a node
that a test removed is replaced before the next (about three seconds), which is cheaper than a
``local-cluster`` for each.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import ray
from ray.cluster_utils import Cluster
from ray_rig import command_line, descendants, wait_until

STORE = 90 << 20
"""Bytes of each node's object store."""


class Fleet:
    """See the module."""

    def __init__(self) -> None:
        self._cluster: Any = None
        self._size = 0

    def start(self, nodes: int) -> None:
        self._cluster = Cluster(
            initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": STORE}
        )
        self._size = nodes
        self.refill()
        ray.init(address=self._cluster.address, logging_level=logging.ERROR, log_to_driver=False)

    def refill(self) -> None:
        """Have as many worker nodes as at the beginning."""
        for _ in range(self._size - len(self._cluster.worker_nodes)):
            self._cluster.add_node(num_cpus=1, object_store_memory=STORE)

    def remove(self, *hosts: str) -> None:
        """Kill the raylets (and so the stores and workers) of these nodes, without warning."""
        nodes = [n for n in self._cluster.worker_nodes if n.node_id in hosts]
        assert len(nodes) == len(hosts)
        for node in nodes:
            self._cluster.remove_node(node, allow_graceful=False)

    def stop(self) -> None:
        """Stop everything; nothing of it may be left."""
        family = descendants(os.getpid())
        ray.shutdown()
        self._cluster.shutdown()
        wait_until(
            lambda: not [p for p in family if "ray" in command_line(p)],
            "every process of the cluster to end",
        )
