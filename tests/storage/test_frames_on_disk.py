"""Runs, cached partitions and checkpoints in files: damage is noticed, nothing is left behind."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rayspark.errors.faults import BlockCorrupt
from rayspark.ids import BlockId, RddId
from rayspark.serializers import encode
from rayspark.storage.checkpoint import CheckpointPart, read_partition, write_partition
from rayspark.storage.disk import DiskBlock
from rayspark.storage.frames import read_frames, write_frame
from rayspark.storage.spill import Run

RECORDS: list[Any] = [1, "two", np.arange(20_000)]


def written() -> bytes:
    file = io.BytesIO()
    write_frame(file, encode(RECORDS))
    return file.getvalue()


def test_a_file_cut_anywhere_is_corrupt() -> None:
    whole = written()
    assert len(list(read_frames(io.BytesIO(whole), "block"))) == 1
    for length in (*range(1, 60), len(whole) // 2, len(whole) - 1):
        with pytest.raises(BlockCorrupt):
            list(read_frames(io.BytesIO(whole[:length]), "block"))


def test_a_changed_byte_is_corrupt_wherever_it_is() -> None:
    whole = written()
    for at in (*range(60), len(whole) // 2, len(whole) - 1):
        damaged = bytearray(whole)
        damaged[at] ^= 0x80
        with pytest.raises(BlockCorrupt):
            list(read_frames(io.BytesIO(damaged), "block"))


def test_a_damaged_partition_on_disk_is_a_miss(tmp_path: Path) -> None:
    block = DiskBlock.write(BlockId(RddId(1), 0), encode(RECORDS), tmp_path)
    os.truncate(block.path, 25)
    assert isinstance(block.read(), BlockCorrupt)


def test_runs_are_open_only_while_they_are_used(tmp_path: Path) -> None:
    runs = [Run(tmp_path) for _ in range(20)]
    for run in runs:
        run.append([1, 2])
        run.append([3])
    descriptors = [fd.resolve() for fd in Path("/proc/self/fd").iterdir()]
    assert [path for path in descriptors if tmp_path.resolve() in path.parents] == []
    assert [list(run.batches()) for run in runs] == [[[1, 2], [3]]] * 20
    runs[0].append([4])
    assert list(runs[0].batches()) == [[1, 2], [3], [4]]
    for run in runs:
        run.delete()
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> Iterator[int]:
        yield from range(100_000)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write_partition(str(tmp_path), 0, 7, fail())
    assert list(tmp_path.iterdir()) == []
    assert list(write_partition(str(tmp_path), 0, 8, iter([1, 2]))) == [1, 2]
    assert list(read_partition(CheckpointPart(str(tmp_path), 0))) == [1, 2]
