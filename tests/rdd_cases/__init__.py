"""Small programs on RDDs that run on PySpark and on RaySpark alike.

A case is ``(ps, sc, tmp) -> value``: ``ps`` is the package (``pyspark`` or ``rayspark``), ``sc`` a
context on two cores, ``tmp`` an empty folder. Its value, or the error it raises, is kept as a
golden by ``tools/harvest_rdd.py`` and compared by ``tests/parity/test_rdd_golden.py``.

Values keep their order wherever Spark defines it, and are sorted where it does not. No case looks
at the partition of a string key: in PySpark that depends on the process.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

FAMILIES = (
    "creation",
    "transformations",
    "actions",
    "empty",
    "pair",
    "joins",
    "sorting",
    "numeric",
    "sampling",
    "partitioning",
    "caching",
    "files",
    "shared",
    "tasks",
    "context",
    "errors",
    "trees",
    "introspection",
    "programs",
)

Body = Callable[[Any, Any, str], Any]


@dataclass(frozen=True)
class Case:
    """One program, and the configuration it needs when the common one will not do."""

    family: str
    name: str
    run: Body
    conf: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.family}/{self.name}"


@dataclass
class Family:
    """The cases of one file: calling it adds one."""

    name: str
    cases: dict[str, Case] = field(default_factory=dict)

    def __call__(self, name: str, run: Body, **conf: str) -> None:
        assert name not in self.cases, f"{self.name}/{name} is there already"
        keys = {key.replace("_", "."): value for key, value in conf.items()}
        self.cases[name] = Case(self.name, name, run, keys)


def all_cases() -> dict[str, Case]:
    """Every case by ``family/name``, those of the common configuration first."""
    found: list[Case] = []
    for family in FAMILIES:
        found += importlib.import_module(f"tests.rdd_cases.{family}").case.cases.values()
    return {case.key: case for case in sorted(found, key=lambda case: sorted(case.conf.items()))}
