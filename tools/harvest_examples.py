"""Write what real Spark prints for each example to ``tests/golden/examples/NAME.txt``.

    ORACLE/bin/python tools/harvest_examples.py [NAME ... | benchmarks]

``benchmarks`` writes instead what Spark answers to the workloads of ``benchmarks/``, in small.

Run with a Python that has PySpark and Java. The examples are ordinary programs that say
``from rayspark import ...``: they are copied with ``pyspark`` in that place and run on ``local[2]``
with the arguments listed in ``tests/golden/examples/cases.json``.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden" / "examples"
BENCHMARK_SCALE = 0.001


def port(source: Path, target: Path) -> None:
    """Copy the examples, saying ``pyspark`` where they say ``rayspark``.

    The line that prints our own application summary is left out: Spark has none.
    """
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for file in target.glob("*.py"):
        lines = file.read_text().replace("rayspark", "pyspark").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if "_summary" not in line))


def harvest_benchmarks() -> None:
    """Write the answers of every comparable workload, at the scale the smoke test uses."""
    os.environ["PYTHONPATH"] = str(ROOT)  # for Spark's Python workers
    sys.path.insert(0, str(ROOT))
    runner = importlib.import_module("benchmarks.runner")
    names = importlib.import_module("benchmarks.harness").all_workloads()
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            workload = runner.load(name)
            if workload.run is not None:
                if workload.prepare is not None:
                    workload.prepare(Path(folder), BENCHMARK_SCALE)
                measured = runner.execute(workload, "peer", BENCHMARK_SCALE, Path(folder))
                answers[name] = measured["answer"]
    text = json.dumps({"scale": BENCHMARK_SCALE, "answers": answers}, indent=1)
    (GOLDEN / "benchmarks.json").write_text(text + "\n")


def main(names: list[str]) -> None:
    """Harvest the named examples, or all."""
    if names == ["benchmarks"]:
        harvest_benchmarks()
        return
    os.environ["PYSPARK_PYTHON"] = sys.executable  # workers that know pandas, too
    cases: dict[str, list[str]] = json.loads((GOLDEN / "cases.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        examples = Path(folder) / "examples"
        port(ROOT / "examples", examples)
        for name in names or cases:
            command = [sys.executable, str(examples / f"{name}.py"), "--master", "local[2]"]
            done = subprocess.run(
                command + cases[name], check=True, capture_output=True, text=True, cwd=folder
            )
            report = done.stdout.partition("\nThe plan of ")[0]  # Spark's plan is its own
            (GOLDEN / f"{name}.txt").write_text(report)
            print(f"{name}: {len(done.stdout.splitlines())} lines")


if __name__ == "__main__":
    main(sys.argv[1:])
