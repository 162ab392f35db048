"""``schema_of_variant`` of a row, and of all rows of a group: their different schemas merged."""

from __future__ import annotations

import pyarrow as pa

from rayspark.datatypes.json import parse_json_string
from rayspark.datatypes.variant_codec import read_python
from rayspark.datatypes.variant_schema import merged, schema_of, schema_text
from rayspark.execution.kernels.aggregate import agg
from rayspark.execution.kernels.kernel import Site
from rayspark.execution.kernels.texts import each

VARIANT = 'STRUCT("value" BLOB, "metadata" BLOB)'


def _text(variant: dict[str, bytes]) -> str:
    return schema_text(schema_of(read_python(variant["value"], variant["metadata"])))


def _json(variant: dict[str, bytes]) -> str:
    return schema_of(read_python(variant["value"], variant["metadata"])).json()


def _merged(schemas: list[str]) -> str:
    return schema_text(merged(map(parse_json_string, sorted(schemas))))


TEXT = each("spark_schema_of_variant", _text, (VARIANT,), "VARCHAR", pa.string())
JSON = each("spark_schema_of_variant_json", _json, (VARIANT,), "VARCHAR", pa.string())
MERGED = each("spark_merged_variant_schemas", _merged, ("VARCHAR[]",), "VARCHAR", pa.string())


def schema_of_variant(site: Site) -> str:
    """Null of null."""
    return site.use(TEXT, site.args[0])


def schema_of_variant_agg(site: Site) -> str:
    """Rows without a variant do not count; of none it is VOID."""
    value = site.args[0]
    found = agg(site, "histogram", site.use(JSON, value), where=f"{value} IS NOT NULL")
    return site.use(MERGED, f"coalesce(map_keys({found}), CAST([] AS VARCHAR[]))")
