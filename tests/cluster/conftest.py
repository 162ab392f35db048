"""One Ray on this machine for all of these tests: two cores, a small object store."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import ray

sys.path.insert(0, str(Path(__file__).parent))

import ray_rig  # tests are not a package


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs Ray."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.ray)


@pytest.fixture(scope="session")
def small_ray() -> Iterator[str]:
    """Address of a Ray with two cores, whose store of 100 MiB spills to disk."""
    end = ray_rig.lend_ray(ray_rig.shut_ray_down)
    info = ray.init(
        address="local",
        num_cpus=2,
        object_store_memory=ray_rig.OBJECT_STORE,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
    )
    yield info.address_info["gcs_address"]
    end()


@pytest.fixture
def spark(small_ray: str) -> Iterator[Callable[..., Any]]:
    """Makes a context with settings; it is stopped, and its executors gone, when the test ends."""
    made: list[Any] = []

    def make(**settings: Any) -> Any:
        made.append(ray_rig.start(**settings))
        return made[-1]

    yield make
    for sc in made:
        ray_rig.stop(sc)


@pytest.fixture(scope="module")
def sc(small_ray: str) -> Iterator[Any]:
    """One context for a module."""
    context = ray_rig.start()
    yield context
    ray_rig.stop(context)


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Callable[..., ray_rig.Child]]:
    """Runs a program in a process of its own."""
    made: list[ray_rig.Child] = []
    directory = tmp_path / "programs"
    directory.mkdir()

    def make(program: str, **environment: str) -> ray_rig.Child:
        made.append(ray_rig.Child(directory, program, **environment))
        return made[-1]

    yield make
    for one in made:
        one.close()
