"""TPC-H on several engines, one after the other in fresh processes, with compared answers.

    python -m benchmarks.tpch --scale 1 --engines duckdb,rayspark-ray,pyspark [--queries 1,6]
                              [--api sql|dataframe] [--peer-python ~/spark/bin/python] [--write]

The first engine is what the ratios are against. ``tpchgen-cli`` writes the tables, unless they are
there. ``--write`` puts the table into ``benchmarks/README.md``. The engines are those of
`benchmarks.tpch.run_one`; PySpark runs in ``--peer-python``, Sail and Daft in ``--sail-python``;
a total's ratio is over the queries that both engines answered.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.runner import same_answer
from benchmarks.tpch.run_one import QUERIES

ROOT = Path(__file__).resolve().parents[2]
CORES = 2
BEGIN, END = "<!-- tpch:begin -->", "<!-- tpch:end -->"

Measured = dict[str, Any]
"""What `run_one` printed for an engine."""


def tables(folder: Path, scale: float) -> Path:
    """The folder with the Parquet files of a scale factor; they are made if they are missing."""
    found = folder / f"sf{scale:g}"
    if not found.exists():
        beside = Path(sys.executable).with_name("tpchgen-cli")
        tool = str(beside) if beside.exists() else shutil.which("tpchgen-cli")
        if tool is None:
            raise SystemExit("tpchgen-cli is missing: pip install 'rayspark[bench]'")
        unfinished = found.with_name(found.name + ".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        command = [tool, "parquet", "-s", f"{scale:g}", f"--output-dir={unfinished}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        unfinished.rename(found)
    return found


def pin_to_cores() -> None:
    """In the child before it starts: every engine gets the same cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def measure(engine: str, data: Path, args: argparse.Namespace) -> Measured:
    """All queries on one engine, in a process of its own."""
    others = {"pyspark": args.peer_python, "sail": args.sail_python, "daft": args.sail_python}
    python = others.get(engine, sys.executable)
    command = [python, "-m", "benchmarks.tpch.run_one", engine, str(data)]
    command += ["--repeat", str(args.repeat), "--queries", args.queries, "--api", args.api]
    command += [
        f"--conf={setting}" for setting in args.conf if engine not in ("duckdb", "sail", "daft")
    ]
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": python}
    print(f"{engine} ...", file=sys.stderr, flush=True)
    done = subprocess.run(
        command, env=env, stdout=subprocess.PIPE, check=False, preexec_fn=pin_to_cores
    )
    lines = done.stdout.decode().strip().splitlines()
    if done.returncode or not lines:
        raise SystemExit(f"{engine} ended with exit code {done.returncode}")
    measured: Measured = json.loads(lines[-1])
    return measured


def same_rows(a: Measured, b: Measured) -> bool:
    """Whether two engines gave the same rows; rows that tie in ORDER BY come in any order."""
    if "error" in a or "error" in b:
        return False
    return same_answer(sorted(a["rows"], key=repr), sorted(b["rows"], key=repr))


def answered(result: Measured, beside: Measured | None = None) -> list[Measured]:
    """The queries that an engine answered, and the one beside it too."""
    names = (name for name in result if name.startswith("q"))
    both = (name for name in names if "warm" in (beside or result)[name])
    return [result[name] for name in both if "warm" in result[name]]


def ratio_of_totals(other: Measured, first: Measured) -> str:
    """Seconds of the queries that both answered, one engine's over the other's."""
    pairs = answered(other, first), answered(first, other)
    mine, yours = (sum(one["warm"] for one in side) for side in pairs)
    all_of_them = len(answered(first))
    few = "" if len(pairs[0]) == all_of_them else f" ({len(pairs[0])} of {all_of_them})"
    return f"**{mine / yours:.2f}**{few}" if yours else "failed"


def render(results: list[Measured]) -> tuple[str, bool]:
    """The table as Markdown, and whether all answers are equal."""
    engines = [result["engine"] for result in results]
    first, others = results[0], results[1:]
    header = ["query", *(f"{engine}, s" for engine in engines)]
    header += [f"{engine} / {engines[0]}" for engine in engines[1:]]
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    agree = True
    for query in (name for name in first if name.startswith("q")):
        found = [result[query] for result in results]
        cells = [query] + [f"{one['warm']:.3f}" if "warm" in one else "failed" for one in found]
        for other in found[1:]:
            same = same_rows(found[0], other)
            agree &= same
            cells.append(f"{other['warm'] / found[0]['warm']:.2f}" if same else "answers differ")
        lines.append("| " + " | ".join(cells) + " |")
    totals = [sum(one["warm"] for one in answered(result)) for result in results]
    cells = ["**total**", *(f"{total:.2f}" for total in totals)]
    cells += [ratio_of_totals(other, first) for other in others]
    lines.append("| " + " | ".join(cells) + " |")
    cold = [sum(v["cold"] for k, v in r.items() if k[0] == "q" and "cold" in v) for r in results]
    starts = [f"{r['start'] + c:.2f}" for r, c in zip(results, cold, strict=True)]
    lines.append("| start and first runs | " + " | ".join([*starts, *("" for _ in others)]) + " |")
    return "\n".join(lines), agree


def update_readme(readme: Path, table: str, command: str) -> None:
    """Put the table between the markers."""
    before, _, rest = readme.read_text().partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        raise ValueError(f"{readme} must contain {BEGIN} and {END}, in this order")
    readme.write_text(f"{before}{BEGIN}\n{table}\n\nMade by\n\n    {command}\n{END}{after}")


def main(argv: list[str] | None = None) -> int:
    """Run, print, and if asked write the table; 1 when answers differ."""
    parser = argparse.ArgumentParser(description="TPC-H on several engines.")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--engines", default="duckdb,rayspark-ray,pyspark")
    parser.add_argument("--queries", default="", help="such as 1,6; default: all 22")
    parser.add_argument("--api", choices=("sql", "dataframe"), default="sql")
    parser.add_argument("--repeat", type=int, default=3, help="warm runs; the median counts")
    parser.add_argument("--conf", action="append", default=[], help="key=value for Spark engines")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "rayspark-tpch")
    parser.add_argument("--peer-python", default=sys.executable, help="a Python with PySpark")
    parser.add_argument("--sail-python", default=sys.executable, help="one with Sail and Daft")
    parser.add_argument("--write", action="store_true", help="update the table in README.md")
    args = parser.parse_args(argv)

    data = tables(args.data, args.scale)
    results = [measure(engine, data, args) for engine in args.engines.split(",")]
    table, agree = render(results)
    print(table)
    if args.write:
        command = f"python -m benchmarks.tpch --scale {args.scale:g} --engines {args.engines}"
        command += f" --api {args.api}" if args.api != "sql" else ""
        command += "".join(f" --conf {setting}" for setting in args.conf)
        update_readme(QUERIES.parents[1] / "README.md", table, command)
    return int(not agree)


if __name__ == "__main__":
    sys.exit(main())
