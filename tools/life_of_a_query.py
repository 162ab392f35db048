"""Prints one query at every station of its way, for ``docs/sql.md``.

    python tools/life_of_a_query.py < page.md > filled.md

As ``gen_docs.py`` does for a job of RDDs: a real session on ``local[2]``, one thread that serves
its two slots in turn, a process of its own, where ids begin at 0. The tables are so small that
the query would run in the driver; ``spark.sql.ray.exchangeElision=never`` gives it its stages.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gen_docs import Recorder, _bus_event, _lines, _nodes, filled, recording

from rayspark import application
from rayspark.events import types as bus
from rayspark.execution.query import QueryExecution
from rayspark.execution.task import QueryOp, SourceQueryOp
from rayspark.lineage.node import Node
from rayspark.sql import SparkSession

SETTINGS = {
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ray.exchangeElision": "never",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
}
SHOPS = [("S1", "Utrecht"), ("S2", "Gent")]
SALES = [("S1", 4), ("S2", 1), ("S2", 3), ("S1", 6)]
QUERY = """\
SELECT city, sum(quantity) AS pieces
FROM sales JOIN shops USING (shop)
WHERE quantity > 1
GROUP BY city
ORDER BY pieces DESC"""


def trace(folder: str) -> dict[str, str]:
    """Run the query; each station's text."""
    recorder = Recorder()
    swapped: Any = application
    swapped.LocalBackend = recording(recorder)
    builder = SparkSession.builder.master("local[2]").appName("life of a query")
    with builder.config(map=SETTINGS).getOrCreate() as spark:
        for name, rows, schema in (
            ("shops", SHOPS, "shop string, city string"),
            ("sales", SALES, "shop string, quantity int"),
        ):
            path = f"{folder}/{name}"
            spark.createDataFrame(rows, schema).write.parquet(path)
            spark.read.parquet(path).createOrReplaceTempView(name)
        spark.sparkContext._application.bus.flush()
        spark.sparkContext._application.bus.subscribe(recorder)
        frame = spark.sql(QUERY)
        query = frame._query
        stations = plans(query)
        stations["result"] = _lines(map(repr, frame.collect()))
        spark.sparkContext._application.bus.flush()
        stations["events"] = _lines(map(_bus_event, recorder.bus))
        stations["metrics"] = _metrics(recorder)
        node = query.node()
        stations["stages"] = _lines(_nodes(node))
        stations["texts"] = _lines(_texts(node))
    return {name: text.replace(folder, "/data") for name, text in stations.items()}


def plans(query: QueryExecution) -> dict[str, str]:
    """The stations before anything runs."""
    stations = {
        "program": f'spark.sql("""\n{QUERY}\n""").collect()',
        "parsed": query.logical.tree_string(),
        "analyzed": query.analyzed.tree_string(),
        "optimized": query.optimized.tree_string(),
        "physical": query.physical.tree_string(),
    }
    changed = Counter(f"{c.batch}: {c.rule}" for c in query.trace.changes)
    stations["rules"] = _lines(f"{rule} ({n})" if n > 1 else rule for rule, n in changed.items())
    return stations


def _texts(root: Node) -> Iterator[str]:
    nodes: dict[int, Node] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        nodes[node.id] = node
        stack.extend(dependency.parent for dependency in node.dependencies)
    for _, node in sorted(nodes.items()):
        if isinstance(node.op, (QueryOp, SourceQueryOp)):
            op = node.op.op if isinstance(node.op, SourceQueryOp) else node.op
            text = op.query.text.replace("\0", "").replace(" FROM (", "\n    FROM (")
            yield f"RDD {node.id}\n  {text}"


def _metrics(recorder: Recorder) -> str:
    ended = [e for e in recorder.bus if isinstance(e, bus.TasksEnded)]
    found = [e.metrics for e in ended if e.metrics is not None]
    return _lines([
        f"tasks            {sum(e.succeeded for e in ended)}",
        f"blocks shuffled  {sum(m.shuffle_write_records for m in found)} written, "
        f"{sum(m.shuffle_read_records for m in found)} read",
    ])  # fmt: skip


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        found = trace(str(Path(temporary).resolve()))
    sys.stdout.write(filled(sys.stdin.read(), found))
