"""Every example prints what real Spark prints."""

from __future__ import annotations

import json

import pytest

from tests.examples.programs import GOLDEN, ROOT, differing_line, load_program

CASES: dict[str, list[str]] = json.loads((GOLDEN / "cases.json").read_text())
PROGRAMS = [name for name in CASES if name != "flights_demo"]  # it has a test file of its own
ON_RAY = ["word_count", "pagerank", "kmeans", "status_api_demo", "sales_report"]


def check(name: str, master: str, capsys: pytest.CaptureFixture[str]) -> None:
    program = load_program(ROOT / "examples" / f"{name}.py")
    program.main(["--master", master, *CASES[name]])
    want = (GOLDEN / f"{name}.txt").read_text()
    assert (difference := differing_line(capsys.readouterr().out, want)) is None, difference


@pytest.mark.parametrize("name", PROGRAMS)
def test_example_prints_what_spark_prints(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    check(name, "local[2]", capsys)


@pytest.mark.ray
@pytest.mark.parametrize("name", ON_RAY)
def test_example_on_ray(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    check(name, "ray", capsys)


def test_every_example_has_a_case() -> None:
    programs = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert programs == set(CASES)


@pytest.mark.parametrize(
    ("got", "want", "same"),
    [
        ("RMSE 0.133899", "RMSE 0.133900", True),
        ("RMSE 0.133899", "RMSE 0.134899", False),
        ("12 words", "13 words", False),
        ("a 1", "b 1", False),
        ("a 1\nb", "a 1", False),
    ],
)
def test_differing_line(got: str, want: str, same: bool) -> None:
    assert (differing_line(got, want) is None) is same
