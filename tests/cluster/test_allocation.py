"""Executors that come and go, and clusters that are joined."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import ray_rig
from ray_rig import Ledger, await_executors, counts, executors, wait_until

from rayspark import BarrierTaskContext
from rayspark.scheduler import ray_cluster
from rayspark.scheduler.ray_requests import cores_wanted_by_all

DYNAMIC = {
    "spark__dynamicAllocation__enabled": "true",
    "spark__dynamicAllocation__maxExecutors": "2",
    "spark__dynamicAllocation__schedulerBacklogTimeout": "100ms",
    "spark__dynamicAllocation__executorIdleTimeout": "1s",
    "spark__dynamicAllocation__cachedExecutorIdleTimeout": "1s",
}


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Cores that Ray's autoscaler was asked for, one after the other."""
    asked: list[int] = []
    original = ray_cluster.request_resources

    def request(*, num_cpus: int) -> None:
        asked.append(num_cpus)
        original(num_cpus=num_cpus)

    monkeypatch.setattr(ray_cluster, "request_resources", request)
    return asked


def test_executors_come_with_the_work_and_go_with_it(spark, requests, tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    sc = spark(**DYNAMIC, spark__dynamicAllocation__minExecutors="1")
    assert len(await_executors(sc, 1)) == 1
    numbers = sc.range(24, numSlices=24).mapPartitionsWithIndex(ledger.noter("run", 0.2))
    assert numbers.sum() == 276
    assert len({note.pid for note in ledger.notes("run")}) == 2
    wait_until(lambda: len(executors(sc)) == 1, "the idle executor to be released")
    assert max(requests) == 2
    assert requests[-1] == 1
    assert numbers.sum() == 276
    assert counts(sc).recomputed == counts(sc).failed == 0
    ray_rig.stop(sc)
    assert requests[-1] == 0, "what was asked for is asked for no more"


def test_all_executors_go_and_come_back_for_the_next_job(spark, tmp_path):
    sc = spark(**DYNAMIC, spark__dynamicAllocation__initialExecutors="2")
    first = await_executors(sc, 2)
    pairs = sc.range(100, numSlices=2).map(lambda x: (x % 3, x)).reduceByKey(int.__add__, 2)
    expected = [(0, 1683), (1, 1617), (2, 1650)]
    assert sorted(pairs.collect()) == expected
    wait_until(lambda: not executors(sc), "all executors to be released")
    for _, pid in first.values():
        wait_until(lambda pid=pid: not ray_rig.is_executor(pid), "their processes to end")
    assert sorted(pairs.collect()) == expected
    assert counts(sc).recomputed == 0, "map output outlives the executors"
    assert not set(executors(sc)) & set(first)


def test_a_killed_executor_is_replaced(spark):
    sc = spark(**DYNAMIC, spark__dynamicAllocation__minExecutors="2")
    before = await_executors(sc, 2)
    assert sc.range(2, numSlices=2).sum() == 1
    (_, pid), _ = before.values()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid not in [p for _, p in executors(sc).values()], "the loss to be seen")
    after = await_executors(sc, 2)
    assert len(after) == 2
    assert len(set(before) & set(after)) == 1
    assert sc.range(8, numSlices=4).sum() == 28


