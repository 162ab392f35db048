"""One cluster of three worker nodes (real raylets, one core each) for all of these tests.

What each fault cost is noted with the fixture ``recovery`` and printed at the end of the run.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "cluster"))
sys.path.insert(0, str(Path(__file__).parent))

import ray_rig  # tests are not a package
from fleet import Fleet
from report import Line, table

RESULTS = "RAYSPARK_RECOVERY_RESULTS"
"""Environment variable: a file to which the lines of the table are written as JSON."""

_lines: list[Line] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here breaks something."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.chaos)


@pytest.fixture(scope="session")
def fleet() -> Iterator[Fleet]:
    """The cluster. A test that removes nodes need not put them back."""
    cluster = Fleet()
    end = ray_rig.lend_ray(cluster.stop)
    cluster.start(nodes=3)
    yield cluster
    end()


@pytest.fixture
def spark(fleet: Fleet) -> Iterator[Callable[..., Any]]:
    """Makes a context on three nodes, whose executors are all up."""
    fleet.refill()
    made: list[Any] = []

    def make(**settings: Any) -> Any:
        settings = {"spark__executor__heartbeatInterval": "1s", **settings}
        sc = ray_rig.start(spark__executor__instances=3, **settings)
        made.append(sc)
        ray_rig.await_executors(sc, 3)
        return sc

    yield make
    for sc in made:
        ray_rig.stop(sc)


@pytest.fixture
def recovery() -> Callable[..., None]:
    """Notes a line of the table: what was killed, what came of it, what it cost."""

    def note(killed: str, result: str, again: str, seconds: float, without: float) -> None:
        _lines.append(Line(killed, result, again, round(seconds, 2), round(without, 2)))

    return note


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table; keep it for ``report.py``."""
    if _lines:
        terminalreporter.section("what each fault cost")
        terminalreporter.write_line(table(_lines))
        if RESULTS in os.environ:
            Path(os.environ[RESULTS]).write_text(json.dumps(_lines))
