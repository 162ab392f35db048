"""Every program of ``tests/sql/programs`` prints here what it printed on PySpark.

Statements known to differ are listed with a reason in ``known_program_gaps.json``; one that agrees
fails the test, so that the list can only shrink.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rayspark.sql import SparkSession
from tests.sql.program_rig import CONF, clean, names, run_program, statements

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden" / "programs"
GAPS: dict[str, dict[str, str]] = json.loads(
    (HERE / "known_program_gaps.json").read_text(encoding="utf-8")
)
ON_RAY = ["joins", "windows", "grouping"]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    warehouse = str(tmp_path_factory.mktemp("warehouse"))
    builder = SparkSession.builder.master("local[2]").config(map=CONF)
    with builder.config("spark.sql.warehouse.dir", warehouse).getOrCreate() as session:
        yield session


def check(name: str, session: SparkSession) -> None:
    wanted = statements((GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines())
    try:
        found = statements(run_program(name, "rayspark"))
    finally:
        clean(session)
    lines = wanted.keys() | found.keys()
    differ = {line for line in lines if wanted.get(line) != found.get(line)}
    gaps = set(GAPS.get(name, {}))
    new = sorted(differ - gaps, key=int)
    assert new == [], [(line, wanted.get(line), found.get(line)) for line in new]
    assert gaps <= differ, f"agree now: take {sorted(gaps - differ)} out of the list of gaps"


def test_every_program_has_a_golden() -> None:
    assert names() == sorted(file.stem for file in GOLDEN.glob("*.txt")), (
        "run tools/harvest_programs.py"
    )


def test_every_gap_has_a_reason() -> None:
    assert set(GAPS) <= set(names())
    assert all(reason.strip() for gaps in GAPS.values() for reason in gaps.values())


@pytest.mark.parametrize("name", names())
def test_program(name: str, local: SparkSession) -> None:
    check(name, local)


@pytest.mark.ray
@pytest.mark.timeout(300)
def test_programs_on_ray(tmp_path: Path) -> None:
    builder = SparkSession.builder.master("ray").config(map=CONF)
    builder = builder.config("spark.executor.instances", "1").config("spark.executor.cores", "1")
    with builder.config("spark.sql.warehouse.dir", str(tmp_path)).getOrCreate() as session:
        for name in ON_RAY:
            check(name, session)
