"""Write what PySpark prints for the programs of ``tests/sql/programs``: one golden file each.

oracle/bin/python tools/harvest_programs.py            # all programs
oracle/bin/python tools/harvest_programs.py joins      # or some
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.sql.program_rig import CONF, clean, names, run_program  # noqa: E402


def main(wanted: list[str]) -> None:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config(map=CONF)
    with tempfile.TemporaryDirectory() as warehouse:
        spark = builder.config("spark.sql.warehouse.dir", warehouse).getOrCreate()
        spark.sparkContext.setLogLevel("OFF")
        for name in wanted or names():
            found = run_program(name, "pyspark")
            target = ROOT / "tests" / "golden" / "programs" / f"{name}.txt"
            target.write_text("\n".join(found) + "\n", encoding="utf-8")
            sys.stdout.write(f"{name}: {len(found)} lines\n")
            clean(spark)


if __name__ == "__main__":
    main(sys.argv[1:])
