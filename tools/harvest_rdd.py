"""Write what PySpark gives for every RDD case to ``tests/golden/rdd/FAMILY.json``.

    ORACLE/bin/python tools/harvest_rdd.py [FAMILY ...]

Run with a Python that has PySpark, Java and numpy. Every case runs twice: one whose two outcomes
differ is printed and makes the command fail, for such a golden would be luck.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import tempfile
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMON = {
    "spark.master": "local[2]",
    "spark.app.name": "rdd cases",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def settle_environment() -> None:
    """Start again with the environment that Spark's workers must share."""
    wanted = {"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    if any(os.environ.get(key) != value for key, value in wanted.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **wanted})


def outcome(case: Any, package: Any, context: Any) -> dict[str, Any]:
    """The encoded value of a case, or the error it raised."""
    from tests.rdd_cases.encode import encode, encode_error

    with tempfile.TemporaryDirectory() as tmp:
        try:
            return {"value": encode(case.run(package, context, tmp), tmp)}
        except Exception as error:  # noqa: BLE001  the error is the golden
            return {"error": encode_error(error, tmp)}


def main(families: list[str]) -> int:
    """Harvest the named families, or all."""
    import pyspark

    from tests.rdd_cases import FAMILIES, all_cases

    warnings.simplefilter("ignore")
    cases = [case for case in all_cases().values() if case.family in (families or FAMILIES)]
    goldens: dict[str, dict[str, Any]] = defaultdict(dict)
    unsteady = []
    for conf, group in itertools.groupby(cases, key=lambda case: case.conf):
        for case in group:
            runs = []
            for _ in range(2):
                settings = pyspark.SparkConf().setAll(list({**COMMON, **conf}.items()))
                context = pyspark.SparkContext.getOrCreate(settings)
                context.setLogLevel("OFF")
                runs.append(outcome(case, pyspark, context))
                if conf:
                    context.stop()
            goldens[case.family][case.name] = runs[0]
            if runs[0] != runs[1]:
                unsteady.append(case.key)
                print(f"UNSTEADY {case.key}\n  {runs[0]}\n  {runs[1]}")
        if (active := pyspark.SparkContext._active_spark_context) is not None:
            active.stop()
    for family, golden in goldens.items():
        target = ROOT / "tests" / "golden" / "rdd" / f"{family}.json"
        lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(golden.items())]
        target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
        print(f"{family}: {len(golden)} cases")
    return 1 if unsteady else 0


if __name__ == "__main__":
    settle_environment()
    sys.exit(main(sys.argv[1:]))
