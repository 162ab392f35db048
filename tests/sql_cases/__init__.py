"""Small programs for the SQL faces: one expression a line, in one file a family.

The same lines run on PySpark (``tools/harvest_sql.py``) and on RaySpark
(``tests/sql/test_golden.py``). What counts is the printed text and the value's ``repr``, or the
class and condition of the error.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import importlib
import io
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tests.sql_cases.bad_files import make_bad_files

HERE = Path(__file__).parent
FAMILIES = sorted(file.stem for file in HERE.glob("*.txt"))
CONF = {
    "spark.sql.session.timeZone": "America/Los_Angeles",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def lines(family: str) -> list[str]:
    """The cases of a family; empty lines and those with ``#`` in front are none."""
    text = (HERE / f"{family}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def environment(package: str, spark: Any) -> dict[str, Any]:
    """The names that the cases use."""
    sql = importlib.import_module(f"{package}.sql")
    types = importlib.import_module(f"{package}.sql.types")
    names: dict[str, Any] = {name: getattr(types, name) for name in types.__all__}
    names |= {
        "spark": spark,
        "F": importlib.import_module(f"{package}.sql.functions"),
        "Window": sql.Window,
        "Row": sql.Row,
        "Observation": sql.Observation,
        "SparkSession": sql.SparkSession,
        "datetime": datetime,
        "decimal": decimal,
        "np": np,
        "pa": pa,
    }
    names["FILES"] = make_bad_files()
    names["relaxed"] = spark.newSession()
    names["relaxed"].conf.set("spark.sql.ansi.enabled", "false")
    a = names["F"].col("a")
    names["a"] = a
    names["df"] = spark.createDataFrame(
        [(1, "a", 1.5), (2, "b", None), (2, None, 3.0)], "a int, b string, c double"
    )
    names["t"] = names["df"].alias("t")
    names["nested"] = spark.createDataFrame(
        [(1, [1, 2, None], {"k": 1}, ("x", 2.0)), (2, None, None, None)],
        "i int, l array<int>, m map<string,int>, s struct<p:string,q:double>",
    )
    return names


def outcome(line: str, names: dict[str, Any]) -> dict[str, Any]:
    """What a line gives: text printed and value, or class and condition of the error."""
    printed = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
            warnings.simplefilter("ignore")
            value = eval(line, dict(names))
            text = _plain(repr(value))
    except Exception as error:
        condition = getattr(error, "getCondition", lambda: None)()
        java = re.search(r"(\w*Exception): \[([\w.]+)\]", str(error))
        if type(error).__name__ == "Py4JJavaError" and java:
            return {"error": [java[1], java[2]]}
        return {"error": [type(error).__name__, condition]}
    found: dict[str, Any] = {"value": text}
    if printed.getvalue():
        found["printed"] = _plain(printed.getvalue())
    return found


def _plain(text: str) -> str:
    """Without what differs from run to run: ids, addresses, the package's name."""
    text = re.sub(r"\b(x|y|z)_\d+\b", r"\1_n", text)
    text = re.sub(r" at 0x[0-9a-f]+", "", text)
    return re.sub(r"\b(?:py|ray)spark\.[\w.]*?(\w+)\b", r"\1", text)
