"""Pages that people read: links lead somewhere, programs run, printed stations are all there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs", "examples", "benchmarks", "tests")
PAGES = sorted([*ROOT.glob("*.md"), *(p for at in FOLDERS for p in (ROOT / at).rglob("*.md"))])

FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
RUN = re.compile(r"^<!-- run -->\n```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
PLACEHOLDER = re.compile(r"[A-Z]{3,}\.")
CODE = re.compile(r"`((?:rayspark|tests|tools|examples|benchmarks|docs)/[\w./-]*[\w/])`")
TIMEOUT = 60


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(text)
    }


def broken_links(page: Path) -> Iterator[str]:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield link


def runnable() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for code in RUN.findall(page.read_text(encoding="utf-8")):
            yield page, code


PROGRAMS = list(runnable())


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_are_named_exist(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    named = [file for file in CODE.findall(text) if not PLACEHOLDER.search(file)]
    assert [file for file in named if not (ROOT / file).exists()] == []


def test_broken_links_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A b\n[x](gone.md) [y](#a-b) [z](#c) [w](https://ray.io)\n```\n[q](no)\n```\n"
    )
    assert list(broken_links(page)) == ["gone.md", "#c"]


def test_the_readme_has_two_programs() -> None:
    assert [page for page, _ in PROGRAMS].count(ROOT / "README.md") == 2


@pytest.mark.parametrize(("page", "code"), PROGRAMS, ids=[name_of(page) for page, _ in PROGRAMS])
def test_programs_run(page: Path, code: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", program],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIMEOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if page.name == "README.md":
        assert ("| euro|" in done.stdout) or ("different words" in done.stdout)


def test_decisions_are_listed_and_shaped_alike() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert LINK.findall(index) == [page.name for page in pages]
    for number, page in enumerate(pages, start=1):
        headings = HEADING.findall(page.read_text(encoding="utf-8"))
        assert headings[0].startswith(f"{number}. ")
        assert headings[1:] == ["Context", "Choice", "What we lose", "When to revisit"]


def test_every_page_is_in_the_index() -> None:
    listed = set(LINK.findall((ROOT / "docs" / "README.md").read_text(encoding="utf-8")))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} <= listed
