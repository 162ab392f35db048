"""Write PySpark's public face to ``tests/parity/api_{core,sql,ml,streaming}.json``.

    ORACLE/bin/python tools/harvest_api.py

Run with a Python that has PySpark, numpy, pandas and pyarrow. Modules of PySpark that are its own
machinery (workers, the JVM gateway, Spark Connect, tests) are left out; ``pyspark.pandas`` too.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.parity.describe import describe_modules  # noqa: E402  (found through the line above)

CORE = [
    "pyspark",
    "pyspark.accumulators",
    "pyspark.broadcast",
    "pyspark.conf",
    "pyspark.context",
    "pyspark.core.broadcast",
    "pyspark.core.context",
    "pyspark.core.files",
    "pyspark.core.rdd",
    "pyspark.core.status",
    "pyspark.errors",
    "pyspark.errors.exceptions.base",
    "pyspark.files",
    "pyspark.profiler",
    "pyspark.rdd",
    "pyspark.resource",
    "pyspark.resource.information",
    "pyspark.resource.profile",
    "pyspark.resource.requests",
    "pyspark.resultiterable",
    "pyspark.serializers",
    "pyspark.statcounter",
    "pyspark.status",
    "pyspark.storagelevel",
    "pyspark.taskcontext",
    "pyspark.util",
    "pyspark.version",
]
INTERNAL = ("connect", "classic", "tests", "worker", "_typing", "internal", "plan_data_source_read")


def modules_below(package: str) -> list[str]:
    """Every importable public module of a package, found by walking it."""
    root = importlib.import_module(package)
    found = [package]
    for info in pkgutil.walk_packages(root.__path__, package + ".", onerror=lambda _: None):
        parts = info.name.split(".")
        if any(part.startswith("_") or part in INTERNAL for part in parts):
            continue
        try:
            importlib.import_module(info.name)
        except Exception as error:  # noqa: BLE001  an optional dependency of one module is absent
            print(f"left out {info.name}: {type(error).__name__}: {error}")
            continue
        found.append(info.name)
    return found


def main() -> None:
    """Write the four files."""
    warnings.simplefilter("ignore")
    rooms = {
        "core": CORE,
        "sql": modules_below("pyspark.sql"),
        "ml": modules_below("pyspark.ml"),
        "streaming": modules_below("pyspark.streaming"),
    }
    for room, modules in rooms.items():
        face = describe_modules(modules)
        target = ROOT / "tests" / "parity" / f"api_{room}.json"
        target.write_text(
            "{\n"
            + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(face.items()))
            + "\n}\n"
        )
        print(f"{target.name}: {len(modules)} modules, {len(face)} names")


if __name__ == "__main__":
    main()
