"""What a workload is: code that both engines run, and how to run it.

A workload file under ``benchmarks/workloads/`` defines one ``WORKLOAD``. Its functions get a
`Bench`, which carries the engine's module (``rayspark`` or ``pyspark``) as ``ps`` and a running
context as ``sc``; nothing in the file names an engine, so both run the very same lines.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

# An answer both engines must agree on: numbers, strings and lists of them (JSON).
Answer = Any
SESSIONS = ("ray", "peer", "sail")
"""Engines of workloads that need a session only."""

# Named measurements, such as {"median ms": 1.4}.
Figures = dict[str, float]


@dataclass
class Bench:
    """What a workload may use while it runs.

    Parameters
    ----------
    engine : "ray", "local", "live" (a Ray cluster that runs already), "peer" (PySpark) or "sail"
    ps : the engine's module
    data : folder of prepared input
    scale : 1.0 is the published size; smoke tests run at 0.001
    open_context : starts a context with extra settings
    sc : the context in use
    """

    engine: str
    ps: Any
    data: Path
    scale: float
    open_context: Callable[[Mapping[str, str]], Any]
    sc: Any = None

    @cached_property
    def spark(self) -> Any:
        """A session over the context."""
        sql = importlib.import_module(f"{self.ps.__name__}.sql")
        builder = sql.SparkSession.builder
        return (builder.remote(self.sc.url) if self.engine == "sail" else builder).getOrCreate()

    @cached_property
    def functions(self) -> Any:
        """The engine's functions for columns; PySpark chooses their kind by the session."""
        assert self.spark is not None
        return importlib.import_module(f"{self.ps.__name__}.sql.functions")

    def scaled(self, size: int, least: int = 1) -> int:
        """``size`` at this run's scale."""
        return max(least, round(size * self.scale))

    def restart(self, settings: Mapping[str, str]) -> None:
        """Stop the context and start another with extra settings."""
        self.sc.stop()
        self.sc = self.open_context(settings)


@dataclass(frozen=True)
class Workload:
    """One benchmark.

    Parameters
    ----------
    title : what it does, as the table says it
    run : the timed job; returns an answer that engines are compared by
    measure : instead of `run`, measures by itself and returns figures
    prepare : writes input files once, outside the timing; gets folder and scale
    repeats : warm runs after the first; the median counts
    engines : where it makes sense
    memory : sample the memory of the whole process tree (costs time: not for latency)
    lifecycle : report import, first answer and stop() as figures too
    settings : extra configuration
    """

    title: str
    run: Callable[[Bench], Answer] | None = None
    measure: Callable[[Bench], Figures] | None = None
    prepare: Callable[[Path, float], None] | None = None
    repeats: int = 3
    engines: tuple[str, ...] = ("ray", "peer")
    memory: bool = False
    lifecycle: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.run is None) == (self.measure is None):
            raise ValueError(f"workload {self.title!r} must define exactly one of run and measure")
