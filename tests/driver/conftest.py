"""Parts of the driver with a backend that only notes what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from rayspark import SparkConf, SparkContext
from rayspark.executor.batch import TaskBatch
from rayspark.ids import ExecutorId, HostId


@pytest.fixture
def sc() -> Iterator[SparkContext]:
    conf = SparkConf(loadDefaults=False).setMaster("local[2]").setAppName("driver tests")
    with SparkContext(conf=conf.set("spark.ui.showConsoleProgress", "false")) as context:
        yield context


class NotingBackend:
    """Executors that never answer."""

    default_parallelism = 2
    storage_limit = 1 << 30

    def __init__(self) -> None:
        self.sent: list[tuple[str, TaskBatch]] = []
        self.copies: list[tuple[ExecutorId, Any, Callable[[Any], None]]] = []

    def submit(self, executor: ExecutorId, batch: TaskBatch) -> None:
        self.sent.append((executor, batch))

    def copy(self, executor: ExecutorId, handle: Any, done: Callable[[Any], None]) -> None:
        self.copies.append((executor, handle, done))


@pytest.fixture
def backend() -> NotingBackend:
    return NotingBackend()


class OtherHosts:
    """A launcher as the cache manager sees it: executor ``e2`` runs on another machine."""

    def __init__(self) -> None:
        self.forgotten: list[Any] = []

    def executor_elsewhere(self, host: HostId, salt: int) -> tuple[ExecutorId, HostId] | None:
        return ExecutorId("e2"), HostId("h2")

    def forget_blocks(self, blocks: Sequence[Any]) -> None:
        self.forgotten += blocks