def test_instances_and_cores_are_as_asked_for(spark, requests, tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    sc = spark(spark__executor__instances="1", spark__executor__cores="2")
    assert sc.defaultParallelism == 2
    work = sc.range(2, numSlices=2).mapPartitionsWithIndex(ledger.noter("run", 1.0))
    assert work.sum() == 1
    began = time.monotonic()
    assert work.sum() == 1
    assert time.monotonic() - began < 1.9, "both at a time"
    assert len({note.pid for note in ledger.notes("run")}) == 1
    assert len(executors(sc)) == 1
    assert set(requests) <= {2}


def test_barrier_tasks_meet_across_two_executors(spark):
    sc = spark(spark__executor__instances="2")

    def together(_: Any) -> Any:
        context = BarrierTaskContext.get()
        context.barrier()
        yield tuple(sorted(map(int, context.allGather(str(os.getpid())))))

    found = sc.range(2, numSlices=2).barrier().mapPartitions(together).collect()
    assert found[0] == found[1]
    assert set(found[0]) == {pid for _, pid in executors(sc).values()}
    assert len(set(found[0])) == 2


MOVED = """
import time
from rayspark import SparkConf, SparkContext

settings = {
    "spark.dynamicAllocation.enabled": "true",
    "spark.dynamicAllocation.minExecutors": "1",
    "spark.dynamicAllocation.initialExecutors": "2",
    "spark.dynamicAllocation.maxExecutors": "2",
    "spark.dynamicAllocation.schedulerBacklogTimeout": "60s",
    "spark.dynamicAllocation.executorIdleTimeout": "3s",
    "spark.dynamicAllocation.cachedExecutorIdleTimeout": "3s",
}
conf = SparkConf().setMaster("local-cluster[2,1,512]").setAppName("moved")
sc = SparkContext(conf=conf.setAll(list(settings.items())))
backend = sc._driver._backend

def wait_until(is_true):
    deadline = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)

def slowly(x):
    time.sleep(0.3)
    return x

def homes():
    return [list(block.homes) for block in sc._driver.cached_blocks().values()]

def show(what):
    total, seen = kept.sum(), sc._summary.metrics
    print(what, total, seen.cache_misses, seen.recomputed_tasks, flush=True)

wait_until(lambda: len(backend.executor_ids()) == 2)
kept = sc.range(4, numSlices=4).map(slowly).cache()
show("computed")
before = homes()
print("machines", len({home for block in before for home in block}), flush=True)
wait_until(lambda: len(backend.executor_ids()) == 1)
(stays,) = [e.host for e in backend._executors.values()]
print("moved", homes() == [[stays]] * 4, flush=True)
show("released")
fleet = backend._cluster._fleet
(node,) = [n for n in fleet.worker_nodes if n.node_id != stays]
fleet.remove_node(node)
show("removed")
sc.stop()
print("stopped", flush=True)
"""


@pytest.mark.chaos
def test_a_released_machine_leaves_its_cached_partitions_to_the_others(child):
    program = child(MOVED)
    program.until("stopped")
    assert program.wait() == 0
    said = dict(line.split(" ", 1) for line in program.lines if re.match("[a-z]+ [0-9T]", line))
    assert said == {
        "computed": "6 4 0",
        "machines": "2",
        "moved": "True",
        "released": "6 4 0",
        "removed": "6 4 0",
    }
    assert not ray_rig.descendants(program.process.pid)


FIRST = """
import sys, time
from pathlib import Path
import ray
from rayspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[2,1,512]").set("spark.executor.instances", "1")
with SparkContext(conf=conf.setAppName("first")) as sc:
    print("sum", sc.range(10, numSlices=2).sum(), flush=True)
    print("address", ray.get_runtime_context().gcs_address, flush=True)
    while not Path(__file__).with_name("enough").exists():
        time.sleep(0.05)
    print("again", sc.range(10, numSlices=2).sum(), flush=True)
"""
SECOND = """
from rayspark import SparkConf, SparkContext

conf = SparkConf().setMaster("ray").set("spark.executor.instances", "1").setAppName("second")
with SparkContext(conf=conf) as sc:
    print("sum", sc.range(10, numSlices=2).sum(), flush=True)
"""


@pytest.mark.chaos
def test_a_second_application_gets_the_machine_that_the_first_leaves_free(child, tmp_path):
    first = child(FIRST)
    address = first.until("address").split()[1]
    second = child(SECOND, RAY_ADDRESS=address)
    assert second.until("sum") == "sum 45"
    assert second.wait() == 0
    (tmp_path / "programs" / "enough").touch()
    assert first.until("again") == "again 45"
    assert first.wait() == 0


# -- clusters that run already ---------------------------------------------------------------


ANSWER = """
import sys, time
began = time.perf_counter()
from rayspark import SparkConf, SparkContext
import rayspark.errors
try:
    sc = SparkContext(conf=SparkConf().setMaster(sys.argv[1]).setAppName("joins"))
except rayspark.errors.SparkException as error:
    print("refused", time.perf_counter() - began)
    sys.exit(str(error))
print("sum", sc.range(10, numSlices=2).sum())
print("executors", len(sc._driver._backend._executors))
sc.stop()
"""


class Head:
    """``ray start --head``, with a token and a directory of its own."""

    def __init__(self) -> None:
        self.directory = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # sockets want short names
        self.address = f"127.0.0.1:{free_port()}"
        self.environment = {k: v for k, v in os.environ.items() if k != "RAY_ADDRESS"} | {
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
            "RAY_TMPDIR": self.directory,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        port, for_clients = self.address.split(":")[1], free_port()
        self.client = f"ray://127.0.0.1:{for_clients}"
        command = (
            f"start --head --block --port={port} --num-cpus=2 --include-dashboard=false "
            f"--ray-client-server-port={for_clients}"
        )
        self.process = subprocess.Popen(
            [str(Path(sys.executable).parent / "ray"), *command.split()],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "block forever" in line:
                return
        raise AssertionError("".join(said))

    def run(self, program: str, master: str, **environment: str) -> dict[str, str]:
        """What the program prints: name and value a line; ``errors`` is its standard error."""
        done = subprocess.run(
            [sys.executable, "-c", program, master],
            env=self.environment | environment, capture_output=True, text=True, timeout=240,
            check=False,
        )  # fmt: skip
        lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
        found = {line[0]: line[1] for line in lines if len(line) == 2}
        return found | {"errors": done.stderr, "code": str(done.returncode)}

    def stop(self) -> None:
        family = ray_rig.descendants(self.process.pid)
        self.process.terminate()
        self.process.wait(110)  # it waits for its own processes, one after the other
        assert self.process.stdout is not None
        self.process.stdout.close()
        wait_until(lambda: not [p for p in family if ray_rig.command_line(p)], "Ray to end")
        shutil.rmtree(self.directory)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def head() -> Iterator[Head]:
    """A live cluster of one node with two cores."""
    one = Head()
    yield one
    one.stop()


@pytest.mark.parametrize("master", ["auto", "address", "ray"])
def test_a_live_cluster_is_joined(head, master):
    access = {"RAY_ADDRESS": head.address} if master == "ray" else {}
    found = head.run(ANSWER, head.address if master == "address" else master, **access)
    assert (found["code"], found.get("sum"), found.get("executors")) == ("0", "45", "2"), found


def test_a_wrong_token_is_refused_with_its_name(head):
    found = head.run(ANSWER, head.address, RAY_AUTH_TOKEN=secrets.token_hex(32))
    assert found["code"] == "1"
    assert f"No Ray cluster could be joined at '{head.address}'" in found["errors"]
    assert "wants the same RAY_AUTH_TOKEN here, which is set" in found["errors"]


def test_an_address_where_nobody_listens_is_refused_at_once(head):
    nowhere = f"127.0.0.1:{free_port()}"
    found = head.run(ANSWER, nowhere)
    assert found["code"] == "1"
    assert f"No Ray cluster could be joined at '{nowhere}'" in found["errors"]
    assert "Connection refused" in found["errors"]
    assert float(found["refused"]) < 10


REMOTE = """
import os, signal, sys, time
from rayspark import SparkConf, SparkContext

conf = SparkConf().setMaster(sys.argv[1]).setAppName("remote")
sc = SparkContext(conf=conf.set("spark.executor.instances", "1"))
table = sc.broadcast({0: "even", 1: "odd"})
cached = sc.range(10, numSlices=4).map(lambda x: (table.value[x % 2], x)).cache()
print("sums", sorted(cached.reduceByKey(lambda a, b: a + b).collect()), flush=True)
driver, me = os.getpid(), sc.range(1).map(lambda _: os.getpid()).first()

def once(x):
    if x == 2 and os.getpid() == me:
        time.sleep(0.2)
        os.kill(me, signal.SIGKILL)
    return x

print("again", cached.values().map(once).sum(), flush=True)
print("elsewhere", driver != me != sc.range(1).map(lambda _: os.getpid()).first(), flush=True)
sc.stop()
sc = SparkContext(conf=conf.set("spark.dynamicAllocation.enabled", "true"))
print("next", sc.range(10, numSlices=2).sum(), flush=True)
sc.stop()
"""


def refusing(times: int, sign: str) -> tuple[list[str], Callable[..., None]]:
    """A ``ray.init`` that fails so often, as Ray Client does, and the addresses it was given."""
    asked: list[str] = []

    def init(address: str, **_: object) -> None:
        asked.append(address)
        if len(asked) <= times:
            raise ConnectionAbortedError(f"Initialization failure from server: {sign}")

    return asked, init


def test_a_client_server_that_dies_as_it_starts_is_asked_for_again(monkeypatch):
    asked, init = refusing(2, "Starting Ray client server failed. See ray_client_server_23000.err")
    monkeypatch.setattr(ray_cluster.ray, "init", init)
    monkeypatch.setattr(ray_cluster.ray, "shutdown", lambda: None)
    ray_cluster._initialize("ray://here:1")
    assert asked == ["ray://here:1"] * 3


@pytest.mark.parametrize(
    ("sign", "tries"), [("Starting Ray client server failed", 5), ("no such runtime_env", 1)]
)
def test_what_goes_on_failing_or_fails_for_another_reason_is_told(monkeypatch, sign, tries):
    asked, init = refusing(9, sign)
    monkeypatch.setattr(ray_cluster.ray, "init", init)
    monkeypatch.setattr(ray_cluster.ray, "shutdown", lambda: None)
    with pytest.raises(ConnectionAbortedError, match=sign):
        ray_cluster._initialize("ray://here:1")
    assert len(asked) == tries


@pytest.mark.timeout(300)  # each refusal of Ray's proxy, and there may be some, takes 30 s
def test_a_program_outside_of_the_cluster_comes_through_ray_client(head):
    found = head.run(REMOTE, head.client)
    assert found["code"] == "0", found["errors"]
    assert found["sums"] == "[('even', 20), ('odd', 25)]"
    assert (found["again"], found["elsewhere"], found["next"]) == ("45", "True", "45")
    assert "lost executor 0" in found["errors"]


ANOTHER = """
import ray
from rayspark.scheduler.ray_requests import cores_wanted_by_all
ray.init(address={address!r}, logging_level="ERROR")
print("together", cores_wanted_by_all(3), flush=True)
input()
"""


def test_requests_of_applications_are_added_up_while_they_live(small_ray, child):
    assert cores_wanted_by_all(2) == 2
    other = child(ANOTHER.format(address=small_ray))
    other.until("together 5")
    assert cores_wanted_by_all(4) == 7
    other.close()  # killed: it takes nothing back
    wait_until(lambda: cores_wanted_by_all(4) == 4, "the other's end to be known")
    assert cores_wanted_by_all(0) == 0
