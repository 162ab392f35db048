"""Run the 22 queries on one engine, in this process; prints one JSON object.

    python -m benchmarks.tpch.run_one ENGINE DATA [--repeat 3] [--queries 1,6] [--conf key=value]...
                                      [--api sql|dataframe]

ENGINE: rayspark-ray, rayspark-local, rayspark-exchanges (two one-core executors, elision off),
pyspark, sail, daft (on Ray, SQL only), duckdb.
"""

from __future__ import annotations

import argparse
import atexit
import importlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.tpch import dataframe

QUERIES = Path(__file__).parent / "queries"
TABLES = ("lineitem", "orders", "customer", "part", "partsupp", "supplier", "nation", "region")

Rows = list[tuple[Any, ...]]
Run = Callable[[str], Rows]
"""Runs a query: its name (``q01``), whose text lies under ``queries/``."""


def text_of(name: str) -> str:
    """A query in SQL."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def open_duckdb(data: str, conf: dict[str, str]) -> Run:
    """DuckDB alone: the limit."""
    duckdb = importlib.import_module("duckdb")
    connection = duckdb.connect(config={"threads": len(os.sched_getaffinity(0)), **conf})
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM '{data}/{table}.parquet'")
    return lambda name: connection.sql(text_of(name)).fetchall()


def open_session(
    package: str, master: str | None, data: str, conf: dict[str, str], api: str
) -> Run:
    """RaySpark or PySpark."""
    sql = importlib.import_module(f"{package}.sql")
    builder = sql.SparkSession.builder.appName("tpch")
    if master is not None:
        builder = builder.master(master)
    for key, value in conf.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    for table in TABLES:
        spark.read.parquet(f"{data}/{table}.parquet").createOrReplaceTempView(table)
    return runner_of(spark, importlib.import_module(f"{package}.sql.functions"), api)


def runner_of(spark: Any, functions: Any, api: str) -> Run:
    """Runs the queries of an API in a session."""
    if api == "dataframe":
        tables = dataframe.Tables(spark)
        return lambda name: list(map(tuple, dataframe.QUERIES[name](tables, functions).collect()))
    return lambda name: list(map(tuple, spark.sql(text_of(name)).collect()))


def open_sail(data: str, api: str) -> Run:
    """Sail's server in this process."""
    server = importlib.import_module("pysail.spark").SparkConnectServer()
    server.start()
    atexit.register(server.stop)  # it would end with its last reference
    _, port = server.listening_address
    builder = importlib.import_module("pyspark.sql").SparkSession.builder
    spark = builder.remote(f"sc://localhost:{port}").getOrCreate()
    for table in TABLES:
        spark.read.parquet(f"{data}/{table}.parquet").createOrReplaceTempView(table)
    return runner_of(spark, importlib.import_module("pyspark.sql.functions"), api)


def open_daft(data: str) -> Run:
    """Daft on Ray. It does not read Arrow's view types, so the files are written again without."""
    daft = importlib.import_module("daft")
    duckdb = importlib.import_module("duckdb")
    importlib.import_module("ray").init(address="local", logging_level="ERROR")
    daft.set_runner_ray()
    plain = Path(f"{data}-plain")
    plain.mkdir(exist_ok=True)
    frames = {}
    for table in TABLES:
        copy = plain / f"{table}.parquet"
        if not copy.exists():
            duckdb.execute(
                f"COPY (FROM '{data}/{table}.parquet') TO '{copy}.part' (FORMAT parquet)"
            )
            copy.with_name(copy.name + ".part").rename(copy)
        frames[table] = daft.read_parquet(str(copy))

    def run(name: str) -> Rows:
        columns = daft.sql(text_of(name), register_globals=False, **frames).to_pydict()
        return list(zip(*columns.values(), strict=True))

    return run


QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}


def open_engine(engine: str, data: str, conf: dict[str, str], api: str = "sql") -> Run:
    """How to run a query on an engine."""
    match engine:
        case "duckdb":
            return open_duckdb(data, conf)
        case "sail":
            return open_sail(data, api)
        case "daft" if api == "sql":
            return open_daft(data)
        case "pyspark":
            memory = {"spark.driver.memory": "8g"}
            return open_session("pyspark", "local[2]", data, QUIET | memory | conf, api)
        case "rayspark-local":
            return open_session("rayspark", "local[2]", data, QUIET | conf, api)
        case "rayspark-ray":
            return open_session("rayspark", "ray", data, QUIET | conf, api)
        case "rayspark-exchanges":
            own = {
                "spark.executor.instances": "2",
                "spark.executor.cores": "1",
                "spark.sql.ray.exchangeElision": "never",
            }
            return open_session(
                "rayspark", "local-cluster[2,1,4096]", data, QUIET | own | conf, api
            )
    raise SystemExit(f"unknown engine {engine}")


def plain(value: Any) -> Any:
    """A value as JSON and as every engine gives it, rounded where engines may differ."""
    match value:
        case float():
            return round(value, 2)
        case Decimal():
            return round(float(value), 2)
        case int() | str() | None:
            return value
    return str(value)[:10]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("data")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--queries", default="")
    parser.add_argument("--api", choices=("sql", "dataframe"), default="sql")
    parser.add_argument("--conf", action="append", default=[])
    options = parser.parse_args()
    began = time.perf_counter()
    conf = dict(c.split("=", 1) for c in options.conf)
    run = open_engine(options.engine, options.data, conf, options.api)
    found: dict[str, Any] = {"engine": options.engine, "start": time.perf_counter() - began}
    wanted = {f"q{int(q):02d}" for q in options.queries.split(",") if q}
    for file in sorted(QUERIES.glob("*.sql")):
        if wanted and file.stem not in wanted:
            continue
        times, rows = [], []
        try:
            for _ in range(options.repeat + 1):
                began = time.perf_counter()
                rows = run(file.stem)
                times.append(time.perf_counter() - began)
        except Exception as error:  # noqa: BLE001  the row shows it
            found[file.stem] = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
            print(file.stem, found[file.stem], file=sys.stderr, flush=True)
            continue
        found[file.stem] = {
            "cold": times[0],
            "warm": statistics.median(times[1:] or times),
            "rows": [[plain(value) for value in row] for row in rows],
        }
        print(f"{file.stem} {found[file.stem]['warm']:.3f}", file=sys.stderr, flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
