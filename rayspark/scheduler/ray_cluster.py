"""The Ray cluster under an application: joined, embedded, or several nodes on this machine.

An embedded Ray stays up until the process ends, so that stopping one SparkContext and making the
next costs milliseconds instead of seconds.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

import grpc
import ray
from ray import cluster_utils
from ray._private.grpc_utils import init_grpc_channel
from ray._private.state import available_resources_per_node
from ray.autoscaler.sdk import request_resources
from ray.core.generated import gcs_service_pb2, gcs_service_pb2_grpc
from ray.exceptions import RayError
from ray.util import client as ray_client

from rayspark.errors.exceptions import SparkException
from rayspark.ids import HostId
from rayspark.records import dataclass
from rayspark.scheduler.ray_requests import cores_wanted_by_all
from rayspark.scheduler.ray_start import ray_defaults, start_embedded, without_helpers

logger = logging.getLogger(__name__)

RETURN_SECONDS = 5.0
"""How long the cores of killed executors may take to be free again in Ray's books: the next
application of this process waits for them."""
CLIENT_TRIES = 5
_STILLBORN = ("Starting Ray client server failed", "ZombieProcess", "NoSuchProcess")
JOIN_SECONDS = 5.0
"""How long the head node of a cluster that is to be joined may take to accept a connection."""
CONNECT_SECONDS = 1.0
"""A raylet accepts connections in milliseconds."""


def _nodes() -> list[dict[str, Any]]:
    """Ray's node table, dead machines included."""
    nodes: Any = ray.nodes
    return list(nodes())


def _is_remote() -> bool:
    """Is this process outside of the cluster, connected by Ray Client (``ray://``)?"""
    client: Any = ray_client.ray
    return bool(client.is_connected())


def _within(call: Callable[..., Any], *arguments: Any) -> Any:
    """Call what only processes of the cluster can: for one outside, a task does."""
    if not _is_remote():
        return call(*arguments)
    make: Any = ray.remote
    return ray.get(make(num_cpus=0)(call).remote(*arguments))


def _unused_cores() -> dict[HostId, int]:
    """Free CPU cores of each machine, by Ray's books."""
    free = _within(available_resources_per_node)
    return {HostId(node): int(resources.get("CPU", 0)) for node, resources in free.items()}


def _request(cores: int) -> None:
    with contextlib.suppress(ConnectionError):
        request_resources(num_cpus=cores_wanted_by_all(cores))


def _unregister(host: HostId) -> None:
    """Tell Ray that a machine's raylet has ended, as that raylet would have done.

    Otherwise Ray asks it for blocks that also lie elsewhere: each such block is waited for
    until the table knows of the death, or for 30 seconds and more (measured).
    """
    messages: Any = gcs_service_pb2
    services: Any = gcs_service_pb2_grpc
    request = messages.UnregisterNodeRequest(node_id=bytes.fromhex(host))
    request.node_death_info.reason_message = "its raylet refuses connections"
    context: Any = ray.get_runtime_context()
    try:
        with init_grpc_channel(context.gcs_address) as channel:
            services.NodeInfoGcsServiceStub(channel).UnregisterNode(
                request, timeout=CONNECT_SECONDS
            )
    except grpc.RpcError as error:  # Ray finds out by itself, later
        logger.warning("Ray was not told that machine %s is gone: %s", host, error)


@dataclass(slots=True)
class _Returning:
    """Cores that were free before the last application of this process, and will be again."""

    cores: int = 0
    deadline: float = 0.0


_returning = _Returning()


