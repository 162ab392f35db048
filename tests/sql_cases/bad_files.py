"""Files as they should not be: what a reader meets on a bad day."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def make_bad_files() -> str:
    """A new folder with all of them; its path."""
    folder = Path(tempfile.mkdtemp(prefix="bad-files-"))
    good = pa.table({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    pq.write_table(good, folder / "good.parquet")
    whole = (folder / "good.parquet").read_bytes()
    (folder / "footer.parquet").write_bytes(whole[:-4] + b"NOPE")
    (folder / "truncated.parquet").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.parquet").write_bytes(b"")
    drift = {
        "added": {"a": [1, 2], "c": [1.5, 2.5]},
        "retyped": {"a": ["one", "two"], "b": ["x", "y"]},
        "widened": {"a": pa.array([1, 2], pa.int32()), "b": ["x", "y"]},
    }
    for name, columns in drift.items():
        (folder / name).mkdir()
        pq.write_table(good, folder / name / "1.parquet")
        pq.write_table(pa.table(columns), folder / name / "2.parquet")
    (folder / "mixed").mkdir()
    pq.write_table(good, folder / "mixed" / "1.parquet")
    (folder / "mixed" / "2.parquet").write_bytes(whole[: len(whole) // 2])
    (folder / "shape.csv").write_text("a,b,c\n1,2,3\n4,5\n6,7,8,9\nx,10,11\n")
    (folder / "quotes.csv").write_text('a,b\n1,"open\n2,closed\n')
    (folder / "lines.json").write_text('{"a": 1}\n{"a": "x"}\n{"a":\n[1]\n')
    return str(folder)
