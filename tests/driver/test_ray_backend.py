"""What the Ray backend tells the scheduler, in whatever order Ray tells it. No cluster needed."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from rayspark.executor.batch import TaskBatch
from rayspark.executor.runtime import ExecutorSettings
from rayspark.executor.shares import MemoryShares
from rayspark.ids import ExecutorId, HostId
from rayspark.lineage.node import NATIVE, PYTHON
from rayspark.resource.needs import Needs
from rayspark.scheduler import ray_backend
from rayspark.scheduler.backend import BatchOutcome
from rayspark.scheduler.events import ExecutorAdded, ExecutorLost, HostLost
from rayspark.scheduler.ray_backend import RayBackend
from rayspark.scheduler.ray_watch import Patience
from rayspark.storage.ray_store import INLINE_BYTES, Inline

HOST = HostId("h1")


class OneMachine:
    """A cluster of one machine that answers unless told otherwise."""

    error: Exception | None = None

    def free_slots(self, cores: int) -> int:
        return 1

    def live_hosts(self) -> set[HostId]:
        return {HOST}

    def object_store_bytes(self) -> int:
        return 1 << 20

    def is_up(self, host: HostId) -> bool:
        if self.error is not None:
            raise self.error
        return True

    def place(self, taken: Any, cores: int) -> HostId | None:
        return HOST

    def cores(self) -> dict[HostId, int]:
        return {HOST: 4}

    def request(self, cores: int) -> None:
        self.requested = cores


@pytest.fixture
def cluster() -> OneMachine:
    return OneMachine()


@pytest.fixture
def posted() -> list[Any]:
    return []


@pytest.fixture
def backend(cluster: Any, posted: list[Any], monkeypatch: Any) -> RayBackend:
    made = RayBackend(
        cluster,
        ExecutorSettings(),
        1,
        2,
        MemoryShares(None, 0.6, 0.5),
        patience=Patience(),
    )
    made._post = posted.append

    def start(host: HostId, profile: str, cores: int, needs: Needs | None = None) -> None:
        number = ExecutorId(str(next(made._ids)))
        made._executors[number] = ray_backend._Executor(number, host, None, cores, cores, profile)

    monkeypatch.setattr(made, "_start_executor", start)
    monkeypatch.setattr(ray_backend.ray, "kill", lambda actor: None)
    monkeypatch.setattr(ray_backend, "_soon", lambda call, *arguments: call(*arguments))
    with made._lock:
        made._fill()
    return made


def answered() -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result((HOST, 4711, [], {}))
    return future


def test_an_executor_that_was_lost_before_it_answered_is_not_offered(backend, posted):
    (executor,) = backend._executors.values()
    backend._lose_host(HOST)
    backend._started(executor, answered())
    assert [type(event) for event in posted] == [HostLost, ExecutorLost]
    assert backend.executor_ids() == []


def test_a_loss_is_told_even_when_ray_does_not_say_where(backend, posted, cluster):
    (executor,) = backend._executors.values()
    backend._started(executor, answered())
    cluster.error = OSError("no table")
    with pytest.raises(OSError, match="no table"):
        backend._lose(executor, "it died")
    assert [type(event) for event in posted] == [ExecutorAdded, ExecutorLost]


def test_an_executor_released_though_it_is_wanted_is_replaced(backend, posted):
    backend.release(ExecutorId("0"), "excluded for repeated failures")
    assert list(backend._executors) == ["1"]
    assert [(type(event), event.expected) for event in posted] == [(ExecutorLost, True)]


def test_executors_released_for_want_of_work_are_not_replaced(backend):
    backend._target = 0  # what the scheduler said before
    backend.release(ExecutorId("0"), "idle")
    assert not backend._executors


def test_an_executor_that_cannot_be_sent_to_is_lost(backend, posted):
    (executor,) = backend._executors.values()
    batch: Any = type("Batch", (), {"writes_shuffle": False, "store": ()})()
    backend.submit(executor.id, batch)  # None has no method run
    assert [type(event) for event in posted] == [ExecutorLost]
    assert "could not be sent" in posted[0].reason


def shapes(backend: RayBackend) -> list[tuple[str, int]]:
    return [(e.profile, e.cores) for e in backend._executors.values()]


def test_a_native_executor_stands_beside_the_python_ones_of_its_machine(backend):
    backend.scale(PYTHON, 2)
    assert shapes(backend) == [(PYTHON, 2), (PYTHON, 2)]
    backend.scale(NATIVE, None)
    assert shapes(backend) == [(PYTHON, 2), (PYTHON, 2), (NATIVE, 4)]
    backend.scale(NATIVE, None)
    backend.look_at_nodes()
    assert len(backend._executors) == 3


def test_a_native_executor_that_is_lost_is_replaced(backend, posted):
    backend.scale(NATIVE, None)
    backend.release(ExecutorId("1"), "excluded for repeated failures")
    assert shapes(backend) == [(PYTHON, 2), (NATIVE, 2)]
    assert set(backend._executors) == {"0", "2"}


def test_dynamic_allocation_gives_native_executors_what_it_may_have_of_a_machine(backend, cluster):
    backend._most, backend._target = 3, 1
    backend.scale(NATIVE, 1)
    assert shapes(backend) == [(PYTHON, 2), (NATIVE, 4)]
    assert cluster.requested == 2
    backend.scale(NATIVE, 2)  # there is one machine only
    assert shapes(backend) == [(PYTHON, 2), (NATIVE, 4)]
    backend.scale(NATIVE, 0)
    backend.release(ExecutorId("1"), "idle")
    assert shapes(backend) == [(PYTHON, 2)]
    backend._most = 1
    backend.scale(NATIVE, 1)
    assert shapes(backend) == [(PYTHON, 2), (NATIVE, 2)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ray_backend.OutOfMemoryError("2 were killed\nTop 10"), "running out of memory: 2 were"),
        (
            ray_backend.RayActorError(error_msg="The actor died unexpectedly before."),
            "its process was killed, as the system does when memory",
        ),
    ],
)
def test_a_call_that_fails_because_the_process_is_gone_is_a_loss(backend, posted, error, reason):
    (executor,) = backend._executors.values()
    future: Future[Any] = Future()
    future.set_exception(error)
    batch: Any = None
    backend._finished(executor, 0, batch, future, [])
    assert [type(event) for event in posted] == [ExecutorLost]
    assert reason in posted[0].reason and "\n" not in posted[0].reason


def test_small_values_and_blocks_travel_in_messages(backend: RayBackend, monkeypatch: Any) -> None:
    stored: list[Any] = []
    monkeypatch.setattr(ray_backend.ray, "put", stored.append)
    small = backend.put("value", 100)
    assert isinstance(small, Inline)
    assert small.load() == "value"
    backend._fill()
    [executor] = backend._executors
    backend.push(executor, [small])  # it has no actor that could be called
    assert not stored
    backend.put("large", INLINE_BYTES + 1)
    backend.put("who knows")
    assert stored == ["large", "who knows"]


def test_what_is_in_the_header_is_not_waited_for(backend: RayBackend) -> None:
    done: list[BatchOutcome] = []
    backend._done = done.append
    backend._fill()
    [executor] = backend._executors.values()
    batch = TaskBatch(0, 0, (), {}, writes_shuffle=True, groups=3)
    answer: Future[Any] = Future()
    inline = Inline.of("block")
    answer.set_result(([], [inline, 0, 7], [], [], ()))
    backend._finished(executor, 0, batch, answer, ["ref 0", "ref 1", "ref 2"])
    assert done[0].blocks == [inline, None, "ref 2"]
