"""Write the names and defaults of all keys that Spark declares; run with a Python that has PySpark.

    python tools/harvest_config_keys.py rayspark/config/spark_keys.txt
    tests/golden/config/defaults.json

The first file lists the names, so that setting a key which is Spark's and has no effect here can
be told from a slip of the pen. The second has the defaults, against which a test holds ours.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pyspark import SparkConf, SparkContext

CLASSES = [
    f"org.apache.spark.internal.config.{name}$"
    for name in (
        *("package", "Deploy", "History", "Kryo", "Network", "Python", "R", "Status", "Streaming"),
        *("Tests", "UI", "Worker"),
    )
]
CLASSES.append("org.apache.spark.sql.internal.SQLConf$")


def declared_defaults(sc: Any) -> dict[str, str]:
    """Key to default, of every ``ConfigEntry`` that the JVM knows once these classes are loaded."""
    find_class = sc._jvm.java.lang.Class.forName
    for name in CLASSES:
        find_class(name)
    registry = find_class("org.apache.spark.internal.config.ConfigEntry$")
    module = registry.getField("MODULE$").get(None)
    no_arguments = sc._gateway.new_array(sc._jvm.java.lang.Object, 0)
    for method in registry.getDeclaredMethods():
        if "knownConfigs" in method.getName():
            method.setAccessible(True)
            known = method.invoke(module, no_arguments)
            return {key: known.get(key).defaultValueString() for key in sorted(known.keySet())}
    raise RuntimeError("this Spark keeps its configuration entries elsewhere")


def main(names: Path, defaults: Path) -> None:
    """Start Spark, ask it, write both files."""
    conf = SparkConf(False).setMaster("local[1]").setAppName("keys")
    conf.set("spark.ui.enabled", "false")
    with SparkContext(conf=conf) as sc:
        found = declared_defaults(sc)
    names.write_text("".join(f"{key}\n" for key in found))
    core = {key: value for key, value in found.items() if not key.startswith("spark.sql.")}
    # These depend on the machine that was asked.
    del core["spark.driver.host"], core["spark.driver.port"]
    defaults.parent.mkdir(parents=True, exist_ok=True)
    defaults.write_text(json.dumps(core, indent=1) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
