"""Rows of the functions that do not work here, with the reason that users are told."""

from __future__ import annotations

from rayspark.catalyst.functions.row import Fn
from rayspark.datatypes import NullType

JVM = "it calls methods of Java classes; there is no JVM. Register a Python function instead"
SKETCH = (
    "its value is a sketch in the binary format of Apache DataSketches, which has no Python part "
    "here; approx_count_distinct and percentile_approx work without one"
)
PROTOCOL = "it needs the schema registry's formats; read Avro files with spark.read.format('avro')"
PROTOBUF = "Protocol Buffers need compiled descriptors; decode them in a Python UDF"
SPATIAL = "geometries are carried by DuckDB only with an extension that RaySpark does not load"
UDT = "the value of a user-defined type is unwrapped where it is read: use the column itself"

_KLL = [f"kll_sketch_{what}_{kind}" for what in ("agg", "get_n", "get_quantile", "get_rank",
        "merge", "to_string") for kind in ("bigint", "double", "float")]  # fmt: skip
_TUPLE = [f"tuple_{what}_{kind}" for what in (
    "difference", "difference_theta", "intersection", "intersection_agg", "intersection_theta",
    "sketch_agg", "sketch_estimate", "sketch_summary", "sketch_theta", "union", "union_agg",
    "union_theta") for kind in ("double", "integer")]  # fmt: skip

REFUSED: dict[str, list[str]] = {
    JVM: ["java_method", "reflect", "try_reflect"],
    SKETCH: [
        "theta_difference", "theta_intersection", "theta_intersection_agg",
        "theta_sketch_agg", "theta_sketch_estimate", "theta_union", "theta_union_agg", *_KLL,
        *_TUPLE,
        *(f"kll_merge_agg_{kind}" for kind in ("bigint", "double", "float")),
        "approx_top_k_accumulate", "approx_top_k_combine", "approx_top_k_estimate",
    ],
    PROTOCOL: ["from_avro", "to_avro", "schema_of_avro"],
    PROTOBUF: ["from_protobuf", "to_protobuf"],
    SPATIAL: ["st_asbinary", "st_geogfromwkb", "st_geomfromwkb", "st_setsrid", "st_srid"],
    UDT: ["unwrap_udt"],
}  # fmt: skip
"""Names by reason."""

ROWS: tuple[Fn, ...] = tuple(
    Fn(name, "*args: any", NullType(), doc="Not available.", refused=reason)
    for reason, names in REFUSED.items()
    for name in names
)
