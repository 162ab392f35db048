"""The benchmark harness without its clock: answers, tables, input files, memory bookkeeping."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from benchmarks.harness import all_workloads, main
from benchmarks.memory import family, proportional_mb
from benchmarks.report import BEGIN, END, Row, render, update_readme
from benchmarks.runner import MASTERS, execute, load, same_answer
from benchmarks.workload import Workload
from benchmarks.workloads.rows import scattered_pairs
from benchmarks.workloads.sort_by_key import digest
from benchmarks.workloads.word_count import input_file, write_text
from tests.examples.programs import GOLDEN

SPARK = json.loads((GOLDEN / "benchmarks.json").read_text())


@pytest.mark.parametrize("name", SPARK["answers"])
def test_workload_answers_what_spark_answers(name: str, tmp_path: Path) -> None:
    workload = load(name)
    if workload.prepare is not None:
        workload.prepare(tmp_path, SPARK["scale"])
    measured = execute(workload, "local", SPARK["scale"], tmp_path)
    assert same_answer(measured["answer"], SPARK["answers"][name])


def test_every_workload_is_complete() -> None:
    for name in all_workloads():
        workload = load(name)
        assert set(workload.engines) <= set(MASTERS), name
        assert (workload.run is not None) == (name in SPARK["answers"]), name


def test_workload_needs_exactly_one_of_run_and_measure() -> None:
    with pytest.raises(ValueError, match="exactly one of run and measure"):
        Workload(title="nothing")


def test_unknown_workload_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["word_cuont"])
    message = capsys.readouterr().err
    assert "word_cuont" in message
    assert "word_count" in message


def test_same_answer_forgives_rounding_only() -> None:
    assert same_answer([1, 0.1 + 0.2, "a"], [1, 0.3, "a"])
    assert not same_answer([1, 0.3001], [1, 0.3])
    assert not same_answer([1], [2])
    assert not same_answer([1], [1, 2])


def test_parts_of_pairs_make_the_whole() -> None:
    pairs = list(
        chain.from_iterable(scattered_pairs(part, 3, 100, distinct=20) for part in range(3))
    )
    assert [value for _, value in pairs] == list(range(100))
    assert len({key for key, _ in pairs}) == 20


def test_digest_refuses_unsorted_rows() -> None:
    assert next(digest(iter([(1, 0), (2, 0)])))[:3] == (1, 2, 2)
    with pytest.raises(AssertionError, match="not sorted: 1 after 2"):
        list(digest(iter([(2, 0), (1, 0)])))


def test_text_is_deterministic_and_looks_like_prose(tmp_path: Path) -> None:
    texts = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        write_text(folder, 0.001)
        texts.append(input_file(folder, 0.001).read_text())
    assert texts[0] == texts[1]
    lines = [len(line.split()) for line in texts[0].splitlines()]
    assert 10 < sum(lines) / len(lines) < 14
    assert len(texts[0]) >= 1_000_000


def test_family_finds_descendants() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in family(os.getpid())
        child.communicate(b"\n")
    assert proportional_mb(os.getpid()) > 1
    assert proportional_mb(child.pid) == 0


def result(cold: float, warm: list[float], **more: object) -> dict[str, object]:
    return {"cold": cold, "warm": warm, "answer": 1, "figures": {}, **more}


def test_table_shows_medians_and_ratios() -> None:
    row = Row(
        "w", "words", "run w", {"ray": result(4, [1, 9, 2]), "peer": result(8, [5, 5, 5])}, True
    )
    assert "| words | `ray` | 4.00 | 2.00 | 8.00 | 5.00 | 2.0x | **2.5x** |" in render([row])


def test_table_shows_no_ratio_where_answers_differ_or_an_engine_failed() -> None:
    both = {"ray": result(4, [1]), "peer": result(8, [5])}
    assert "answers differ" in render([Row("w", "words", "run w", both, False)])
    text = render([Row("w", "words", "run w", both | {"peer": {"error": "exit code 1"}}, True)])
    assert "exit code 1" in text
    assert "**" not in text
    text = render([Row("w", "words", "run w", both | {"ray": {"error": "no memory"}}, True)])
    assert "| words | `ray` | no memory |" in text


def test_figures_stand_side_by_side() -> None:
    results = {
        "ray": result(1, [], figures={"ms": 2.0}),
        "peer": result(1, [], figures={"ms": 90.0}),
    }
    assert "| latency | ms | 2 |  |  | 90 |" in render([Row("l", "latency", "c", results, True)])


def test_readme_keeps_rows_that_were_not_run_again(tmp_path: Path) -> None:
    readme, store = tmp_path / "README.md", tmp_path / "results.json"
    readme.write_text(f"before\n{BEGIN}\nstale rows\n{END}\nafter\n")
    update_readme(readme, store, [Row("a", "first", "run a", {"ray": result(1, [1])}, True)])
    update_readme(readme, store, [Row("b", "second", "run b", {"ray": result(1, [2])}, True)])
    text = readme.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "stale rows" not in text
    assert "| first |" in text
    assert "| second |" in text
    assert "    run a\n    run b\n" in text


def test_readme_without_markers_is_refused(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("nothing")
    with pytest.raises(ValueError, match="must contain"):
        update_readme(readme, tmp_path / "results.json", [])
