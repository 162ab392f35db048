"""The page of sources: formats, and the options that each knows when it is read and written."""

from __future__ import annotations

from rayspark.execution.sources import csv_options, jdbc, json, options, parquet, registry, text
from rayspark.execution.xml import options as xml

FILES = options.FILE_OPTIONS
READ: dict[str, tuple[str, ...]] = {
    "arrow": FILES,
    "avro": (*FILES, "ignoreExtension", "mode"),
    "binaryfile": FILES,
    "csv": csv_options.READ_OPTIONS,
    "jdbc": jdbc.READ_OPTIONS,
    "json": json.OPTIONS,
    "orc": (*FILES, "mergeSchema"),
    "parquet": parquet.OPTIONS,
    "text": text.OPTIONS,
    "xml": xml.READ,
}
"""What each format knows when it is read."""

ABOUT = {
    "arrow": "Arrow's own files.",
    "avro": "Avro files; the schema is that of the files.",
    "binaryfile": "A row a file: path, time, length, content.",
    "csv": "Lines with values between separators.",
    "jdbc": "Tables of a database.",
    "json": "A JSON object a line, or a file with `multiLine`.",
    "orc": "ORC files.",
    "parquet": "Parquet files, the default.",
    "text": "A line a row, in a column `value`.",
    "xml": "An element of the name `rowTag` a row; attributes are columns with `attributePrefix`.",
}

HEAD = """\
# Sources

What `spark.read.format(...)` and `df.write.format(...)` know, and SQL's `USING`. Options are those
of Spark's; their names count in any case. An option that a format does not know is said in the log,
a value that does not fit is an error. Python data sources (`spark.dataSource.register`) have names
and options of their own.

Every format of files, when it is read: {read}.
When it is written: {written}.
Tables of files may be partitioned by directories and divided in buckets.

"""


def sources_page() -> str:
    """The page's text."""
    assert sorted(READ) == sorted(registry.READERS), "a format has no options here"
    written = registry.WRITE_OPTIONS
    parts = [HEAD.format(read=_listed(FILES), written=_listed(written))]
    for name in sorted(READ):
        own = [o for o in READ[name] if o not in FILES]
        parts.append(f"## {name}\n\n{ABOUT[name]}\n\n")
        parts.append(f"- read: {_listed(own) if own else 'no options of its own'}\n")
        parts.append(f"- written: {_written(name)}\n\n")
    return "".join(parts).rstrip("\n") + "\n"


def _written(name: str) -> str:
    if name == "jdbc":
        return _listed(jdbc.WRITE_OPTIONS)
    writing = registry.WRITERS.get(name)
    if writing is None:
        return "not at all"
    return _listed(writing.options()) or "no options of its own"


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