class Cluster:
    """A Ray cluster that this process is connected to."""

    def __init__(self, *, leave_on_stop: bool, fleet: Any = None) -> None:
        self._leave_on_stop = leave_on_stop
        self._fleet = fleet
        self._free_at_start = 0
        self._has_requested = False
        self._silent: set[str] = set()
        """Machines whose raylet did not answer, although Ray's table has them alive."""

    @classmethod
    def join(cls, address: str | None, *, object_store_bytes: int | None = None) -> Cluster:
        """Join the cluster at ``address`` or RAY_ADDRESS; start an embedded one if there is none.

        A Ray that the program itself has initialised is used as it is and left running.
        """
        if ray.is_initialized():
            return cls(leave_on_stop=False)
        address = address or os.environ.get("RAY_ADDRESS")
        if address:
            _connect(address)
            return cls(leave_on_stop=True)
        start_embedded(object_store_bytes)
        return cls(leave_on_stop=False)

    def live_hosts(self) -> set[HostId]:
        """Machines that Ray believes alive, and that were not found dead by ``is_up``."""
        return {HostId(node["NodeID"]) for node in self._live_nodes()}

    def _live_nodes(self) -> list[dict[str, Any]]:
        return [n for n in _nodes() if n["Alive"] and n["NodeID"] not in self._silent]

    def is_up(self, host: HostId) -> bool:
        """Does the machine's raylet answer? Asked when an executor is lost.

        Ray's table learns of a dead machine only after missed heartbeats, some 15 seconds, in which
        tasks would wait for blocks that are gone. A raylet that does not accept a connection is
        taken for dead for good: at worst, work is done twice. Ray itself is told when the machine
        refuses, which proves that the raylet has ended; not when it does not answer.
        Through Ray Client only the table is read: machines may not be reachable from here.
        """
        nodes = [n for n in self._live_nodes() if n["NodeID"] == host]
        if not nodes or _is_remote():
            return bool(nodes)
        place = nodes[0]["NodeManagerAddress"], nodes[0]["NodeManagerPort"]
        try:
            socket.create_connection(place, CONNECT_SECONDS).close()
        except OSError as error:
            self._silent.add(host)
            if isinstance(error, ConnectionRefusedError):
                _unregister(host)
            return False
        return True

    def cores(self) -> dict[HostId, int]:
        """CPU cores of every live machine."""
        return {
            HostId(node["NodeID"]): int(node["Resources"].get("CPU", 0))
            for node in self._live_nodes()
        }

    def resources(self) -> dict[HostId, dict[str, float]]:
        """All that Ray has in its books for every live machine."""
        return {HostId(node["NodeID"]): dict(node["Resources"]) for node in self._live_nodes()}

    def free_slots(self, cores: int) -> int:
        """Executors of this many cores that fit into what is free now; at least one."""
        due = min(_returning.cores, sum(self.cores().values()))
        free = _unused_cores()
        while sum(free.values()) < due and time.monotonic() < _returning.deadline:
            time.sleep(0.02)
            free = _unused_cores()
        self._free_at_start = sum(free.values())
        return max(1, sum(unused // cores for unused in free.values()))

    def place(self, taken: Mapping[HostId, int], cores: int) -> HostId | None:
        """The live machine with most free cores for one more executor, or ``None``.

        ``taken`` says what this application has there. What others have, Ray knows, somewhat late:
        it is no reason to refuse a machine, only to prefer another.
        """
        totals = self.cores()
        if not self._free_at_start:  # the user said how many executors: nobody looked what is free
            self._free_at_start = sum(totals.values())
        left = {host: total - taken.get(host, 0) for host, total in totals.items()}
        free = {host: unused for host, unused in left.items() if unused >= cores}
        if len(free) < 2:
            return next(iter(free), None)
        unused = _unused_cores()
        return max(free, key=lambda host: (min(free[host], unused.get(host, 0)), free[host]))

    def object_store_bytes(self) -> int:
        """Object store of the smallest machine."""
        sizes = [n["Resources"].get("object_store_memory", 0) for n in self._live_nodes()]
        return int(min(sizes, default=0))

    def task_memory(self, host: HostId) -> int:
        """Bytes of the machine that Ray leaves to processes, beside its object store."""
        sizes = [n["Resources"].get("memory", 0) for n in self._live_nodes() if n["NodeID"] == host]
        return int(sum(sizes))

    def request(self, cores: int) -> None:
        """Ask Ray's autoscaler for this many cores for this application; without an autoscaler
        nothing happens.
        """
        self._has_requested = cores > 0
        _within(_request, cores)

    def disconnect(self) -> None:
        """The application is over; its executors have been killed."""
        if self._has_requested:  # Ray keeps what was asked for until something else is
            self.request(0)
        _returning.cores = self._free_at_start or _returning.cores
        _returning.deadline = time.monotonic() + RETURN_SECONDS
        if self._leave_on_stop:
            ray.shutdown()
        if self._fleet is not None:
            self._fleet.shutdown()


def _connect(address: str) -> None:
    """Join a cluster that runs.

    Ray itself waits more than a minute for an address where nobody listens.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        if address != "auto":
            socket.create_connection((host, int(port)), JOIN_SECONDS).close()
        _initialize(address)
    except (OSError, RayError, RuntimeError) as error:
        token = "is set" if os.environ.get("RAY_AUTH_TOKEN") else "is not set"
        raise SparkException(
            f"No Ray cluster could be joined at {address!r}: {error}\n"
            "Is its head node up ('ray start --head') and is this its address? A cluster that asks "
            f"for a token (RAY_AUTH_MODE=token) wants the same RAY_AUTH_TOKEN here, which {token}. "
            "The master 'ray' without RAY_ADDRESS starts a Ray of its own."
        ) from error


def _initialize(address: str) -> None:
    """``ray.init``, again where Ray's proxy for clients lost the server that it had just started.

    The proxy forks while its threads run; on a busy machine that child is sometimes dead before
    it runs a line (one of three connections beside two busy cores). Another one starts well.
    """
    for left in reversed(range(CLIENT_TRIES)):
        try:
            ray.init(address=address, logging_level=logging.WARNING)
            return
        except ConnectionAbortedError as error:
            ray.shutdown()
            if not left or not any(sign in str(error) for sign in _STILLBORN):
                raise
            logger.warning("Ray's client server at %s died as it started; trying again", address)


def start_local_cluster(nodes: int, cores: int, memory_mb: int) -> Cluster:
    """``local-cluster[n,c,m]``: n raylets, each with a store, on this machine; then joined.

    The driver's node has no cores: executors run on the others, so any of them may be removed.
    """
    store = max(80 << 20, (memory_mb << 20) * 3 // 10)
    with ray_defaults(), without_helpers():
        fleet: Any = cluster_utils.Cluster(
            initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": store}
        )
        for _ in range(nodes):
            fleet.add_node(num_cpus=cores, object_store_memory=store)
    ray.init(address=fleet.address, logging_level=logging.WARNING)
    return Cluster(leave_on_stop=True, fleet=fleet)
