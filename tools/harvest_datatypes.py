"""Ask real PySpark what its types do, and store the answers under ``tests/golden/datatypes``.

Run with the oracle's interpreter (never by the product or its tests)::

    TZ=America/Los_Angeles /path/to/oracle/bin/python tools/harvest_datatypes.py [section ...]

Sections: ``signatures``, ``expressions`` (Python expressions over ``pyspark.sql.types``), ``ddl``,
``coercion``, ``decimals``, ``implicit``, ``casts``, ``collect``. The questions are in
``datatypes_cases.py``; the answers are one JSON file a section.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import datatypes_cases as cases
import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import types as T
from pyspark.sql.pandas import types as arrow_types

GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "datatypes"
ZONE = "America/Los_Angeles"


def spark() -> SparkSession:
    """A fresh session of the one quiet, single-threaded oracle: no setting of another section."""
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", ZONE)
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session.newSession()


def describe_error(error: Exception) -> dict[str, Any]:
    """Class, condition and parameters: what a caller may rely on."""
    found: dict[str, Any] = {"class": type(error).__name__}
    if isinstance(error, PySparkException):
        found["condition"] = error.getCondition()
        found["parameters"] = dict(error.getMessageParameters() or {})
    else:
        found["message"] = "" if type(error).__name__ == "Py4JJavaError" else str(error)
    return found


def answer(question: Callable[[], Any]) -> dict[str, Any]:
    """What the question gives, or the error it raises."""
    try:
        return {"value": question()}
    except Exception as error:  # noqa: BLE001
        return {"error": describe_error(error)}


def harvest_expressions() -> dict[str, Any]:
    """Each expression's ``repr``, evaluated where PySpark's names are bound."""
    names = {name: getattr(T, name) for name in T.__all__}
    names |= {
        "UserDefinedType": T.UserDefinedType,
        "infer_type": T._infer_type,
        "infer_schema": T._infer_schema,
        "merge_type": T._merge_type,
        "verify": lambda dt, obj, nullable=True, name=None: T._make_type_verifier(
            dt, nullable, name
        )(obj),
        "from_json": lambda text: T._parse_datatype_json_string(text),
        "to_arrow_type": lambda dt: arrow_types.to_arrow_type(dt, timezone="UTC"),
        "from_arrow_type": arrow_types.from_arrow_type,
        "to_arrow_schema": lambda dt: arrow_types.to_arrow_schema(dt, timezone="UTC"),
        "from_arrow_schema": arrow_types.from_arrow_schema,
    }
    names = cases.namespace(names)

    def show(text: str) -> str:
        return repr(eval(text, dict(names)))

    return {
        group: [{"expr": e} | answer(partial(show, e)) for e in expressions]
        for group, expressions in cases.EXPRESSIONS.items()
    }


def harvest_ddl() -> dict[str, Any]:
    """DDL text to a type (or the error and its place), and schemas to DDL text."""
    session = spark()

    def parse(text: str) -> dict[str, Any]:
        try:
            parsed = T._parse_datatype_string(text)
        except Exception as error:  # noqa: BLE001
            found = describe_error(error)
            if place := re.search(r"\(line (\d+), pos (\d+)\)", str(error)):
                found["line"], found["pos"] = int(place[1]), int(place[2])
                found["text"] = str(error)
            return {"error": found}
        return {"value": repr(parsed), "json": parsed.json()}

    def to_ddl(text: str) -> dict[str, Any]:
        return answer(lambda: session.sparkContext._to_ddl(T._parse_datatype_string(text)))

    return {
        "parse": [{"ddl": text} | parse(text) for text in cases.DDL],
        "format": [{"ddl": text} | to_ddl(text) for text in cases.DDL_SCHEMAS],
    }


def select_type(session: SparkSession, expression: str) -> Any:
    """The analysed top expression of ``SELECT expression``."""
    plan = session.sql(f"SELECT {expression} AS x")._jdf.queryExecution().analyzed()
    return plan.projectList().head().child()


def operand_types(expression: Any) -> list[str]:
    found = expression.children()
    return [found.apply(i).dataType().sql() for i in range(found.size())]


def harvest_coercion() -> dict[str, Any]:
    """For each operation and two types: its result, what those were cast to, its name."""
    session = spark()
    found: dict[str, Any] = {}
    for mode in ("ansi", "legacy"):
        session.conf.set("spark.sql.ansi.enabled", str(mode == "ansi").lower())
        for name, template in cases.COERCION_OPERATIONS.items():
            start = time.time()
            table = {}
            for left in cases.COERCION_TYPES:
                for right in cases.COERCION_TYPES:
                    text = template.format(f"CAST(NULL AS {left})", f"CAST(NULL AS {right})")
                    try:
                        node = select_type(session, text)
                        words = node.dataType().sql(), *operand_types(node)
                        cell = " ; ".join([*words, node.getClass().getSimpleName()])
                    except PySparkException as error:
                        cell = error.getCondition()
                    table[f"{left} | {right}"] = cell
            found[f"{mode} {name}"] = table
            print(mode, name, round(time.time() - start, 1), "s", flush=True)
    return found


def harvest_decimals() -> dict[str, Any]:
    """Result and operand types of each operation on decimals, precision loss allowed or not."""
    session = spark()
    found: dict[str, Any] = {}
    for loss in ("true", "false"):
        session.conf.set("spark.sql.decimalOperations.allowPrecisionLoss", loss)
        for name, template in cases.DECIMAL_OPERATIONS.items():
            table = {}
            for left in cases.DECIMAL_TYPES:
                for right in cases.DECIMAL_TYPES:
                    operands = f"CAST(NULL AS {left})", f"CAST(NULL AS {right})"
                    node = select_type(session, template.format(*operands))
                    table[f"{left} | {right}"] = [node.dataType().sql(), operand_types(node)]
            found[f"{loss} {name}"] = table
    return found


def harvest_implicit() -> dict[str, Any]:
    """What an argument of each type is cast to, for functions of one input type."""
    session = spark()
    found: dict[str, Any] = {}
    for mode in ("ansi", "legacy"):
        session.conf.set("spark.sql.ansi.enabled", str(mode == "ansi").lower())
        for target, template in cases.IMPLICIT_TARGETS.items():
            table = {}
            for source in cases.COERCION_TYPES:
                try:
                    node = select_type(session, template.format(f"CAST(NULL AS {source})"))
                    table[source] = operand_types(node)[0]
                except PySparkException as error:
                    table[source] = error.getCondition()
            found[f"{mode} {target}"] = table
    return found


def harvest_casts() -> dict[str, Any]:
    """Which explicit casts the analyser accepts, with and without ANSI, and which are up-casts."""
    session = spark()
    jvm = session._jvm
    assert jvm is not None
    kinds = cases.COERCION_TYPES + cases.CAST_EXTRA_TYPES
    parsed = {
        k: session._jsparkSession.parseDataType(T._parse_datatype_string(k).json()) for k in kinds
    }
    cast = jvm.org.apache.spark.sql.catalyst.expressions.Cast
    return {
        "types": kinds,
        "rules": {
            rule: {
                a: " | ".join(b for b in kinds if getattr(cast, rule)(parsed[a], parsed[b]))
                for a in kinds
            }
            for rule in ("canCast", "canAnsiCast", "canUpCast", "canANSIStoreAssign")
        },
    }


def to_ipc(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return base64.b64encode(sink.getvalue().to_pybytes()).decode()


def harvest_collect() -> dict[str, Any]:
    """What ``collect()`` gives, beside the same rows as Spark's own Arrow stream."""
    session = spark()
    names = cases.namespace({name: getattr(T, name) for name in T.__all__})
    session.conf.set("spark.sql.ansi.enabled", "true")

    def from_sql(text: str) -> dict[str, Any]:
        frame = session.sql(text)
        schema = frame.schema.json()
        found: dict[str, Any] = {"schema": schema, "rows": repr(frame.collect())}
        try:
            found["arrow"] = to_ipc(frame.toArrow())
        except Exception as error:  # noqa: BLE001
            found["arrow_error"] = type(error).__name__
        return found

    def from_rows(data: str, schema: str, verify: bool) -> dict[str, Any]:
        frame = session.createDataFrame(
            eval(data, dict(names)), eval(schema, dict(names)), verifySchema=verify
        )
        return {
            "schema": frame.schema.json(),
            "rows": repr(frame.collect()),
            "arrow": to_ipc(frame.toArrow()),
        }

    return {
        "sql": [{"sql": q} | answer(partial(from_sql, q)) for q in cases.COLLECT_SQL],
        "rows": [
            {"data": d, "schema": s} | answer(partial(from_rows, d, s, True))
            for d, s in cases.COLLECT_ROWS
        ],
        "unverified": [
            {"data": d, "schema": s} | answer(partial(from_rows, d, s, False))
            for d, s in cases.COLLECT_ROWS
        ],
    }


def harvest_signatures() -> dict[str, Any]:
    """Every public method of ``pyspark.sql.types`` and its parameters."""
    found: dict[str, Any] = cases.signatures(T)
    return found


SECTIONS = {
    "signatures": harvest_signatures,
    "expressions": harvest_expressions,
    "ddl": harvest_ddl,
    "casts": harvest_casts,
    "collect": harvest_collect,
    "coercion": harvest_coercion,
    "decimals": harvest_decimals,
    "implicit": harvest_implicit,
}


def main(wanted: list[str]) -> None:
    if os.environ.get("TZ") != ZONE:
        sys.exit(f"run with TZ={ZONE}: collect() gives datetimes in the process's zone")
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for section in wanted or list(SECTIONS):
        found = SECTIONS[section]()
        text = json.dumps(found, indent=0, ensure_ascii=False, sort_keys=True)
        text = re.sub(r"at 0x[0-9a-f]+", "at 0x", text)
        (GOLDEN / f"{section}.json").write_text(text + "\n")
        print(section, "written", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
