from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.errors import IllegalArgumentException
from rayspark.storage.files.paths import FileEntry
from rayspark.storage.files.splits import (
    InputPartition,
    plan_binary,
    plan_records,
    plan_sequence,
    plan_text,
    plan_whole_text,
)
from tests.storage.files.support import golden

CASES = golden("splits")
MIB = 1024 * 1024


def files(sizes: dict[str, int]) -> list[FileEntry]:
    return [FileEntry(f"file:/{name}", size) for name, size in sorted(sizes.items())]


def printed(partitions: list[InputPartition]) -> list[str]:
    return [",".join(str(s).removeprefix("file:/") for s in part) for part in partitions]


@pytest.mark.parametrize("case", [c for c in CASES if "min" in c], ids=lambda c: str(c)[:60])
def test_splits_are_those_of_spark(case: Any) -> None:
    listed, wish = files(case["sizes"]), case["min"]
    assert printed(plan_text(listed, wish)) == case["text"]
    assert printed(plan_sequence(listed, wish)) == case["pickle"]
    assert printed(plan_whole_text(listed, wish)) == case["whole"]
    assert printed(plan_binary(listed, wish, 2)) == case["binary"]


@pytest.mark.parametrize("case", [c for c in CASES if "record" in c], ids=lambda c: str(c)[:60])
def test_record_splits_are_those_of_spark(case: Any) -> None:
    assert printed(plan_records(files(case["sizes"]), case["record"])) == case["records"]


def test_no_files_no_partitions() -> None:
    assert plan_text([], 2) == plan_whole_text([], 2) == plan_binary([], 2, 2) == []


@pytest.mark.parametrize("length", [0, -1])
def test_record_length_must_be_positive(length: int) -> None:
    with pytest.raises(IllegalArgumentException, match=f"found {length}"):
        plan_records(files({"a": 8}), length)


def test_many_small_files_are_packed_in_order() -> None:
    listed = [FileEntry(f"file:/{i:05d}", 1000) for i in range(10_000)]
    packed = plan_text(listed, 2)
    assert len(packed) == 323  # 31 files of 1000 bytes and 4 MB open cost fill 128 MB
    assert [s for part in packed for s in part] == [
        s for part in plan_text(listed, 2, pack_threshold=0) for s in part
    ]


def test_packing_starts_at_the_threshold_and_leaves_large_splits_alone() -> None:
    few = [FileEntry(f"file:/{i:05d}", 10) for i in range(999)]
    assert len(plan_text(few, 2)) == 999
    assert len(plan_text(few, 2, pack_threshold=999)) < 40
    large = [FileEntry(f"file:/{i:05d}", 100 * MIB) for i in range(300)]
    packed = plan_text(large, 2)
    assert max(sum(s.length for s in part) for part in packed) <= 128 * MIB
    assert sum(s.length for part in packed for s in part) == 300 * 100 * MIB


@given(
    sizes=st.lists(st.integers(0, 200 * MIB) | st.integers(1, 5000), max_size=60),
    wish=st.integers(1, 80),
)
def test_packing_keeps_every_split_and_the_partitions_asked_for(
    sizes: list[int], wish: int
) -> None:
    kinds = ("", ".gz")
    listed = [FileEntry(f"file:/{i:05d}{kinds[i % 2]}", size) for i, size in enumerate(sizes)]
    plain, packed = (
        plan_text(listed, wish, pack_threshold=0),
        plan_text(listed, wish, pack_threshold=1),
    )
    assert [s for part in packed for s in part] == [s for (s,) in plain]
    assert len(packed) >= min(wish, len(plain))
    assert all(len(part) == 1 for part in packed if part[0].length < part[0].file_size)


def test_a_large_file_of_many_splits_is_cut_as_spark_cuts_it() -> None:
    listed = [FileEntry("file:/big", 2000 * MIB)]
    assert len(plan_text(listed, 2000)) == 2000


def test_a_thousand_empty_files_give_no_partition() -> None:
    assert plan_text([FileEntry(f"file:/{i}", 0) for i in range(1000)], 2) == []


def test_splits_travel() -> None:
    partitions = plan_text(files({"a": 25}), 2)
    assert pickle.loads(pickle.dumps(partitions)) == partitions
