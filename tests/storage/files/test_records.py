from __future__ import annotations

import gzip
import io
import random
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.errors import SparkException
from rayspark.storage.files.java_arrays import pack_arrays, unpack_arrays
from rayspark.storage.files.paths import FileEntry, list_files
from rayspark.storage.files.records import (
    fixed_records,
    read_pickles,
    whole_files,
    whole_texts,
    write_pickles,
)
from rayspark.storage.files.sequence_file import read_values, write_values
from rayspark.storage.files.splits import (
    FileSplit,
    plan_binary,
    plan_records,
    plan_sequence,
    plan_whole_text,
)
from tests.storage.files.support import from_b64, golden


def in_memory(name: str, data: bytes) -> FileEntry:
    fsspec.filesystem("memory").pipe_file(f"/records-test/{name}", data)
    return FileEntry(f"memory://records-test/{name}", len(data))


def whole(file: FileEntry) -> FileSplit:
    return FileSplit(file.path, 0, file.size, file.size)


@pytest.mark.parametrize("case", golden("pickles"), ids=lambda c: f"{c['count']}/{c['batch']}")
def test_reads_the_pickle_files_of_spark(case: Any) -> None:
    file = in_memory("spark", from_b64(case["part"]))
    assert list(read_pickles(whole(file))) == list(range(case["count"]))
    rebuilt = io.BytesIO()
    assert write_pickles(rebuilt, range(case["count"]), case["batch"]) == case["count"]
    ours, theirs = rebuilt.getvalue(), from_b64(case["part"])
    if len(theirs) < 100_000:  # no sync mark inside: all but the random mark is equal
        assert ours[:79] + ours[95:] == theirs[:79] + theirs[95:]


def test_splits_of_a_sequence_file_share_no_record() -> None:
    rng = random.Random(5)
    items = [rng.randbytes(rng.randrange(3000)) for _ in range(2000)]
    out = io.BytesIO()
    write_pickles(out, items, 3)
    file = in_memory("many", out.getvalue())
    splits = [split for (split,) in plan_sequence([file], 20)]
    assert len(splits) > 10
    parts = [list(read_pickles(split)) for split in splits]
    assert list(chain.from_iterable(parts)) == items
    assert sum(1 for part in parts if part) > 10


@given(cuts=st.lists(st.integers(1, 449_999), max_size=8))
def test_sequence_files_may_be_cut_anywhere(cuts: list[int]) -> None:
    values = [bytes([i]) * 4500 for i in range(100)]
    out = io.BytesIO()
    write_values(out, values)
    file = in_memory("cut", out.getvalue())
    bounds = [0, *sorted(set(cuts)), file.size]
    splits = [FileSplit(file.path, a, b - a, file.size) for a, b in pairwise(bounds)]
    assert list(chain.from_iterable(map(read_values, splits))) == values


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda d: b"plain text", "not a SequenceFile"),
        (lambda d: d[:-3], "truncated"),
        (lambda d: d[:40], "truncated"),
        (lambda d: d.replace(b"BytesWritable", b"IntsWritableX"), "IntsWritableX"),
        (lambda d: d[:73] + b"\x01" + d[74:], "compressed"),
        (lambda d: d.replace(b"[[B", b"[[C"), "not a serialised byte"),
        (lambda d: d[:95] + b"\x00\x00\x00\x7b" + d[99:], "Corrupt sequence file"),
    ],
)
def test_damaged_pickle_files(damage: Any, message: str) -> None:
    out = io.BytesIO()
    write_pickles(out, range(100))
    file = in_memory("damaged", damage(out.getvalue()))
    with pytest.raises(SparkException, match=message) as caught:
        list(read_pickles(whole(file)))
    assert "memory://records-test/damaged" in str(caught.value)


@given(st.lists(st.binary(max_size=50), max_size=12))
def test_java_arrays(arrays: list[bytes]) -> None:
    packed = pack_arrays(arrays)
    assert unpack_arrays(packed) == arrays
    with pytest.raises(ValueError, match="byte"):
        unpack_arrays(packed + b"x")
    with pytest.raises(ValueError, match="byte"):
        unpack_arrays(packed[:-1])


@pytest.mark.parametrize("length", [1, 4, 5, 20])
def test_fixed_records(length: int) -> None:
    data = bytes(range(20))
    file = in_memory("fixed", data)
    found = [list(fixed_records(s, length)) for (s,) in plan_records([file], length)]
    assert found == [[data[at : at + length] for at in range(0, 20, length)]]


def test_fixed_records_of_many_splits_and_blocks() -> None:
    data = random.Random(1).randbytes(7 * 500_000)
    file = in_memory("blocks", data)
    half = 7 * 250_000
    splits = [FileSplit(file.path, at, half, file.size) for at in (0, half)]
    assert b"".join(chain.from_iterable(fixed_records(s, 7) for s in splits)) == data


def test_a_size_that_is_no_multiple_is_an_error() -> None:
    file = in_memory("odd", b"12345678")
    ((split,),) = plan_records([file], 3)
    with pytest.raises(SparkException, match="8 bytes are not a multiple of the record length 3"):
        list(fixed_records(split, 3))


def test_whole_files_and_texts(tmp_path: Path) -> None:
    (tmp_path / "a b%20.txt").write_bytes(b"\xffx\r\n")
    (tmp_path / "b.gz").write_bytes(gzip.compress("ü".encode()))
    (tmp_path / "c").touch()
    files = list_files(str(tmp_path), subdirectories="skip")
    base = f"file:{tmp_path}"
    texts = dict(chain.from_iterable(map(whole_texts, plan_whole_text(files, 2))))
    assert texts == {f"{base}/a b%20.txt": "\ufffdx\r\n", f"{base}/b.gz": "ü", f"{base}/c": ""}
    raw = dict(chain.from_iterable(map(whole_files, plan_binary(files, 2, 2))))
    assert raw[f"{base}/a b%20.txt"] == b"\xffx\r\n"
    assert gzip.decompress(raw[f"{base}/b.gz"]).decode() == "ü"


def test_files_that_vanished(tmp_path: Path) -> None:
    gone = (FileSplit(f"file:{tmp_path}/gone", 0, 8, 8),)
    for read in (whole_files, whole_texts):
        with pytest.raises(SparkException, match="gone existed when the job was planned"):
            list(read(gone))
    with pytest.raises(SparkException, match="gone existed"):
        list(fixed_records(gone[0], 4))
    with pytest.raises(SparkException, match="gone existed"):
        list(read_pickles(gone[0]))
