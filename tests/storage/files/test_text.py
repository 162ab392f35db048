from __future__ import annotations

import bz2
import gzip
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.errors import SparkException
from rayspark.storage.files.paths import FileEntry, list_files
from rayspark.storage.files.records import whole_texts
from rayspark.storage.files.splits import FileSplit, plan_text
from rayspark.storage.files.text import read_byte_lines, read_lines
from tests.storage.files.support import from_b64, golden

CONTENT = st.lists(
    st.sampled_from([b"\n", b"\r\n", b"\r", b"a", b"word", "ü€".encode(), b"\xff", b"\x0b"]),
    max_size=40,
).map(b"".join)


def whole(path: str, size: int) -> FileSplit:
    return FileSplit(path, 0, size, size)


@pytest.mark.parametrize("case", golden("lines"), ids=lambda c: f"{c['name']}/{c['min']}")
@pytest.mark.parametrize("block", [1, 2, 7, 1 << 20])
def test_lines_of_every_partition_are_those_of_spark(tmp_path: Path, case: Any, block: int) -> None:
    data = from_b64(case["data"])
    path = tmp_path / "text"
    path.write_bytes(data)
    partitions = plan_text([FileEntry(f"file:{path}", len(data))], case["min"])
    splits = list(chain.from_iterable(partitions))
    assert [list(read_lines(s, block=block)) for s in splits] == case["lines"]
    found = [list(read_byte_lines(s, block=block)) for s in splits]
    assert found == [[from_b64(line) for line in part] for part in case["bytes"]]
    ((_, text),) = whole_texts((whole(f"file:{path}", len(data)),))
    assert text == case["whole"]


@given(content=CONTENT, cuts=st.lists(st.integers(0, 120)), block=st.integers(1, 9))
def test_no_line_is_lost_or_doubled_wherever_the_file_is_cut(
    content: bytes, cuts: list[int], block: int
) -> None:
    fs = fsspec.filesystem("memory")
    fs.pipe_file("/text-property", content)
    size = len(content)
    bounds = sorted({0, size, *(cut for cut in cuts if cut < size)})
    splits = [FileSplit("memory://text-property", a, b - a, size) for a, b in pairwise(bounds)]
    lines = list(chain.from_iterable(read_byte_lines(s, block=block) for s in splits))
    expected = [line.decode(errors="replace").encode() for line in content.splitlines()]
    assert lines == expected
    text = list(chain.from_iterable(read_lines(s, block=block) for s in splits))
    assert text == [line.decode() for line in expected]


@pytest.mark.parametrize(("name", "compress"), [("a.gz", gzip.compress), ("a.bz2", bz2.compress)])
def test_compressed_text_is_one_split(tmp_path: Path, name: str, compress: Any) -> None:
    lines = [f"line {i}" for i in range(5000)]
    (tmp_path / name).write_bytes(compress("\r\n".join(lines).encode()))
    ((split,),) = plan_text(list_files(str(tmp_path)), 8)
    assert list(read_lines(split)) == lines


def test_names_that_need_care(tmp_path: Path) -> None:
    for name in ("a b", "p%20q", "ünï", "c:d"):
        (tmp_path / name).write_text(name)
    found = [next(read_lines(split)) for (split,) in plan_text(list_files(f"{tmp_path}/*"), 1)]
    assert found == ["a b", "c:d", "p%20q", "ünï"]


def test_a_file_that_vanished_or_shrank_after_planning(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("line\n" * 100)
    partitions = plan_text(list_files(str(path)), 2)
    path.write_text("line\n" * 10)
    with pytest.raises(SparkException, match="had 500 bytes when the job was planned and has 50"):
        list(read_lines(partitions[0][0]))
    with pytest.raises(SparkException, match="had 500 bytes"):
        list(read_lines(partitions[1][0]))
    path.unlink()
    with pytest.raises(SparkException, match=f"{path} existed when the job was planned"):
        list(read_lines(partitions[0][0]))


def test_a_file_that_grew_is_read_as_planned(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("one\ntw")
    ((split,),) = plan_text(list_files(str(path)), 1)
    path.write_text("one\ntwo\nthree\n")
    assert list(read_lines(split)) == ["one", "two"]


def test_a_line_longer_than_many_blocks(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_text("x" * 100_000 + "\n" + "y" * 50_000)
    splits = list(chain.from_iterable(plan_text(list_files(str(path)), 5)))
    assert len(splits) == 5
    lines = [list(read_lines(split, block=1000)) for split in splits]
    assert [[len(line) for line in part] for part in lines] == [[100_000], [], [], [50_000], []]
