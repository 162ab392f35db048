"""Tables for the DataFrame workloads: deterministic Parquet and CSV files, written by Arrow."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

CHUNK = 1_000_000
"""Rows of a file."""


def scaled(size: int, scale: float) -> int:
    """A number of rows at a scale."""
    return max(100, round(size * scale))


def folder_of(data: Path, name: str, rows: int) -> Path:
    """Where a table of so many rows lies."""
    return data / f"{name}-{rows}"


def write_once(folder: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill the folder, unless it is there."""
    if folder.exists():
        return
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    write(unfinished)
    unfinished.rename(folder)


def write_table(
    data: Path, name: str, rows: int, make: Callable[[np.ndarray], pa.Table], *, csv: bool = False
) -> None:
    """A table in files of a million rows; ``make`` gives the rows of an array of numbers."""

    def write(folder: Path) -> None:
        for part, start in enumerate(range(0, rows, CHUNK)):
            table = make(np.arange(start, min(start + CHUNK, rows), dtype=np.int64))
            if csv:
                pyarrow.csv.write_csv(table, folder / f"part-{part:05d}.csv")
            else:
                pyarrow.parquet.write_table(table, folder / f"part-{part:05d}.parquet")

    write_once(folder_of(data, name, rows), write)


def scattered(numbers: np.ndarray, seed: int = 1) -> np.ndarray:
    """Numbers that look random, from numbers in order: a mixing function of 31 bits."""
    mixed = (numbers + seed) * 0x9E3779B97F4A7C1 & 0x7FFFFFFFFFFFFFFF
    return (mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B >> 20 & 0x7FFFFFFF
