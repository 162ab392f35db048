"""Buckets: the files of a table by the hash of some columns, as Spark places and names them.

The rows of bucket ``b`` are those for which ``pmod(hash(columns), count) = b`` (Murmur3 of Spark);
its files are named ``part-00000-<job>_00002.c000.snappy.parquet``, where ``_00002`` is the bucket.
Nothing else tells it: whoever reads such a table goes by the names.

>>> bucket_of_file("part-00000-b03c0c31_00002.c000.snappy.parquet")
2
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from rayspark.catalyst.expressions import Attribute, Call, Expression, Literal
from rayspark.catalyst.logical.command import BucketSpec
from rayspark.datatypes import ArrayType, DataType, MapType, StructType
from rayspark.datatypes.arrow import to_arrow_type
from rayspark.errors import AnalysisException
from rayspark.execution.kernels.hashing import MURMUR3, hash_column
from rayspark.execution.sources.pruning import comparison

MOST_BUCKETS = "spark.sql.sources.bucketing.maxBuckets"

KINDS = {"bucket": "bucketing", "sort": "sorting"}
_FILE = re.compile(r".*_(\d+)(?:\..*)?$")


def bucket_of_file(name: str) -> int | None:
    """The bucket that a file's name says, or ``None``."""
    found = _FILE.fullmatch(name.rpartition("/")[2])
    return None if found is None else int(found[1])


def bucket_numbers(columns: Sequence[Any], count: int) -> np.ndarray[Any, np.dtype[np.int32]]:
    """The bucket of each row."""
    seeds = np.full(len(columns[0]), 42, np.int32)
    for column in columns:
        seeds = hash_column(column, seeds, MURMUR3)
    made: np.ndarray[Any, np.dtype[np.int32]] = np.mod(seeds, np.int32(count))
    return made


def check_buckets(
    spec: BucketSpec, schema: StructType, partition_by: Sequence[str], table: str, most: int
) -> BucketSpec:
    """The buckets with the columns' names as the schema has them.

    Raises
    ------
    AnalysisException
        For a bad number, columns that are not there, twice there, or partition columns.
    """
    if not 0 < spec.count <= most:
        raise bad_count(spec.count, most)
    names = {f.name.lower(): f.name for f in schema.fields}
    outside = {name.lower() for name in partition_by}
    found = []
    for kind, columns in (("bucket", spec.columns), ("sort", spec.sorted)):
        for name in columns:
            if name.lower() not in names:
                raise AnalysisException(
                    errorClass="COLUMN_NOT_DEFINED_IN_TABLE",
                    messageParameters={
                        "colType": kind,
                        "colName": f"`{name}`",
                        "tableName": table,
                        "tableCols": ", ".join(f"`{f.name}`" for f in schema.fields),
                    },
                )
        lower = [name.lower() for name in columns]
        twice = next((name for name in lower if lower.count(name) > 1), None)
        if twice is not None:
            raise AnalysisException(
                errorClass="COLUMN_ALREADY_EXISTS", messageParameters={"columnName": f"`{twice}`"}
            )
        found.append(tuple(names[name] for name in lower))
        for f in schema.fields:
            if f.name.lower() in lower and _holds_map(f.dataType):
                text = f"Cannot use {f.dataType.simpleString()} for {KINDS[kind]} column"
                raise AnalysisException(
                    errorClass="_LEGACY_ERROR_TEMP_3072", messageParameters={"msg": text}
                )
    inside = ", ".join(names[name.lower()] for name in partition_by)
    for condition, key, columns in (("1166", "bucketCol", found[0]), ("1167", "sortCol", found[1])):
        for name in columns:
            if name.lower() in outside:
                raise AnalysisException(
                    errorClass=f"_LEGACY_ERROR_TEMP_{condition}",
                    messageParameters={key: name, "normalizedPartCols": inside},
                )
    return BucketSpec(spec.count, *found)


def _holds_map(dt: DataType) -> bool:
    match dt:
        case ArrayType():
            return _holds_map(dt.elementType)
        case StructType():
            return any(_holds_map(f.dataType) for f in dt.fields)
    return isinstance(dt, MapType)


def bad_count(count: int, most: int) -> AnalysisException:
    """The error for a number of buckets that cannot be."""
    return AnalysisException(
        errorClass="INVALID_BUCKET_COUNT",
        messageParameters={"bucketingMaxBuckets": str(most), "numBuckets": str(count)},
    )


# -- which buckets filters leave -----------------------------------------------------------------


def chosen_buckets(
    filters: Sequence[Expression], spec: BucketSpec, schema: StructType
) -> frozenset[int] | None:
    """The buckets in which rows may be that all filters hold for; ``None``: in any.

    As in Spark, only where one column decides of the bucket.
    """
    if len(spec.columns) != 1:
        return None
    field = next((f for f in schema.fields if f.name == spec.columns[0]), None)
    if field is None:
        return None
    found: frozenset[int] | None = None
    for filter_ in filters:
        found = _both(found, _chosen(filter_, field.name, field.dataType, spec.count))
    return found


def _chosen(e: Expression, column: str, dt: DataType, count: int) -> frozenset[int] | None:
    match e:
        case Call(name="and" | "or" as name, args=(left, right)):
            sides = _chosen(left, column, dt, count), _chosen(right, column, dt, count)
            if name == "and":
                return _both(*sides)
            return None if sides[0] is None or sides[1] is None else sides[0] | sides[1]
        case Call(name="isnull", args=(Attribute(name=name),)) if name == column:
            return _of([None], dt, count)
        case Call(name="in", args=(Attribute(name=name), *options)) if name == column:
            values = [o for o in options if isinstance(o, Literal) and o.dtype == dt]
            if len(values) == len(options):
                return _of([v.value for v in values if v.value is not None], dt, count)
            return None
    found = comparison(e)
    if found is None or found[0] not in ("=", "<=>") or found[1] != column:
        return None
    constant = found[2]
    return _of([constant.value], dt, count) if constant.dtype == dt else None


def _both(left: frozenset[int] | None, right: frozenset[int] | None) -> frozenset[int] | None:
    if left is None or right is None:
        return right if left is None else left
    return left & right


def _of(values: Sequence[Any], dt: DataType, count: int) -> frozenset[int]:
    if not values:
        return frozenset()
    made = pa.array(values, to_arrow_type(dt))
    return frozenset(bucket_numbers([made], count).tolist())
