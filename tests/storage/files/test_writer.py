from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rayspark.storage.files.codecs import CODECS, find_codec
from rayspark.storage.files.commit import OutputDirectory
from rayspark.storage.files.paths import list_files
from rayspark.storage.files.splits import plan_text
from rayspark.storage.files.text import read_lines
from rayspark.storage.files.writer import text_extension, write_text
from tests.storage.files.support import golden, unpacked

# What tools/harvest_files.py lets Spark save, as it lies in the three partitions.
ROWS: list[Any] = ["a", "ä", 3, None, b"xy", (1, "b"), "two\nlines", ""] + ["long" * 50_000] * 2
PARTS = [ROWS[0:3], ROWS[3:6], ROWS[6:10]]


def save(path: str, parts: list[list[Any]], codec_name: str | None) -> list[int]:
    codec = None if codec_name is None else find_codec(codec_name)
    output = OutputDirectory(path, "job")
    output.setup_job()
    counts = []
    for index, part in enumerate(parts):
        task = output.task_writer(index, 0, text_extension(codec))
        counts.append(write_text(task, iter(part), codec))
        assert task.commit()
    output.commit_job(len(parts))
    return counts


@pytest.mark.parametrize("case", golden("save")[:7], ids=lambda c: str(c["codec"]))
def test_saves_what_spark_saves(tmp_path: Path, case: Any) -> None:
    out = tmp_path / "out"
    assert save(str(out), PARTS, case["codec"]) == [3, 3, 4]
    assert sorted(path.name for path in out.iterdir()) == case["listing"]
    if case["codec"] is None:
        for path, part in zip(sorted(out.glob("part-*")), case["parts"], strict=True):
            assert path.read_bytes() == unpacked(part)
    found = [list(read_lines(s)) for (s,) in plan_text(list_files(str(out)), 1)]
    assert found == [unpacked(lines).decode().split("\n") for lines in case["lines"]]


@pytest.mark.parametrize("codec", [None, *(c.name for c in CODECS)])
def test_round_trip_through_memory(codec: str | None) -> None:
    path = f"memory://writer-test/{codec}"
    lines = [f"line {i} ü" for i in range(10_000)]
    assert save(path, [lines, [], lines[:1]], codec) == [10_000, 0, 1]
    partitions = plan_text(list_files(path), 1)
    assert [line for (s,) in partitions for line in read_lines(s)] == [*lines, lines[0]]


def test_an_empty_partition_is_an_empty_file(tmp_path: Path) -> None:
    save(str(tmp_path / "out"), [[]], None)
    assert (tmp_path / "out" / "part-00000").read_bytes() == b""


def test_elements_that_fail_do_so_before_the_commit(tmp_path: Path) -> None:
    class Bad:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    with pytest.raises(RuntimeError, match="no text"):
        save(str(tmp_path / "out"), [["fine", Bad()]], None)
    assert list_files(str(tmp_path / "out"), subdirectories="recurse") == []
