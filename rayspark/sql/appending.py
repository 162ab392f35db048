"""``df.write.mode("append").saveAsTable(name)``: what the writer says must fit the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rayspark.catalyst.logical.command import BucketSpec
from rayspark.errors import AnalysisException

if TYPE_CHECKING:
    from rayspark.datatypes import StructType
    from rayspark.execution.catalog.metadata import Table


def check_appended(
    table: Table,
    schema: StructType,
    provider: str,
    partitions: Sequence[str],
    buckets: BucketSpec | None,
) -> None:
    """Format, columns, partitions and buckets are the table's.

    Raises
    ------
    AnalysisException
        ``_LEGACY_ERROR_TEMP_1159`` to ``_LEGACY_ERROR_TEMP_1164``.
    """
    name = ".".join(table.parts)
    if (table.provider or provider).lower() != provider.lower():
        raise _error(
            1159,
            tableName=name,
            existingProvider=table.provider or "",
            specifiedProvider=provider,
        )
    if len(schema.fields) != len(table.schema.fields):
        raise _error(
            1161,
            tableName=name,
            existingTableSchema=table.schema.simpleString(),
            querySchema=schema.simpleString(),
        )
    given = {field.name.lower() for field in schema.fields}
    for field in table.schema.fields:
        if field.name.lower() not in given:
            raise _error(1162, col=field.name, inputColumns=", ".join(schema.names))
    if [p.lower() for p in partitions] != [p.lower() for p in table.partition_by]:
        raise _error(
            1163,
            tableName=name,
            specifiedPartCols=", ".join(partitions),
            existingPartCols=", ".join(table.partition_by),
        )
    if table.buckets != buckets:
        raise _error(
            1164,
            tableName=name,
            specifiedBucketString=str(buckets or "not bucketed"),
            existingBucketString=str(table.buckets or "not bucketed"),
        )


def _error(number: int, **parameters: str) -> AnalysisException:
    return AnalysisException(
        errorClass=f"_LEGACY_ERROR_TEMP_{number}", messageParameters=parameters
    )
