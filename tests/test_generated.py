from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def gen() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen", ROOT / "tools" / "gen.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_files_are_what_their_tables_say(gen: ModuleType) -> None:
    assert [str(file) for file, _, _ in gen.stale_files()] == []


def test_the_readme_has_the_counts_of_the_pages() -> None:
    page = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
    total = re.search(r"^(\d+) works.*$", page, re.MULTILINE)
    said = re.search(r"(\d+) of the (\d+) functions", (ROOT / "README.md").read_text("utf-8"))
    assert total is not None and said is not None
    numbers = [int(n) for n in re.findall(r"\d+", total[0])]
    assert [int(n) for n in said.groups()] == [numbers[0], sum(numbers)]


def test_a_stale_file_is_shown_and_then_written(
    gen: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(gen, "ROOT", tmp_path)
    monkeypatch.setattr(gen, "GENERATED", (("docs/page.md", lambda: "new\n"),))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("old\n")
    assert gen.main(["--check"]) == 1
    assert "-old\n+new\n" in capsys.readouterr().out
    assert gen.main([]) == 0
    assert (tmp_path / "docs" / "page.md").read_text() == "new\n"
    assert gen.main(["--check"]) == 0
    assert gen.main(["--nonsense"]) == 2


def test_the_test_runs_on_the_tables_of_this_tree() -> None:
    assert Path(sys.modules["rayspark"].__file__ or "").parent == ROOT / "rayspark"
